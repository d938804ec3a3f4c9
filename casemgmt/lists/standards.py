"""Chuẩn nghèo: acts on the poverty standards. What was classified by a standard stays so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from casemgmt.audit import trail
from casemgmt.errors import RuleBroken
from casemgmt.register.models import Classification, Indicator, Standard
from casemgmt.register.rules import ordered, said
from casemgmt.register.scoring import POINTS_EACH
from casemgmt.typed import parse_code, show_date
from casemgmt.vietnamese import clean
from casemgmt.words import _

LONGEST_CODE = 10


@dataclass(frozen=True, slots=True)
class Content:
    """What a standard says. Lines in đồng per person and month; cuts: the highest B1 points of a
    household under the line, None where it is not scored so; `indicators`: code → name."""

    name: str
    document: str
    last_day: date
    line_rural: int
    line_urban: int
    cut_rural: int | None
    cut_urban: int | None
    least_b2: int | None
    indicators: Mapping[str, str]


def standards() -> Select[Standard]:
    """All standards with their indicators, newest first."""
    return (
        select(Standard).options(selectinload(Standard.indicators)).order_by(Standard.starts.desc())
    )


def add_standard(
    session: Session, *, code: str, starts: date, content: Content, reason: str
) -> Standard:
    """A standard that follows all others, with the indicators of the one before it under these
    names; one whose name is blank is left out."""
    why = said(reason)
    code = _free_code(session, code)
    newest = session.scalars(standards()).first()
    if newest is not None and starts <= newest.last_day:
        raise RuleBroken(
            _(
                "Chuẩn nghèo sau phải bắt đầu sau {day}, ngày cuối của {name}.",
                day=show_date(newest.last_day),
                name=newest.name,
            ),
            field="starts",
        )
    ordered(starts, content.last_day)
    with trail.because(session, why):
        standard = Standard(code=code, starts=starts)
        _write(standard, content)
        session.add(standard)
        session.flush()
        for indicator in newest.indicators if newest else ():
            if name := clean(content.indicators.get(indicator.code, "")):
                session.add(
                    Indicator(
                        standard_code=code,
                        code=indicator.code,
                        position=indicator.position,
                        name=name,
                        dimension=indicator.dimension,
                    )
                )
    session.expire(standard, ["indicators"])
    return standard


def edit_standard(session: Session, standard: Standard, *, content: Content, reason: str) -> None:
    """Correct what a standard says. Its first day stays; it ends before the next one begins and
    not before the newest classification that follows it; every indicator keeps a name."""
    why = said(reason)
    ordered(standard.starts, content.last_day)
    _meets_no_other(session, standard, content.last_day)
    _covers_what_follows_it(session, standard, content.last_day)
    with trail.because(session, why):
        _write(standard, content)
        for indicator in standard.indicators:
            name = clean(content.indicators.get(indicator.code, indicator.name))
            if not name:
                raise RuleBroken(
                    _("Chỉ số {name} cần có tên.", name=indicator.name),
                    field=f"indicator_{indicator.code}",
                )
            indicator.name = name


def _write(standard: Standard, content: Content) -> None:
    for name in ("name", "document"):
        if not clean(getattr(content, name)):
            raise RuleBroken(_("Cần điền ô này."), field=name)
        setattr(standard, name, clean(getattr(content, name)))
    if content.least_b2 is not None and content.least_b2 % POINTS_EACH:
        raise RuleBroken(_("Điểm B2 là bội số của 10."), field="least_b2")
    standard.last_day = content.last_day
    standard.line_rural, standard.line_urban = content.line_rural, content.line_urban
    standard.cut_rural, standard.cut_urban = content.cut_rural, content.cut_urban
    standard.least_b2 = content.least_b2


def _free_code(session: Session, code: str) -> str:
    try:
        code = parse_code(code)
    except ValueError as wrong:
        raise RuleBroken(_("Mã: {wrong}.", wrong=_(str(wrong))), field="code") from None
    if len(code) > LONGEST_CODE:
        raise RuleBroken(_("Mã dài nhất {n} ký tự.", n=LONGEST_CODE), field="code")
    if session.get(Standard, code) is not None:
        raise RuleBroken(_("Đã có chuẩn nghèo mang mã {code}.", code=code), field="code")
    return code


def _meets_no_other(session: Session, standard: Standard, last_day: date) -> None:
    following = session.scalar(
        select(func.min(Standard.starts)).where(Standard.starts > standard.starts)
    )
    if following is not None and last_day >= following:
        raise RuleBroken(
            _("Chuẩn nghèo sau bắt đầu từ {day}.", day=show_date(following)), field="last_day"
        )


def _covers_what_follows_it(session: Session, standard: Standard, last_day: date) -> None:
    """Asked of the whole register, but only for a day: it names nobody."""
    table = Classification.__table__.c
    newest = session.connection().scalar(
        select(func.max(table.starts)).where(table.standard_code == standard.code)
    )
    if newest is not None and last_day < newest:
        raise RuleBroken(
            _("Có hộ được phân loại theo chuẩn này từ ngày {day}.", day=show_date(newest)),
            field="last_day",
        )
