"""Acts on where households live. A move within the register ends the old stay the day before."""

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from casemgmt.audit import trail
from casemgmt.errors import RuleBroken
from casemgmt.places import map as places_map
from casemgmt.places import queries as places
from casemgmt.places.models import Tier, Unit
from casemgmt.register import timeline
from casemgmt.register.lens import Lens
from casemgmt.register.models import Arrival, Departure, Household, Stay
from casemgmt.register.rules import apart, ordered, said
from casemgmt.typed import show_date
from casemgmt.words import _

_DAY = timedelta(days=1)


def move_household(
    session: Session,
    household: Household,
    *,
    village: Unit,
    on: date,
    arrival: Arrival | None = Arrival.MOVED_IN,
    reason: str | None = None,
) -> Stay:
    """A household that lives in the register lives in another village from a day on: the stay
    before ends the day before (`chuyển đi`). A move dated before a later stay needs a reason."""
    stay = _lives(household, on, field="on")
    if stay.village_id == village.id:
        raise RuleBroken("Hộ đang ở chính thôn này.", field="village")
    if stay.starts == on:
        raise RuleBroken(
            _("Hộ mới đến {day}: hãy sửa lần cư trú đó.", day=show_date(on)), field="on"
        )
    if _next(household, on) is not None:
        reason = said(reason)
    last_day, departure, left_for = stay.last_day, stay.departure, stay.left_for_id
    with trail.because(session, reason):
        _close(stay, on - _DAY, Departure.MOVED_OUT)
        session.flush()
        moved = open_stay(session, household, village=village, starts=on, arrival=arrival)
        moved.last_day, moved.departure, moved.left_for_id = last_day, departure, left_for
    timeline.rewrite(session, [household.id])
    return moved


def move_out(
    session: Session, household: Household, *, last_day: date, reason: str | None = None
) -> None:
    """A household leaves the register (`chuyển đi`) after its last day here. Its sponsorships
    are ended by acts of their own: it may come back."""
    stay = _lives(household, last_day, field="last_day")
    if stay.last_day is not None or _next(household, stay.starts) is not None:
        reason = said(reason)
    with trail.because(session, reason):
        _close(stay, last_day, Departure.MOVED_OUT)
    timeline.rewrite(session, [household.id])


def move_in(
    session: Session,
    household: Household,
    *,
    village: Unit,
    on: date,
    arrival: Arrival | None = Arrival.MOVED_IN,
) -> Stay:
    """A household of the register that lives nowhere comes (back) to live in a village."""
    if timeline.in_force(household.stays, on) is not None:
        raise RuleBroken("Hộ đang ở trong sổ: hãy dùng mục chuyển thôn.", field="on")
    stay = open_stay(session, household, village=village, starts=on, arrival=arrival)
    timeline.rewrite(session, [household.id])
    return stay


def correct_stay(
    session: Session,
    stay: Stay,
    *,
    village: Unit,
    starts: date,
    last_day: date | None,
    arrival: Arrival | None,
    departure: Departure | None,
    reason: str,
) -> None:
    """Correct a stay that was recorded wrongly. It must not reach another stay."""
    reason = said(reason)
    household = stay.household
    ordered(starts, last_day)
    if departure is not None and last_day is None:
        raise RuleBroken("Lý do đi cần có ngày cuối.", field="last_day")
    _stands(session, village, starts)
    for other in household.stays:
        if other is not stay:
            apart(other, starts, last_day)
    with trail.because(session, reason):
        stay.village, stay.starts, stay.last_day = village, starts, last_day
        stay.arrival, stay.departure = arrival, departure
    timeline.rewrite(session, [household.id])


def withdraw_stay(session: Session, stay: Stay, *, reason: str) -> None:
    """Take back a stay that never was. The stay before it holds on unless its end was written."""
    household = stay.household
    with trail.because(session, said(reason)):
        session.delete(stay)
    timeline.rewrite(session, [household.id])


