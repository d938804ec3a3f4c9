"""Who leads and supports, and whom an organisation helps."""

from typing import Any

from sqlalchemy import Select, and_, or_, select

from casemgmt.organisations.models import Kind
from casemgmt.places import queries as places
from casemgmt.register.lens import Lens
from casemgmt.register.measures import NEAR_POOR, POOR
from casemgmt.register.models import Household, Lead, Span, Supporter


def leads_of(lens: Lens, household: int) -> Select[Lead]:
    """The lead sponsorships of a household that had begun by the lens's day, newest first."""
    return lens.scoped(
        select(Lead)
        .where(Lead.household_id == household, Lead.starts <= lens.as_of)
        .order_by(Lead.starts.desc()),
        Lead.household_id,
    )


def supporters_of(lens: Lens, household: int) -> Select[Supporter]:
    """The supporting sponsorships of a household that had begun by the lens's day, newest
    first."""
    return lens.scoped(
        select(Supporter)
        .where(Supporter.household_id == household, Supporter.starts <= lens.as_of)
        .order_by(Supporter.starts.desc(), Supporter.organisation_id),
        Supporter.household_id,
    )


def supported_by(lens: Lens, organisation: int) -> Select[Supporter]:
    """The supporting sponsorships of an organisation in force on the lens's day."""
    return lens.scoped(
        select(Supporter)
        .where(
            Supporter.organisation_id == organisation,
            Supporter.starts <= lens.as_of,
            or_(Supporter.last_day.is_(None), Supporter.last_day >= lens.as_of),
        )
        .order_by(Supporter.household_id),
        Supporter.household_id,
    )


def unsponsored_in_area(lens: Lens) -> Select[*tuple[Any, ...]]:
    """The short list for an organisation: poor and near-poor households that live in its unit's
    area and have no lead on the day: code, head_name, village, class_. Nothing else about them
    is shown, so they need not be in scope; a day after today has today's list."""
    day = lens.scope_day
    return (
        select(
            Household.code,
            Household.head_name,
            places.name_on(Span.village_id, day).label("village"),
            Span.class_,
        )
        .join(Household, Household.id == Span.household_id)
        .where(
            Span.village_id.in_(sorted(lens.area)),
            and_(Span.starts <= day, Span.ends > day),
            or_(POOR.where, NEAR_POOR.where),
            Span.lead_kind == Kind.NONE,
        )
        .order_by(Household.head_order, Household.code)
        .execution_options(lens=lens)
    )
