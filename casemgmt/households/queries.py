"""Households: the list and its search, one household's file, and what an act may write to."""

from collections.abc import Collection
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import aliased

from casemgmt.households.models import JoinedRecord
from casemgmt.households.narrowing import ANY, Traits
from casemgmt.organisations.models import Kind, Organisation
from casemgmt.places import queries as places
from casemgmt.register.doubts import outlasting_stays
from casemgmt.register.lens import Lens
from casemgmt.register.models import (
    Class,
    Classification,
    Household,
    Member,
    Span,
    Stay,
    citizen_digest,
    tail_digest,
)
from casemgmt.typed import parse_phone
from casemgmt.vietnamese import clean, fold

_LEAST_DIGITS = 3  # of a phone number, to search by
_TAIL = 4  # last digits of a CCCD


def listed(
    lens: Lens,
    *,
    q: str | None = None,
    unit: int | None = None,
    class_: Class | None = None,
    sponsor: int | None = None,
    unsponsored: bool = False,
    villages: Collection[int] = (),
    traits: Traits = ANY,
) -> Select[*tuple[Any, ...]]:
    """The households in scope that live in the register on the lens's day (an organisation also
    sees those that it leads or supports while they live nowhere: village_id None), by name as on
    a Vietnamese roll. Columns: id, code, head_name, address, phone, village_id, village (its name
    on the day), class_, minority, social_protection, merit, lead_sponsor (id), lead_kind, lead
    (name). `q`: see `matching`; `villages`: also those who live in these, which `q` names; `unit`:
    in a village under this unit on the day; `sponsor`: led by this organisation; `unsponsored`:
    led by none; `traits`: of this state. Page with .limit/.offset, count with `counted`."""
    query = _narrowed(lens, unit, class_, sponsor, unsponsored, traits)
    # What people look for is never kept: a CCCD's digest also depends on the register's key.
    if not q or not clean(q):
        return query
    found = matching(lens, q)
    return query.where(or_(found, Span.village_id.in_(sorted(villages))) if villages else found)


@lru_cache(maxsize=256)  # built once, run often
def _narrowed(
    lens: Lens,
    unit: int | None,
    class_: Class | None,
    sponsor: int | None,
    unsponsored: bool,
    traits: Traits,
) -> Select[*tuple[Any, ...]]:
    day = lens.as_of
    on = and_(Span.household_id == Household.id, Span.starts <= day, Span.ends > day)
    lead = select(Organisation.name).where(Organisation.id == Span.lead_sponsor)
    query: Select[*tuple[Any, ...]] = select(
        Household.id,
        Household.code,
        Household.head_name,
        lens.undated(Household.address),
        lens.undated(Household.phone),
        Span.village_id,
        places.name_on(Span.village_id, day).label("village"),
        Span.class_,
        Span.minority,
        Span.social_protection,
        Span.merit,
        Span.lead_sponsor,
        Span.lead_kind,
        lead.scalar_subquery().label("lead"),
    )
    query = query.order_by(Household.head_order, Household.code)
    query = _in_scope(lens, query, on)
    for condition in (
        *_filters(lens, unit, class_, sponsor, unsponsored),
        *traits.conditions(day),
    ):
        query = query.where(condition)
    return query


def counted(query: Select[*tuple[Any, ...]]) -> Select[int]:
    """How many rows a list has."""
    return query.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)


def _in_scope(
    lens: Lens, query: Select[*tuple[Any, ...]], on: ColumnElement[bool]
) -> Select[*tuple[Any, ...]]:
    """Start from the stretches of the scope's villages where scope and state are of one day:
    what else the register holds is then not touched."""
    lives_in_scope = lens.scope_day == lens.as_of and not lens.organisations
    if lives_in_scope and lens.villages is not None:
        query = query.select_from(Span).join(Household, on)
        return query.where(Span.village_id.in_(sorted(lens.villages))).execution_options(lens=lens)
    if lens.sees_all:
        return query.select_from(Span).join(Household, on).execution_options(lens=lens)
    return lens.scoped(query.select_from(Household).outerjoin(Span, on))


