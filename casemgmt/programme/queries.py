"""The programme of a year: targets, and the households registered to exit by name."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import aliased

from casemgmt.places import queries as places
from casemgmt.places.models import Tier, Unit, UnitPeriod
from casemgmt.programme.models import RegisteredExit, Target, TargetKind
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


def years() -> Select[int]:
    """The years that have targets, newest first."""
    return select(Target.year).distinct().order_by(Target.year.desc())


def registered(lens: Lens, year: int) -> Select[*tuple[Any, ...]]:
    """The households in scope that are registered to exit in a year: id, code, head_name, village,
    class_ (as of the lens's day; None where they live nowhere), by name."""
    on = and_(Span.household_id == Household.id, Span.starts <= lens.as_of, Span.ends > lens.as_of)
    return lens.scoped(
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
