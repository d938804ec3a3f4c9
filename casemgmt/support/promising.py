"""Cam kết hỗ trợ: what is promised, then kept by what was given, or dropped for a reason."""

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from casemgmt import clock, settings
from casemgmt.audit import trail
from casemgmt.errors import RuleBroken
from casemgmt.organisations.models import Organisation
from casemgmt.register.models import Household
from casemgmt.register.rules import said
from casemgmt.support.actions import checked_quantity, checked_value, kind_named, log_support
from casemgmt.support.models import Promise, SupportAction
from casemgmt.typed import show_date
from casemgmt.vietnamese import clean
from casemgmt.words import _


def promise_support(
    session: Session,
    household: Household,
    *,
    organisation: Organisation,
    kind: str,
    due_on: date,
    content: str | None = None,
    quantity: Decimal | None = None,
    unit: str | None = None,
    value: int | None = None,
) -> Promise:
    """An organisation promises a household today what it will give by a day (inclusive), not
    before today. `value` in whole đồng, `quantity` with up to three decimals."""
    today = settings.today(session)
    if due_on < today:
        raise RuleBroken(_("Hạn giao không được trước hôm nay."), field="due_on")
    promise = Promise(
        household_id=household.id,
        organisation_id=organisation.id,
        kind_name=kind_named(session, kind).name,
        content=clean(content or "") or None,
        quantity=checked_quantity(quantity),
        unit=clean(unit or "") or None,
        value=checked_value(value),
        promised_on=today,
        due_on=due_on,
        recorded_by=trail.actor(session),
        recorded_at=clock.now(),
    )
    session.add(promise)
    session.flush()
    return promise


def keep_promise(
    session: Session,
    promise: Promise,
    *,
    on: date,
    kind: str,
    content: str | None = None,
    quantity: Decimal | None = None,
    unit: str | None = None,
    value: int | None = None,
    source: str | None = None,
) -> SupportAction:
    """What was promised has been given, on a day from that of the promise on: logged as support
    by who promised it, with what was really given."""
    _still_open(promise)
    if on < promise.promised_on:
        day = show_date(promise.promised_on)
        raise RuleBroken(_("Ngày giao phải từ ngày hứa {day} trở đi.", day=day), field="on")
    promise.kept_by = log_support(
        session,
        promise.household,
        on=on,
        kind=kind,
        organisation=promise.organisation,
        content=content,
        quantity=quantity,
        unit=unit,
        value=value,
        source=source,
    )
    session.flush()
    return promise.kept_by


def drop_promise(session: Session, promise: Promise, *, reason: str) -> None:
    """A promise that will not be kept: it stays, with the reason, and is due no more."""
    reason = said(reason)
    _still_open(promise)
    with trail.because(session, reason):
        promise.dropped_on, promise.drop_reason = settings.today(session), reason


def _still_open(promise: Promise) -> None:
    if promise.kept_by_id is not None:
        raise RuleBroken(_("Cam kết này đã được giao rồi."))
    if promise.dropped_on is not None:
        raise RuleBroken(_("Cam kết này đã thôi rồi."))
