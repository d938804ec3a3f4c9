"""Rounds: opened for communes with the list of whom to review, added to, closed."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt.audit import trail
from casemgmt.errors import RuleBroken
from casemgmt.places.models import Lies, Tier, Unit
from casemgmt.places.queries import standing
from casemgmt.register.lens import already_seen
from casemgmt.register.models import Class, Household, Span
from casemgmt.register.rules import ordered
from casemgmt.reviews import queries
from casemgmt.reviews.models import (
    CommuneReview,
    Decider,
    Listing,
    Proposal,
    Round,
    RoundKind,
    State,
)
from casemgmt.typed import show_date
from casemgmt.words import _

_LISTED = {Class.POOR: Listing.POOR, Class.NEAR_POOR: Listing.NEAR_POOR}


def open_round(
    session: Session, *, kind: RoundKind, unit: Unit, starts: date, last_day: date, decider: Decider
) -> Round:
    """Open a round for the communes that lie under a unit on its first day. A periodic one lists
    every household that is poor or near-poor there on that day (Decision 24/2021/QĐ-TTg, Art. 3);
    a monthly one begins empty: households come in as they apply (Art. 5)."""
    ordered(starts, last_day)
    communes = session.scalars(queries.communes_under(unit.id, starts)).all()
    if not communes:
        raise RuleBroken(
            _("Ngày {day} không có xã nào thuộc đơn vị này.", day=show_date(starts)), field="starts"
        )
    _refuse_another(session, kind, communes, unit, starts)
    one = Round(
        kind=kind,
        unit=unit,
        starts=starts,
        last_day=last_day,
        decider=decider,
        opened_by=trail.actor(session),
    )
    one.communes = [CommuneReview(commune_id=commune) for commune in communes]
    session.add(one)
    session.flush()
    if kind is RoundKind.PERIODIC:
        session.add_all(_list(session, one))
        session.flush()
    return one


def _refuse_another(
    session: Session, kind: RoundKind, communes: Any, unit: Unit, starts: date
) -> None:
    same = session.scalars(queries.rounds([*communes, unit.id]).where(Round.kind == kind)).all()
    for one in same:
        if one.closed_on is None:
            raise RuleBroken(
                _(
                    "Đợt cùng loại bắt đầu ngày {day} chưa đóng: hãy đóng đợt ấy trước.",
                    day=show_date(one.starts),
                ),
                field="kind",
            )
        if one.unit_id == unit.id and one.starts == starts:
            raise RuleBroken(_("Đã có đợt cùng loại bắt đầu ngày này."), field="starts")


def _list(session: Session, one: Round) -> list[Proposal]:
    """Who is poor or near-poor in the communes on the first day. The whole list is made by an act
    on a unit, not by somebody who looks at people: it is read from the tables, without a lens."""
    span, lies = Span.__table__.c, Lies.__table__.c
    query = (
        select(
            lies.within_id.label("commune_id"),
            span.household_id,
            span["class"].label("class_"),
            span.minority,
            span.social_protection,
            span.merit,
            span.member_of,
        )
        .join_from(Span.__table__, Lies.__table__, lies.unit_id == span.village_id)
        .where(
            lies.within_id.in_([commune.commune_id for commune in one.communes]),
            lies.tier == Tier.VILLAGE,
            lies.starts <= one.starts,
            lies.ends > one.starts,
            span["class"].in_(list(_LISTED)),
            span.starts <= one.starts,
            span.ends > one.starts,
        )
        .order_by(lies.within_id, span.household_id)
    )
    return [
        Proposal(
            round_id=one.id,
            commune_id=row.commune_id,
            household_id=row.household_id,
            listed=_LISTED[row.class_],
            state=State.TO_REVIEW,
            minority=row.minority,
            social_protection=row.social_protection,
            merit=row.merit,
            member_of=row.member_of,
        )
        for row in session.connection().execute(query)
    ]


def add_applied(
    session: Session, household: Household, part: CommuneReview, *, today: date
) -> Proposal:
    """Put a household that lives in the commune and has applied — to be recognised as poor or
    near-poor, or as having left poverty — on the commune's list of a round."""
    still_open(part.round)
    known = select(Proposal.id).where(
        Proposal.round_id == part.round_id, Proposal.household_id == household.id
    )
    if session.scalar(known.execution_options(**already_seen(household))) is not None:
        raise RuleBroken(_("Hộ {code} đã có trong đợt này.", code=household.code), field="code")
    row = session.execute(_lives(household, part.commune_id, today)).first()
    if row is None:
        raise RuleBroken(_("Hộ {code} không ở trong xã này.", code=household.code), field="code")
    proposal = Proposal(
        round_id=part.round_id,
        commune_id=part.commune_id,
        household=household,
        listed=Listing.APPLIED,
        state=State.TO_REVIEW,
        minority=row.minority,
        social_protection=row.social_protection,
        merit=row.merit,
        member_of=row.member_of,
    )
    session.add(proposal)
    part.submitted_on = part.submitted_by = None  # there is more to send
    session.flush()
    return proposal


def _lives(household: Household, commune: int, day: date) -> Any:
    query = (
        select(Span.minority, Span.social_protection, Span.merit, Span.member_of)
        .join(Lies, Lies.unit_id == Span.village_id)
        .where(
            Span.household_id == household.id,
            Span.starts <= day,
            Span.ends > day,
            Lies.within_id == commune,
            standing(day),
        )
    )
    return query.execution_options(**already_seen(household))


def still_open(one: Round) -> None:
    """Nothing is done any more in a round that is closed."""
    if one.closed_on is not None:
        raise RuleBroken(_("Đợt rà soát này đã đóng ngày {day}.", day=show_date(one.closed_on)))


def close_round(session: Session, one: Round, *, today: date) -> None:
    """Close a round in which nothing waits for a decision. What was not sent stays as it is."""
    still_open(one)
    proposal = Proposal.__table__.c
    waiting = select(proposal.id).where(
        proposal.round_id == one.id, proposal.state == State.SUBMITTED
    )
    n = len(session.connection().execute(waiting).all())
    if n:
        raise RuleBroken(_("Còn {n} hộ chờ duyệt: hãy duyệt hoặc trả lại trước.", n=n))
    one.closed_on = today
    session.flush()
