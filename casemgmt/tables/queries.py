"""Questions about people that only the pages of tables ask."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from casemgmt.households.queries import listed
from casemgmt.places.models import Lies, Tier, Unit
from casemgmt.register.lens import Lens
from casemgmt.register.models import Household, Span
from casemgmt.tables.counting import on


def in_scope(lens: Lens) -> Select[int]:
    """The ids of all households in scope, by name as on a Vietnamese roll."""
    return lens.scoped(select(Household.id).order_by(Household.head_order, Household.code))


def rows_of(lens: Lens, households: Sequence[int]) -> Select[*tuple[Any, ...]]:
    """These households as the list of households shows them."""
    return listed(lens).where(Household.id.in_(households))


def counted_nowhere(lens: Lens, map_day: date) -> Select[int]:
    """How many households live on the lens's day in a place that lies in no commune of a map.
    Counts only; give it the lens that sees everyone."""
    query = select(func.count()).select_from(Span).where(_nowhere(lens.as_of, map_day))
    return query.execution_options(lens=lens)


def codes_counted_nowhere(lens: Lens, map_day: date) -> Select[str]:
    """The codes of those among them that are in scope."""
    return lens.scoped(
        select(Household.code)
        .join(Span, and_(Span.household_id == Household.id, _nowhere(lens.as_of, map_day)))
        .order_by(Household.code)
    )


def _nowhere(day: date, map_day: date) -> ColumnElement[bool]:
    in_a_commune = select(Lies.unit_id).where(
        Lies.unit_id == Unit.id,
        Lies.within_tier == Tier.COMMUNE,
        Lies.tier == Tier.VILLAGE,
        on(Lies, map_day),
    )
    elsewhere = select(Unit.id).where(~in_a_commune.exists())
    return and_(Span.village_id.in_(elsewhere), on(Span, day))