def _filters(
    lens: Lens, unit: int | None, class_: Class | None, sponsor: int | None, unsponsored: bool
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if unit is not None:
        found.append(Span.village_id.in_(places.villages_under(unit, lens.as_of).order_by(None)))
    if class_ is not None:
        found.append(Span.class_ == class_)
    if sponsor is not None:
        found.append(Span.lead_sponsor == sponsor)
    if unsponsored:
        found.append(Span.lead_kind == Kind.NONE)
    return found


def matching(lens: Lens, q: str) -> ColumnElement[bool]:
    """The condition that a household answers a search: each word begins a word of the head's
    name, or each a word of one member's name (in any order, with or without diacritics); or the
    code begins so; or the phone number has these digits; or, for those who may see it, a member's
    CCCD is this or ends in these four digits."""
    text = clean(q)
    code = func.lower(Household.code)
    ways: list[ColumnElement[bool]] = [code.startswith(text.lower(), autoescape=True)]
    if words := fold(text).split():
        ways += [
            and_(*(_begins_a_word(Household.head_search, word) for word in words)),
            _has_member(
                and_(
                    *(_begins_a_word(Member.name_search, word) for word in words),
                    belongs_on(lens.as_of),
                )
            ),
        ]
    digits = "".join(letter for letter in text if letter not in " .-+()")
    if digits.isdecimal() and len(digits) >= _LEAST_DIGITS:
        phone = lens.undated(Household.phone)
        ways.append(phone.contains(_phone(digits), autoescape=True))
        if lens.private and len(digits) == _TAIL:
            ways.append(_has_member(Member.tail_digest == tail_digest(digits)))
        if lens.private and len(digits) in (9, 12):
            ways.append(_has_member(Member.citizen_digest == citizen_digest(digits)))
    return or_(*ways)


def _begins_a_word(column: Any, word: str) -> ColumnElement[bool]:
    padded: ColumnElement[bool] = (" " + column).contains(f" {word}", autoescape=True)
    return padded


def _has_member(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(Member.id).where(Member.household_id == Household.id, condition).exists()


def _phone(digits: str) -> str:
    try:
        return parse_phone(digits)
    except ValueError:
        return digits


def found_by_citizen_tail(lens: Lens, digits: str) -> Select[Household]:
    """The households in scope with a member whose CCCD is this (9 or 12 digits) or ends in these
    (4 digits), by code. Nobody who may not see CCCD finds any household so."""
    if len(digits) == 4:
        same_digits = Member.tail_digest == tail_digest(digits)
    else:
        same_digits = Member.citizen_digest == citizen_digest(digits)
    condition = _has_member(same_digits) if lens.private else false()
    return lens.scoped(select(Household).where(condition).order_by(Household.code))


def household_by_code(lens: Lens, code: str) -> Select[Household]:
    """The household of a code, where it is in scope."""
    return lens.scoped(select(Household).where(Household.code == code))


def joined_into(lens: Lens, code: str) -> Select[Household]:
    """The household in scope into whose record the record of a code was joined: where an address
    with the old code leads."""
    joined = aliased(Household)
    return lens.scoped(
        select(Household)
        .join(JoinedRecord, JoinedRecord.into_id == Household.id)
        .join(joined, joined.id == JoinedRecord.household_id)
        .where(joined.code == code)
    )


def timeline_of(lens: Lens, household: int) -> Select[*tuple[Any, ...]]:
    """The timeline of a household as far as the lens's day, oldest first: starts, ends
    (exclusive), village_id, village, class_, minority, social_protection, merit, member_of,
    lead_sponsor, lead_kind, lead (name)."""
    lead = select(Organisation.name).where(Organisation.id == Span.lead_sponsor)
    query = (
        select(
            Span.starts,
            Span.ends,
            Span.village_id,
            places.name_on(Span.village_id, Span.starts).label("village"),
            Span.class_,
            Span.minority,
            Span.social_protection,
            Span.merit,
            Span.member_of,
            Span.lead_sponsor,
            Span.lead_kind,
            lead.scalar_subquery().label("lead"),
        )
        .where(Span.household_id == household, Span.starts <= lens.as_of)
        .order_by(Span.starts)
    )
    return lens.scoped(query, Span.household_id)


def stays_of(lens: Lens, household: int) -> Select[Stay]:
    """Where a household lived, as far as the lens's day, newest first."""
    return lens.scoped(
        select(Stay)
        .where(Stay.household_id == household, Stay.starts <= lens.as_of)
        .order_by(Stay.starts.desc()),
        Stay.household_id,
    )


def classifications_of(lens: Lens, household: int) -> Select[Classification]:
    """How a household was classified, as far as the lens's day, newest first."""
    return lens.scoped(
        select(Classification)
        .where(Classification.household_id == household, Classification.starts <= lens.as_of)
        .order_by(Classification.starts.desc()),
        Classification.household_id,
    )


def members_of(lens: Lens, household: int, *, former: bool = False) -> Select[Member]:
    """The members of a household on the lens's day in the order in which they were entered, or
    (`former`) those who had left by then."""
    condition = Member.last_day < lens.as_of if former else belongs_on(lens.as_of)
    return lens.scoped(
        select(Member).where(Member.household_id == household, condition).order_by(Member.id),
        Member.household_id,
    )


def belongs_on(day: date) -> ColumnElement[bool]:
    """Of a member: belongs to the household on a day."""
    return and_(
        or_(Member.starts.is_(None), Member.starts <= day),
        or_(Member.last_day.is_(None), Member.last_day >= day),
    )


def households_of_citizen(digest: str, day: date) -> Select[int]:
    """In how many households of the register the CCCD of a digest stands on a day: a reason to
    warn, but never to name one. Counts only, so it needs no scope."""
    others = select(func.count(Member.household_id.distinct())).where(
        Member.citizen_digest == digest,
        belongs_on(day),
    )
    return others.execution_options(lens=Lens.everyone(day))


def outlasting(lens: Lens) -> Select[*tuple[Any, ...]]:
    """The households in scope whose stay outlasts its village: code, village (its code), ends
    (the first day without it; None: it never was a village)."""
    return lens.scoped(outlasting_stays(), Span.household_id)
