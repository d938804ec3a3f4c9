"""What is being done for a household: visits, promises, the plan, requests, the review — as of a
day, and no more of it than the one who asks may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from casemgmt.register.lens import Lens
from casemgmt.reviews import queries as reviews
from casemgmt.reviews.models import Proposal, Round
from casemgmt.sponsorship import queries as sponsorship
from casemgmt.sponsorship.models import Cause, ExitPlan, SponsorRequest
from casemgmt.support import queries as support
from casemgmt.support.models import Promise, Visit

LAST = 3  # visits on the page


@dataclass(frozen=True, slots=True)
class Care:
    """What the household's page shows of it. `visits`: the last ones of `visited`, voided ones too;
    `last_visit`: the newest that counts; `causes`: of
    the plan, without what tells of health unless that may be seen; `proposal`: of a round that is
    open, for those who may see what is private. Plan, requests and proposal go on changing, so
    they are not for those whose scope the household has left."""

    visits: Sequence[Visit]
    visited: int
    last_visit: Visit | None
    promises: Sequence[Promise]
    plan: ExitPlan | None
    causes: Sequence[Cause]
    requests: Sequence[SponsorRequest]
    proposal: Proposal | None

    @property
    def visited_on(self) -> date | None:
        """The day of the newest visit that counts."""
        return self.last_visit.visited_on if self.last_visit else None

    @property
    def next_on(self) -> date | None:
        """The day agreed then for the next one."""
        return self.last_visit.next_on if self.last_visit else None


def care_of(session: Session, lens: Lens, household: int) -> Care:
    """What is being done for a household that is in scope, as of the lens's day."""
    visits = support.visits_of(household, lens.as_of)
    counted = select(func.count()).select_from(visits.order_by(None).subquery())
    still = lens.still_sees(session, household)
    plan = _plan(session, lens, household) if still else None
    may_see = still and lens.private
    causes = [row.cause for row in plan.causes] if plan else []
    return Care(
        visits=session.scalars(visits.limit(LAST)).unique().all(),
        last_visit=session.scalars(visits.where(Visit.voided_at.is_(None)).limit(1)).first(),
        visited=session.scalar(counted.execution_options(lens=lens)) or 0,
        promises=session.scalars(support.promises_of(household, lens.as_of)).unique().all(),
        plan=plan,
        causes=[one for one in causes if lens.private or one is not Cause.ILLNESS],
        requests=session.scalars(_requests(lens, household)).unique().all() if still else [],
        proposal=session.scalars(_proposal(lens, household)).first() if may_see else None,
    )


def _plan(session: Session, lens: Lens, household: int) -> ExitPlan | None:
    """The plan of the day's year, else the newest."""
    years = session.scalars(sponsorship.plan_years(household)).all()
    if not years:
        return None
    year = lens.as_of.year if lens.as_of.year in years else years[0]
    return session.scalars(sponsorship.plan_of(household, year)).unique().one()


def _requests(lens: Lens, household: int) -> Select[SponsorRequest]:
    """Those who see a village see who asks; an organisation sees what itself has asked."""
    query = sponsorship.requests_about(lens, household).where(SponsorRequest.asked_on <= lens.as_of)
    if lens.organisations:
        query = query.where(SponsorRequest.organisation_id.in_(sorted(lens.organisations)))
    return query


def _proposal(lens: Lens, household: int) -> Select[Proposal]:
    """What is proposed in a round that is open on the day."""
    return (
        reviews.of_household(lens, household)
        .where(
            Round.starts <= lens.as_of,
            or_(Round.closed_on.is_(None), Round.closed_on > lens.as_of),
        )
        .limit(1)
    )
