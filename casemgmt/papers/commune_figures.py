"""The figures of a commune's yearly report on the programme. Each comes from the tables, from what
organisations did, or from the review's list; here they are only put beside the organisation that
leads the household."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from casemgmt.monitoring import report as reports
from casemgmt.monitoring import sponsoring
from casemgmt.monitoring.sponsoring import Work
from casemgmt.organisations.models import Organisation
from casemgmt.places.models import Unit
from casemgmt.places.queries import named
from casemgmt.register.lens import Lens, villages_under
from casemgmt.register.models import Lead
from casemgmt.reviews import queries as reviews
from casemgmt.reviews.models import Proposal, Round, State
from casemgmt.support.queries import unvisited
from casemgmt.tables.figures import Asked, Cell, asked, figures, household_ids
from casemgmt.vietnamese import letter_key
from casemgmt.words import N_, _

# Instead of an organisation's code: households without a lead, and those that have one.
NO_LEAD, SOME_LEAD = "none", "any"
_OWN = "who led the households of a report"
_SENT = (State.SUBMITTED, State.ACCEPTED)

# Households, each under the organisation that leads it; then what was done, each under the one
# that did it. By the last part of the address of their list.
LED: Mapping[str, str] = {
    "poor": N_("Hộ nghèo nhận đỡ đầu chính"),
    "near_poor": N_("Hộ cận nghèo nhận đỡ đầu chính"),
    "visited": N_("Hộ nghèo, cận nghèo được thăm trong kỳ"),
    "unvisited": N_("Hộ nghèo, cận nghèo chưa được thăm trong kỳ"),
    "registered": N_("Hộ đăng ký thoát nghèo"),
    "proposed": N_("Hộ đề nghị công nhận thoát nghèo"),
    "decided": N_("Hộ đã có quyết định thoát nghèo"),
}
DONE: Mapping[str, str] = {
    key: sponsoring.TITLES[key] for key in ("given", "lent", "kept", "open", "late")
}
TITLES: Mapping[str, str] = {**LED, **DONE}
# The columns of the annex that count acts or đồng: whose households they lead to.
ACTS: Mapping[str, str] = {
    "gifts": "given",
    "gift_value": "given",
    "loans": "lent",
    "loan_value": "lent",
    "kept": "kept",
    "open": "open",
    "late": "late",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One organisation in the annex: `counts` by key of LED and ACTS. `code`: NO_LEAD for the
    households that none leads."""

    code: str
    name: str
    counts: Mapping[str, int]


