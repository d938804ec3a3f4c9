"""Requests to sponsor that came to nothing because somebody leads the household meanwhile."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt import settings
from casemgmt.audit import trail
from casemgmt.register import timeline
from casemgmt.register.models import Household, Lead
from casemgmt.sponsorship.models import Answer, SponsorRequest
from casemgmt.typed import show_date

_CHUNK = 500  # within every database's limit of bound values


def close_stale(session: Session, households: Collection[int]) -> None:
    """Close the waiting requests for these households where somebody leads them today or from a
    later day on: each says who leads, and why it is closed. Every act that gives a household a
    lead calls this once, at its end."""
    today = settings.today(session)
    wanted = sorted(set(households))
    for start in range(0, len(wanted), _CHUNK):
        waiting = session.scalars(
            select(SponsorRequest)
            .where(
                SponsorRequest.household_id.in_(wanted[start : start + _CHUNK]),
                SponsorRequest.answer == Answer.WAITING,
            )
            .order_by(SponsorRequest.id)
            .execution_options(lens="households of an act")
        )
        for request in waiting.all():
            if lead := _leads(request.household, today):
                _close(session, request, lead, today)
    session.flush()


def _leads(household: Household, today: date) -> Lead | None:
    """Who leads today, else who will lead."""
    if held := timeline.in_force(household.leads, today):
        return held
    return next((lead for lead in household.leads if lead.starts > today), None)


def _close(session: Session, request: SponsorRequest, lead: Lead, today: date) -> None:
    # Written into the register, so in its own language whoever acts.
    reason = f"{lead.organisation.name} đỡ đầu hộ từ {show_date(lead.starts)}."
    request.answer, request.answer_reason = Answer.STALE, reason
    request.answered_on = max(today, request.asked_on)
    request.answered_by = trail.actor(session)[:80]
