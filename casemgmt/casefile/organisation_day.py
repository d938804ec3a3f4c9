"""Việc của tôi: what waits for an officer of an organisation today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, or_
from sqlalchemy.orm import Session, joinedload

from casemgmt.casefile.whereabouts import ladders, way_to
from casemgmt.casefile.work import Due, Work, next_visit, waiting
from casemgmt.register.lens import Lens
from casemgmt.sponsorship import queries as sponsorship
from casemgmt.sponsorship.models import Answer, SponsorRequest
from casemgmt.support import queries as support
from casemgmt.support.models import Promise
from casemgmt.web.paging import Page, page_of

SOON = timedelta(days=14)  # a step that is due by then is told now
NEWS = timedelta(days=30)  # how long an answer is news


@dataclass(frozen=True, slots=True)
class Card:
    """A household that the organisation leads or supports. `home`: the columns of
    `support.queries.my_households`; `next`: what is to be done next; `way`: a map."""

    home: Any
    next: Due
    way: str


@dataclass(frozen=True, slots=True)
class Day:
    """Everything on the page. `promises`: mine, past their day; `requests`: mine, waiting or
    answered lately; `steps`: those of plans that are due soon; `cards`: by next date."""

    promises: Work
    requests: Work
    steps: Work
    page: Page[Any]
    cards: Sequence[Card]


def day_of(session: Session, lens: Lens) -> Day:
    """What waits for an officer who sees through this lens, on its day."""
    page = page_of(session, support.my_households(lens))
    where = ladders(session, lens, [home.id for home in page.rows])
    return Day(
        promises=waiting(session, overdue_promises(lens, lens.organisations)),
        requests=waiting(session, _requests(lens)),
        steps=waiting(session, sponsorship.steps_due(lens.now, lens.as_of + SOON)),
        page=page,
        cards=[
            Card(
                home,
                next_visit(home.visited_on, home.next_on, lens.as_of),
                way_to(where[home.id]) if home.id in where else "",
            )
            for home in page.rows
        ],
    )


def overdue_promises(lens: Lens, organisations: frozenset[int] | None = None) -> Select[Promise]:
    """The promises to households in scope that are past their day, the oldest first; of these
    organisations alone."""
    query = support.open_promises(lens).where(Promise.due_on < lens.as_of)
    if organisations is not None:
        query = query.where(Promise.organisation_id.in_(sorted(organisations)))
    return query


def _requests(lens: Lens) -> Select[SponsorRequest]:
    lately = SponsorRequest.answered_on >= lens.as_of - NEWS
    return (
        sponsorship.requests_of(lens.organisations)
        .where(or_(SponsorRequest.answer == Answer.WAITING, lately))
        .options(joinedload(SponsorRequest.household))
    )
