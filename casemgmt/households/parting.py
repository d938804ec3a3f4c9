"""Acts that part and join households: split, merge, dissolve. A household is never deleted."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from sqlalchemy.orm import Session

from casemgmt.audit import trail
from casemgmt.errors import RuleBroken
from casemgmt.households import members as people
from casemgmt.households.actions import free_code, propose_code
from casemgmt.households.moving import leave, open_stay
from casemgmt.places.models import Unit
from casemgmt.register import timeline
from casemgmt.register.models import (
    Arrival,
    Classification,
    Departure,
    Household,
    Lead,
    Member,
    Relation,
    Supporter,
)
from casemgmt.register.rules import said
from casemgmt.typed import show_date
from casemgmt.vietnamese import clean
from casemgmt.words import _

_DAY = timedelta(days=1)


def split_household(
    session: Session,
    household: Household,
    *,
    on: date,
    new_head: Member,
    members: Collection[Member],
    village: Unit | None = None,
    new_code: str | None = None,
    address: str | None = None,
    relations: Mapping[int, Relation] | None = None,
    copy_class: bool = False,
    reason: str | None = None,
) -> Household:
    """Tách hộ: some members become a household of their own on a day, in this village (None:
    where the old one lives). They belong to the old one until the day before; its head and at
    least one member stay. The new household has no class unless `copy_class`, and no sponsor.
    `relations`: member id → what that member is to the new head (else `Khác`)."""
    stay = timeline.in_force(household.stays, on)
    if stay is None:
        raise RuleBroken(_("Hộ không ở trong sổ vào ngày {day}.", day=show_date(on)), field="on")
    going = _chosen(household, {*members, new_head}, on - _DAY)
    if any(member.relation is Relation.HEAD for member in going):
        raise RuleBroken("Chủ hộ ở lại hộ cũ: muốn tách thì đổi chủ hộ trước.", field="members")
    home = village or stay.village
    with trail.because(session, reason):
        new = Household(
            code=free_code(session, new_code) if new_code else propose_code(session, home, on),
            head_name=new_head.name,
            address=clean(address or "") or None,
        )
        session.add(new)
        session.flush()
        open_stay(
            session, new, village=home, starts=on, arrival=Arrival.SPLIT, arrived_from=household
        )
        _carry(session, going, new, on, {**(relations or {}), new_head.id: Relation.HEAD})
        if copy_class:
            _copy_class(session, household, new, on)
    timeline.rewrite(session, [household.id, new.id])
    return new


def merge_household(
    session: Session,
    household: Household,
    *,
    into: Household,
    on: date,
    members: Collection[Member] | None = None,
    relations: Mapping[int, Relation] | None = None,
    reason: str | None = None,
) -> None:
    """Nhập hộ: from a day on a household lives within another. Its stay, its members' membership
    and its sponsorships end the day before; the chosen members (None: all) belong to the other
    household from the day on."""
    if into is household:
        raise RuleBroken("Hãy chọn một hộ khác.", field="into")
    if timeline.in_force(into.stays, on) is None:
        raise RuleBroken("Hộ nhận không ở trong sổ vào ngày đó.", field="into")
    last_day = on - _DAY
    there = _there(household, last_day)
    going = there if members is None else _chosen(household, members, last_day, all_may_go=True)
    why = f"Nhập vào hộ {into.code}" + (f": {clean(reason)}" if reason else "")
    with trail.because(session, why):
        leave(household, last_day=last_day, departure=Departure.MERGED, left_for=into)
        end_sponsorships(household, last_day=last_day, reason=why)
        _carry(session, going, into, on, relations)
        for member in there:
            people.end_on(member, last_day)
    timeline.rewrite(session, [household.id])


def dissolve_household(
    session: Session,
    household: Household,
    *,
    last_day: date,
    reason: str,
    members_to: Household | None = None,
    relations: Mapping[int, Relation] | None = None,
) -> None:
    """Giải thể: the household ends after this day, with its stay, its members' membership and its
    sponsorships. `members_to`: the household to which its members belong from the next day on."""
    why = said(reason)
    if members_to is household:
        raise RuleBroken("Hãy chọn một hộ khác.", field="members_to")
    if members_to is not None and timeline.in_force(members_to.stays, last_day + _DAY) is None:
        raise RuleBroken("Hộ nhận không ở trong sổ vào ngày đó.", field="members_to")
    there = _there(household, last_day)
    with trail.because(session, why):
        leave(household, last_day=last_day, departure=Departure.DISSOLVED, left_for=members_to)
        end_sponsorships(household, last_day=last_day, reason=f"Hộ giải thể: {why}")
        if members_to is not None:
            _carry(session, there, members_to, last_day + _DAY, relations)
        for member in there:
            people.end_on(member, last_day)
    timeline.rewrite(session, [household.id])


def end_sponsorships(household: Household, *, last_day: date, reason: str) -> None:
    """End lead and supporting sponsorships that hold on a household's last day. One that begins
    later is refused: correct it first."""
    rows: list[Lead | Supporter] = [*household.leads, *household.supporters]
    for row in rows:
        if row.starts > last_day:
            raise RuleBroken(
                _("Có đỡ đầu bắt đầu ngày {day}: hãy sửa trước.", day=show_date(row.starts)),
                field="on",
            )
    ending: list[Lead | Supporter] = [*household.leads[-1:], *household.supporters]
    for row in ending:
        if row.last_day is None or row.last_day > last_day:
            row.last_day, row.end_reason = last_day, reason


def _there(household: Household, day: date) -> list[Member]:
    return [member for member in household.members if people.here_on(member, day)]


def _chosen(
    household: Household, members: Collection[Member], day: date, *, all_may_go: bool = False
) -> list[Member]:
    there = _there(household, day)
    for member in members:
        if member not in there:
            raise RuleBroken(
                _("{name} không thuộc hộ vào ngày {day}.", name=member.name, day=show_date(day)),
                field="members",
            )
    if not all_may_go and len(members) == len(there):
        raise RuleBroken("Phải có người ở lại hộ cũ.", field="members")
    return [member for member in there if member in members]


def _carry(
    session: Session,
    members: Collection[Member],
    into: Household,
    on: date,
    relations: Mapping[int, Relation] | None,
) -> None:
    for member in members:
        word = (relations or {}).get(member.id, Relation.OTHER)
        people.carry(session, member, into=into, on=on, relation=word)


def _copy_class(session: Session, old: Household, new: Household, on: date) -> None:
    """The class of the old household on the day, from that day on, for the new one; scores and
    indicators are not copied: the new household was not scored."""
    held = timeline.in_force(old.classifications, on)
    if held is None:
        return
    session.add(
        Classification(
            household_id=new.id,
            starts=on,
            class_=held.class_,
            minority=held.minority,
            social_protection=held.social_protection,
            merit=held.merit,
            member_of=held.member_of,
            standard_code=held.standard_code,
            decision_number=held.decision_number,
            decision_date=held.decision_date,
            reason=f"Tách từ hộ {old.code}",
        )
    )
