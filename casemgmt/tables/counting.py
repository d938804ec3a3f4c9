"""Counting as of a day: one statement per table and shape, built once and kept.

Days and the unit are bound, all else is literal. A table of a unit walks the map down to its
villages and reads their stretches of the timeline; a table of the whole register groups by
village first and adds villages to communes, which at a million households is far less work."""

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.orm import aliased

from casemgmt.places.models import Lies, Tier
from casemgmt.register.measures import Measure
from casemgmt.register.models import Span
from casemgmt.tables.definitions import Basis, Table, table_named
from casemgmt.tables.ready import Ready

AS_OF = bindparam("as_of", type_=Span.starts.type)
MAP_DAY = bindparam("map_day", type_=Span.starts.type)
UNIT = bindparam("unit_id", type_=Lies.within_id.type)
ROW = bindparam("row_id", type_=Lies.within_id.type)

RowOf = aliased(Lies, name="r")
Village = aliased(Lies, name="v")


def on(interval: Any, day: Any) -> ColumnElement[bool]:
    """The half-open interval holds on a day."""
    return and_(interval.starts <= day, interval.ends > day)


def tier_is(column: Any, tier: Tier) -> ColumnElement[bool]:
    """A tier column, held against a literal word."""
    return column == literal_column(f"'{tier.value}'")  # type: ignore[no-any-return]


def villages(rows: Tier, *, whole: bool) -> Select[int, int]:
    """Every (row, village) of the map: `r.unit_id` and `v.unit_id`. Rows are the units of tier
    `rows` under UNIT, or in the whole register."""
    in_row = and_(
        Village.within_id == RowOf.unit_id,
        tier_is(Village.tier, Tier.VILLAGE),
        on(Village, MAP_DAY),
    )
    under = RowOf.within_id == (RowOf.unit_id if whole else UNIT)
    return (
        select(RowOf.unit_id.label("row"), Village.unit_id.label("village"))
        .join(Village, in_row)
        .where(under, tier_is(RowOf.tier, rows), on(RowOf, MAP_DAY))
    )


def _count(measure: Measure) -> Any:
    return func.count().filter(measure.where).label(measure.key)


def _concerned(table: Table) -> ColumnElement[bool]:
    """True of all whom any measure of the table counts: its first measure counts them."""
    return next(table.measures).where


@cache
def counts(name: str, basis: Basis, rows: Tier, whole: bool) -> Ready:
    """All measures of a table, one line for each row that counts anything: row, then a column
    for each measure."""
    table = table_named(name, basis)
    if whole:
        return Ready(_counts_by_village(table))
    return Ready(
        villages(rows, whole=False)
        .join(Span, and_(Span.village_id == Village.unit_id, on(Span, AS_OF)))
        .with_only_columns(RowOf.unit_id.label("row"), *(_count(m) for m in table.measures))
        .where(_concerned(table))
        .group_by(RowOf.unit_id)
    )


def _sum(counts: ColumnElement[int]) -> ColumnElement[int]:
    # PostgreSQL's sum of whole numbers is of its exact type with decimals: back to a whole one.
    return cast(func.sum(counts), Integer)


def _counts_by_village(table: Table) -> Any:
    by_village = (
        select(Span.village_id, *(_count(measure) for measure in table.measures))
        .where(on(Span, AS_OF), _concerned(table))
        .group_by(Span.village_id)
        .subquery("by_village")
    )
    in_commune = and_(
        Village.unit_id == by_village.c.village_id,
        tier_is(Village.within_tier, Tier.COMMUNE),
        on(Village, MAP_DAY),
    )
    return (
        select(
            Village.within_id.label("row"),
            *(_sum(by_village.c[measure.key]).label(measure.key) for measure in table.measures),
        )
        .select_from(by_village)
        .join(Village, in_commune)
        .group_by(Village.within_id)
    )


@cache
def behind(
    name: str, basis: Basis, key: str, rows: Tier, whole: bool, one_row: bool
) -> Select[Any]:
    """The ids of the households that a measure counts, in one row (ROW) or in all."""
    measure = next(m for m in table_named(name, basis).measures if m.key == key)
    query = (
        villages(rows, whole=whole)
        .join(Span, and_(Span.village_id == Village.unit_id, on(Span, AS_OF)))
        .with_only_columns(Span.household_id)
        .where(measure.where)
    )
    return query.where(RowOf.unit_id == ROW) if one_row else query


def days(as_of: date, map_day: date) -> dict[str, Any]:
    """The bound values that every statement here needs."""
    return {"as_of": as_of, "map_day": map_day}
