"""What the one who decides does: return a proposal, accept it as a classification."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt.access.models import User
from casemgmt.access.policy import Act, may
from casemgmt.errors import RuleBroken
from casemgmt.households import classifying
from casemgmt.places.models import Lies
from casemgmt.places.queries import standing
from casemgmt.register import timeline
from casemgmt.register.rules import said
from casemgmt.reviews.history import happened, now
from casemgmt.reviews.models import Decider, EventKind, Proposal, Round, State
from casemgmt.reviews.opening import still_open
from casemgmt.reviews.standing import scoring_day
from casemgmt.typed import show_date
from casemgmt.vietnamese import clean
from casemgmt.words import _


def decides_for(session: Session, user: User, one: Round, commune_id: int, today: date) -> bool:
    """Whether an account decides on what a commune proposes in a round: it serves a unit above
    the commune or, where the round says that a second person decides, the commune itself."""
    if not may(user.role, Act.DECIDE_REVIEW) or user.unit_id is None:
        return False
    if user.unit_id == commune_id:
        return one.decider is Decider.SECOND_PERSON
    above = select(Lies.unit_id).where(
        Lies.within_id == user.unit_id, Lies.unit_id == commune_id, standing(today)
    )
    return session.scalar(above) is not None


def proposed_by(proposal: Proposal) -> set[str]:
    """Who stands behind a proposal: who filled it in, and who sent it last."""
    sent = [event.by for event in proposal.events if event.what is EventKind.SUBMITTED]
    return {name for name in (proposal.proposed_by, *sent[-1:]) if name}


def may_decide(session: Session, user: User, proposal: Proposal, *, today: date) -> None:
    """Whether this account decides on this proposal now; RuleBroken with a sentence where it does
    not. Nobody decides on what they proposed themselves."""
    one = proposal.commune_review.round
    still_open(one)
    if proposal.state is State.ACCEPTED:
        raise RuleBroken(
            _(
                "Hộ {code} đã được {who} duyệt rồi, không duyệt lần nữa.",
                code=proposal.household.code,
                who=proposal.decided_by,
            )
        )
    if proposal.state is not State.SUBMITTED:
        raise RuleBroken(_("Hộ {code} không ở trạng thái chờ duyệt.", code=proposal.household.code))
    if not decides_for(session, user, one, proposal.commune_id, today):
        raise RuleBroken(_("Đợt này do {who} duyệt.", who=one.decider.label.lower()))
    if user.name in proposed_by(proposal):
        raise RuleBroken(
            _(
                "Bạn là người đề nghị hộ {code}: người khác phải duyệt.",
                code=proposal.household.code,
            )
        )


def return_(
    session: Session,
    proposal: Proposal,
    *,
    decider: User,
    reason: str,
    field: str | None = None,
    today: date,
) -> None:
    """Send a proposal back to its commune with a reason, and the field that it is about."""
    _read_again(session, [proposal])
    may_decide(session, decider, proposal, today=today)
    why = said(reason)
    proposal.state, proposal.return_reason, proposal.return_field = State.RETURNED, why, field
    happened(session, proposal, EventKind.RETURNED, at=now(session), reason=why, field=field)


def accept(
    session: Session,
    proposals: Sequence[Proposal],
    *,
    decider: User,
    decision_number: str,
    decision_date: date,
    starts: date,
    today: date,
) -> None:
    """Accept these proposals, all of them or none: each becomes the household's classification
    from `starts` on, under one decision. A proposal is accepted once."""
    number = clean(decision_number)
    if not number:
        raise RuleBroken(_("Hãy ghi số quyết định."), field="decision_number")
    if decision_date > today:
        raise RuleBroken(_("Ngày quyết định không thể sau hôm nay."), field="decision_date")
    _read_again(session, proposals)
    for proposal in proposals:
        may_decide(session, decider, proposal, today=today)
        _may_start(session, proposal, starts)
        _in_time(proposal.commune_review.round, decision_date, starts)
    at = now(session)
    for proposal in proposals:
        proposal.state, proposal.starts = State.ACCEPTED, starts
        proposal.decided_by, proposal.decided_at = decider.name, at
        proposal.decision_number, proposal.decision_date = number, decision_date
        happened(session, proposal, EventKind.ACCEPTED, at=at)
    for proposal in proposals:
        _classify(session, proposal)
    timeline.rewrite(session, [proposal.household_id for proposal in proposals])


def _read_again(session: Session, proposals: Sequence[Proposal]) -> None:
    """What two people decide at once, the second one sees as the first one left it: the rows are
    locked and read again, always in the same order."""
    for proposal in sorted(proposals, key=lambda one: one.id):
        session.refresh(proposal, with_for_update={"of": Proposal})


def _in_time(one: Round, decision_date: date, starts: date) -> None:
    """A round's decisions are taken after it began and hold from then on, at the latest from some
    day of the year after the decision."""
    if decision_date < one.starts:
        raise RuleBroken(
            _("Ngày quyết định không thể trước đợt rà soát ({day}).", day=show_date(one.starts)),
            field="decision_date",
        )
    last = date(decision_date.year + 1, 12, 31)
    if not one.starts <= starts <= last:
        days = {"first": show_date(one.starts), "last": show_date(last)}
        raise RuleBroken(_("Ngày có hiệu lực phải từ {first} đến {last}.", **days), field="starts")


def _may_start(session: Session, proposal: Proposal, starts: date) -> None:
    household, one = proposal.household, proposal.commune_review.round
    newest = max((row.starts for row in household.classifications), default=None)
    if newest is not None and starts <= newest:
        raise RuleBroken(
            _(
                "Hộ {code} đã có phân loại từ ngày {day}: ngày có hiệu lực phải sau ngày ấy.",
                code=household.code,
                day=show_date(newest),
            ),
            field="starts",
        )
    standard = classifying.standard_on(session, starts)
    if standard is not classifying.standard_on(session, scoring_day(one)):
        raise RuleBroken(
            _("Ngày có hiệu lực theo chuẩn nghèo khác với đợt rà soát."), field="starts"
        )


def _classify(session: Session, proposal: Proposal) -> None:
    if proposal.class_ is None or proposal.starts is None:
        raise RuleBroken(_("Chưa đề nghị phân loại."), field="class_")
    classifying.classified(
        session,
        proposal.household,
        starts=proposal.starts,
        class_=proposal.class_,
        minority=proposal.minority,
        social_protection=proposal.social_protection,
        merit=proposal.merit,
        member_of=proposal.member_of,
        score_b1=proposal.score_b1,
        score_b2=proposal.score_b2,
        deprivations=[one.indicator_code for one in proposal.deprivations],
        decision_number=proposal.decision_number,
        decision_date=proposal.decision_date,
        reason=proposal.reason,
    )
