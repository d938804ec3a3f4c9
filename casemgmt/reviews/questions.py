"""The questions that the system raises about a proposal, before somebody decides on it. They
forbid nothing; but where one stands, a proposal is looked at by itself."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt.errors import RuleBroken
from casemgmt.register.lens import Lens
from casemgmt.register.models import Class
from casemgmt.reviews import queries
from casemgmt.reviews.deciding import proposed_by
from casemgmt.reviews.history import begins, day_of
from casemgmt.reviews.models import Proposal, Round
from casemgmt.reviews.standing import Standing, leaves_poverty
from casemgmt.support.models import SupportAction
from casemgmt.typed import show_date
from casemgmt.words import _

RELAPSE_MONTHS = 12
LATE_EXITS = 5  # from this many on, where they are at least half of all


@dataclass(frozen=True, slots=True)
class Question:
    """One question: what kind it is, and the sentence for people."""

    key: str
    sentence: str


@dataclass(frozen=True, slots=True)
class _Bearing:
    """What bears on one proposal: how its household stands, the days on which it was supported,
    its commune's exits (all, and those sent on the last day), who is to decide."""

    standing: Standing
    supported: Sequence[date]
    exits: tuple[int, int]
    decider: str | None
    today: date


def questions(
    session: Session,
    lens: Lens,
    proposals: Sequence[Proposal],
    standings: dict[int, Standing],
    *,
    decider: str | None = None,
) -> dict[int, list[Question]]:
    """The questions about each proposal, by its id, in a fixed number of statements for each
    round. `decider`: the name of the account that is to decide."""
    supported = _supported(session, lens, proposals)
    exits = _exits(session, lens, proposals)
    return {
        one.id: list(
            _about(
                one,
                _Bearing(
                    standings[one.id],
                    supported[one.household_id],
                    exits.get((one.round_id, one.commune_id), (0, 0)),
                    decider,
                    lens.as_of,
                ),
            )
        )
        for one in proposals
    }


def _supported(
    session: Session, lens: Lens, proposals: Sequence[Proposal]
) -> dict[int, list[date]]:
    days: dict[int, list[date]] = defaultdict(list)
    query = select(SupportAction.household_id, SupportAction.given_on).where(
        SupportAction.household_id.in_([one.household_id for one in proposals]),
        SupportAction.voided_at.is_(None),
        SupportAction.given_on <= lens.as_of,
    )
    for household, day in session.execute(lens.scoped(query, SupportAction.household_id)):
        days[household].append(day)
    return days


def _exits(
    session: Session, lens: Lens, proposals: Sequence[Proposal]
) -> dict[tuple[int, int], tuple[int, int]]:
    rounds: dict[int, Round] = {one.round_id: one.commune_review.round for one in proposals}
    return {
        (number, row.commune_id): (row.sent, row.late)
        for number, one in rounds.items()
        for row in session.execute(queries.late_exits(lens, one, begins(one.last_day)))
    }


def _about(proposal: Proposal, bearing: _Bearing) -> Iterator[Question]:
    standing = bearing.standing
    if leaves_poverty(proposal, standing):
        yield from _of_an_exit(proposal, bearing)
    if standing.implied is not None and proposal.class_ is not standing.implied:
        yield Question(
            "not_implied",
            _(
                "Đề nghị là {proposed}, nhưng theo điểm B1 và B2 thì đây là {implied}.",
                proposed=_(proposal.class_.label).lower() if proposal.class_ else "—",
                implied=_(standing.implied.label).lower(),
            ),
        )
    yield from _of_a_relapse(proposal, standing, bearing.today)
    if bearing.decider is not None and bearing.decider in proposed_by(proposal):
        yield Question("own_proposal", _("Bạn là người đề nghị hộ này: người khác phải duyệt."))


def _of_an_exit(proposal: Proposal, bearing: _Bearing) -> Iterator[Question]:
    standing = bearing.standing
    since = standing.poor_since
    if since is not None and not any(day >= since for day in bearing.supported):
        yield Question(
            "no_support",
            _(
                "Thoát nghèo mà chưa ghi hỗ trợ nào từ khi là hộ nghèo ({day}).",
                day=show_date(since),
            ),
        )
    if proposal.social_protection or (standing.held and standing.held.social_protection):
        yield Question("social_protection", _("Hộ BTXH mà được đề nghị thoát nghèo."))
    least = standing.standard.least_b2 if standing.standard else None
    if least is not None and proposal.score_b2 is not None and proposal.score_b2 >= least:
        yield Question(
            "still_lacking",
            _(
                "Điểm B2 vẫn là {b2}, từ {least} trở lên: còn thiếu hụt như hộ nghèo.",
                b2=proposal.score_b2,
                least=least,
            ),
        )
    if _sent_late(proposal, bearing.exits):
        sent, late = bearing.exits
        yield Question(
            "late_exits",
            _(
                "Xã gửi {late} trên {sent} hộ thoát nghèo vào ngày cuối của đợt.",
                late=late,
                sent=sent,
            ),
        )


def _sent_late(proposal: Proposal, exits: tuple[int, int]) -> bool:
    sent, late = exits
    if late < LATE_EXITS or late * 2 < sent or proposal.submitted_at is None:
        return False
    return day_of(proposal.submitted_at) >= proposal.commune_review.round.last_day


def _of_a_relapse(proposal: Proposal, standing: Standing, today: date) -> Iterator[Question]:
    left, since = standing.left_poverty, standing.poor_since
    if left is None:
        return
    if proposal.class_ is Class.POOR and since is None and _within_months(left, today):
        yield Question(
            "relapse",
            _("Vừa thoát nghèo ngày {day}, chưa đủ 12 tháng, nay lại nghèo.", day=show_date(left)),
        )
    if since is not None and proposal.class_ is not Class.POOR and _within_months(since, today):
        yield Question(
            "back_and_forth",
            _(
                "Mới trở lại hộ nghèo ngày {day}, chưa đủ 12 tháng, nay lại đề nghị thoát nghèo.",
                day=show_date(since),
            ),
        )


def _within_months(day: date, today: date) -> bool:
    """Whether fewer than twelve months lie between a day and today."""
    return (today.year - day.year) * 12 + today.month - day.month - (
        today.day < day.day
    ) < RELAPSE_MONTHS


def refuse_questions(proposals: Sequence[Proposal], found: dict[int, list[Question]]) -> None:
    """The rule of accepting many at once: none of them has a question. Else RuleBroken, naming
    those that have."""
    asked = [one.household.code for one in proposals if found[one.id]]
    if asked:
        raise RuleBroken(
            _(
                "Còn câu hỏi ở hộ {codes}: hãy mở từng hộ để xem và duyệt riêng.",
                codes=", ".join(asked),
            )
        )
