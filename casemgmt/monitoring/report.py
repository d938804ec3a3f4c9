"""Báo cáo Hội: the figures of one organisation with those under it, and of many side by side."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from casemgmt.monitoring import sponsoring
from casemgmt.monitoring.sponsoring import Work
from casemgmt.organisations.models import Organisation
from casemgmt.places import queries as places
from casemgmt.places.models import Tier
from casemgmt.words import N_, _

# The figures of one line, in the order in which they are shown, and what they are called.
FIGURES: Mapping[str, str] = {
    "poor": N_("Hộ nghèo đỡ đầu"),
    "near_poor": N_("Hộ cận nghèo đỡ đầu"),
    "visits": N_("Lượt thăm"),
    "gifts": N_("Lần tặng, giúp"),
    "gift_value": N_("Giá trị tặng, giúp (đồng)"),
    "loans": N_("Lần cho vay"),
    "loan_value": N_("Giá trị cho vay (đồng)"),
    "kept": N_("Cam kết đã thực hiện"),
    "open": N_("Cam kết chưa đến hạn"),
    "late": N_("Cam kết quá hạn"),
    "exits": N_("Lần thoát nghèo"),
    "relapses": N_("Lần tái nghèo"),
}
_STATEMENTS = (
    sponsoring.led,
    sponsoring.visited,
    sponsoring.supported,
    sponsoring.promised,
    sponsoring.results,
)


@dataclass(frozen=True, slots=True)
class Commune:
    """Biểu 3 in one commune: households led there on the last day."""

    code: str
    name: str
    poor: int
    near_poor: int


@dataclass(frozen=True, slots=True)
class Kind:
    """Support of one kind. `value` in đồng, of what was valued."""

    name: str
    is_loan: bool
    times: int
    households: int
    value: int


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of a work: `counts` has those of FIGURES and `visited`, `given`, `lent`
    (households)."""

    counts: Mapping[str, int]
    communes: Sequence[Commune]
    kinds: Sequence[Kind]

    def of(self, *, loans: bool) -> list[Kind]:
        """The kinds of gifts, or of loans: they are never added to each other."""
        return [kind for kind in self.kinds if kind.is_loan is loans]


def report(session: Session, work: Work) -> Report:
    """The figures of a work together."""
    counts: dict[str, int] = {}
    for statement in _STATEMENTS:
        row = session.execute(statement(work)).one()
        counts |= {key: int(value) for key, value in row._mapping.items()}
    led = {row.commune: row for row in session.execute(sponsoring.led_by_commune(work))}
    units = session.execute(places.units_on(work.end, tiers=[Tier.COMMUNE])) if led else ()
    communes = [
        Commune(
            unit.code,
            places.named(unit.level, unit.name),
            led[unit.id].poor,
            led[unit.id].near_poor,
        )
        for unit in units
        if unit.id in led
    ]
    kinds = [
        Kind(row.name, row.is_loan, row.times, row.households, int(row.value))
        for row in session.execute(sponsoring.by_kind(work))
    ]
    return Report(counts, communes, kinds)


@dataclass(frozen=True, slots=True)
class Line:
    """One organisation by itself, without those under it."""

    code: str
    name: str
    kind: str
    counts: Mapping[str, int]


def lines(session: Session, work: Work, among: Collection[Organisation]) -> list[Line]:
    """These organisations side by side, in the same number of statements however many they are."""
    counts: dict[int, dict[str, int]] = {one.id: dict.fromkeys(FIGURES, 0) for one in among}
    theirs = replace(work, organisations=counts)
    for statement in _STATEMENTS:
        for row in session.execute(statement(theirs, each=True)):
            values: dict[str, Any] = row._asdict()
            counts[row.organisation] |= {key: int(values[key]) for key in FIGURES if key in values}
    return [Line(one.code, one.name, one.kind.label, counts[one.id]) for one in among]


def rows_of_report(found: Report) -> Iterator[tuple[str, str, object]]:
    """The report as a list: part, what, how many."""
    for key, label in FIGURES.items():
        yield _("Tổng"), _(label), found.counts[key]
    for one in found.communes:
        yield one.name, _(FIGURES["poor"]), one.poor
        yield one.name, _(FIGURES["near_poor"]), one.near_poor
    for kind in found.kinds:
        part = _("Cho vay") if kind.is_loan else _("Tặng, giúp")
        yield part, _("{kind}: lần", kind=kind.name), kind.times
        yield part, _("{kind}: hộ", kind=kind.name), kind.households
        yield part, _("{kind}: giá trị (đồng)", kind=kind.name), kind.value
