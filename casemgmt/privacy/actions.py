"""Acts on the requests of data subjects."""

from datetime import date

from sqlalchemy.orm import Session

from casemgmt import clock
from casemgmt.audit import trail
from casemgmt.errors import RuleBroken
from casemgmt.privacy.limits import Right, due, extended_until
from casemgmt.privacy.models import Capacity, DataRequest, Outcome
from casemgmt.register.models import Household
from casemgmt.register.rules import said
from casemgmt.typed import show_date
from casemgmt.vietnamese import clean
from casemgmt.words import _

_EXPLAINED = (Outcome.PARTLY, Outcome.REFUSED)


def receive(
    session: Session,
    household: Household,
    *,
    asked_by: str,
    capacity: Capacity,
    right: Right,
    content: str,
    received_on: date,
    today: date,
    others: bool = False,
) -> DataRequest:
    """Write down a request that was received on a day, today at the latest. Its last day follows
    from what is asked for."""
    if received_on > today:
        raise RuleBroken(
            _("Ngày nhận không thể sau hôm nay, {day}.", day=show_date(today)), field="received_on"
        )
    if not clean(asked_by):
        raise RuleBroken("Hãy ghi người yêu cầu.", field="asked_by")
    if not clean(content):
        raise RuleBroken("Hãy ghi yêu cầu về ai, điều gì.", field="content")
    request = DataRequest(
        household=household,
        asked_by=clean(asked_by),
        capacity=capacity,
        right=right,
        content=clean(content),
        others=others,
        received_on=received_on,
        due_on=due(right, received_on, others=others),
        recorded_by=trail.actor(session)[:80],
        recorded_at=clock.now(),
    )
    session.add(request)
    session.flush()
    return request


def confirm(session: Session, request: DataRequest, *, on: date, today: date) -> None:
    """The one who asked has been told that the request is dealt with."""
    _open(request)
    if request.confirmed_on is not None:
        raise RuleBroken(
            _("Đã báo cho người yêu cầu ngày {day}.", day=show_date(request.confirmed_on))
        )
    request.confirmed_on = _dealt_with(request, on, today)
    session.flush()


def extend(session: Session, request: DataRequest, *, until: date, reason: str, on: date) -> None:
    """The answer may come later, once, for a reason, up to the last day that the limits allow; to
    be said while the first limit still runs."""
    _open(request)
    if request.extended_on is not None:
        raise RuleBroken(_("Đã gia hạn một lần, đến {day}.", day=show_date(request.due_on)))
    if on > request.due_on:
        raise RuleBroken(_("Đã quá hạn {day}: không gia hạn được.", day=show_date(request.due_on)))
    last = extended_until(request.right, request.received_on, others=request.others)
    if not request.due_on < until <= last:
        raise RuleBroken(
            _(
                "Hạn mới phải sau {due} và không quá {last}.",
                due=show_date(request.due_on),
                last=show_date(last),
            ),
            field="until",
        )
    request.extension_reason = said(reason)
    request.due_on, request.extended_on = until, on
    session.flush()


def answer(
    session: Session,
    request: DataRequest,
    *,
    outcome: Outcome,
    text: str | None,
    on: date,
    today: date,
) -> None:
    """The request is answered on a day. What is not or only partly done is explained."""
    _open(request)
    if outcome in _EXPLAINED and not clean(text or ""):
        raise RuleBroken("Hãy ghi vì sao không làm theo, hoặc chỉ một phần.", field="text")
    request.answered_on = _dealt_with(request, on, today)
    request.outcome, request.answer = outcome, clean(text or "") or None
    request.answered_by = trail.actor(session)[:80]
    session.flush()


def _open(request: DataRequest) -> None:
    if request.answered_on is not None:
        raise RuleBroken(
            _("Yêu cầu này đã được trả lời ngày {day}.", day=show_date(request.answered_on))
        )


def _dealt_with(request: DataRequest, on: date, today: date) -> date:
    """The day on which something was done about a request: from its first day until today."""
    if not request.received_on <= on <= today:
        raise RuleBroken(
            _(
                "Ngày phải từ {first} đến {last}.",
                first=show_date(request.received_on),
                last=show_date(today),
            ),
            field="on",
        )
    return on
