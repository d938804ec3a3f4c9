"""The programme of a year: targets, and the households registered to exit by name."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased

from casemgmt.places import queries as places
from casemgmt.places.models import Lies, Tier, Unit, UnitPeriod
from casemgmt.programme.models import RegisteredExit, Target, TargetAmendment, TargetKind
from casemgmt.register.lens import Lens
from casemgmt.register.models import Household, Span


def targets(year: int, *, kind: TargetKind | None = None) -> Select[Target]:
    """The targets of a year, by the register's order of units."""
    query = (
        select(Target)
        .join(Unit, Unit.id == Target.unit_id)
        .where(Target.year == year)
        .order_by(Unit.position, Unit.id, Target.kind)
    )
    return query if kind is None else query.where(Target.kind == kind)


def amendments(
    year: int, *, unit: int | None = None, kind: TargetKind | None = None
) -> Select[TargetAmendment]:
    """What the targets of a year were before they were changed, by the register's order of units,
    oldest first; of one unit (an id), of a kind."""
    query = (
        select(TargetAmendment)
        .join(Unit, Unit.id == TargetAmendment.unit_id)
        .where(TargetAmendment.year == year)
        .order_by(Unit.position, Unit.id, TargetAmendment.kind, TargetAmendment.id)
    )
    if unit is not None:
        query = query.where(TargetAmendment.unit_id == unit)
    return query if kind is None else query.where(TargetAmendment.kind == kind)


def years() -> Select[int]:
    """The years that have targets, newest first."""
    return select(Target.year).distinct().order_by(Target.year.desc())


def registered(lens: Lens, year: int, *, unit: int | None = None) -> Select[*tuple[Any, ...]]:
    """The households in scope that are registered to exit in a year: id, code, head_name, village,
    class_ (as of the lens's day; None where they live nowhere), by name. `unit`: those alone that
    live under this unit on the day."""
    on = and_(Span.household_id == Household.id, Span.starts <= lens.as_of, Span.ends > lens.as_of)
    query = (
        select(
            Household.id,
            Household.code,
            Household.head_name,
            places.name_on(Span.village_id, lens.as_of).label("village"),
            Span.class_,
        )
        .join(RegisteredExit, RegisteredExit.household_id == Household.id)
        .outerjoin(Span, on)
        .where(RegisteredExit.year == year)
        .order_by(Household.head_order, Household.code)
    )
    if unit is not None:
        query = query.where(Span.village_id.in_(places.villages_under(unit, lens.as_of)))
    return lens.scoped(query)


_EXIT, _SPAN = RegisteredExit.__table__.c, Span.__table__.c


def named_by_commune(year: int, day: date) -> Select[int, int]:
    """How many households that live in a commune on a day are registered to exit in a year, for
    each commune that has any: its id, the count. Counts of communes hide nobody; it is run on the
    connection, as the tables are."""
    return (
        select(Lies.within_id, func.count().label("named"))
        .select_from(RegisteredExit.__table__)
        .join(Span.__table__, _SPAN.household_id == _EXIT.household_id)
        .join(Lies, Lies.unit_id == _SPAN.village_id)
        .where(
            _EXIT.year == year,
            _SPAN.starts <= day,
            _SPAN.ends > day,
            Lies.within_tier == Tier.COMMUNE,
            Lies.tier == Tier.VILLAGE,
            places.standing(day),
        )
        .group_by(Lies.within_id)
        .order_by(Lies.within_id)
    )


def next_year_targets(
    as_of: date, *, within: int | None = None, kind: TargetKind = TargetKind.EXIT_HOUSEHOLDS
) -> Select[*tuple[Any, ...]]:
    """For the year after a day (31/12 of a year, as Biểu 2 offers): the communes of the next
    day's map, in the register's order: id, code, name, level, this_year, next_year (targets of
    this kind; None where there is none)."""
    day = as_of + timedelta(days=1)
    now, later = aliased(Target), aliased(Target)

    def of(target: Any, year: int) -> Any:
        return and_(target.unit_id == Unit.id, target.year == year, target.kind == kind)

    return (
        places.units_on(day, tiers=[Tier.COMMUNE], within=within)
        .outerjoin(now, of(now, as_of.year))
        .outerjoin(later, of(later, as_of.year + 1))
        .with_only_columns(
            Unit.id,
            Unit.code,
            UnitPeriod.name,
            UnitPeriod.level,
            now.value.label("this_year"),
            later.value.label("next_year"),
        )
    )
