"""Why somebody may, or may not, see a household: told from the rule that filters."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt.access.models import User
from casemgmt.organisations.models import Organisation
from casemgmt.places import queries as places
from casemgmt.register.lens import Lens, Reason, Way
from casemgmt.register.models import Household, Stay
from casemgmt.typed import show_date
from casemgmt.words import _


def reasons(session: Session, lens: Lens, household: Household) -> list[str]:
    """Why a household in scope is seen, one sentence for each way."""
    found = lens.reasons(session, household.id)
    return [_sentence(session, lens, household, one) for one in found]


def _sentence(session: Session, lens: Lens, household: Household, reason: Reason) -> str:
    if reason.way is Way.LIVES:
        return _lives(session, lens, household, reason.by)
    who = session.get_one(Organisation, reason.by).name
    since = show_date(reason.since)
    if reason.way is Way.LED:
        return _("{who} đỡ đầu hộ này từ {since}.", who=who, since=since)
    return _("{who} phối hợp giúp hộ này từ {since}.", who=who, since=since)


def _lives(session: Session, lens: Lens, household: Household, village: int) -> str:
    row = session.execute(places.unit_on(village, lens.scope_day)).one()
    return _(
        "Hộ ở {village}, thuộc đơn vị của bạn, từ {since}.",
        village=places.named(row.level, row.name),
        since=show_date(_lives_since(session, lens, household)),
    )


def _lives_since(session: Session, lens: Lens, household: Household) -> date:
    """The first day of the stay of the day: a stretch of the timeline is shorter."""
    stay = (
        select(Stay.starts)
        .where(Stay.household_id == household.id, Stay.starts <= lens.scope_day)
        .order_by(Stay.starts.desc())
        .limit(1)
    )
    return session.scalars(lens.scoped(stay, Stay.household_id)).one()


def rule(session: Session, lens: Lens, user: User) -> str:
    """The rule of an account's scope in words, as of the day on which scope is asked."""
    day = show_date(lens.scope_day)
    if lens.villages and user.unit_id is not None:
        row = session.execute(places.unit_on(user.unit_id, lens.scope_day)).one()
        unit = places.named(row.level, row.name)
        return _("Bạn xem được những hộ ở trong {unit} vào ngày {day}.", unit=unit, day=day)
    if lens.organisations and user.organisation is not None:
        return _(
            "Bạn xem được những hộ mà {who}, hoặc tổ chức cấp dưới, đỡ đầu hay phối hợp giúp vào"
            " ngày {day}.",
            who=user.organisation.name,
            day=day,
        )
    return _("Tài khoản của bạn chỉ xem số liệu, không xem hồ sơ hộ nào.")
