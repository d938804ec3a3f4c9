"""What was given (lists and sums; loans are never added to gifts), who was visited when, and what
is promised."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload, undefer

from casemgmt.places import queries as places
from casemgmt.register.lens import Lens
from casemgmt.register.measures import NEAR_POOR, POOR
from casemgmt.register.models import Household, Span
from casemgmt.support.models import Attachment, Promise, SupportAction, SupportKind, Visit

RECENT = timedelta(days=60)  # a listed household that nobody has visited since waits for a visit


def support_of(lens: Lens, household: int) -> Select[SupportAction]:
    """The support actions of a household up to the lens's day, newest first, voided ones too, each
    with its pictures."""
    return lens.scoped(
        select(SupportAction)
        .where(SupportAction.household_id == household, SupportAction.given_on <= lens.as_of)
        .options(selectinload(SupportAction.pictures))
        .order_by(SupportAction.given_on.desc(), SupportAction.id.desc()),
        SupportAction.household_id,
    )


def by_code(lens: Lens, code: str) -> Select[SupportAction]:
    """The support action of a code, where its household is in scope."""
    return lens.scoped(
        select(SupportAction).where(SupportAction.code == code), SupportAction.household_id
    )


def support_totals(
    lens: Lens,
    *,
    household: int | None = None,
    organisation: int | None = None,
    since: date | None = None,
) -> Select[*tuple[Any, ...]]:
    """One row over the support actions in scope that were not voided, given up to the lens's day
    (`since`: from this day on): gifts, gift_value, loans, loan_value (counts, and sums in đồng
    of those that were valued)."""
    loan, gift = SupportKind.is_loan, ~SupportKind.is_loan
    query = (
        select(
            func.count().filter(gift).label("gifts"),
            func.coalesce(func.sum(SupportAction.value).filter(gift), 0).label("gift_value"),
            func.count().filter(loan).label("loans"),
            func.coalesce(func.sum(SupportAction.value).filter(loan), 0).label("loan_value"),
        )
        .select_from(SupportAction)
        .join(SupportKind, SupportKind.name == SupportAction.kind_name)
        .where(SupportAction.voided_at.is_(None), SupportAction.given_on <= lens.as_of)
    )
    if household is not None:
        query = query.where(SupportAction.household_id == household)
    if organisation is not None:
        query = query.where(SupportAction.organisation_id == organisation)
    if since is not None:
        query = query.where(SupportAction.given_on >= since)
    return lens.scoped(query, SupportAction.household_id)


def kinds() -> Select[SupportKind]:
    """The kinds of support in the register's order."""
    return select(SupportKind).order_by(SupportKind.position, SupportKind.name)


# --- Visits --------------------------------------------------------------------------------------


def latest_visits(day: date) -> Subquery:
    """For each household its last visit up to a day that was not voided: household_id, visited_on,
    next_on. A query that joins it passes a lens itself."""
    newest = (Visit.visited_on.desc(), Visit.id.desc())
    place = func.row_number().over(partition_by=Visit.household_id, order_by=newest)
    visits = (
        select(Visit.household_id, Visit.visited_on, Visit.next_on, place.label("place"))
        .where(Visit.voided_at.is_(None), Visit.visited_on <= day)
        .subquery()
    )
    return (
        select(visits.c.household_id, visits.c.visited_on, visits.c.next_on)
        .where(visits.c.place == 1)
        .subquery("latest_visit")
    )


def visits_of(household: int, until: date | None = None) -> Select[Visit]:
    """The visits to a household that is in scope, newest first, voided ones too; `until`: made by
    that day. Each with its organisation and its pictures."""
    query = (
        select(Visit)
        .where(Visit.household_id == household)
        .options(joinedload(Visit.organisation), selectinload(Visit.pictures))
        .order_by(Visit.visited_on.desc(), Visit.id.desc())
        .execution_options(lens=f"household {household}")
    )
    return query if until is None else query.where(Visit.visited_on <= until)


def visit_by_number(lens: Lens, number: int) -> Select[Visit]:
    """The visit of a number, where its household is in scope."""
    return lens.scoped(select(Visit).where(Visit.id == number), Visit.household_id)


def entered_by(lens: Lens, name: str, since: datetime) -> Select[Visit]:
    """The visits in scope that this account wrote down since a moment, the newest first."""
    return lens.scoped(
        select(Visit)
        .where(Visit.recorded_by == name, Visit.recorded_at >= since)
        .options(joinedload(Visit.household), joinedload(Visit.organisation))
        .order_by(Visit.id.desc()),
        Visit.household_id,
    )


