"""The rows of a table, and what was declared about them: resident households and targets.

In the day's own map each row has its own figures in force on the day. In another map, a row's
figure is the sum over the communes of the day's own map that lie wholly in it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, func, literal_column, select
from sqlalchemy.orm import aliased

from casemgmt.places.models import Lies, ResidentHouseholds, Tier, Unit, UnitPeriod
from casemgmt.programme.models import Target
from casemgmt.tables.counting import AS_OF, MAP_DAY, UNIT, RowOf, on, tier_is

YEAR = bindparam("year", type_=Target.year.type)
THOUSAND = 1000


@dataclass(frozen=True, slots=True)
class RowUnit:
    """A unit that is a row of a table, named as on the map's day, with its declared figures
    (None: unknown)."""

    id: int
    code: str
    name: str
    level: str
    inputs: Mapping[str, int | None]


@cache
def _declared(unit: Any) -> tuple[Any, ...]:
    """The declared figures of a unit column, in force on AS_OF or for YEAR."""
    residents = aliased(ResidentHouseholds, name="residents")
    newest = and_(residents.unit_id == unit, residents.starts <= AS_OF)

    def latest(column: Any) -> Any:
        return (
            select(column)
            .where(newest)
            .order_by(residents.starts.desc())
            .limit(1)
            .scalar_subquery()
        )

    target = (
        select(Target.__table__.c.value)
        .where(
            Target.unit_id == unit,
            Target.year == YEAR,
            Target.kind == literal_column("'exit_households'"),
        )
        .scalar_subquery()
    )
    return (
        latest(residents.total).label("resident_households"),
        latest(residents.ethnic_minority).label("ethnic_minority_households"),
        target.label("exit_target"),
    )


KEYS = ("resident_households", "ethnic_minority_households", "exit_target")


def _named(unit: Any, day: Any) -> Any:
    """The period of a unit that is in force on a day, for its name and level."""
    newest = aliased(UnitPeriod, name="newest")
    first_day = (
        select(func.max(newest.starts))
        .where(newest.unit_id == unit, newest.starts <= day)
        .scalar_subquery()
    )
    return and_(UnitPeriod.unit_id == unit, UnitPeriod.starts == first_day)


@cache
def _rows(rows: Tier, whole: bool) -> Select[Any]:
    """The rows in the register's order: id, code, name, level, and their own declared figures."""
    under = RowOf.within_id == (RowOf.unit_id if whole else UNIT)
    return (
        select(Unit.id, Unit.code, UnitPeriod.name, UnitPeriod.level, *_declared(Unit.id))
        .join(RowOf, RowOf.unit_id == Unit.id)
        .join(UnitPeriod, _named(Unit.id, MAP_DAY))
        .where(under, tier_is(RowOf.tier, rows), on(RowOf, MAP_DAY))
        .order_by(Unit.position, Unit.id)
    )


@cache
def _communes() -> Select[Any]:
    """The communes of the day's own map (AS_OF), with their declared figures."""
    return select(Lies.unit_id, *_declared(Lies.unit_id)).where(
        Lies.within_id == Lies.unit_id, tier_is(Lies.tier, Tier.COMMUNE), on(Lies, AS_OF)
    )


@cache
def _villages_of_communes(day: Any) -> Select[int, int]:
    """(commune, village) of the map of a bound day."""
    return select(Lies.within_id, Lies.unit_id).where(
        tier_is(Lies.within_tier, Tier.COMMUNE), tier_is(Lies.tier, Tier.VILLAGE), on(Lies, day)
    )


def row_units(
    connection: Connection,
    *,
    unit_id: int | None,
    rows: Tier,
    as_of: date,
    map_day: date,
    year: int,
) -> list[RowUnit]:
    """The rows of a table with their declared figures."""
    bound = {"as_of": as_of, "map_day": map_day, "year": year, "unit_id": unit_id}
    found = [
        RowUnit(row.id, row.code, row.name, row.level, _figures(row))
        for row in connection.execute(_rows(rows, unit_id is None), bound)
    ]
    if map_day == as_of or rows is Tier.VILLAGE:
        return found
    sums = _in_another_map(connection, [row.id for row in found], bound)
    return [RowUnit(row.id, row.code, row.name, row.level, sums[row.id]) for row in found]


def _figures(row: Any) -> dict[str, int | None]:
    target = row.exit_target
    return {
        "resident_households": row.resident_households,
        "ethnic_minority_households": row.ethnic_minority_households,
        "exit_target": None if target is None else int(target),
    }


def _in_another_map(
    connection: Connection, rows: Sequence[int], bound: Mapping[str, Any]
) -> dict[int, dict[str, int | None]]:
    """Sums over the communes of AS_OF's map that lie wholly in a row of MAP_DAY's map; None
    where a commune lies only partly in the row or lacks the figure."""
    villages: dict[int, set[int]] = defaultdict(set)
    for commune, village in connection.execute(_villages_of_communes(AS_OF), bound):
        villages[commune].add(village)
    row_of = {
        village: row for row, village in connection.execute(_villages_of_communes(MAP_DAY), bound)
    }
    parts: dict[int, list[dict[str, int | None]]] = defaultdict(list)
    for figures in connection.execute(_communes(), bound):
        inside = {row_of.get(village) for village in villages[figures.unit_id]}
        homes = inside or {figures.unit_id}
        whole = len(homes) == 1
        for home in homes:
            if home is not None:
                parts[home].append(_figures(figures) if whole else dict.fromkeys(KEYS))
    return {row: {key: _sum(parts[row], key) for key in KEYS} for row in rows}


def _sum(parts: Sequence[Mapping[str, int | None]], key: str) -> int | None:
    values = [part[key] for part in parts]
    if not values or None in values:
        return None
    return sum(value for value in values if value is not None)
