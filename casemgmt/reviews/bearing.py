"""What bears on one proposal, for the one who decides: the household's help and history, and how
its commune stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from casemgmt.programme.models import RegisteredExit
from casemgmt.register import timeline
from casemgmt.register.lens import Lens
from casemgmt.register.models import Lead
from casemgmt.reviews import overview
from casemgmt.reviews.models import Proposal, State
from casemgmt.reviews.questions import Question, questions
from casemgmt.reviews.standing import Standing
from casemgmt.sponsorship import queries as sponsorship
from casemgmt.support import queries as support
from casemgmt.support.models import SupportAction


@dataclass(frozen=True, slots=True)
class Bearing:
    """`before`, `after`: the names of the deprivations; `given`: the support since the household
    became poor, newest first (all that there is, where it is not poor); `lead`: who leads the
    help; `registered`: it is registered to exit this year; `exits` of `target` in its commune."""

    before: Sequence[str]
    after: Sequence[str]
    given: Sequence[SupportAction]
    totals: Any
    lead: Lead | None
    year: int
    registered: bool
    exits: int
    target: Decimal | None
    questions: Sequence[Question]


def bearing_on(
    session: Session, lens: Lens, proposal: Proposal, standing: Standing, decider: str | None
) -> Bearing:
    """What bears on a proposal in scope; `decider`: the account that is to decide, where the one
    who asks is."""
    household, one = proposal.household_id, proposal.commune_review.round
    since = standing.poor_since
    given = support.support_of(lens, household).options(
        joinedload(SupportAction.kind), joinedload(SupportAction.organisation)
    )
    if since is not None:
        given = given.where(SupportAction.given_on >= since)
    registered = lens.scoped(
        select(RegisteredExit.year).where(
            RegisteredExit.household_id == household, RegisteredExit.year == one.starts.year
        ),
        RegisteredExit.household_id,
    )
    (line,) = overview.lines(session, lens, one, {proposal.commune_id})
    asked = questions(session, lens, [proposal], {proposal.id: standing}, decider=decider)
    return Bearing(
        before=_names(standing, standing.held.deprivations if standing.held else ()),
        after=_names(standing, proposal.deprivations),
        given=session.scalars(given).all(),
        totals=session.execute(
            support.support_totals(lens, household=household, since=since)
        ).one(),
        lead=timeline.in_force(
            session.scalars(sponsorship.leads_of(lens, household)).all(), lens.as_of
        ),
        year=one.starts.year,
        registered=session.scalar(registered) is not None,
        exits=line.exits,
        target=line.target,
        questions=asked[proposal.id] if proposal.state is State.SUBMITTED else [],
    )


def _names(standing: Standing, rows: Sequence[Any]) -> list[str]:
    known = {
        one.code: one.name for one in (standing.standard.indicators if standing.standard else [])
    }
    return [known.get(row.indicator_code, row.indicator_code) for row in rows]
