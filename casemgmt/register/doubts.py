"""What `casemgmt check` finds doubtful: data for a person to look at, no broken promise.

`within`: a condition on `Household.id`, to look at some households alone."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from casemgmt.db import FOREVER
from casemgmt.organisations.models import Kind
from casemgmt.places import queries as places
from casemgmt.places.models import Area, Lies, Tier, Unit
from casemgmt.register.findings import Finding, doubt
from casemgmt.register.measures import POOR
from casemgmt.register.models import (
    Class,
    Classification,
    Household,
    Lead,
    Member,
    Relation,
    Span,
    Standard,
    Stay,
    Supporter,
)
from casemgmt.register.scoring import implied_class
from casemgmt.typed import show_date
from casemgmt.vietnamese import same
from casemgmt.words import N_, _

EVERYWHERE: ColumnElement[bool] = true()
_AT_ONCE = 2000  # rows in memory


_OVERLAPS = (
    (Stay, N_("Hộ {code}: lần cư trú từ {day} chồng lên lần sau.")),
    (Lead, N_("Hộ {code}: lần đỡ đầu chính từ {day} chồng lên lần sau.")),
    (Supporter, N_("Hộ {code}: lần phối hợp từ {day} chồng lên lần sau.")),
)


def _streamed(connection: Connection, query: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    with connection.execute(query.execution_options(yield_per=_AT_ONCE)) as rows:
        yield from rows


def overlapping(
    connection: Connection, within: ColumnElement[bool] = EVERYWHERE
) -> Iterator[Finding]:
    """A written last day reaches the next row of the same subject: the timeline cuts it, but one
    of the two dates is wrong."""
    for model, sentence in _OVERLAPS:
        row: Any = model
        later: Any = aliased(model)
        meets = [
            later.household_id == row.household_id,
            later.starts > row.starts,
            later.starts <= func.coalesce(row.last_day, FOREVER)
            if model is Supporter
            else later.starts <= row.last_day,
        ]
        if model is Supporter:
            meets.append(later.organisation_id == row.organisation_id)
        query = (
            select(Household.code, row.starts)
            .join(Household, Household.id == row.household_id)
            .where(exists().where(*meets), within)
            .order_by(Household.code, row.starts)
        )
        for code, starts in _streamed(connection, query):
            yield doubt("overlap", _(sentence, code=code, day=show_date(starts)), code)


def outlasting_stays() -> Select[*tuple[Any, ...]]:
    """Households whose stay outlasts its village (or whose home was never a village): code,
    village code, last day of the village (None: never one), by code."""
    stood = (
        select(func.max(Lies.ends))
        .where(
            Lies.within_id == Span.village_id,
            Lies.unit_id == Span.village_id,
            Lies.tier == Tier.VILLAGE,
        )
        .scalar_subquery()
    )
    return (
        select(Household.code, Unit.code.label("village"), stood.label("ends"))
        .select_from(Span)
        .join(Household, Household.id == Span.household_id)
        .join(Unit, Unit.id == Span.village_id)
        .where(or_(stood.is_(None), Span.ends > stood))
        .distinct()
        .order_by(Household.code, Unit.code)
    )


def outlasting(
    connection: Connection, within: ColumnElement[bool] = EVERYWHERE
) -> Iterator[Finding]:
    """A stay outlasts its village."""
    gone = N_("Hộ {code} còn cư trú ở {village}, nơi này không còn từ {day}.")
    never = N_("Hộ {code} còn cư trú ở {village}, nơi này không phải thôn, bản, khu phố.")
    for code, village, ends in _streamed(connection, outlasting_stays().where(within)):
        day = show_date(ends) if ends else ""
        yield doubt(
            "outlasts", _(gone if ends else never, code=code, village=village, day=day), code
        )


def _here(today: date) -> Any:
    """The member belongs to the household after today too: who died or left today is gone."""
    return and_(
        or_(Member.starts.is_(None), Member.starts <= today),
        or_(Member.last_day.is_(None), Member.last_day > today),
    )


def _living(today: date) -> Any:
    return and_(Span.household_id == Household.id, Span.starts <= today, Span.ends > today)


def heads(
    connection: Connection, today: date, within: ColumnElement[bool] = EVERYWHERE
) -> Iterator[Finding]:
    """A household that lives in the register and has members has one head, who bears the
    household's name."""
    head = Member.relation == Relation.HEAD
    query = (
        select(
            Household.code,
            Household.head_name,
            func.count().filter(head).label("heads"),
            func.max(Member.name).filter(head).label("name"),
        )
        .select_from(Household)
        .join(Span, _living(today))
        .join(Member, and_(Member.household_id == Household.id, _here(today)))
        .where(within)
        .group_by(Household.id, Household.code, Household.head_name)
        .order_by(Household.id)
    )
    for code, called, number, name in _streamed(connection, query):
        if number == 0:
            yield doubt("heads", _("Hộ {code} không có thành viên nào là chủ hộ.", code=code), code)
        elif number != 1:
            sentence = _("Hộ {code} có {n} thành viên là chủ hộ.", code=code, n=number)
            yield doubt("heads", sentence, code)
        elif same(name) != same(called):
            sentence = N_("Hộ {code} ghi chủ hộ là {called}, trong danh sách là {name}.")
            yield doubt("heads", _(sentence, code=code, called=called, name=name), code)


