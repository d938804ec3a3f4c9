"""What stands on the papers: an organisation's households and what it did for each."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, select

from casemgmt.organisations.models import Organisation
from casemgmt.register.lens import Lens
from casemgmt.register.models import Household, Lead, Span
from casemgmt.support.models import Promise, SupportAction, SupportKind, Visit


def leading(lens: Lens, organisations: Collection[int] = ()) -> Select[Organisation]:
    """The organisations (of these alone) that lead a household in scope on the lens's day."""
    led = lens.scoped(
        select(Span.lead_sponsor).where(*_on_the_day(lens), Span.lead_sponsor.is_not(None)),
        Span.household_id,
    )
    query = (
        select(Organisation)
        .where(Organisation.id.in_(led))
        .order_by(Organisation.code)
        .execution_options(lens=lens)
    )
    return query.where(Organisation.id.in_(sorted(organisations))) if organisations else query


def led_by(lens: Lens, organisation: int) -> Select[*tuple[Any, ...]]:
    """The households in scope that an organisation leads on the lens's day, by village and name:
    id, code, head_name, village_id, class_, since."""
    newest = (
        select(func.max(Lead.starts))
        .where(Lead.household_id == Span.household_id, Lead.starts <= lens.as_of)
        .correlate(Span)
        .scalar_subquery()
    )
    query = (
        select(
            Household.id,
            Household.code,
            Household.head_name,
            Span.village_id,
            Span.class_,
            Lead.starts.label("since"),
        )
        .join(Household, Household.id == Span.household_id)
        .join(Lead, and_(Lead.household_id == Span.household_id, Lead.starts == newest))
        .where(*_on_the_day(lens), Span.lead_sponsor == organisation)
        .order_by(Household.head_order, Household.code)
    )
    return lens.scoped(query, Span.household_id)


def visits_by(lens: Lens, organisation: int, since: date) -> Select[*tuple[Any, ...]]:
    """How often and when last an organisation visited each household in scope, from `since` to the
    lens's day: household_id, n, last."""
    query = (
        select(Visit.household_id, func.count(), func.max(Visit.visited_on))
        .where(
            Visit.organisation_id == organisation,
            Visit.voided_at.is_(None),
            Visit.visited_on >= since,
            Visit.visited_on <= lens.as_of,
        )
        .group_by(Visit.household_id)
        .order_by(Visit.household_id)
    )
    return lens.scoped(query, Visit.household_id)


def support_by(lens: Lens, organisation: int, since: date) -> Select[*tuple[Any, ...]]:
    """What an organisation gave each household in scope, from `since` to the lens's day; loans
    apart: household_id, gifts, gift_value, loans, loan_value (đồng)."""
    loan, gift = SupportKind.is_loan, ~SupportKind.is_loan
    query = (
        select(
            SupportAction.household_id,
            func.count().filter(gift),
            func.coalesce(func.sum(SupportAction.value).filter(gift), 0),
            func.count().filter(loan),
            func.coalesce(func.sum(SupportAction.value).filter(loan), 0),
        )
        .join(SupportKind, SupportKind.name == SupportAction.kind_name)
        .where(
            SupportAction.organisation_id == organisation,
            SupportAction.voided_at.is_(None),
            SupportAction.given_on >= since,
            SupportAction.given_on <= lens.as_of,
        )
        .group_by(SupportAction.household_id)
        .order_by(SupportAction.household_id)
    )
    return lens.scoped(query, SupportAction.household_id)


def promises_by(lens: Lens, organisation: int) -> Select[*tuple[Any, ...]]:
    """How many promises of an organisation to each household in scope are neither kept nor
    dropped: household_id, n."""
    query = (
        select(Promise.household_id, func.count())
        .where(
            Promise.organisation_id == organisation,
            Promise.promised_on <= lens.as_of,
            Promise.kept_by_id.is_(None),
            Promise.dropped_on.is_(None),
        )
        .group_by(Promise.household_id)
        .order_by(Promise.household_id)
    )
    return lens.scoped(query, Promise.household_id)


def last_visits(lens: Lens, households: Collection[int]) -> Select[*tuple[Any, ...]]:
    """Of these households in scope the last visit of anybody up to the lens's day: household_id,
    last."""
    query = (
        select(Visit.household_id, func.max(Visit.visited_on))
        .where(
            Visit.household_id.in_(sorted(households)),
            Visit.voided_at.is_(None),
            Visit.visited_on <= lens.as_of,
        )
        .group_by(Visit.household_id)
        .order_by(Visit.household_id)
    )
    return lens.scoped(query, Visit.household_id)


def _on_the_day(lens: Lens) -> tuple[Any, ...]:
    return (Span.starts <= lens.as_of, Span.ends > lens.as_of)
