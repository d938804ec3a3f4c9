"""What organisations did for households in a period, and what came of it.

What an organisation gave, promised, visited and led is its own: counted whether or not the
household is in its scope today. Results belong to the organisation that led the household then:
the lead in force on the day before the household left poverty or fell back into it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from casemgmt.organisations.models import Organisation
from casemgmt.places import queries as places
from casemgmt.places.models import Lies, Tier
from casemgmt.register.measures import NEAR_POOR, POOR
from casemgmt.register.models import Class, Classification, Span
from casemgmt.support.models import Promise, SupportAction, SupportKind, Visit
from casemgmt.words import N_

_OWN = "what organisations did, in counts"
# Made once: this takes longer than the statement that uses it.
Before, _Home, _Earlier = aliased(Span, name="before"), aliased(Span), aliased(Classification)
TITLES = {
    "poor": N_("Hộ nghèo nhận đỡ đầu chính"),
    "near_poor": N_("Hộ cận nghèo nhận đỡ đầu chính"),
    "visited": N_("Hộ được thăm"),
    "given": N_("Hộ được tặng, giúp"),
    "lent": N_("Hộ được cho vay"),
    "kept": N_("Hộ có cam kết đã thực hiện"),
    "open": N_("Hộ có cam kết chưa đến hạn"),
    "late": N_("Hộ có cam kết quá hạn"),
    "exits": N_("Hộ thoát nghèo"),
    "relapses": N_("Hộ tái nghèo"),
}


@dataclass(frozen=True, slots=True)
class Work:
    """Which work is counted: of these organisations (None: all), for households in these villages
    (None: anywhere) on the day of the act, from `start` to `end` (inclusive)."""

    organisations: Collection[int] | None
    villages: Collection[int] | None
    start: date
    end: date

    def _of(self, column: Any) -> ColumnElement[bool]:
        if self.organisations is None:
            return column.is_not(None)  # type: ignore[no-any-return]
        return column.in_(sorted(self.organisations))  # type: ignore[no-any-return]

    def _in_place(self, household: Any, day: Any) -> list[ColumnElement[bool]]:
        if self.villages is None:
            return []
        lived = (
            select(_Home.household_id)
            .where(
                _Home.household_id == household,
                _Home.village_id.in_(sorted(self.villages)),
                _Home.starts <= day,
                _Home.ends > day,
            )
            .exists()
        )
        return [lived]

    # --- One condition for each figure -----------------------------------------------------------

    def led(self) -> list[ColumnElement[bool]]:
        """Of `Span`: led on the last day."""
        here = [] if self.villages is None else [Span.village_id.in_(sorted(self.villages))]
        return [Span.starts <= self.end, Span.ends > self.end, self._of(Span.lead_sponsor), *here]

    def visits(self) -> list[ColumnElement[bool]]:
        """Of `Visit`: made in the period."""
        return [
            Visit.voided_at.is_(None),
            Visit.visited_on.between(self.start, self.end),
            self._of(Visit.organisation_id),
            *self._in_place(Visit.household_id, Visit.visited_on),
        ]

    def support(self) -> list[ColumnElement[bool]]:
        """Of `SupportAction`: given in the period."""
        return [
            SupportAction.voided_at.is_(None),
            SupportAction.given_on.between(self.start, self.end),
            self._of(SupportAction.organisation_id),
            *self._in_place(SupportAction.household_id, SupportAction.given_on),
        ]

    def promises(self) -> list[ColumnElement[bool]]:
        """Of `Promise` (with the support that kept it, if any): made by the last day and not
        settled before the period."""
        return [
            Promise.promised_on <= self.end,
            or_(SupportAction.given_on.is_(None), SupportAction.given_on >= self.start),
            or_(Promise.dropped_on.is_(None), Promise.dropped_on > self.end),
            self._of(Promise.organisation_id),
            *self._in_place(Promise.household_id, Promise.promised_on),
        ]

    def fate(self) -> dict[str, ColumnElement[bool]]:
        """Of a promise: kept in the period; still open on its last day; by then past its day."""
        kept = and_(SupportAction.given_on.is_not(None), SupportAction.given_on <= self.end)
        return {
            "kept": kept,
            "open": and_(~kept, Promise.due_on >= self.end),
            "late": and_(~kept, Promise.due_on < self.end),
        }


def turns() -> dict[str, ColumnElement[bool]]:
    """Of a stretch (`Span`) and the one that it follows (`Before`): an exit, a relapse. A relapse
    is that of the tables: poor again, not from near-poor."""
    was_poor = (
        select(_Earlier.household_id)
        .where(
            _Earlier.household_id == Span.household_id,
            _Earlier.class_ == Class.POOR,
            _Earlier.starts < Before.starts,
        )
        .exists()
    )
    return {
        "exits": and_(
            Before.class_ == Class.POOR, Span.class_.in_([Class.NEAR_POOR, Class.NOT_POOR])
        ),
        "relapses": and_(
            Span.class_ == Class.POOR, Before.class_.not_in([Class.POOR, Class.NEAR_POOR]), was_poor
        ),
    }


def turned(work: Work) -> list[ColumnElement[bool]]:
    """Of the same pair: in the period, in place, and led by the organisations the day before."""
    here = [] if work.villages is None else [Span.village_id.in_(sorted(work.villages))]
    return [Span.starts.between(work.start, work.end), work._of(Before.lead_sponsor), *here]


def _pairs(query: Any) -> Any:
    follows = and_(Before.household_id == Span.household_id, Before.ends == Span.starts)
    return query.select_from(Span).join(Before, follows)


# --- Figures, by organisation or of all together -------------------------------------------------


def _asked(query: Any, organisation: Any, each: bool) -> Select[*tuple[Any, ...]]:
    if each:
        query = query.add_columns(organisation.label("organisation")).group_by(organisation)
        query = query.order_by(organisation)
    asked: Select[*tuple[Any, ...]] = query.execution_options(lens=_OWN)
    return asked


def led(work: Work, *, each: bool = False) -> Select[*tuple[Any, ...]]:
    """poor, near_poor; `each`: for each organisation, the last column."""
    query = select(
        func.count().filter(POOR.where).label("poor"),
        func.count().filter(NEAR_POOR.where).label("near_poor"),
    ).where(*work.led())
    return _asked(query.select_from(Span), Span.lead_sponsor, each)


def led_by_commune(work: Work) -> Select[*tuple[Any, ...]]:
    """commune (an id), poor, near_poor, where there are any."""
    return (
        select(
            Lies.within_id.label("commune"),
            func.count().filter(POOR.where).label("poor"),
            func.count().filter(NEAR_POOR.where).label("near_poor"),
        )
        .select_from(Span)
        .join(Lies, Lies.unit_id == Span.village_id)
        .where(
            *work.led(),
            or_(POOR.where, NEAR_POOR.where),
            Lies.within_tier == Tier.COMMUNE,
            Lies.tier == Tier.VILLAGE,
            places.standing(work.end),
        )
        .group_by(Lies.within_id)
        .order_by(Lies.within_id)
        .execution_options(lens=_OWN)
    )


def visited(work: Work, *, each: bool = False) -> Select[*tuple[Any, ...]]:
    """visits, visited (households)."""
    query = select(
        func.count().label("visits"),
        func.count(Visit.household_id.distinct()).label("visited"),
    ).where(*work.visits())
    return _asked(query, Visit.organisation_id, each)


def supported(work: Work, *, each: bool = False) -> Select[*tuple[Any, ...]]:
    """gifts, gift_value, given (households), loans, loan_value, lent (households). Values are in
    đồng, of what was valued."""
    loan, gift = SupportKind.is_loan, ~SupportKind.is_loan
    homes = SupportAction.household_id.distinct()
    query = (
        select(
            func.count().filter(gift).label("gifts"),
            func.coalesce(func.sum(SupportAction.value).filter(gift), 0).label("gift_value"),
            func.count(homes).filter(gift).label("given"),
            func.count().filter(loan).label("loans"),
            func.coalesce(func.sum(SupportAction.value).filter(loan), 0).label("loan_value"),
            func.count(homes).filter(loan).label("lent"),
        )
        .select_from(SupportAction)
        .join(SupportKind, SupportKind.name == SupportAction.kind_name)
        .where(*work.support())
    )
    return _asked(query, SupportAction.organisation_id, each)


def by_kind(work: Work) -> Select[*tuple[Any, ...]]:
    """Gifts first, then loans, in the register's order: name, is_loan, times, households,
    value."""
    return (
        select(
            SupportKind.name,
            SupportKind.is_loan,
            func.count().label("times"),
            func.count(SupportAction.household_id.distinct()).label("households"),
            func.coalesce(func.sum(SupportAction.value), 0).label("value"),
        )
        .select_from(SupportAction)
        .join(SupportKind, SupportKind.name == SupportAction.kind_name)
        .where(*work.support())
        .group_by(SupportKind.name, SupportKind.is_loan, SupportKind.position)
        .order_by(SupportKind.is_loan, SupportKind.position, SupportKind.name)
        .execution_options(lens=_OWN)
    )


def promised(work: Work, *, each: bool = False) -> Select[*tuple[Any, ...]]:
    """kept, open, late (promises)."""
    query = (
        select(*(func.count().filter(where).label(key) for key, where in work.fate().items()))
        .select_from(Promise)
        .outerjoin(SupportAction, SupportAction.id == Promise.kept_by_id)
        .where(*work.promises())
    )
    return _asked(query, Promise.organisation_id, each)


def results(work: Work, *, each: bool = False) -> Select[*tuple[Any, ...]]:
    """exits, relapses."""
    kinds = turns()
    query = _pairs(
        select(*(func.count().filter(where).label(key) for key, where in kinds.items()))
    ).where(*turned(work), or_(*kinds.values()))
    return _asked(query, Before.lead_sponsor, each)


# --- The households behind a figure --------------------------------------------------------------


def households(work: Work, key: str, kind: str | None = None) -> Select[int]:
    """The ids of the households behind a figure of TITLES; `kind`: helped so."""
    query: Any
    if key in ("poor", "near_poor"):
        where = {"poor": POOR.where, "near_poor": NEAR_POOR.where}[key]
        query = select(Span.household_id).where(*work.led(), where)
    elif key == "visited":
        query = select(Visit.household_id).where(*work.visits())
    elif key in ("given", "lent"):
        query = (
            select(SupportAction.household_id)
            .join(SupportKind, SupportKind.name == SupportAction.kind_name)
            .where(*work.support(), SupportKind.is_loan == (key == "lent"))
        )
        if kind is not None:
            query = query.where(SupportAction.kind_name == kind)
    elif key in ("kept", "open", "late"):
        query = (
            select(Promise.household_id)
            .outerjoin(SupportAction, SupportAction.id == Promise.kept_by_id)
            .where(*work.promises(), work.fate()[key])
        )
    else:
        query = _pairs(select(Span.household_id)).where(*turned(work), turns()[key])
    ids: Select[int] = query.distinct().execution_options(lens=_OWN)
    return ids


def reporting(unit: int | None, family: Collection[int] | None) -> Select[Organisation]:
    """The organisations to report on: a family, else those at a unit or at one under it
    or above it."""
    query = select(Organisation)
    if family is not None:
        return query.where(Organisation.id.in_(sorted(family)))
    below = select(Lies.unit_id).where(Lies.within_id == unit)
    above = select(Lies.within_id).where(Lies.unit_id == unit)
    return query.where(or_(Organisation.unit_id.in_(below), Organisation.unit_id.in_(above)))
