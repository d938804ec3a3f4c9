"""What a commune does with its list: fill in, send, take back."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt.audit import trail
from casemgmt.errors import RuleBroken
from casemgmt.households import classifying
from casemgmt.organisations.models import Kind
from casemgmt.register.models import Class, Standard
from casemgmt.reviews.history import happened, now
from casemgmt.reviews.models import (
    CommuneReview,
    EventKind,
    Proposal,
    ProposalPaper,
    ProposedDeprivation,
    State,
)
from casemgmt.reviews.opening import still_open
from casemgmt.reviews.standing import Standing, scoring_day, unlike
from casemgmt.support.models import Attachment
from casemgmt.typed import show_date
from casemgmt.vietnamese import clean
from casemgmt.words import _

LEAST_POSTED = 3  # days, the first and the last counted
_FILLED = (State.TO_REVIEW, State.DRAFT, State.RETURNED)
_SENT = {State.SUBMITTED, State.ACCEPTED}


@dataclass(frozen=True, slots=True)
class Missing:
    """What keeps a proposal from being sent: the form's field, and a sentence."""

    field: str
    sentence: str


def fill_in(
    session: Session,
    proposal: Proposal,
    *,
    class_: Class | None,
    minority: bool = False,
    social_protection: bool = False,
    merit: bool = False,
    member_of: Kind = Kind.NONE,
    score_b1: int | None = None,
    score_b2: int | None = None,
    deprivations: Collection[str] = (),
    reason: str | None = None,
    met_on: date | None = None,
    met_present: int | None = None,
    met_agreed: int | None = None,
    posted_from: date | None = None,
    posted_until: date | None = None,
) -> None:
    """Write down what was found at a household, as a draft; what is missing may come later. What
    has been sent is taken back first. The one who fills in proposes."""
    _may_be_filled(proposal, class_)
    standard = classifying.standard_on(session, scoring_day(proposal.commune_review.round))
    classifying.check_scores(standard, score_b1, score_b2, deprivations)
    _check_meeting(met_present, met_agreed)
    _check_posting(posted_from, posted_until)
    proposal.class_, proposal.state = class_, State.DRAFT if class_ else State.TO_REVIEW
    proposal.minority, proposal.merit = minority, merit
    proposal.social_protection, proposal.member_of = social_protection, member_of
    proposal.score_b1, proposal.score_b2 = score_b1, score_b2
    proposal.reason = clean(reason or "") or None
    proposal.met_on, proposal.met_present, proposal.met_agreed = met_on, met_present, met_agreed
    proposal.posted_from, proposal.posted_until = posted_from, posted_until
    proposal.proposed_by = trail.actor(session)
    _set_deprivations(proposal, standard, deprivations)
    proposal.version += 1  # also where nothing but the deprivations changed
    session.flush()


def _may_be_filled(proposal: Proposal, class_: Class | None) -> None:
    still_open(proposal.commune_review.round)
    if proposal.state is State.SUBMITTED:
        raise RuleBroken(_("Hộ này đang chờ duyệt: hãy rút về trước khi sửa."))
    if proposal.state is State.ACCEPTED:
        raise RuleBroken(_("Hộ này đã được duyệt, không sửa đề nghị được nữa."))
    if class_ is Class.NONE or (class_ is None and proposal.state is State.RETURNED):
        raise RuleBroken(_("Hãy chọn phân loại."), field="class_")


def _check_meeting(present: int | None, agreed: int | None) -> None:
    if present is not None and agreed is not None and agreed > present:
        raise RuleBroken(
            _("Số người đồng ý không thể hơn số người dự họp ({n}).", n=present),
            field="met_agreed",
        )


def _check_posting(posted_from: date | None, posted_until: date | None) -> None:
    if posted_from and posted_until and posted_until < posted_from:
        raise RuleBroken(_("Ngày cuối niêm yết phải từ ngày đầu trở đi."), field="posted_until")


def _set_deprivations(
    proposal: Proposal, standard: Standard | None, codes: Collection[str]
) -> None:
    wanted = set(codes)
    for old in list(proposal.deprivations):
        if standard and old.standard_code == standard.code and old.indicator_code in wanted:
            wanted.discard(old.indicator_code)
        else:
            proposal.deprivations.remove(old)
    if standard is not None:
        proposal.deprivations += [
            ProposedDeprivation(standard_code=standard.code, indicator_code=code)
            for code in sorted(wanted)
        ]


# --- What is still missing -----------------------------------------------------------------------


def missing(proposal: Proposal, standing: Standing, today: date) -> list[Missing]:
    """What a proposal lacks before it can be sent; nothing where it is complete. Rules: a village
    meeting in which at least half of those present agree, and three days of posting (Decision
    24/2021/QĐ-TTg, Art. 4)."""
    return [*_scores(proposal, standing), *_meeting(proposal, today), *_posting(proposal, today)]


def _scores(proposal: Proposal, standing: Standing) -> Iterator[Missing]:
    if standing.standard is not None and standing.standard.least_b2 is not None:
        if proposal.score_b1 is None:
            yield Missing("score_b1", _("Thiếu điểm B1."))
        if proposal.score_b2 is None:
            yield Missing("score_b2", _("Thiếu điểm B2."))
    if proposal.class_ is None:
        yield Missing("class_", _("Chưa đề nghị phân loại."))
    elif proposal.reason is None:
        if why := unlike(proposal, standing):
            yield Missing("reason", _("{why} Hãy ghi lý do.", why=why))
        elif proposal.class_ is not standing.class_:
            yield Missing("reason", _("Đề nghị đổi phân loại thì phải ghi lý do."))