class CommuneFigures:
    """The figures of one commune on the lens's day, of the year that it lies in."""

    def __init__(self, session: Session, lens: Lens, commune: Any) -> None:
        """`commune`: a row of `places.units_on`."""
        self.session, self.lens, self.commune = session, lens, commune
        self.day, self.start = lens.as_of, date(lens.as_of.year, 1, 1)
        self.opening = date(lens.as_of.year - 1, 12, 31)
        self.name = named(commune.level, commune.name)

    # --- Tables ----------------------------------------------------------------------------------

    def table(self, name: str) -> Asked:
        """The table of the register from which a cell of the commune is taken."""
        if name.startswith("dien-bien"):
            return asked(name, start=self.opening, end=self.day)
        return asked(name, as_of=self.day)

    @cached_property
    def cells(self) -> Mapping[str, Mapping[str, Cell]]:
        """The commune's row of each table that the report speaks of."""
        names = ("bieu-2", "bieu-3-can-ngheo", "dien-bien", "dien-bien-can-ngheo", "thoat-ngheo")
        return {name: self._row(name) for name in names}

    def _row(self, name: str) -> Mapping[str, Cell]:
        wanted = replace(self.table(name), unit=self._above)  # not all communes there are
        found = figures(self.session.connection(), wanted).rows
        return next((row.cells for row in found if row.unit.code == self.commune.code), {})

    @cached_property
    def _above(self) -> str | None:
        """The code of the unit in which the commune lies."""
        return self.session.scalar(select(Unit.code).where(Unit.id == self.commune.parent_id))

    def _ids(self, name: str, column: str) -> set[int]:
        wanted = self.table(name)
        return set(household_ids(self.session.connection(), wanted, self.commune.code, column))

    # --- Households under who leads them ---------------------------------------------------------

    @cached_property
    def sets(self) -> Mapping[str, Mapping[int, int | None]]:
        """By key of LED: the households (ids), each with the organisation (id) that leads it."""
        poor, near = self._ids("bieu-2", "poor"), self._ids("bieu-3-can-ngheo", "near_poor")
        rows = self.session.execute(unvisited(self.lens, self.start))
        unreached = {row.id for row in rows} & (poor | near)
        proposed = self._proposed()
        now = {"poor": poor, "near_poor": near, "visited": (poor | near) - unreached}
        then = {
            "registered": self._ids("thoat-ngheo", "registered"),
            "proposed": set(proposed),
            "decided": {one for one, decided in proposed.items() if decided},
        }
        leads = self.session.execute(_leads({*poor, *near, *then["registered"], *proposed}, self))
        ever, today = _newest(leads, self.day)
        return {
            **{key: {one: today.get(one) for one in ids} for key, ids in now.items()},
            "unvisited": {one: today.get(one) for one in unreached},
            **{key: {one: ever.get(one) for one in ids} for key, ids in then.items()},
        }

    def _proposed(self) -> dict[int, bool]:
        """The households whose exit was sent in a round of the year, and whether it is decided."""
        query = reviews.proposals(self.lens).where(
            Proposal.commune_id == self.commune.id,
            Proposal.state.in_(_SENT),
            Round.starts.between(self.start, self.day),
            reviews.leaves_poverty(),
        )
        return {
            one.household_id: one.state is State.ACCEPTED for one in self.session.scalars(query)
        }

    # --- What organisations did ------------------------------------------------------------------

    def work(self, organisations: Collection[int] | None = None) -> Work:
        """What these organisations (None: all) did for households of the commune in the period."""
        return Work(organisations, self._villages, self.start, self.day)

    @cached_property
    def _villages(self) -> frozenset[int]:
        return villages_under(self.session, self.commune.id, self.day)

    @cached_property
    def done(self) -> reports.Report:
        """What all organisations did together."""
        return reports.report(self.session, self.work())

    @cached_property
    def organisations(self) -> Sequence[Organisation]:
        """Those that lead a household of the report or did something in the period, by name."""
        found = {one for ids in self.sets.values() for one in ids.values() if one is not None}
        for statement in (sponsoring.supported, sponsoring.promised):
            rows = self.session.execute(statement(self.work(), each=True))
            found |= {row.organisation for row in rows}
        query = select(Organisation).where(Organisation.id.in_(sorted(found)))
        chosen = self.session.scalars(query.order_by(Organisation.code))
        return sorted(chosen, key=lambda one: letter_key(one.name))

    # --- The annexes -----------------------------------------------------------------------------

    @cached_property
    def lines(self) -> Sequence[Line]:
        """One line for each organisation, one for the households that none leads, the total."""
        alone = dict.fromkeys(ACTS, 0)
        did = reports.lines(self.session, self.work(), self.organisations)
        found = [
            Line(
                one.code, one.name, {**self._led(one.id), **{key: line.counts[key] for key in ACTS}}
            )
            for one, line in zip(self.organisations, did, strict=True)
        ]
        found.append(Line(NO_LEAD, _("Chưa có đơn vị đỡ đầu"), {**self._led(None), **alone}))
        sums = {key: sum(line.counts[key] for line in found) for key in (*LED, *ACTS)}
        return [*found, Line("", _("Tổng cộng"), sums)]

    def _led(self, organisation: int | None) -> dict[str, int]:
        return {
            key: sum(lead == organisation for lead in ids.values())
            for key, ids in self.sets.items()
        }

    @cached_property
    def kinds(self) -> Sequence[tuple[str, Sequence[reports.Kind]]]:
        """What each organisation gave and lent, kind by kind."""
        found = []
        for one in self.organisations:
            kinds = reports.report(self.session, self.work([one.id])).kinds
            if kinds:
                found.append((one.name, kinds))
        return found

    # --- The households behind a figure ----------------------------------------------------------

    def behind(self, key: str, code: str = "") -> set[int]:
        """The households (ids) behind a figure of TITLES, of one line of the annex ("": all), or
        of all organisations together (SOME_LEAD)."""
        one = next((line for line in self.organisations if line.code == code), None)
        if code and code not in (NO_LEAD, SOME_LEAD) and one is None:
            return set()
        if key in LED:
            return {home for home, lead in self.sets[key].items() if _is_led(lead, one, code)}
        if code == NO_LEAD:
            return set()
        query = sponsoring.households(self.work([one.id] if one else None), key)
        return set(self.session.scalars(query))


def _is_led(lead: int | None, one: Organisation | None, code: str) -> bool:
    if code == SOME_LEAD:
        return lead is not None
    return not code or lead == (one.id if one else None)


def _leads(households: Iterable[int], report: CommuneFigures) -> Select[*tuple[Any, ...]]:
    """Who led these households in the period, oldest first."""
    return (
        select(Lead.household_id, Lead.organisation_id, Lead.last_day)
        .where(
            Lead.household_id.in_(sorted(households)),
            Lead.starts <= report.day,
            or_(Lead.last_day.is_(None), Lead.last_day >= report.start),
        )
        .order_by(Lead.household_id, Lead.starts)
        .execution_options(lens=_OWN)
    )


def _newest(leads: Iterable[Any], day: date) -> tuple[dict[int, int], dict[int, int]]:
    """Who led each household last in the period, and who leads it on its last day."""
    newest = {household: (one, last_day) for household, one, last_day in leads}
    ever = {household: one for household, (one, _last) in newest.items()}
    leading = {
        household: one
        for household, (one, last_day) in newest.items()
        if last_day is None or last_day >= day
    }
    return ever, leading
