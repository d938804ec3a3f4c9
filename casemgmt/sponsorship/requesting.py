"""Đề nghị nhận đỡ đầu: an organisation asks to lead, the commune accepts or declines."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt.audit import trail
from casemgmt.errors import RuleBroken
from casemgmt.organisations.models import Organisation
from casemgmt.register import timeline
from casemgmt.register.lens import already_seen, area
from casemgmt.register.models import Class, Household, Lead
from casemgmt.register.rules import said
from casemgmt.sponsorship.actions import assign_lead, may_assign
from casemgmt.sponsorship.models import Answer, SponsorRequest
from casemgmt.typed import show_date
from casemgmt.vietnamese import clean
from casemgmt.words import _

LATE = 14  # days after which a request that nobody answered is late
_HELPED = (Class.POOR, Class.NEAR_POOR)


def ask_to_lead(
    session: Session,
    organisation: Organisation,
    household: Household,
    *,
    message: str | None = None,
    on: date,
) -> SponsorRequest:
    """An organisation asks on a day to lead the help to a household that nobody leads then: one
    that is poor or near-poor and lives in its unit's area, or one that it supports. It has at
    most one waiting request for a household."""
    held = timeline.in_force(household.leads, on)
    if held is not None:
        raise RuleBroken(
            _(
                "Hộ đã có {name} đỡ đầu từ {day}.",
                name=held.organisation.name,
                day=show_date(held.starts),
            )
        )
    if not (
        _in_its_area(session, organisation, household, on) or _supports(organisation, household, on)
    ):
        raise RuleBroken(
            _("Chỉ nhận được hộ nghèo, cận nghèo trong địa bàn, hoặc hộ mà tổ chức đang phối hợp."),
            field="organisation",
        )
    if _waits(session, organisation, household):
        raise RuleBroken(
            _("{name} đã có một đề nghị đang chờ cho hộ này.", name=organisation.name),
            field="organisation",
        )
    request = SponsorRequest(
        household=household,
        organisation=organisation,
        asked_on=on,
        asked_by=_actor(session),
        message=clean(message or "") or None,
        answer=Answer.WAITING,
    )
    session.add(request)
    session.flush()
    return request


def accept(
    session: Session,
    request: SponsorRequest,
    *,
    starts: date,
    on: date,
    in_charge: str | None = None,
) -> Lead:
    """The commune gives the household to the organisation that asked, from a day on. Whoever else
    waits for it is told that it is led now."""
    _still_waits(request)
    may_assign(request.household, starts)
    _answer(session, request, Answer.ACCEPTED, on)
    session.flush()
    return assign_lead(
        session,
        request.household,
        organisation=request.organisation,
        starts=starts,
        in_charge=in_charge,
    )


def decline(session: Session, request: SponsorRequest, *, reason: str, on: date) -> None:
    """The commune does not give the household to the organisation that asked, for a reason."""
    _refuse(session, request, Answer.DECLINED, reason, on)


def withdraw(session: Session, request: SponsorRequest, *, reason: str, on: date) -> None:
    """The organisation that asked does so no more, for a reason."""
    _refuse(session, request, Answer.WITHDRAWN, reason, on)


def _refuse(
    session: Session, request: SponsorRequest, answer: Answer, reason: str, on: date
) -> None:
    _still_waits(request)
    reason = said(reason)
    with trail.because(session, reason):
        request.answer_reason = reason
        _answer(session, request, answer, on)


def _answer(session: Session, request: SponsorRequest, answer: Answer, on: date) -> None:
    request.answer = answer
    request.answered_on = max(on, request.asked_on)
    request.answered_by = _actor(session)


def _still_waits(request: SponsorRequest) -> None:
    if request.answer is not Answer.WAITING:
        raise RuleBroken(_("Đề nghị này đã được trả lời: {answer}.", answer=request.answer.label))


def _in_its_area(
    session: Session, organisation: Organisation, household: Household, day: date
) -> bool:
    home = timeline.in_force(household.stays, day)
    held = timeline.in_force(household.classifications, day)
    return (
        home is not None
        and held is not None
        and held.class_ in _HELPED
        and home.village_id in area(session, organisation.unit_id, day)
    )


def _supports(organisation: Organisation, household: Household, day: date) -> bool:
    return timeline.in_force(household.stays, day) is not None and any(
        row.organisation_id == organisation.id
        and row.starts <= day
        and (row.last_day is None or row.last_day >= day)
        for row in household.supporters
    )


def _waits(session: Session, organisation: Organisation, household: Household) -> bool:
    query = select(SponsorRequest.id).where(
        SponsorRequest.household_id == household.id,
        SponsorRequest.organisation_id == organisation.id,
        SponsorRequest.answer == Answer.WAITING,
    )
    return session.scalar(query.execution_options(**already_seen(household))) is not None


def _actor(session: Session) -> str:
    return trail.actor(session)[:80]
