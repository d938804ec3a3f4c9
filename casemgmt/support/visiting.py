"""Thăm hộ: visits logged, corrected and voided."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt import clock, settings
from casemgmt.audit import trail
from casemgmt.errors import RuleBroken
from casemgmt.organisations.models import Organisation
from casemgmt.register.lens import already_seen
from casemgmt.register.models import Household
from casemgmt.register.rules import said
from casemgmt.support.models import Situation, Visit
from casemgmt.typed import show_date
from casemgmt.vietnamese import clean
from casemgmt.words import _


def log_visit(
    session: Session,
    household: Household,
    *,
    on: date,
    organisation: Organisation | None = None,
    situation: Situation = Situation.SAME,
    met: str | None = None,
    done: str | None = None,
    wishes: str | None = None,
    next_on: date | None = None,
) -> Visit:
    """Log a visit on a day not after today, by an organisation or (None) by the commune itself:
    one visit a day of the same visitor. The next one is agreed for a later day. Who logs it and
    when is kept."""
    visit = Visit(household=household, recorded_by=trail.actor(session), recorded_at=clock.now())
    _on_its_day(session, household, visit, on, organisation)
    _fill(visit, on, organisation, situation, met, done, wishes, next_on)
    session.add(visit)
    session.flush()
    return visit


def correct_visit(
    session: Session,
    visit: Visit,
    *,
    on: date,
    organisation: Organisation | None = None,
    situation: Situation = Situation.SAME,
    met: str | None = None,
    done: str | None = None,
    wishes: str | None = None,
    next_on: date | None = None,
    reason: str,
) -> None:
    """Correct a visit that was logged wrongly; its household stays."""
    if visit.voided_at is not None:
        raise RuleBroken(_("Lần thăm này đã bị hủy, không sửa được."))
    reason = said(reason)
    _on_its_day(session, visit.household, visit, on, organisation)
    with trail.because(session, reason):
        _fill(visit, on, organisation, situation, met, done, wishes, next_on)


def void_visit(session: Session, visit: Visit, *, reason: str) -> None:
    """A visit that never happened: it stays, with the reason, and counts nowhere."""
    reason = said(reason)
    if visit.voided_at is not None:
        raise RuleBroken(_("Lần thăm này đã bị hủy rồi."))
    with trail.because(session, reason):
        visit.voided_at, visit.void_reason = clock.now(), reason


def _on_its_day(
    session: Session,
    household: Household,
    visit: Visit,
    on: date,
    organisation: Organisation | None,
) -> None:
    """Not after today, and the only one of this visitor on the day: a paper entered twice."""
    if on > settings.today(session):
        raise RuleBroken(_("Ngày thăm không được sau hôm nay."), field="on")
    others = select(Visit.id).where(
        Visit.household_id == household.id,
        Visit.organisation_id == (organisation.id if organisation else None),
        Visit.visited_on == on,
        Visit.voided_at.is_(None),
        Visit.id != (visit.id or 0),
    )
    if session.scalars(others.execution_options(**already_seen(household))).first() is not None:
        raise RuleBroken(
            _("Lần thăm hộ này ngày {day} đã được ghi rồi.", day=show_date(on)), field="on"
        )


def _fill(
    visit: Visit,
    on: date,
    organisation: Organisation | None,
    situation: Situation,
    met: str | None,
    done: str | None,
    wishes: str | None,
    next_on: date | None,
) -> None:
    if next_on is not None and next_on <= on:
        raise RuleBroken(_("Ngày hẹn phải sau ngày thăm."), field="next_on")
    visit.visited_on, visit.organisation, visit.situation = on, organisation, situation
    visit.met, visit.done, visit.wishes = (
        clean(text or "") or None for text in (met, done, wishes)
    )
    visit.next_on = next_on
