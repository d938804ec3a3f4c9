"""Acts on the members of a household."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import TypedDict, Unpack

from sqlalchemy.orm import Session

from casemgmt.audit import trail
from casemgmt.errors import RuleBroken
from casemgmt.organisations.models import Kind
from casemgmt.register.models import Household, Member, Relation, Sex, citizen_digest
from casemgmt.register.rules import ordered, said
from casemgmt.typed import Birth, parse_citizen_id, show_date
from casemgmt.vietnamese import clean, same
from casemgmt.words import _


class Person(TypedDict, total=False):
    """What is known of a person beside the name; what is left out is unknown."""

    birth: Birth | None
    sex: Sex | None
    citizen_id: str | None
    ethnicity: str | None
    can_work: bool
    member_of: Kind


class OldHead(StrEnum):
    """What became of the head before; the value is the word of screens."""

    DIED = "qua đời"
    LEFT = "rời hộ"
    STAYS = "ở lại trong hộ"


def here_on(member: Member, day: date) -> bool:
    """Whether a member belongs to the household on a day."""
    return (member.starts is None or member.starts <= day) and (
        member.last_day is None or member.last_day >= day
    )


def head_on(household: Household, day: date) -> Member | None:
    """The head of a household on a day."""
    heads = (member for member in household.members if member.relation is Relation.HEAD)
    return next((head for head in heads if here_on(head, day)), None)


def add_member(
    session: Session,
    household: Household,
    *,
    name: str,
    relation: Relation,
    starts: date | None = None,
    **person: Unpack[Person],
) -> Member:
    """Add a person to a household (`starts` None: nobody knows since when). One who is there
    already is refused; one who had left comes back into the same row, from `starts` on. A second
    head is refused: the head changes by change_head."""
    name, person = _checked(name, person)
    if relation is Relation.HEAD:
        _no_other_head(household, None)
    member = _same_person(household, name, person.get("birth"), person.get("citizen_id"))
    if member is None:
        member = Member(household=household)
        session.add(member)
    elif member.last_day is None or (starts is not None and member.last_day >= starts):
        raise RuleBroken(_("{name} đã có trong hộ này.", name=member.name), field="name")
    member.name, member.relation = name, relation
    member.starts, member.last_day = starts, None
    _fill(member, person)
    session.flush()
    return member


def edit_member(
    session: Session,
    member: Member,
    *,
    name: str,
    relation: Relation,
    starts: date | None = None,
    last_day: date | None = None,
    reason: str | None = None,
    **person: Unpack[Person],
) -> None:
    """Correct what is written about a member. Two members of a household are never the same
    person (equal CCCD, or equal name and birth date). The name of the head is the household's.
    Who the head is stays as it is: that changes by change_head."""
    name, person = _checked(name, person)
    ordered(starts, last_day)
    household = member.household
    _same_head(member, relation, last_day)
    other = _same_person(household, name, person.get("birth"), person.get("citizen_id"), but=member)
    if other is not None:
        raise RuleBroken(_("{name} đã có trong hộ này.", name=other.name), field="name")
    with trail.because(session, reason):
        if member.relation is Relation.HEAD and same(member.name) == same(household.head_name):
            household.head_name = name
        member.name, member.relation = name, relation
        member.starts, member.last_day = starts, last_day
        _fill(member, person)


def end_member(session: Session, member: Member, *, last_day: date, reason: str) -> None:
    """A member leaves or dies: the last day in the household, and why. For the head: change_head
    (unless nobody else is left)."""
    reason = said(reason)
    if member.last_day is not None and member.last_day < last_day:
        raise RuleBroken(
            _("{name} đã rời hộ từ {day}.", name=member.name, day=show_date(member.last_day)),
            field="last_day",
        )
    if member.relation is Relation.HEAD:
        _nobody_left(member, last_day)
    with trail.because(session, reason):
        end_on(member, last_day)


def change_head(
    session: Session,
    household: Household,
    *,
    new_head: Member,
    on: date,
    old_head: OldHead,
    old_relation: Relation = Relation.OTHER,
    relations: Mapping[int, Relation] | None = None,
    reason: str | None = None,
) -> None:
    """Another member becomes the head on a day, in one act with what became of the head before:
    one who died belonged to the household until that day (the day of death), one who left until
    the day before, one who stays is from now on `old_relation` to the new head. `relations`
    (member id → word) says what the others are to the new head."""
    if new_head.household is not household or not here_on(new_head, on):
        raise RuleBroken("Chủ hộ mới phải là thành viên của hộ vào ngày đó.", field="new_head")
    if new_head.relation is Relation.HEAD:
        raise RuleBroken(_("{name} đang là chủ hộ.", name=new_head.name), field="new_head")
    heads = [m for m in household.members if m.relation is Relation.HEAD and here_on(m, on)]
    with trail.because(session, reason or f"Chủ hộ cũ {old_head.value}"):
        for head in heads:
            if old_head is OldHead.STAYS:
                head.relation = old_relation
            else:
                end_on(head, on if old_head is OldHead.DIED else on - timedelta(days=1))
        relate(household.members, relations)
        new_head.relation = Relation.HEAD
        household.head_name = new_head.name


def carry(
    session: Session,
    member: Member,
    *,
    into: Household,
    on: date,
    relation: Relation = Relation.OTHER,
) -> Member:
    """A member moves to another household: belongs here until the day before, there from the day
    on. Used by the acts that part and join households."""
    end_on(member, on - timedelta(days=1))
    person: Person = {
        "birth": member.birth,
        "sex": member.sex,
        "citizen_id": member.citizen_id,
        "ethnicity": member.ethnicity,
        "can_work": member.can_work,
        "member_of": member.member_of,
    }
    return add_member(session, into, name=member.name, relation=relation, starts=on, **person)


def relate(members: Iterable[Member], relations: Mapping[int, Relation] | None) -> None:
    """Give members (by id) the word for what they are to the head."""
    for member in members:
        if relations and member.id in relations:
            member.relation = relations[member.id]


def end_on(member: Member, last_day: date) -> None:
    """The membership ends on this day, which must not lie before its first."""
    if member.starts is not None and last_day < member.starts:
        raise RuleBroken(
            _("{name} chỉ thuộc hộ từ {day}.", name=member.name, day=show_date(member.starts)),
            field="last_day",
        )
    member.last_day = last_day


def _same_head(member: Member, relation: Relation, last_day: date | None) -> None:
    """Refuse an edit after which the household would have no head, or another one."""
    if (relation is Relation.HEAD) is not (member.relation is Relation.HEAD):
        raise RuleBroken(
            "Muốn người khác làm chủ hộ, hãy dùng mục Đổi chủ hộ trong hồ sơ hộ.", field="relation"
        )
    if relation is not Relation.HEAD:
        return
    if last_day is None and member.last_day is not None:
        _no_other_head(member.household, member)
    if last_day is not None and member.last_day is None:
        _nobody_left(member, last_day)


def _nobody_left(head: Member, day: date) -> None:
    for other in head.household.members:
        if other is not head and (other.last_day is None or other.last_day > day):
            raise RuleBroken("Đây là chủ hộ: hãy dùng mục đổi chủ hộ.", field="last_day")


def _no_other_head(household: Household, member: Member | None) -> None:
    for other in household.members:
        if other is not member and other.relation is Relation.HEAD and other.last_day is None:
            raise RuleBroken(
                _("Hộ đã có chủ hộ là {name}: hãy dùng mục đổi chủ hộ.", name=other.name),
                field="relation",
            )


def _checked(name: str, person: Person) -> tuple[str, Person]:
    if not clean(name):
        raise RuleBroken("Hãy ghi họ và tên.", field="name")
    number = person.get("citizen_id")
    if not number:
        return clean(name), Person(**{**person, "citizen_id": None})
    try:
        digits, _restored = parse_citizen_id(number)
    except ValueError as wrong:
        raise RuleBroken(_("Số CCCD: {why}.", why=_(str(wrong))), field="citizen_id") from None
    return clean(name), Person(**{**person, "citizen_id": digits})


def _same_person(
    household: Household,
    name: str,
    birth: Birth | None,
    citizen_id: str | None,
    *,
    but: Member | None = None,
) -> Member | None:
    """The member who is this person: of this CCCD, else of this name and birth date (unless both
    have a CCCD and these differ)."""
    others = [member for member in household.members if member is not but]
    digest = citizen_digest(citizen_id) if citizen_id else None
    for member in others:
        if digest and member.citizen_digest == digest:
            return member
    for member in others:
        namesakes = same(member.name) == same(name) and member.birth == birth
        if namesakes and (digest is None or member.citizen_digest is None):
            return member
    return None


def _fill(member: Member, person: Person) -> None:
    member.birth = person.get("birth")
    member.sex = person.get("sex")
    if member.citizen_id != person.get("citizen_id"):
        member.citizen_id = person.get("citizen_id")
    member.ethnicity = clean(person.get("ethnicity") or "") or None
    member.can_work = person.get("can_work", False)
    member.member_of = person.get("member_of", Kind.NONE)
