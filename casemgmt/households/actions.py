"""Acts on a household itself: add, edit, propose its code. What people do with its members, its
homes and its class stands in members, moving, parting and classifying."""

from datetime import date
from typing import Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt import settings
from casemgmt.errors import RuleBroken
from casemgmt.households.members import Person, add_member
from casemgmt.households.moving import open_stay
from casemgmt.places import queries as places
from casemgmt.places.models import Tier, Unit
from casemgmt.register import timeline
from casemgmt.register.models import Arrival, Household, Relation
from casemgmt.typed import parse_code, parse_phone
from casemgmt.vietnamese import clean, same
from casemgmt.words import _


def propose_code(session: Session, village: Unit, day: date) -> str:
    """The next free household code: code of the commune in which the village lies on the day (of
    the village itself where it lies in none), a dash, a running number of four digits."""
    commune = places.above(session, village, Tier.COMMUNE, day) or village
    prefix = f"{commune.code[:30]}-"
    codes = session.connection().scalars(
        select(Household.__table__.c.code).where(
            Household.__table__.c.code.startswith(prefix, autoescape=True)
        )
    )
    numbers = [int(code[len(prefix) :]) for code in codes if code[len(prefix) :].isdecimal()]
    return f"{prefix}{max(numbers, default=0) + 1:04}"


def add_household(
    session: Session,
    *,
    head_name: str,
    village: Unit,
    starts: date,
    code: str | None = None,
    arrival: Arrival | None = None,
    address: str | None = None,
    phone: str | None = None,
    note: str | None = None,
    **head: Unpack[Person],
) -> Household:
    """Add a household that lives in a village from a day on (not after today), with its head as
    its first member. A blank code is proposed; a given one must be free."""
    if starts > settings.today(session):
        raise RuleBroken("Ngày bắt đầu cư trú không được sau hôm nay.", field="starts")
    household = Household(
        code=free_code(session, code) if code else propose_code(session, village, starts),
        head_name=_said(head_name),
        address=clean(address or "") or None,
        phone=_phone(phone),
        note=clean(note or "") or None,
    )
    session.add(household)
    session.flush()
    open_stay(session, household, village=village, starts=starts, arrival=arrival)
    add_member(session, household, name=head_name, relation=Relation.HEAD, **head)
    timeline.rewrite(session, [household.id])
    return household


def edit_household(
    session: Session,
    household: Household,
    *,
    head_name: str,
    address: str | None = None,
    phone: str | None = None,
    note: str | None = None,
) -> None:
    """Correct what is written about a household. A corrected name of the head is corrected in the
    list of members too; another head is an act of its own (members.change_head)."""
    name = _said(head_name)
    for member in household.members:
        if member.relation is Relation.HEAD and same(member.name) == same(household.head_name):
            member.name = name
    household.head_name = name
    household.address = clean(address or "") or None
    household.phone = _phone(phone)
    household.note = clean(note or "") or None
    session.flush()


def _said(name: str) -> str:
    if not clean(name):
        raise RuleBroken("Hãy ghi họ và tên chủ hộ.", field="head_name")
    return clean(name)


def free_code(session: Session, code: str) -> str:
    """A code that was typed, if it may be a household's and none has it."""
    try:
        code = parse_code(code)
    except ValueError as wrong:
        raise RuleBroken(_("Mã hộ: {why}.", why=_(str(wrong))), field="code") from None
    taken = select(Household.__table__.c.id).where(Household.__table__.c.code == code)
    if session.connection().scalar(taken) is not None:
        raise RuleBroken(_("Mã hộ {code} đã được dùng trong sổ.", code=code), field="code")
    return code


def _phone(phone: str | None) -> str | None:
    if not clean(phone or ""):
        return None
    try:
        return parse_phone(phone)
    except ValueError as wrong:
        raise RuleBroken(_("Điện thoại: {why}.", why=_(str(wrong))), field="phone") from None
