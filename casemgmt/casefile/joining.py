"""Gộp hồ sơ trùng: a second record of one household is joined to the one that lives on. It then
counts nowhere, from its first day, and its code leads to the other."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from casemgmt.audit import trail
from casemgmt.errors import RuleBroken
from casemgmt.households.members import here_on
from casemgmt.households.models import JoinedRecord
from casemgmt.privacy.models import DataRequest
from casemgmt.programme.models import RegisteredExit
from casemgmt.register import timeline
from casemgmt.register.lens import already_seen
from casemgmt.register.models import Household, Member, Relation, Stay
from casemgmt.register.rules import said
from casemgmt.reviews.models import Proposal, State
from casemgmt.sponsorship.closing import close_stale
from casemgmt.sponsorship.models import Answer, ExitPlan, PlanCause, SponsorRequest
from casemgmt.support.models import Attachment, Promise, SupportAction, Visit
from casemgmt.vietnamese import clean, same
from casemgmt.words import N_, _

Row = TypeVar("Row")

_CARRIED = (
    (SupportAction, N_("Lần hỗ trợ")),
    (Visit, N_("Lần thăm hộ")),
    (Promise, N_("Cam kết hỗ trợ")),
    (Attachment, N_("Ảnh, tài liệu")),
    (SponsorRequest, N_("Đề nghị nhận đỡ đầu")),
    (ExitPlan, N_("Kế hoạch thoát nghèo")),
    (RegisteredExit, N_("Đăng ký thoát nghèo")),
    (DataRequest, N_("Yêu cầu về dữ liệu cá nhân")),
)


@dataclass(slots=True)
class Moves:
    """What joining does to the second record: `people` come along, `known` live in the other one
    already; `carried` and `dropped`: how many rows of what."""

    people: list[Member] = field(default_factory=list)
    known: list[Member] = field(default_factory=list)
    carried: list[tuple[str, int]] = field(default_factory=list)
    dropped: list[tuple[str, int]] = field(default_factory=list)


def may_join(session: Session, living: Household, double: Household) -> None:
    """A record is joined to another one, and only once; else RuleBroken."""
    if double is living:
        raise RuleBroken(_("Hãy chọn một hồ sơ khác."), field="other")
    for one in (double, living):
        joined = select(JoinedRecord).where(JoinedRecord.household_id == one.id)
        if session.scalar(joined.execution_options(**already_seen(one))) is not None:
            raise RuleBroken(
                _("Hồ sơ {code} đã được gộp vào hộ khác.", code=one.code), field="other"
            )


def what_moves(session: Session, living: Household, double: Household, on: date) -> Moves:
    """What joining on a day would do, beforehand."""
    found = Moves()
    for member in double.members:
        (found.people if _known(member, living, on) is None else found.known).append(member)
    counted = [(_(label), len(_rows(session, model, double))) for model, label in _CARRIED]
    open_ones, _doubled = _open_proposals(session, living, double)
    counted.append((_("Đề xuất rà soát chưa duyệt"), len(open_ones)))
    found.carried = [(label, number) for label, number in counted if number]
    found.dropped = [
        (label, len(rows))
        for label, rows in (
            (_("Lần cư trú"), double.stays),
            (_("Lần phân loại"), double.classifications),
            (_("Lần đỡ đầu"), double.leads),
            (_("Lần phối hợp"), double.supporters),
            (_("Đề xuất rà soát trùng đợt"), _doubled),
        )
        if rows
    ]
    return found


def join_records(
    session: Session, living: Household, double: Household, *, on: date, reason: str
) -> None:
    """The record `double` is joined to `living`. Members who are not there yet, what was given,
    seen, promised, asked, planned and proposed go over; what the living record lacks of a person
    or an address is filled in. Stays, classes and sponsorships are those of the living record:
    the double's are taken back. Each step is written into the audit trail with the reason."""
    may_join(session, living, double)
    # Written into the register, so in its own language whoever acts.
    why = f"Gộp hồ sơ {double.code} vào {living.code}: {said(reason)}"
    with trail.because(session, why):
        _carry_people(session, living, double, on)
        _carry_requests(session, living, double, on, why)
        _carry_plans(session, living, double)
        _carry_exits(session, living, double)
        _carry_proposals(session, living, double)
        for model in (SupportAction, Visit, Promise, Attachment, DataRequest):
            for row in _rows(session, model, double):
                row.household = living
        _complete(living, double, ("address", "phone", "note"))
        _forget_facts(session, living, double)
        for joined in _pointing(session, double, JoinedRecord.into_id):
            joined.into = living
        session.add(JoinedRecord(household=double, into=living, joined_on=on, reason=clean(reason)))
        session.flush()
        close_stale(session, [living.id])
    timeline.rewrite(session, [living.id, double.id])


def _rows(session: Session, model: type[Any], household: Household) -> Sequence[Any]:
    """The rows of a household that was itself loaded in its user's scope."""
    key = list(model.__table__.primary_key.columns)
    query = select(model).where(model.household_id == household.id).order_by(*key)
    return session.scalars(query.execution_options(**already_seen(household))).all()


def _pointing(session: Session, double: Household, column: Any) -> Sequence[Any]:
    query = select(column.class_).where(column == double.id)
    return session.scalars(query.execution_options(**already_seen(double))).all()