def without_members(
    connection: Connection, today: date, within: ColumnElement[bool] = EVERYWHERE
) -> Iterator[Finding]:
    """Households that live in the register and have no members, by village."""
    query = _by_village(today).where(
        ~exists().where(Member.household_id == Household.id, _here(today)), within
    )
    sentence = N_("{village}: {n} hộ chưa có thành viên nào.")
    for village, codes in _grouped(connection, query):
        yield doubt("no_members", _(sentence, village=village, n=len(codes)), *codes)


def without_lead(connection: Connection, today: date) -> Iterator[Finding]:
    """Poor households without a lead sponsor, by village."""
    query = _by_village(today).where(POOR.where, Span.lead_kind == Kind.NONE)
    sentence = N_("{village}: {n} hộ nghèo chưa có đơn vị đỡ đầu chính.")
    for village, codes in _grouped(connection, query):
        yield doubt("no_lead", _(sentence, village=village, n=len(codes)), *codes)


def _by_village(today: date) -> Select[*tuple[Any, ...]]:
    return (
        select(Unit.code.label("village"), Household.code)
        .select_from(Span)
        .join(Household, _living(today))
        .join(Unit, Unit.id == Span.village_id)
        .order_by(Unit.code, Household.code)
    )


def _grouped(
    connection: Connection, query: Select[*tuple[Any, ...]]
) -> Iterator[tuple[str, list[str]]]:
    for village, rows in groupby(_streamed(connection, query), key=lambda row: row.village):
        yield village, [row.code for row in rows]


def citizens_twice(
    connection: Connection, today: date, within: ColumnElement[bool] = EVERYWHERE
) -> Iterator[Finding]:
    """One CCCD in two households at once, or twice in one. Of a household that is not `within` is
    said only that there is one."""
    twice = (
        select(Member.citizen_digest)
        .where(Member.citizen_digest.is_not(None), _here(today))
        .group_by(Member.citizen_digest)
        .having(func.count() > 1)
    )
    query = (
        select(Member.citizen_digest, Household.code)
        .join(Household, Household.id == Member.household_id)
        .where(Member.citizen_digest.in_(twice), _here(today), within)
        .order_by(Member.citizen_digest, Household.code)
    )
    for _digest, rows in groupby(_streamed(connection, query), key=lambda row: row.citizen_digest):
        codes = [row.code for row in rows]
        if len(codes) > 1:
            sentence = _("Một số CCCD có ở các hộ {codes}.", codes=", ".join(codes))
        else:
            sentence = _("Một số CCCD của hộ {code} cũng có ở một hộ khác.", code=codes[0])
        yield doubt("citizen_twice", sentence, *codes)


def scores(session: Session, within: ColumnElement[bool] = EVERYWHERE) -> Iterator[Finding]:
    """The scores imply another class, and no reason is given."""
    standards = {standard.code: standard for standard in session.scalars(select(Standard))}
    query = (
        select(
            Household.code,
            Classification.starts,
            Classification.class_.label("class_"),
            Classification.standard_code,
            Classification.score_b1,
            Classification.score_b2,
            Span.village_id,
        )
        .select_from(Classification)
        .join(Household, Household.id == Classification.household_id)
        .join(
            Span,
            and_(
                Span.household_id == Classification.household_id,
                Span.starts <= Classification.starts,
                Span.ends > Classification.starts,
            ),
        )
        .where(
            Classification.score_b1.is_not(None),
            Classification.score_b2.is_not(None),
            Classification.standard_code.is_not(None),
            Classification.reason.is_(None),
            within,
        )
        .order_by(Classification.household_id, Classification.starts)
    )

    @cache
    def area(village: int, day: date) -> Area:
        return places.area_on(session, session.get_one(Unit, village), day)

    for row in _streamed(session.connection(), query):
        implied = _implied(standards[row.standard_code], row, area)
        if implied is not None and implied is not row.class_:
            sentence = _(
                "Hộ {code} từ {day}: điểm cho thấy là {implied}, ghi là {written}.",
                code=row.code,
                day=show_date(row.starts),
                implied=_(implied.label).lower(),
                written=_(row.class_.label).lower(),
            )
            yield doubt("scores", sentence, row.code)


def _implied(standard: Standard, row: Any, area: Any) -> Class | None:
    """The class that the scores imply; where it lies is asked only when it makes a difference."""

    def implied(where: Area) -> Class | None:
        return implied_class(standard, area=where, score_b1=row.score_b1, score_b2=row.score_b2)

    anywhere = {implied(where) for where in Area}
    return anywhere.pop() if len(anywhere) == 1 else implied(area(row.village_id, row.starts))


def merit(
    connection: Connection, today: date, within: ColumnElement[bool] = EVERYWHERE
) -> Iterator[Finding]:
    """A poor household of persons of merit: the programme promises that there is none."""
    query = (
        select(Household.code)
        .select_from(Span)
        .join(Household, _living(today))
        .where(POOR.where, Span.merit, within)
        .order_by(Household.code)
    )
    for (code,) in _streamed(connection, query):
        yield doubt("merit", _("Hộ {code} là hộ nghèo có người có công.", code=code), code)