def merge_villages(
    session: Session,
    *,
    old: Collection[Unit],
    new: Unit,
    on: date,
    reason: str = "Sáp nhập thôn",
) -> int:
    """Sáp nhập thôn: from a day on, those who live in the old villages live in the new one. All
    their stays end the day before and open on the day, and so end the old villages themselves.
    A stay that begins in an old village after the day is moved as it is. Gives the number of
    households."""
    gone = {village.id for village in old}
    if new.id in gone or not gone:
        raise RuleBroken("Hãy chọn các thôn cũ khác với thôn mới.", field="old")
    _stands(session, new, on)
    for village in old:
        if not places.stands(session, village, on - _DAY, tier=Tier.VILLAGE):
            raise RuleBroken(
                _("Thôn {code} không còn vào ngày đó.", code=village.code), field="old"
            )
    stays = session.scalars(
        select(Stay)
        .where(Stay.village_id.in_(gone), or_(Stay.last_day.is_(None), Stay.last_day >= on))
        .order_by(Stay.household_id, Stay.starts)
        .execution_options(lens=Lens.everyone(on))
    ).all()
    with trail.because(session, reason):
        moved = {stay.household_id for stay in stays if _continue_in(session, stay, new, on)}
        for village in old:
            _end_village(village, on - _DAY)
    places_map.redraw(session)
    timeline.rewrite(session, moved)
    return len(moved)


def _continue_in(session: Session, stay: Stay, new: Unit, on: date) -> bool:
    """Split a stay on a day; False where the household's next stay begins by then."""
    if stay.starts >= on:
        stay.village = new
        return True
    following = _next(stay.household, stay.starts)
    if following is not None and following.starts <= on:
        return False
    session.add(
        Stay(
            household=stay.household,
            starts=on,
            last_day=stay.last_day,
            village=new,
            departure=stay.departure,
            left_for_id=stay.left_for_id,
        )
    )
    _close(stay, on - _DAY, None)
    return True


def _end_village(village: Unit, last_day: date) -> None:
    for period in village.periods:
        if period.starts <= last_day and (period.last_day is None or period.last_day > last_day):
            period.last_day = last_day


def open_stay(
    session: Session,
    household: Household,
    *,
    village: Unit,
    starts: date,
    arrival: Arrival | None,
    arrived_from: Household | None = None,
) -> Stay:
    """A new stay, in a village that stands on its first day; without the timeline, for acts that
    rewrite it at their end."""
    _stands(session, village, starts)
    for other in household.stays:
        if other.starts == starts:
            raise RuleBroken("Đã có một lần cư trú bắt đầu ngày này.", field="starts")
    stay = Stay(
        household=household,
        starts=starts,
        village=village,
        arrival=arrival,
        arrived_from_id=arrived_from.id if arrived_from else None,
    )
    session.add(stay)
    session.flush()
    session.expire(household, ["stays"])
    return stay


def leave(
    household: Household, *, last_day: date, departure: Departure, left_for: Household | None
) -> None:
    """End the stay in force on the last day of a household that goes for good; without the
    timeline. Stays after that day are refused: correct them first."""
    stay = _lives(household, last_day, field="last_day")
    if _next(household, last_day) is not None:
        raise RuleBroken(
            _("Hộ còn lần cư trú sau {day}: hãy sửa trước.", day=show_date(last_day)),
            field="last_day",
        )
    _close(stay, last_day, departure)
    stay.left_for_id = left_for.id if left_for else None


def _close(stay: Stay, last_day: date, departure: Departure | None) -> None:
    stay.last_day, stay.departure = last_day, departure
    stay.left_for_id = None


def _lives(household: Household, day: date, *, field: str) -> Stay:
    stay = timeline.in_force(household.stays, day)
    if stay is None:
        raise RuleBroken(_("Hộ không ở trong sổ vào ngày {day}.", day=show_date(day)), field=field)
    return stay


def _next(household: Household, day: date) -> Stay | None:
    """The first stay that begins after a day."""
    return next((stay for stay in household.stays if stay.starts > day), None)


def _stands(session: Session, village: Unit, day: date) -> None:
    if not places.stands(session, village, day, tier=Tier.VILLAGE):
        raise RuleBroken(
            _("Thôn, bản, khu phố này không tồn tại vào ngày {day}.", day=show_date(day)),
            field="village",
        )