# --- People --------------------------------------------------------------------------------------


def _known(member: Member, living: Household, on: date) -> Member | None:
    """The member of the living record who is this person: of the same CCCD, or called so and born
    then as far as both records tell; and belonging to the household on the day in both records or
    in neither, else one of them tells what the other does not."""
    there = here_on(member, on)
    alike = [other for other in living.members if here_on(other, on) is there]
    for other in alike:
        if member.citizen_digest and member.citizen_digest == other.citizen_digest:
            return other
    for other in alike:
        numbers = {member.citizen_digest, other.citizen_digest} - {None}
        namesakes = same(member.name) == same(other.name) and _born_alike(member, other)
        if namesakes and len(numbers) < 2:
            return other
    return None


def _born_alike(one: Member, other: Member) -> bool:
    pairs = (
        (one.birth_year, other.birth_year),
        (one.birth_month, other.birth_month),
        (one.birth_day, other.birth_day),
    )
    return all(None in pair or pair[0] == pair[1] for pair in pairs)


def _carry_people(session: Session, living: Household, double: Household, on: date) -> None:
    for member in list(double.members):
        known = _known(member, living, on)
        if known is None:
            if member.relation is Relation.HEAD:
                member.relation = Relation.OTHER
            member.household = living
            continue
        if _exactness(member) > _exactness(known):
            known.birth = member.birth
        _complete(known, member, ("sex", "citizen_id", "ethnicity"))
        session.delete(member)
    session.flush()


def _exactness(member: Member) -> int:
    """How much is known of the day of birth: 0 to 3 of year, month, day."""
    parts = member.birth_year, member.birth_month, member.birth_day
    return sum(part is not None for part in parts)


def _complete(mine: Any, theirs: Any, names: Sequence[str]) -> None:
    """Fill in what is blank."""
    for name in names:
        if getattr(mine, name) is None and getattr(theirs, name) is not None:
            setattr(mine, name, getattr(theirs, name))


# --- What was asked, planned and proposed --------------------------------------------------------


def _carry_requests(
    session: Session, living: Household, double: Household, on: date, why: str
) -> None:
    """One organisation has one waiting request for a household: the second is closed."""
    waits = {
        row.organisation_id
        for row in _rows(session, SponsorRequest, living)
        if row.answer is Answer.WAITING
    }
    for row in _rows(session, SponsorRequest, double):
        if row.answer is Answer.WAITING and row.organisation_id in waits:
            row.answer, row.answer_reason = Answer.STALE, why
            row.answered_on, row.answered_by = max(on, row.asked_on), trail.actor(session)[:80]
        row.household = living


def _carry_plans(session: Session, living: Household, double: Household) -> None:
    """A household has one plan for a year: the goals of the second go into the first."""
    plans = {plan.year: plan for plan in _rows(session, ExitPlan, living)}
    for plan in _rows(session, ExitPlan, double):
        mine = plans.get(plan.year)
        if mine is None:
            plan.household = living
            continue
        for goal in list(plan.goals):
            goal.plan = mine
        there = {row.cause for row in mine.causes}
        mine.causes += [PlanCause(cause=r.cause) for r in plan.causes if r.cause not in there]
        _complete(mine, plan, ("wishes", "strengths"))
        session.flush()
        session.expire(plan, ["goals"])
        session.delete(plan)


def _carry_exits(session: Session, living: Household, double: Household) -> None:
    years = {row.year for row in _rows(session, RegisteredExit, living)}
    for row in _rows(session, RegisteredExit, double):
        if row.year not in years:
            session.add(RegisteredExit(year=row.year, household=living))
        session.delete(row)


def _open_proposals(
    session: Session, living: Household, double: Household
) -> tuple[list[Proposal], list[Proposal]]:
    """The proposals of the double that nobody has accepted yet: those that go over, and those of
    a round in which the living record has its own. An accepted one stays where it was decided."""
    rounds = {row.round_id for row in _rows(session, Proposal, living)}
    waiting = [row for row in _rows(session, Proposal, double) if row.state is not State.ACCEPTED]
    return (
        [row for row in waiting if row.round_id not in rounds],
        [row for row in waiting if row.round_id in rounds],
    )


def _carry_proposals(session: Session, living: Household, double: Household) -> None:
    going, doubled = _open_proposals(session, living, double)
    for proposal in going:
        proposal.household = living
    for proposal in doubled:
        for event in list(proposal.events):
            session.delete(event)
        session.flush()
        session.expire(proposal, ["events"])
        session.delete(proposal)


# --- Facts ---------------------------------------------------------------------------------------


def _forget_facts(session: Session, living: Household, double: Household) -> None:
    """The double lives nowhere, on no day; who came from it or went to it did so of the living."""
    pointing = or_(Stay.arrived_from_id == double.id, Stay.left_for_id == double.id)
    for stay in session.scalars(
        select(Stay).where(pointing).execution_options(**already_seen(double))
    ).all():
        own = stay.household_id == living.id
        for name in ("arrived_from_id", "left_for_id"):
            if getattr(stay, name) == double.id:
                setattr(stay, name, None if own else living.id)
    facts = [*double.stays, *double.classifications, *double.leads, *double.supporters]
    for fact in facts:
        session.delete(fact)
    session.flush()
