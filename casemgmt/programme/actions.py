"""The programme of a year: set targets, register households to exit by name."""

from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt import clock
from casemgmt.audit import trail
from casemgmt.errors import RuleBroken
from casemgmt.places.models import Unit
from casemgmt.programme import queries
from casemgmt.programme.models import RegisteredExit, Target, TargetAmendment, TargetKind
from casemgmt.register.lens import already_seen
from casemgmt.register.measures import POOR
from casemgmt.register.models import Household, Span
from casemgmt.vietnamese import clean
from casemgmt.words import _

FIRST_YEAR, LAST_YEAR = 1990, 2100


def set_target(
    session: Session,
    *,
    year: int,
    unit: Unit,
    kind: TargetKind,
    value: Decimal | None,
    document: str | None = None,
    reason: str | None = None,
) -> Target | None:
    """What a unit is assigned for a year, by which document; None takes the target away. Counts
    are whole; the reduction of the poverty rate is in percentage points. What a target was before
    it is changed is kept, with the one who changes it, and why where no new document says it."""
    _check_year(year)
    if value is not None:
        _check_value(kind, value)
    document = clean(document or "") or None
    target = session.get(Target, (year, unit.id, kind))
    before = (target.value, target.document) if target else (None, None)
    if before == (value, document) or (target is None and value is None):
        return target
    if target is not None or _was_amended(session, year, unit, kind):
        _amend(session, (year, unit, kind), before, clean(reason or "") or None)
    with trail.because(session, reason):
        if value is None:
            session.delete(target)
            return None
        if target is None:
            target = Target(year=year, unit_id=unit.id, kind=kind)
            session.add(target)
        target.value, target.document = value, document
    return target


def _was_amended(session: Session, year: int, unit: Unit, kind: TargetKind) -> bool:
    return session.scalar(queries.amendments(year, unit=unit.id, kind=kind).limit(1)) is not None


def _amend(
    session: Session,
    which: tuple[int, Unit, TargetKind],
    before: tuple[Decimal | None, str | None],
    reason: str | None,
) -> None:
    year, unit, kind = which
    session.add(
        TargetAmendment(
            year=year,
            unit_id=unit.id,
            kind=kind,
            value=before[0],
            document=before[1],
            reason=reason,
            amended_at=clock.now(),
            amended_by=trail.actor(session),
        )
    )


def register_exit(session: Session, household: Household, *, year: int) -> RegisteredExit:
    """Register a household by name to leave poverty in a year: it is poor at the end of the year
    before or on some day of the year."""
    _check_year(year)
    if session.get(RegisteredExit, (year, household.id), execution_options=already_seen(household)):
        raise RuleBroken(_("Hộ đã đăng ký thoát nghèo năm {year}.", year=year), field="year")
    poor = select(Span.household_id).where(
        Span.household_id == household.id,
        POOR.where,
        Span.starts <= date(year, 12, 31),
        Span.ends > date(year - 1, 12, 31),
    )
    if session.scalar(poor.limit(1), execution_options=already_seen(household)) is None:
        raise RuleBroken(_("Hộ không phải hộ nghèo trong năm {year}.", year=year), field="year")
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
        raise RuleBroken(_("Hộ không đăng ký thoát nghèo năm {year}.", year=year), field="year")
    session.delete(row)
    session.flush()


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise RuleBroken(
            _("Năm từ {first} đến {last}.", first=FIRST_YEAR, last=LAST_YEAR), field="year"
        )


def _check_value(kind: TargetKind, value: Decimal) -> None:
    whole = kind is not TargetKind.POVERTY_RATE_REDUCTION
    if value < 0 or (value * 1000) % 1 or (whole and value % 1):
        raise RuleBroken(
            _("Chỉ tiêu là số nguyên từ 0 trở lên.")
            if whole
            else _("Chỉ tiêu từ 0 trở lên, tối đa 3 chữ số thập phân."),
            field="value",
        )
