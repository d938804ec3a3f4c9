"""What was given: lists and sums. Loans are never added to gifts."""

from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from casemgmt.register.lens import Lens
from casemgmt.support.models import SupportAction, SupportKind


def support_of(lens: Lens, household: int) -> Select[SupportAction]:
    """The support actions of a household up to the lens's day, newest first, voided ones too."""
    return lens.scoped(
        select(SupportAction)
        .where(SupportAction.household_id == household, SupportAction.given_on <= lens.as_of)
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
