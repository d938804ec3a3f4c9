"""Who leads and supports, whom an organisation helps and asks to help; a household's plan."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from casemgmt.organisations.models import Kind
from casemgmt.places import queries as places
from casemgmt.register.lens import Lens
from casemgmt.register.measures import NEAR_POOR, POOR
from casemgmt.register.models import Household, Lead, Span, Supporter
from casemgmt.sponsorship.models import Answer, ExitPlan, Goal, SponsorRequest, Step


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
            _supporting(lens.as_of),
        )
        .order_by(Supporter.household_id),
        Supporter.household_id,
    )


def unsponsored_in_area(lens: Lens) -> Select[*tuple[Any, ...]]:
    """The short list for an organisation: poor and near-poor households that live in its unit's
    area and have no lead on the day: code, head_name, village, class_. Nothing else about them
    is shown, so they need not be in scope; a day after today has today's list."""
    return (
        select(
            Household.code,
            Household.head_name,
            places.name_on(Span.village_id, lens.scope_day).label("village"),
            Span.class_,
        )
        .join(Household, Household.id == Span.household_id)
        .where(*_unled_in_area(lens))
        .order_by(Household.head_order, Household.code)
        .execution_options(lens=lens)
    )


def _unled_in_area(lens: Lens) -> tuple[ColumnElement[bool], ...]:
    day = lens.scope_day
    return (
        Span.village_id.in_(sorted(lens.area)),
        and_(Span.starts <= day, Span.ends > day),
        or_(POOR.where, NEAR_POOR.where),
        Span.lead_kind == Kind.NONE,
    )


def _supporting(day: date) -> ColumnElement[bool]:
    return and_(
        Supporter.starts <= day,
        or_(Supporter.last_day.is_(None), Supporter.last_day >= day),
    )


def may_be_asked_for(lens: Lens, code: str) -> Select[*tuple[Any, ...]]:
    """The household of a code where an organisation may ask to lead it: it stands in its short
    list, or is supported by it and led by nobody. Columns as of the list, and id."""
    day = lens.scope_day
    ours = (
        select(Supporter.household_id)
        .where(
            Supporter.organisation_id.in_(sorted(lens.organisations)),
            _supporting(day),
        )
        .scalar_subquery()
    )
    supported = and_(
        Span.starts <= day,
        Span.ends > day,
        Span.lead_kind == Kind.NONE,
        Span.household_id.in_(ours),
    )
    return (
        select(
            Household.code,
            Household.head_name,
            places.name_on(Span.village_id, day).label("village"),
            Span.class_,
            Household.id,
        )
        .join(Household, Household.id == Span.household_id)
        .where(Household.code == code, or_(and_(*_unled_in_area(lens)), supported))
        .execution_options(lens=lens)
    )


# --- Requests ------------------------------------------------------------------------------------


def waiting_requests(lens: Lens) -> Select[SponsorRequest]:
    """The requests to sponsor that nobody has answered, oldest first: for those who see villages,
    those about the households in scope; for an organisation, its own."""
    query = (
        select(SponsorRequest)
        .where(SponsorRequest.answer == Answer.WAITING)
        .order_by(SponsorRequest.asked_on, SponsorRequest.id)
    )
    if lens.organisations:
        own = SponsorRequest.organisation_id.in_(sorted(lens.organisations))
        return query.where(own).execution_options(lens=lens)
    return lens.scoped(query, SponsorRequest.household_id)


def requests_of(organisations: Collection[int]) -> Select[SponsorRequest]:
    """All requests that these organisations ever made, newest first. What an organisation asked
    is its own, also about a household that is not in its scope (yet, or any more)."""
    return (
        select(SponsorRequest)
        .where(SponsorRequest.organisation_id.in_(sorted(organisations)))
        .order_by(SponsorRequest.asked_on.desc(), SponsorRequest.id.desc())
        .execution_options(lens="an organisation's own requests")
    )


def requests_about(lens: Lens, household: int) -> Select[SponsorRequest]:
    """All requests to sponsor a household in scope, newest first."""
    return lens.scoped(
        select(SponsorRequest)
        .where(SponsorRequest.household_id == household)
        .options(joinedload(SponsorRequest.organisation))
        .order_by(SponsorRequest.asked_on.desc(), SponsorRequest.id.desc()),
        SponsorRequest.household_id,
    )


# --- Plans ---------------------------------------------------------------------------------------


def plan_of(household: int, year: int) -> Select[ExitPlan]:
    """The plan of a year of a household that is in scope, with its causes, goals and steps."""
    return (
        select(ExitPlan)
        .where(ExitPlan.household_id == household, ExitPlan.year == year)
        .options(
            selectinload(ExitPlan.causes),
            selectinload(ExitPlan.goals).selectinload(Goal.steps),
        )
        .execution_options(lens=f"household {household}")
    )


def plan_years(household: int) -> Select[int]:
    """The years for which a household that is in scope has a plan, newest first."""
    return (
        select(ExitPlan.year)
        .where(ExitPlan.household_id == household)
        .order_by(ExitPlan.year.desc())
        .execution_options(lens=f"household {household}")
    )


def steps_due(lens: Lens, until: date) -> Select[Step]:
    """The steps of plans in scope that are not done and due by a day (inclusive), earliest first,
    each with its goal, plan and household."""
    return lens.scoped(
        select(Step)
        .join(Step.goal)
        .join(Goal.plan)
        .where(Step.done_on.is_(None), Step.due_on <= until)
        .options(contains_eager(Step.goal).contains_eager(Goal.plan).joinedload(ExitPlan.household))
        .order_by(Step.due_on, Step.id),
        ExitPlan.household_id,
    )
