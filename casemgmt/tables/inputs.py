"""The rows of a table, and what was declared about them: resident households and targets.

In the day's own map each row has its own figures in force on the day. In another map, a row's
figure is the sum over the communes of the day's own map that lie wholly in it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    type_coerce,
)

from casemgmt.places.models import Level, Lies, ResidentHouseholds, Tier, Unit, UnitPeriod
from casemgmt.programme.models import Target
from casemgmt.tables.counting import AS_OF, MAP_DAY, UNIT, RowOf, on, tier_is
from casemgmt.tables.ready import Ready

# The tables themselves: a statement of mapped classes would first make all of them ready.
_Unit = Unit.__table__
_Period = UnitPeriod.__table__
_Lies = Lies.__table__
_Target = Target.__table__

YEAR = bindparam("year", type_=_Target.c.year.type)
KEYS = ("resident_households", "ethnic_minority_households", "exit_target")
Known = Mapping[str, int | None]  # figures of a row by the key of their column; None: unknown
_UNKNOWN: dict[str, int | None] = dict.fromkeys(KEYS)
_NAMES = 4  # columns that name a row: id, code, name, level


@dataclass(frozen=True, slots=True)
class RowUnit:
    """A unit that is a row of a table, named as on the map's day."""

    id: int
    code: str
    name: str
    level: str


_Residents = ResidentHouseholds.__table__.alias("residents")


def _with_declared(query: Select[Any], unit: Any) -> Select[Any]:
    """The query with the declared figures of a unit column: in force on AS_OF, for YEAR."""
    newest = ResidentHouseholds.__table__.alias("newest_residents")
    since = (
        select(func.max(newest.c.starts))
        .where(newest.c.unit_id == unit, newest.c.starts <= AS_OF)
        .scalar_subquery()
    )
    its_target = and_(
        _Target.c.unit_id == unit,
        _Target.c.year == YEAR,
        _Target.c.kind == literal_column("'exit_households'"),
    )
    return (
        query.outerjoin(
            _Residents, and_(_Residents.c.unit_id == unit, _Residents.c.starts == since)
        )
        .outerjoin(_Target, its_target)
        .add_columns(
            _Residents.c.total.label("resident_households"),
            _Residents.c.ethnic_minority.label("ethnic_minority_households"),
            _whole(_Target.c.value).label("exit_target"),
        )
    )


def _whole(thousandths: Any) -> ColumnElement[int]:
    return type_coerce(thousandths, Integer()) // literal_column("1000", Integer())


def _named(unit: Any, day: Any) -> Any:
    """The period of a unit that is in force on a day, for its name and level."""
    newest = UnitPeriod.__table__.alias("newest")
    first_day = (
        select(func.max(newest.c.starts))
        .where(newest.c.unit_id == unit, newest.c.starts <= day)
        .scalar_subquery()
    )
    return and_(_Period.c.unit_id == unit, _Period.c.starts == first_day)


@cache
def _rows(tier: Tier, whole: bool, declared: bool) -> Ready:
    """The rows in the register's order: id, code, name, level; then their own declared figures
    (KEYS), if wanted."""
    under = RowOf.c.within_id == (RowOf.c.unit_id if whole else UNIT)
    names: tuple[Any, ...] = (_Unit.c.id, _Unit.c.code, _Period.c.name, _Period.c.level)
    query: Select[Any] = (
        select(*names)
        .select_from(_Unit)
        .join(RowOf, RowOf.c.unit_id == _Unit.c.id)
        .join(_Period, _named(_Unit.c.id, MAP_DAY))
        .where(under, tier_is(RowOf.c.tier, tier), on(RowOf.c, MAP_DAY))
        .order_by(_Unit.c.position, _Unit.c.id)
    )
    return Ready(_with_declared(query, _Unit.c.id) if declared else query)


@cache
def _communes() -> Select[Any]:
    """The communes of the day's own map (AS_OF), with their declared figures."""
    own = and_(
        _Lies.c.within_id == _Lies.c.unit_id,
        tier_is(_Lies.c.tier, Tier.COMMUNE),
        on(_Lies.c, AS_OF),
    )
    return _with_declared(select(_Lies.c.unit_id).select_from(_Lies), _Lies.c.unit_id).where(own)


@cache
def _villages_of_communes(day: Any) -> Select[int, int]:
    """(commune, village) of the map of a bound day."""
    return select(_Lies.c.within_id, _Lies.c.unit_id).where(
        tier_is(_Lies.c.within_tier, Tier.COMMUNE),
        tier_is(_Lies.c.tier, Tier.VILLAGE),
        on(_Lies.c, day),
    )


def row_units(
    connection: Connection, *, tier: Tier, declared: bool, bound: Mapping[str, Any]
) -> list[tuple[RowUnit, Known]]:
    """The rows of a table, each with its declared figures if wanted. One statement; four where
    they are wanted in another map than the day's own."""
    rows: list[tuple[RowUnit, Known]] = [
        (
            RowUnit(row[0], row[1], row[2], Level(row[3])),
            dict(zip(KEYS, row[_NAMES:], strict=True)) if declared else _UNKNOWN,
        )
        for row in _rows(tier, bound["unit_id"] is None, declared).rows(connection, bound)
    ]
    if not declared or tier is Tier.VILLAGE or bound["map_day"] == bound["as_of"]:
        return rows
    sums = _in_another_map(connection, bound)
    return [(unit, sums.get(unit.id, _UNKNOWN)) for unit, _ in rows]


def _in_another_map(connection: Connection, bound: Mapping[str, Any]) -> dict[int, Known]:
    """By row: sums over the communes of AS_OF's map that lie wholly in a row of MAP_DAY's map;
    None where a commune lies only partly in the row or lacks the figure."""
    villages: dict[int, set[int]] = defaultdict(set)
    for commune, village in connection.execute(_villages_of_communes(AS_OF), bound):
        villages[commune].add(village)
    row_of = {
        village: row for row, village in connection.execute(_villages_of_communes(MAP_DAY), bound)
    }
    parts: dict[int, list[Known]] = defaultdict(list)
    for commune, *declared in connection.execute(_communes(), bound):
        homes = {row_of.get(village) for village in villages[commune]} or {commune}
        own = dict(zip(KEYS, declared, strict=True)) if len(homes) == 1 else _UNKNOWN
        for home in homes:
            if home is not None:
                parts[home].append(own)
    return {row: {key: _sum(parts[row], key) for key in KEYS} for row in parts}


def _sum(parts: Sequence[Known], key: str) -> int | None:
    known = [value for part in parts if (value := part[key]) is not None]
    return sum(known) if len(known) == len(parts) else None
