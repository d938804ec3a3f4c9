"""Hôm nay: what waits for a commune officer today."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select
from sqlalchemy.orm import Session, joinedload

from casemgmt.access.models import User
from casemgmt.casefile.deadlines import Deadline, deadlines
from casemgmt.casefile.organisation_day import SOON, overdue_promises
from casemgmt.casefile.work import MOST, Work, waiting
from casemgmt.households import queries as households
from casemgmt.privacy import queries as privacy
from casemgmt.register.findings import Finding
from casemgmt.register.lens import Lens
from casemgmt.register.models import Class
from casemgmt.reviews import queries as reviews
from casemgmt.reviews.models import Decider, Proposal, Round
from casemgmt.sponsorship import queries as sponsorship
from casemgmt.sponsorship.models import SponsorRequest
from casemgmt.support import queries as support


@dataclass(frozen=True, slots=True)
class Day:
    """Everything on the page. `returned`: proposals to be mended; `to_second`: proposals of
    others of the commune, which a second person decides; `requests`: to sponsor; `about_data`:
    of data subjects, due within a week or late; `unvisited`: poor and near-poor households that
    nobody has visited for 60 days; `unled`: poor ones without a lead; `doubts`: the first of
    them, and how many."""

    returned: Work
    to_second: Work
    requests: Work
    about_data: Work
    deadlines: Sequence[Deadline]
    promises: Work
    steps: Work
    unvisited: Work
    unled: int
    doubts: Work


def day_of(session: Session, lens: Lens, user: User, found: Sequence[Finding]) -> Day:
    """What waits for an officer who sees through this lens, on its day (what is not kept by days:
    about the households in scope today); `found`: the doubts about the households in scope."""
    today, now, unit = lens.as_of, lens.now, user.unit_id
    rounds: Sequence[Round] = []
    if unit is not None:
        rounds = session.scalars(reviews.open_rounds([unit], today)).all()
    asked = sponsorship.waiting_requests(now).options(
        joinedload(SponsorRequest.household), joinedload(SponsorRequest.organisation)
    )
    return Day(
        returned=waiting(session, reviews.returned(now)),
        to_second=waiting(session, _to_second(now, user)),
        requests=waiting(session, asked),
        about_data=waiting(session, privacy.urgent(now)),
        deadlines=deadlines(rounds, today),
        promises=waiting(session, overdue_promises(lens)),
        steps=waiting(session, sponsorship.steps_due(now, today + SOON)),
        unvisited=waiting(session, support.unvisited(lens, today - support.RECENT)),
        unled=session.scalar(unled(lens)) or 0,
        doubts=Work(found[:MOST], len(found)),
    )


def unled(lens: Lens) -> Select[int]:
    """How many poor households in scope have no lead sponsor."""
    return households.counted(households.listed(lens, class_=Class.POOR, unsponsored=True))


def _to_second(lens: Lens, user: User) -> Select[Proposal]:
    """What a colleague sent, and a second person of the commune decides."""
    return reviews.to_decide(lens).where(
        Round.decider == Decider.SECOND_PERSON, Proposal.proposed_by != user.name
    )
