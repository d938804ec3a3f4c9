"""Acts on units: add, give a new period, end, count the residents. Each redraws the map."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casemgmt.db import SINCE_ALWAYS
from casemgmt.errors import RuleBroken
from casemgmt.places import queries
from casemgmt.places.map import redraw
from casemgmt.places.models import Area, Level, ResidentHouseholds, Tier, Unit, UnitPeriod
from casemgmt.typed import parse_code, show_date
from casemgmt.vietnamese import clean
from casemgmt.words import _

_HEIGHT = {Tier.PROVINCE: 3, Tier.DISTRICT: 2, Tier.COMMUNE: 1, Tier.VILLAGE: 0}


def add_unit(
    session: Session,
    *,
    code: str,
    name: str,
    level: Level,
    parent: Unit | None = None,
    starts: date | None = None,
    official_code: str | None = None,
    area: Area | None = None,
) -> Unit:
    """Add a unit with its first period (`starts` None: nobody knows the first day). Its code is
    its own for all time; it comes last in the register's order."""
    code = _free_code(session, code)
    last = session.scalar(select(func.max(Unit.position))) or 0
    unit = Unit(code=code, position=last + 1)
    session.add(unit)
    session.flush()
    add_period(
        session,
        unit,
        starts=starts,
        name=name,
        level=level,
        parent=parent,
        official_code=official_code,
        area=area,
    )
    return unit


def add_period(
    session: Session,
    unit: Unit,
    *,
    starts: date | None,
    name: str,
    level: Level,
    parent: Unit | None = None,
    official_code: str | None = None,
    area: Area | None = None,
) -> UnitPeriod:
    """From a day on the unit has this name, level and unit above it. A period that still held
    ends the day before. A unit keeps its place in the ladder (a commune may become a ward)."""
    first_day = starts or SINCE_ALWAYS
    if any(period.starts == first_day for period in unit.periods):
        raise RuleBroken("Đơn vị đã có một thời kỳ bắt đầu ngày này.", field="starts")
    if any(period.level.tier is not level.tier for period in unit.periods):
        raise RuleBroken("Đơn vị không thể đổi sang bậc khác.", field="level")
    _check(session, name, level, parent, first_day)
    period = UnitPeriod(
        unit=unit,
        starts=first_day,
        name=clean(name),
        level=level,
        parent=parent,
        official_code=official_code or None,
        area=area,
    )
    session.add(period)
    _redraw(session, unit)
    return period


def edit_period(
    session: Session,
    period: UnitPeriod,
    *,
    name: str,
    level: Level,
    parent: Unit | None = None,
    official_code: str | None = None,
    area: Area | None = None,
) -> None:
    """Correct what a period says; its first day stays."""
    if level.tier is not period.level.tier:
        raise RuleBroken("Đơn vị không thể đổi sang bậc khác.", field="level")
    _check(session, name, level, parent, period.starts)
    period.name, period.level, period.parent = clean(name), level, parent
    period.official_code, period.area = official_code or None, area
    _redraw(session, period.unit)


def end_period(session: Session, unit: Unit, *, last_day: date | None) -> None:
    """The unit's newest period ends on this day (None: it holds again). Units and stays under it
    are moved by acts of their own; those that outlast it are found by `check`."""
    if not unit.periods:
        raise RuleBroken("Đơn vị chưa có thời kỳ nào.", field="last_day")
    newest = unit.periods[-1]
    if last_day is not None and last_day < newest.starts:
        raise RuleBroken(
            _("Ngày cuối phải từ {day} trở đi.", day=show_date(newest.starts)), field="last_day"
        )
    newest.last_day = last_day
    _redraw(session, unit)


def set_residents(
    session: Session,
    unit: Unit,
    *,
    starts: date,
    total: int,
    ethnic_minority: int | None = None,
) -> ResidentHouseholds:
    """How many households live in a unit, in force from a day; a figure of the same day is
    corrected. `ethnic_minority` None: unknown."""
    if total < 0:
        raise RuleBroken("Số hộ không được âm.", field="total")
    if ethnic_minority is not None and not 0 <= ethnic_minority <= total:
        raise RuleBroken("Số hộ DTTS phải từ 0 đến tổng số hộ.", field="ethnic_minority")
    row = session.get(ResidentHouseholds, (unit.id, starts))
    if row is None:
        row = ResidentHouseholds(unit_id=unit.id, starts=starts)
        session.add(row)
    row.total, row.ethnic_minority = total, ethnic_minority
    session.flush()
    return row


def _free_code(session: Session, code: str) -> str:
    try:
        code = parse_code(code)
    except ValueError as wrong:
        raise RuleBroken(_("Mã đơn vị: {why}.", why=_(str(wrong))), field="code") from None
    if session.scalar(queries.by_code(code)) is not None:
        raise RuleBroken(_("Mã {code} đã là của một đơn vị khác.", code=code), field="code")
    return code


def _check(session: Session, name: str, level: Level, parent: Unit | None, starts: date) -> None:
    if not clean(name):
        raise RuleBroken("Hãy ghi tên đơn vị.", field="name")
    if parent is None:
        if level.tier is Tier.VILLAGE:
            raise RuleBroken("Thôn, bản, khu phố phải thuộc một đơn vị cấp xã.", field="parent")
        return
    if starts == SINCE_ALWAYS:
        stands = bool(parent.periods)
    else:
        stands = queries.stands(session, parent, starts)
    if not stands:
        raise RuleBroken("Đơn vị cấp trên không tồn tại vào ngày đó.", field="parent")
    if _HEIGHT[parent.periods[-1].level.tier] <= _HEIGHT[level.tier]:
        raise RuleBroken("Đơn vị cấp trên phải ở bậc cao hơn.", field="parent")


def _redraw(session: Session, unit: Unit) -> None:
    redraw(session)
    session.expire(unit, ["periods"])
