"""Hỗ trợ: what was given, logged, corrected and voided; and the kinds of support. What was
promised is in `promising`, visits are in `visiting`."""

from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casemgmt import clock, settings
from casemgmt.audit import trail
from casemgmt.errors import RuleBroken
from casemgmt.organisations.models import Organisation
from casemgmt.register.models import Household
from casemgmt.register.rules import said
from casemgmt.support import queries
from casemgmt.support.models import SupportAction, SupportKind
from casemgmt.typed import parse_code
from casemgmt.vietnamese import clean, same
from casemgmt.words import _

_MOST = 10**15


def propose_code(session: Session, household: Household) -> str:
    """The next free code of a support action: the household's code, `-HT`, a running number."""
    prefix = f"{household.code[:32]}-HT"
    table = SupportAction.__table__
    codes = session.connection().scalars(
        select(table.c.code).where(table.c.code.startswith(prefix, autoescape=True))
    )
    numbers = [int(code[len(prefix) :]) for code in codes if code[len(prefix) :].isdecimal()]
    return f"{prefix}{max(numbers, default=0) + 1:03}"


def log_support(
    session: Session,
    household: Household,
    *,
    on: date,
    kind: str,
    code: str | None = None,
    organisation: Organisation | None = None,
    content: str | None = None,
    quantity: Decimal | None = None,
    unit: str | None = None,
    value: int | None = None,
    source: str | None = None,
) -> SupportAction:
    """Log one thing given to a household, or one loan, on a day not after today. `value` in whole
    đồng, `quantity` with up to three decimals. Who logs it and when is kept. A blank code is
    proposed."""
    action = SupportAction(
        code=_free_code(session, code) if code else propose_code(session, household),
        household=household,
        recorded_by=trail.actor(session),
        recorded_at=clock.now(),
    )
    _fill(session, action, on, kind, organisation, content, quantity, unit, value, source)
    session.add(action)
    session.flush()
    return action


def correct_support(
    session: Session,
    action: SupportAction,
    *,
    on: date,
    kind: str,
    organisation: Organisation | None = None,
    content: str | None = None,
    quantity: Decimal | None = None,
    unit: str | None = None,
    value: int | None = None,
    source: str | None = None,
    reason: str,
) -> None:
    """Correct a support action that was logged wrongly; its code and household stay."""
    if action.voided_at is not None:
        raise RuleBroken(_("Hoạt động này đã bị hủy, không sửa được."))
    with trail.because(session, said(reason)):
        _fill(session, action, on, kind, organisation, content, quantity, unit, value, source)


def void_support(session: Session, action: SupportAction, *, reason: str) -> None:
    """A support action that never happened: it stays, with the reason, and counts nowhere. The
    promise that it kept is open again."""
    reason = said(reason)
    if action.voided_at is not None:
        raise RuleBroken(_("Hoạt động này đã bị hủy rồi."))
    with trail.because(session, reason):
        action.voided_at, action.void_reason = clock.now(), reason
        for promise in session.scalars(queries.kept_by(action)):
            promise.kept_by = None


def add_kind(session: Session, *, name: str, is_loan: bool = False) -> SupportKind:
    """Add a kind of support to the register's list; its name is its own (letters alike but for
    case and tone placement are one name)."""
    name = clean(name)
    if not name or len(name) > 80:
        raise RuleBroken(_("Tên loại hỗ trợ dài từ 1 đến 80 ký tự."), field="name")
    if any(same(other) == same(name) for other in session.scalars(select(SupportKind.name))):
        raise RuleBroken(_("Đã có loại hỗ trợ {name}.", name=name), field="name")
    last = session.scalar(select(func.max(SupportKind.position))) or 0
    kind = SupportKind(name=name, is_loan=is_loan, position=last + 1)
    session.add(kind)
    session.flush()
    return kind


def _fill(
    session: Session,
    action: SupportAction,
    on: date,
    kind: str,
    organisation: Organisation | None,
    content: str | None,
    quantity: Decimal | None,
    unit: str | None,
    value: int | None,
    source: str | None,
) -> None:
    if on > settings.today(session):
        raise RuleBroken(_("Ngày hỗ trợ không được sau hôm nay."), field="on")
    action.given_on, action.kind = on, kind_named(session, kind)
    action.organisation = organisation
    action.content = clean(content or "") or None
    action.quantity, action.unit = checked_quantity(quantity), clean(unit or "") or None
    action.value, action.source = checked_value(value), clean(source or "") or None


def kind_named(session: Session, name: str) -> SupportKind:
    """The kind of support of a name in the register's list."""
    known = session.get(SupportKind, name)
    if known is None:
        raise RuleBroken(_("Không có loại hỗ trợ {name}.", name=name), field="kind")
    return known


def checked_quantity(quantity: Decimal | None) -> Decimal | None:
    """A quantity as it may be kept: at least 0, up to three decimals."""
    if quantity is None:
        return None
    if not 0 <= quantity < _MOST or (quantity * 1000) % 1:
        raise RuleBroken(_("Số lượng từ 0 trở lên, tối đa 3 chữ số thập phân."), field="quantity")
    return quantity


def checked_value(value: int | None) -> int | None:
    """A value as it may be kept: whole đồng, at least 0."""
    if value is not None and not 0 <= value < _MOST:
        raise RuleBroken(_("Giá trị là số đồng nguyên, từ 0 trở lên."), field="value")
    return value


def _free_code(session: Session, code: str) -> str:
    try:
        code = parse_code(code)
    except ValueError as wrong:
        raise RuleBroken(_("Mã hoạt động: {wrong}.", wrong=_(str(wrong))), field="code") from None
    table = SupportAction.__table__
    taken = select(table.c.id).where(table.c.code == code)
    if session.connection().scalar(taken) is not None:
        raise RuleBroken(_("Mã hoạt động {code} đã được dùng.", code=code), field="code")
    return code