def _meeting(proposal: Proposal, today: date) -> Iterator[Missing]:
    if proposal.met_on is None:
        yield Missing("met_on", _("Thiếu ngày họp thôn."))
    elif proposal.met_on < (first := proposal.commune_review.round.starts):
        why = _("Ngày họp thôn không thể trước đợt rà soát ({day}).", day=show_date(first))
        yield Missing("met_on", why)
    elif proposal.met_on > today:
        yield Missing("met_on", _("Chưa đến ngày họp thôn."))
    if not proposal.met_present:
        yield Missing("met_present", _("Thiếu số người dự họp."))
    elif proposal.met_agreed is None:
        yield Missing("met_agreed", _("Thiếu số người đồng ý."))
    elif proposal.met_agreed * 2 < proposal.met_present:
        yield Missing(
            "met_agreed",
            _("Chưa đủ một nửa số người dự họp đồng ý: phải rà soát và họp lại."),
        )


def _posting(proposal: Proposal, today: date) -> Iterator[Missing]:
    if proposal.posted_from is None:
        yield Missing("posted_from", _("Thiếu ngày bắt đầu niêm yết."))
    elif proposal.met_on is not None and proposal.posted_from < proposal.met_on:
        yield Missing("posted_from", _("Niêm yết phải sau khi họp thôn."))
    if proposal.posted_until is None:
        yield Missing("posted_until", _("Thiếu ngày cuối niêm yết."))
    elif proposal.posted_until > today:
        yield Missing("posted_until", _("Chưa niêm yết xong."))
    elif proposal.posted_from is not None and _days_posted(proposal) < LEAST_POSTED:
        yield Missing("posted_until", _("Phải niêm yết ít nhất {n} ngày.", n=LEAST_POSTED))


def _days_posted(proposal: Proposal) -> int:
    if proposal.posted_from is None or proposal.posted_until is None:
        return 0
    return (proposal.posted_until - proposal.posted_from + timedelta(days=1)).days


# --- Sending -------------------------------------------------------------------------------------


def submit(session: Session, proposal: Proposal, standing: Standing, *, today: date) -> None:
    """Send a draft that lacks nothing to whoever decides. One that was returned is mended (filled
    in again) first."""
    still_open(proposal.commune_review.round)
    if proposal.state is State.RETURNED:
        raise RuleBroken(_("Hộ này bị trả lại: hãy sửa và lưu trước khi gửi lại."))
    if proposal.state not in _FILLED:
        raise RuleBroken(_("Hộ này đã gửi rồi."))
    if lacks := missing(proposal, standing, today):
        raise RuleBroken(" ".join(one.sentence for one in lacks), field=lacks[0].field)
    _send(session, proposal)
    settle(session, proposal.commune_review, today)


def submit_complete(
    session: Session,
    part: CommuneReview,
    proposals: Sequence[Proposal],
    standings: dict[int, Standing],
    *,
    today: date,
) -> int:
    """Send all of these drafts that lack nothing: how many were sent."""
    still_open(part.round)
    ready = [
        one
        for one in proposals
        if one.state is State.DRAFT and not missing(one, standings[one.id], today)
    ]
    for one in ready:
        _send(session, one)
    settle(session, part, today)
    return len(ready)


def _send(session: Session, proposal: Proposal) -> None:
    at = now(session)
    proposal.state, proposal.submitted_at = State.SUBMITTED, at
    proposal.proposed_by = proposal.proposed_by or trail.actor(session)
    happened(session, proposal, EventKind.SUBMITTED, at=at)


def settle(session: Session, part: CommuneReview, today: date) -> None:
    """A commune has sent its part as complete on the day on which nothing is left to send."""
    proposal = Proposal.__table__.c
    states = set(
        session.connection().scalars(
            select(proposal.state).where(
                proposal.round_id == part.round_id, proposal.commune_id == part.commune_id
            )
        )
    )
    if part.submitted_on is None and states and states <= _SENT:
        part.submitted_on, part.submitted_by = today, trail.actor(session)
        session.flush()


def take_back(session: Session, proposal: Proposal) -> None:
    """The commune takes back what it has sent, before it is decided, to mend it."""
    still_open(proposal.commune_review.round)
    if proposal.state is not State.SUBMITTED:
        raise RuleBroken(_("Chỉ rút về được hộ đang chờ duyệt."))
    proposal.state, proposal.submitted_at = State.DRAFT, None
    part = proposal.commune_review
    part.submitted_on = part.submitted_by = None
    happened(session, proposal, EventKind.TAKEN_BACK, at=now(session))


def add_paper(session: Session, proposal: Proposal, paper: Attachment) -> None:
    """A paper belongs to a proposal, until it is accepted."""
    _may_take_papers(proposal)
    proposal.papers.append(ProposalPaper(attachment=paper))
    session.flush()


def remove_paper(session: Session, proposal: Proposal, paper: int) -> None:
    """A paper that was added by mistake no longer belongs to it."""
    _may_take_papers(proposal)
    for one in list(proposal.papers):
        if one.attachment_id == paper:
            proposal.papers.remove(one)
    session.flush()


def _may_take_papers(proposal: Proposal) -> None:
    still_open(proposal.commune_review.round)
    if proposal.state is State.ACCEPTED:
        raise RuleBroken(_("Đề nghị đã được duyệt: giấy tờ không thêm bớt được nữa."))
