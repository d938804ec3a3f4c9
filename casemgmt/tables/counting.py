"""Counting as of a day: one statement per table and shape, built once and kept.

Days and the unit are bound, all else is literal. A table of a unit walks the map down to its
villages and reads their stretches of the timeline; a table of the whole register groups by
village first and adds villages to communes, which at a million households is far less work."""

from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)

from casemgmt.places.models import Lies, Tier, Unit
from casemgmt.register.measures import Measure
from casemgmt.register.models import Household, Span
from casemgmt.tables.definitions import Basis, Table, table_named
from casemgmt.tables.ready import Ready

# The tables themselves: a statement of mapped classes would first make all of them ready.
_Lies = Lies.__table__
_Span = Span.__table__

AS_OF = bindparam("as_of", type_=_Span.c.starts.type)
MAP_DAY = bindparam("map_day", type_=_Span.c.starts.type)
UNIT = bindparam("unit_id", type_=_Lies.c.within_id.type)
ROW = bindparam("row_id", type_=_Lies.c.within_id.type)

RowOf = _Lies.alias("r")
Village = _Lies.alias("v")


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
        Village.c.within_id == RowOf.c.unit_id,
        tier_is(Village.c.tier, Tier.VILLAGE),
        on(Village.c, MAP_DAY),
    )
    under = RowOf.c.within_id == (RowOf.c.unit_id if whole else UNIT)
    return (
        select(RowOf.c.unit_id.label("row"), Village.c.unit_id.label("village"))
        .select_from(RowOf)
        .join(Village, in_row)
        .where(under, tier_is(RowOf.c.tier, rows), on(RowOf.c, MAP_DAY))
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
        .join(_Span, and_(_Span.c.village_id == Village.c.unit_id, on(_Span.c, AS_OF)))
        .with_only_columns(RowOf.c.unit_id.label("row"), *(_count(m) for m in table.measures))
        .where(_concerned(table))
        .group_by(RowOf.c.unit_id)
    )


def _sum(counts: ColumnElement[int]) -> ColumnElement[int]:
    # PostgreSQL's sum of whole numbers is of its exact type with decimals: back to a whole one.
    return cast(func.sum(counts), Integer)


def _counts_by_village(table: Table) -> Any:
    by_village = (
        select(_Span.c.village_id, *(_count(measure) for measure in table.measures))
        .where(on(_Span.c, AS_OF), _concerned(table))
        .group_by(_Span.c.village_id)
        .subquery("by_village")
    )
    in_commune = and_(
        Village.c.unit_id == by_village.c.village_id,
        tier_is(Village.c.within_tier, Tier.COMMUNE),
        on(Village.c, MAP_DAY),
    )
    return (
        select(
            Village.c.within_id.label("row"),
            *(_sum(by_village.c[measure.key]).label(measure.key) for measure in table.measures),
        )
        .select_from(by_village)
        .join(Village, in_commune)
        .group_by(Village.c.within_id)
    )


@cache
def behind(
    name: str, basis: Basis, key: str, rows: Tier, whole: bool, one_row: bool
) -> Select[Any]:
    """The ids of the households that a measure counts, in one row (ROW) or in all."""
    measure = next(m for m in table_named(name, basis).measures if m.key == key)
    query = (
        villages(rows, whole=whole)
        .join(_Span, and_(_Span.c.village_id == Village.c.unit_id, on(_Span.c, AS_OF)))
        .with_only_columns(_Span.c.household_id)
        .where(measure.where)
    )
    return query.where(RowOf.c.unit_id == ROW) if one_row else query


@cache
def placed(name: str, basis: Basis, key: str, rows: Tier, whole: bool) -> Select[Any]:
    """The same in all rows: the code of the row's unit, the household's id and code."""
    query = behind(name, basis, key, rows, whole, False)
    found = query.with_only_columns(RowOf.c.unit_id.label("row"), _Span.c.household_id)
    return with_codes(found.subquery("found"))


def with_codes(found: Subquery) -> Select[Any]:
    """Unit's code, household's id and code of (row, household) pairs."""
    unit, household = Unit.__table__, Household.__table__
    row, counted = found.c
    return (
        select(unit.c.code, household.c.id, household.c.code)
        .select_from(found)
        .join(unit, unit.c.id == row)
        .join(household, household.c.id == counted)
    )
