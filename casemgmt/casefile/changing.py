"""Which figures change when a record counts no more."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casemgmt.places import queries as places
from casemgmt.places.models import Tier, Unit
from casemgmt.register.lens import already_seen
from casemgmt.register.measures import Measure
from casemgmt.register.models import Household, Span
from casemgmt.tables import figures
from casemgmt.tables.definitions import table_named

_TABLES = ("bieu-2", "bieu-3-can-ngheo")


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of one unit on a day, before and after."""

    day: date
    unit: str
    label: str
    before: int
    after: int


def changes(session: Session, double: Household, days: list[date]) -> list[Change]:
    """The figures of the tables that would be one less on these days without this record, for its
    village and its commune."""
    return [change for day in days for change in _on(session, double, day)]


def _on(session: Session, double: Household, day: date) -> Iterator[Change]:
    span = session.scalar(
        select(Span)
        .where(Span.household_id == double.id, Span.starts <= day, Span.ends > day)
        .execution_options(**already_seen(double))
    )
    if span is None:
        return
    village = session.get_one(Unit, span.village_id)
    commune = places.above(session, village, Tier.COMMUNE, day)
    if commune is None:
        return
    for name in _TABLES:
        table = table_named(name)
        counted = _counting(session, double, list(_shown(name)), day)
        if not counted:
            continue
        found = figures.figures(session.connection(), figures.Asked(table, day, unit=commune.code))
        row = next(row for row in found.rows if row.unit.id == village.id)
        above = found.unit
        for measure in counted:
            for unit, cells in ((row.unit, row.cells), (above, found.total)):
                if unit is not None:
                    before = int(cells[measure.key] or 0)
                    called = places.named(unit.level, unit.name)
                    yield Change(day, called, measure.label, before, before - 1)


def _shown(name: str) -> Iterator[Measure]:
    """The measures shown: all of Biểu 2, of the near-poor the first, which counts them all."""
    measures = table_named(name).measures
    return measures if name == "bieu-2" else iter([next(measures)])


def _counting(
    session: Session, double: Household, measures: list[Measure], day: date
) -> list[Measure]:
    """Those of the measures that count the record on a day."""
    counts = session.execute(
        select(*(func.count().filter(measure.where) for measure in measures))
        .select_from(Span)
        .where(Span.household_id == double.id, Span.starts <= day, Span.ends > day)
        .execution_options(**already_seen(double))
    ).one()
    return [measure for measure, number in zip(measures, counts, strict=True) if number]
