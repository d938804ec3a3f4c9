"""Households that live nowhere now, for those who may bring them back: the unit in which they
lived last. They show no more than they showed on their last day."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, select
from sqlalchemy.orm import aliased

from casemgmt.places import queries as places
from casemgmt.register.lens import Lens
from casemgmt.register.models import Household, Span, Stay


def departed(lens: Lens) -> Select[*tuple[Any, ...]]:
    """The households that lived last in a village of the lens and live nowhere on its day, the
    newest departure first: id, code, head_name, village, last_day, departure."""
    query = (
        select(
            Household.id,
            Household.code,
            Household.head_name,
            places.name_on(Stay.village_id, Stay.last_day).label("village"),
            Stay.last_day,
            Stay.departure,
        )
        .join(Stay, Stay.household_id == Household.id)
        .where(_left(lens))
        .order_by(Stay.last_day.desc(), Household.head_order, Household.code)
    )
    return query.execution_options(lens=lens)


def departed_household(lens: Lens, code: str) -> Select[Household]:
    """The household of a code, where `departed` lists it."""
    return (
        select(Household)
        .join(Stay, Stay.household_id == Household.id)
        .where(Household.code == code, _left(lens))
        .execution_options(lens=lens)
    )


def _left(lens: Lens) -> ColumnElement[bool]:
    if not lens.villages:
        return false()
    other = aliased(Stay)
    newest = select(func.max(other.starts)).where(other.household_id == Stay.household_id)
    lives = select(Span.household_id).where(
        Span.household_id == Stay.household_id, Span.ends > lens.scope_day
    )
    return and_(
        Stay.starts == newest.scalar_subquery(),
        Stay.village_id.in_(sorted(lens.villages)),
        Stay.last_day < lens.scope_day,
        ~lives.exists(),
    )
