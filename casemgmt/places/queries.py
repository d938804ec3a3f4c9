"""Units on a day: what they are called, what lies within what, what area they are."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from casemgmt.places.models import Area, Level, Lies, Tier, Unit, UnitPeriod
from casemgmt.vietnamese import clean, same

_URBAN_LEVELS = {Level.WARD, Level.TOWN, Level.QUARTER}
_UPWARDS = (Tier.VILLAGE, Tier.COMMUNE, Tier.DISTRICT, Tier.PROVINCE)
_Earlier = aliased(UnitPeriod)  # made once: it takes longer than the statement that uses it
_RUNGS = case({tier: rung for rung, tier in enumerate(_UPWARDS)}, value=Lies.within_tier)


def named(level: Level | str, name: str) -> str:
    """A unit as it is called: `Thị trấn Cam Lộ`, `Xã Cam Tuyền`. A name that begins with its
    level already (`Khu phố 1`) is not given it twice."""
    word, name = Level(level).value, clean(name)
    if same(name).startswith(same(word) + " "):
        return name[0].upper() + name[1:]
    return f"{word[0].upper()}{word[1:]} {name}"


def standing(day: Any) -> ColumnElement[bool]:
    """The row of the map (`Lies`) holds on a day."""
    return and_(Lies.starts <= day, Lies.ends > day)


def in_force(unit: Any, day: Any) -> ColumnElement[bool]:
    """`UnitPeriod` is the newest period of this unit (a column) that had begun by a day, also
    where it has ended since: units keep their last name."""
    first_day = (
        select(func.max(_Earlier.starts))
        .where(_Earlier.unit_id == unit, _Earlier.starts <= day)
        .scalar_subquery()
    )
    return and_(UnitPeriod.unit_id == unit, UnitPeriod.starts == first_day)


def name_on(unit: Any, day: Any) -> ColumnElement[str]:
    """The name of a unit (a column of ids) on a day, as a value for a list's column."""
    return _said_on(UnitPeriod.name, unit, day)


def level_on(unit: Any, day: Any) -> ColumnElement[Level]:
    """The level of a unit (a column of ids) on a day, as a value for a list's column."""
    return _said_on(UnitPeriod.level, unit, day)


def _said_on(what: Any, unit: Any, day: Any) -> ColumnElement[Any]:
    return (
        select(getattr(_Earlier, what.key))
        .where(_Earlier.unit_id == unit, _Earlier.starts <= day)
        .order_by(_Earlier.starts.desc())
        .limit(1)
        .scalar_subquery()
    )


def units_on(
    day: date, *, tiers: Sequence[Tier] = (), within: int | None = None
) -> Select[*tuple[Any, ...]]:
    """The units that stand on a day, in the register's order: id, code, name, level, official
    code, parent id. `tiers`: of these alone; `within`: under this unit (itself too)."""
    own = Lies.within_id == Lies.unit_id if within is None else Lies.within_id == within
    query = (
        select(
            Unit.id,
            Unit.code,
            UnitPeriod.name,
            UnitPeriod.level,
            UnitPeriod.official_code,
            UnitPeriod.parent_id,
        )
        .join(Lies, Lies.unit_id == Unit.id)
        .join(UnitPeriod, in_force(Unit.id, day))
        .where(own, standing(day))
        .order_by(Unit.position, Unit.id)
    )
    return query.where(Lies.tier.in_(tiers)) if tiers else query


def unit_on(unit: int, day: date) -> Select[*tuple[Any, ...]]:
    """One unit as it was called on a day: id, code, name, level (its last name if it ended)."""
    return (
        select(Unit.id, Unit.code, UnitPeriod.name, UnitPeriod.level)
        .join(UnitPeriod, in_force(Unit.id, day))
        .where(Unit.id == unit)
    )


def ladder(unit: int, day: date) -> Select[*tuple[Any, ...]]:
    """A unit and those above it on a day, upwards: id, code, name, level, tier."""
    return (
        select(Unit.id, Unit.code, UnitPeriod.name, UnitPeriod.level, Lies.within_tier)
        .join(Lies, Lies.within_id == Unit.id)
        .join(UnitPeriod, in_force(Unit.id, day))
        .where(Lies.unit_id == unit, standing(day))
        .order_by(_RUNGS)
    )


def villages_under(unit: int, day: date) -> Select[*tuple[Any, ...]]:
    """The ids of the villages under a unit on a day."""
    return (
        select(Lies.unit_id)
        .where(Lies.within_id == unit, Lies.tier == Tier.VILLAGE, standing(day))
        .order_by(Lies.unit_id)
    )


def by_code(code: str) -> Select[Unit]:
    """The unit of a code, whenever it stood."""
    return select(Unit).where(Unit.code == code)


def stands(session: Session, unit: Unit, day: date, *, tier: Tier | None = None) -> bool:
    """Whether a unit stands on a day (at this tier)."""
    query = select(Lies.unit_id).where(
        Lies.within_id == unit.id, Lies.unit_id == unit.id, standing(day)
    )
    if tier is not None:
        query = query.where(Lies.tier == tier)
    return session.scalar(query) is not None


def above(session: Session, unit: Unit, tier: Tier, day: date) -> Unit | None:
    """The unit of this tier in which a unit lies on a day."""
    return session.scalar(
        select(Unit)
        .join(Lies, Lies.within_id == Unit.id)
        .where(Lies.unit_id == unit.id, Lies.within_tier == tier, standing(day))
    )


def area_on(session: Session, unit: Unit, day: date) -> Area:
    """Khu vực of a unit on a day: its own, else the nearest above it that says; where none says,
    wards, towns and quarters are urban and all else rural."""
    return areas_on(session, [unit.id], day)[unit.id]


def areas_on(session: Session, units: Collection[int], day: date) -> dict[int, Area]:
    """`area_on` of many units (ids), in one statement."""
    levels: dict[int, list[Level]] = {unit: [] for unit in units}
    found: dict[int, Area] = {}
    for unit, level, area in session.execute(
        select(Lies.unit_id, UnitPeriod.level, UnitPeriod.area)
        .join(UnitPeriod, and_(Lies.within_id == UnitPeriod.unit_id, in_force(Lies.within_id, day)))
        .where(Lies.unit_id.in_(sorted(levels)), standing(day))
        .order_by(Lies.unit_id, _RUNGS)
    ):
        levels[unit].append(level)
        if area is not None:
            found.setdefault(unit, Area(area))
    for unit, above_it in levels.items():
        found.setdefault(unit, Area.URBAN if _URBAN_LEVELS & set(above_it) else Area.RURAL)
    return found
