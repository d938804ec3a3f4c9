"""What happened to a proposal, and when: the register's own day decides what day it is."""

from datetime import date, datetime, time

from sqlalchemy.orm import Session

from casemgmt import clock, settings
from casemgmt.audit import trail
from casemgmt.clock import VIETNAM
from casemgmt.reviews.models import EventKind, Proposal, ProposalEvent


def now(session: Session) -> datetime:
    """This moment, on the register's day: a demonstration lives on its own day."""
    there = clock.now().astimezone(VIETNAM)
    return datetime.combine(settings.today(session), there.timetz())


def begins(day: date) -> datetime:
    """The moment at which a day begins in Viet Nam."""
    return datetime.combine(day, time(), VIETNAM)


def day_of(moment: datetime) -> date:
    """The day in Viet Nam on which a moment lies."""
    return moment.astimezone(VIETNAM).date()


def happened(
    session: Session,
    proposal: Proposal,
    what: EventKind,
    *,
    at: datetime,
    reason: str | None = None,
    field: str | None = None,
) -> None:
    """Write down, in the name in which the session acts, what happened to a proposal."""
    proposal.events.append(
        ProposalEvent(at=at, by=trail.actor(session), what=what, reason=reason, field=field)
    )
    session.flush()
