"""The programme of a year: set targets, register households to exit by name."""

from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt.errors import RuleBroken
from casemgmt.places.models import Unit
from casemgmt.programme.models import RegisteredExit, Target, TargetKind
from casemgmt.register.lens import already_seen
from casemgmt.register.measures import POOR
from casemgmt.register.models import Household, Span
from casemgmt.vietnamese import clean

FIRST_YEAR, LAST_YEAR = 1990, 2100


def set_target(
    session: Session,
    *,
    year: int,
    unit: Unit,
    kind: TargetKind,
    value: Decimal | None,
    document: str | None = None,
) -> Target | None:
    """What a unit is assigned for a year, by which document; None takes the target away. Counts
    are whole; the reduction of the poverty rate is in percentage points."""
    _check_year(year)
    target = session.get(Target, (year, unit.id, kind))
    if value is None:
        if target is not None:
            session.delete(target)
            session.flush()
        return None
    _check_value(kind, value)
    if target is None:
        target = Target(year=year, unit_id=unit.id, kind=kind)
        session.add(target)
    target.value, target.document = value, clean(document or "") or None
    session.flush()
    return target


def register_exit(session: Session, household: Household, *, year: int) -> RegisteredExit:
    """Register a household by name to leave poverty in a year: it is poor at the end of the year
    before or on some day of the year."""
    _check_year(year)
    if session.get(RegisteredExit, (year, household.id), execution_options=already_seen(household)):
        raise RuleBroken(f"Hộ đã đăng ký thoát nghèo năm {year}.", field="year")
    poor = select(Span.household_id).where(
        Span.household_id == household.id,
        POOR.where,
        Span.starts <= date(year, 12, 31),
        Span.ends > date(year - 1, 12, 31),
    )
    if session.scalar(poor.limit(1), execution_options=already_seen(household)) is None:
        raise RuleBroken(f"Hộ không phải hộ nghèo trong năm {year}.", field="year")
    row = RegisteredExit(year=year, household=household)
    session.add(row)
    session.flush()
    return row


def unregister_exit(session: Session, household: Household, *, year: int) -> None:
    """Take a household off the list of a year."""
    row = session.get(
        RegisteredExit, (year, household.id), execution_options=already_seen(household)
    )
    if row is None:
        raise RuleBroken(f"Hộ không đăng ký thoát nghèo năm {year}.", field="year")
    session.delete(row)
    session.flush()


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise RuleBroken(f"Năm từ {FIRST_YEAR} đến {LAST_YEAR}.", field="year")


def _check_value(kind: TargetKind, value: Decimal) -> None:
    whole = kind is not TargetKind.POVERTY_RATE_REDUCTION
    if value < 0 or (value * 1000) % 1 or (whole and value % 1):
        raise RuleBroken(
            "Chỉ tiêu là số nguyên từ 0 trở lên."
            if whole
            else "Chỉ tiêu từ 0 trở lên, tối đa 3 chữ số thập phân.",
            field="value",
        )
