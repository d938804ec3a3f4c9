"""The parts of a household's record, each saved alone, and how far each has come: read from the
records themselves, with what is missing in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Select
from sqlalchemy.orm import Session

from casemgmt.households.members import here_on
from casemgmt.register import timeline
from casemgmt.register.lens import Lens
from casemgmt.register.models import Class, Classification, Household, Member
from casemgmt.reviews import queries as reviews
from casemgmt.reviews.models import Proposal, Round, State
from casemgmt.sponsorship import queries as sponsorship
from casemgmt.sponsorship.models import Answer
from casemgmt.words import N_, _

_GROWN_UP = 16  # years: who is older has a citizen's number


class Progress(StrEnum):
    """How far a part has come."""

    TO_DO = "to_do"
    DOING = "doing"
    LACKING = "lacking"
    DONE = "done"

    @property
    def label(self) -> str:
        """The words of the screens."""
        return _(_LABELS[self])

    @property
    def shape(self) -> str:
        """The kind of its tag (templates/parts/lists.html)."""
        return _SHAPES[self]


_LABELS = {
    Progress.TO_DO: N_("Chưa làm"),
    Progress.DOING: N_("Đang làm"),
    Progress.LACKING: N_("Thiếu thông tin"),
    Progress.DONE: N_("Xong"),
}
_SHAPES = {
    Progress.TO_DO: "none",
    Progress.DOING: "wait",
    Progress.LACKING: "stop",
    Progress.DONE: "good",
}


@dataclass(frozen=True, slots=True)
class Part:
    """How far one part has come; `about`: what is there or missing; `proposal`: the number of the
    open proposal of a review, where the part waits for one."""

    state: Progress
    about: str = ""
    proposal: int | None = None


def _lacking(missing: list[str]) -> Part:
    if not missing:
        return Part(Progress.DONE)
    return Part(Progress.LACKING, _("Còn thiếu: {what}.", what="; ".join(missing)))


def people(household: Household, day: date) -> Part:
    """Chủ hộ và thành viên: birth, sex and (of grown-ups) CCCD of everyone who lives there."""
    there = [member for member in household.members if here_on(member, day)]
    if len(there) < 2 and not any(member.birth or member.sex for member in there):
        return Part(Progress.TO_DO, _("Mới có tên chủ hộ."))
    missing = {
        _("ngày sinh"): [one for one in there if one.birth is None],
        _("giới tính"): [one for one in there if one.sex is None],
        _("số CCCD"): [one for one in there if not one.citizen_digest and _grown_up(one, day)],
    }
    found = _lacking(
        [
            _("{what} của {who}", what=what, who=_named(members))
            for what, members in missing.items()
            if members
        ]
    )
    return found if found.about else Part(Progress.DONE, _("{n} người.", n=len(there)))


def _grown_up(member: Member, day: date) -> bool:
    return member.birth_year is not None and day.year - member.birth_year > _GROWN_UP


def _named(members: list[Member]) -> str:
    if len(members) == 1:
        return members[0].name
    return _("{n} người", n=len(members))


def home(household: Household) -> Part:
    """Nơi ở và liên hệ: address and phone."""
    if not household.address and not household.phone:
        return Part(Progress.TO_DO, _("Chưa ghi địa chỉ và điện thoại."))
    missing = [
        word
        for word, value in (
            (_("địa chỉ"), household.address),
            (_("điện thoại"), household.phone),
        )
        if not value
    ]
    return _lacking(missing)


def class_(session: Session, lens: Lens, household: Household) -> Part:
    """Thu nhập, thiếu hụt và phân loại: a class with its scores, or a proposal on its way."""
    proposal = session.scalars(_open_proposals(lens, household.id)).first()
    if proposal is not None:
        about = _("Đợt rà soát: {state}.", state=proposal.state.label.lower())
        return Part(Progress.DOING, about, proposal.id)
    held = timeline.in_force(household.classifications, lens.as_of)
    if held is None:
        return Part(Progress.TO_DO, _("Hộ chưa được phân loại."))
    found = _lacking(list(_unscored(held)))
    return found if found.about else Part(Progress.DONE, f"{_(held.class_.label)}.")


def _open_proposals(lens: Lens, household: int) -> Select[Proposal]:
    """What is proposed in a round that goes on."""
    going_on = Round.closed_on.is_(None), Proposal.state != State.ACCEPTED
    return reviews.of_household(lens, household).where(*going_on).limit(1)


def _unscored(held: Classification) -> Iterator[str]:
    if held.standard_code is None or held.class_ is Class.NOT_POOR:
        return
    if held.score_b1 is None:
        yield _("điểm B1")
    if held.score_b2 is None:
        yield _("điểm B2")
    elif held.score_b2 and not held.deprivations:
        yield _("chỉ số thiếu hụt")


def sponsor(session: Session, lens: Lens, household: Household) -> Part:
    """Đơn vị đỡ đầu: who leads, or who has asked to."""
    lead = timeline.in_force(household.leads, lens.as_of)
    if lead is not None:
        return Part(Progress.DONE, f"{lead.organisation.name}.")
    requests = session.scalars(sponsorship.requests_about(lens, household.id))
    waiting = [one for one in requests if one.answer is Answer.WAITING]
    if waiting:
        return Part(Progress.DOING, _("{n} đề nghị nhận đỡ đầu chờ trả lời.", n=len(waiting)))
    held = timeline.in_force(household.classifications, lens.as_of)
    if held is not None and held.class_ is Class.NOT_POOR:
        return Part(Progress.DONE, _("Hộ không nghèo: không cần đơn vị đỡ đầu."))
    return Part(Progress.TO_DO, _("Chưa có đơn vị đỡ đầu."))


def plan(session: Session, household: Household, day: date) -> Part:
    """Kế hoạch thoát nghèo of the year: causes, goals, and steps to each goal."""
    made = session.scalar(sponsorship.plan_of(household.id, day.year))
    if made is None:
        return Part(Progress.TO_DO, _("Chưa có kế hoạch năm {year}.", year=day.year))
    missing = [] if made.causes else [_("nguyên nhân nghèo")]
    if not made.goals:
        missing.append(_("mục tiêu"))
    bare = [goal for goal in made.goals if not goal.steps]
    if bare:
        missing.append(_("việc cần làm của {n} mục tiêu", n=len(bare)))
    if missing:
        return _lacking(missing)
    return Part(Progress.DONE, _("Năm {year}: {n} mục tiêu.", year=day.year, n=len(made.goals)))