def by_typed_code(lens: Lens, typed: str) -> Select[Household]:
    """The households in scope that a typed code means: the one of this very code or, of a running
    number alone, those whose code ends in it, by code."""
    means = func.lower(Household.code) == typed.lower()
    if typed.isdecimal() and typed.isascii():
        means = or_(means, Household.code.endswith(f"-{typed:0>4}", autoescape=True))
    return lens.scoped(select(Household).where(means).order_by(Household.code))


def my_households(lens: Lens) -> Select[*tuple[Any, ...]]:
    """The households in scope on the lens's day by the day agreed for the next visit, those that
    are overdue first, those without such a day last: id, code, head_name, address, phone, village,
    class_, visited_on, next_on."""
    day = lens.as_of
    latest = latest_visits(day)
    query = (
        select(
            Household.id,
            Household.code,
            Household.head_name,
            lens.undated(Household.address),
            lens.undated(Household.phone),
            places.name_on(Span.village_id, day).label("village"),
            Span.class_,
            latest.c.visited_on,
            latest.c.next_on,
        )
        .select_from(Household)
        .outerjoin(Span, _on_the_day(day))
        .outerjoin(latest, latest.c.household_id == Household.id)
        .order_by(latest.c.next_on.asc().nulls_last(), Household.head_order, Household.code)
    )
    return lens.scoped(query)


def unvisited(lens: Lens, since: date) -> Select[*tuple[Any, ...]]:
    """The poor and near-poor households in scope on the lens's day that nobody visited from
    `since` until that day, those never visited first, then by their last visit: id, code,
    head_name, village, class_, visited_on."""
    day = lens.as_of
    latest = latest_visits(day)
    query = (
        select(
            Household.id,
            Household.code,
            Household.head_name,
            places.name_on(Span.village_id, day).label("village"),
            Span.class_,
            latest.c.visited_on,
        )
        .select_from(Span)
        .join(Household, _on_the_day(day))
        .outerjoin(latest, latest.c.household_id == Household.id)
        .where(
            or_(POOR.where, NEAR_POOR.where),
            or_(latest.c.visited_on.is_(None), latest.c.visited_on < since),
        )
        .order_by(latest.c.visited_on.asc().nulls_first(), Household.head_order, Household.code)
    )
    return lens.scoped(query)


def _on_the_day(day: date) -> ColumnElement[bool]:
    return and_(Span.household_id == Household.id, Span.starts <= day, Span.ends > day)


# --- Promises ------------------------------------------------------------------------------------


def promises_of(household: int, until: date | None = None) -> Select[Promise]:
    """The promises to a household that is in scope, newest first, with their organisation and the
    support that kept them; `until`: made by that day."""
    query = (
        select(Promise)
        .where(Promise.household_id == household)
        .options(joinedload(Promise.organisation), joinedload(Promise.kept_by))
        .order_by(Promise.promised_on.desc(), Promise.id.desc())
        .execution_options(lens=f"household {household}")
    )
    return query if until is None else query.where(Promise.promised_on <= until)


def open_promises(lens: Lens) -> Select[Promise]:
    """The promises in scope that were made by the lens's day and are neither kept nor dropped, by
    the day on which they are due: those past it first. With their household and organisation."""
    return lens.scoped(
        select(Promise)
        .where(
            Promise.kept_by_id.is_(None),
            Promise.dropped_on.is_(None),
            Promise.promised_on <= lens.as_of,
        )
        .options(joinedload(Promise.household), joinedload(Promise.organisation))
        .order_by(Promise.due_on, Promise.id),
        Promise.household_id,
    )


def promise_by_number(lens: Lens, number: int) -> Select[Promise]:
    """The promise of a number, where its household is in scope."""
    return lens.scoped(select(Promise).where(Promise.id == number), Promise.household_id)


def kept_by(action: SupportAction) -> Select[Promise]:
    """The promise that a support action in scope has kept, if any."""
    return (
        select(Promise)
        .where(Promise.kept_by_id == action.id)
        .execution_options(lens=f"household {action.household_id}")
    )


# --- Pictures ------------------------------------------------------------------------------------


def attachment_by_number(lens: Lens, number: int) -> Select[Attachment]:
    """The picture or paper of a number, where its household is in scope: today, or on the lens's
    day if it shows a visit or a support action of by then. The papers of reviews only for those
    who may see what is private."""
    visits = select(Visit.id).where(Visit.visited_on <= lens.as_of)
    given = select(SupportAction.id).where(SupportAction.given_on <= lens.as_of)
    query = select(Attachment).where(
        Attachment.id == number,
        or_(
            lens.sees_today(Attachment.household_id),
            Attachment.visit_id.in_(visits),
            Attachment.action_id.in_(given),
        ),
    )
    if not lens.private:
        query = query.where(
            or_(Attachment.visit_id.is_not(None), Attachment.action_id.is_not(None))
        )
    return lens.scoped(query.options(undefer(Attachment.content)), Attachment.household_id)
