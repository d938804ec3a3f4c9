"""What waits at the level that reviews: proposals by commune, communes that are late, doubts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casemgmt.casefile.commune_day import unled
from casemgmt.casefile.work import MOST, Work
from casemgmt.places.models import Unit, UnitPeriod
from casemgmt.places.queries import in_force, named
from casemgmt.register.findings import Finding
from casemgmt.register.lens import Lens
from casemgmt.reviews import queries as reviews
from casemgmt.reviews.models import CommuneReview, Proposal, Round


@dataclass(frozen=True, slots=True)
class Sent:
    """What a commune has sent and waits: how many proposals of a round, since when."""

    round: int
    code: str
    commune: str
    number: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Late:
    """A commune that has not sent its part of a round as complete by the round's last day."""

    round: int
    code: str
    commune: str
    last_day: date


@dataclass(frozen=True, slots=True)
class Day:
    """Everything on the page; `to_decide`: how many proposals wait in all."""

    to_decide: int
    sent: Sequence[Sent]
    late: Sequence[Late]
    rounds: Sequence[Round]
    unled: int
    doubts: Work


def day_of(session: Session, lens: Lens, unit: int | None, found: Sequence[Finding]) -> Day:
    """What waits for a reviewer of this unit who sees through this lens, on its day."""
    rounds: Sequence[Round] = []
    if unit is not None:
        rounds = session.scalars(reviews.open_rounds([unit], lens.as_of)).all()
    sent = list(_sent(session, lens, unit))
    return Day(
        to_decide=sum(one.number for one in sent),
        sent=sent,
        late=list(_late(session, rounds, lens.as_of)),
        rounds=rounds,
        unled=session.scalar(unled(lens)) or 0,
        doubts=Work(found[:MOST], len(found)),
    )


def _sent(session: Session, lens: Lens, unit: int | None) -> Iterator[Sent]:
    waiting = (
        reviews.to_decide(lens, unit=unit)
        .with_only_columns(
            Proposal.round_id,
            Proposal.commune_id,
            func.count().label("number"),
            func.min(Proposal.submitted_at).label("since"),
            maintain_column_froms=True,
        )
        .order_by(None)
        .group_by(Proposal.round_id, Proposal.commune_id)
        .subquery()
    )
    query = (
        select(
            waiting.c.round_id,
            Unit.code,
            UnitPeriod.level,
            UnitPeriod.name,
            waiting.c.number,
            waiting.c.since,
        )
        .join(Unit, Unit.id == waiting.c.commune_id)
        .join(UnitPeriod, in_force(Unit.id, lens.as_of))
        .order_by(Unit.position, Unit.id, waiting.c.round_id)
        .execution_options(lens=lens)
    )
    for number, code, level, name, many, since in session.execute(query):
        yield Sent(number, code, named(level, name), many, since)


def _late(session: Session, rounds: Sequence[Round], today: date) -> Iterator[Late]:
    over = {one.id: one.last_day for one in rounds if one.last_day < today}
    query = (
        select(CommuneReview.round_id, Unit.code, UnitPeriod.level, UnitPeriod.name)
        .join(Unit, Unit.id == CommuneReview.commune_id)
        .join(UnitPeriod, in_force(Unit.id, today))
        .where(CommuneReview.round_id.in_(sorted(over)), CommuneReview.submitted_on.is_(None))
        .order_by(CommuneReview.round_id, Unit.position, Unit.id)
    )
    for number, code, level, name in session.execute(query):
        yield Late(number, code, named(level, name), over[number])
