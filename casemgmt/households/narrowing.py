"""What the list of households can be narrowed to beside unit, class and sponsor."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from casemgmt.organisations.models import Kind
from casemgmt.register.measures import POOR_ABLE_TO_EXIT, SPAN
from casemgmt.register.models import (
    Classification,
    Deprivation,
    Household,
    Indicator,
    Span,
    Standard,
)


@dataclass(frozen=True, slots=True)
class Traits:
    """What is asked of a household's state on a day. `protected` (BTXH) and `able` (poor and not
    BTXH, so able to exit) tell a private field: only for those who may see such. `lacks`: the
    code of a deprivation indicator."""

    minority: bool = False
    protected: bool = False
    able: bool = False
    member_of: Kind | None = None
    lacks: str = ""

    def conditions(self, day: date) -> Iterator[ColumnElement[bool]]:
        """The conditions on a row of the list, as of a day."""
        if self.minority:
            yield SPAN.minority
        if self.protected:
            yield SPAN.social_protection
        if self.able:
            yield POOR_ABLE_TO_EXIT.where
        if self.member_of is not None:
            yield Span.member_of == self.member_of
        if self.lacks:
            yield _lacks(self.lacks, day)


ANY = Traits()


def _lacks(indicator: str, day: date) -> ColumnElement[bool]:
    """The classification in force on the day found the household deprived of this."""
    newest = (
        select(func.max(Classification.starts))
        .where(Classification.household_id == Household.id, Classification.starts <= day)
        .correlate(Household)
        .scalar_subquery()
    )
    return (
        select(Deprivation.household_id)
        .where(
            Deprivation.household_id == Household.id,
            Deprivation.indicator_code == indicator,
            Deprivation.starts == newest,
        )
        .correlate(Household)
        .exists()
    )


def indicators_on(day: date) -> Select[*tuple[Any, ...]]:
    """The deprivation indicators of the standard in force on a day, in its order: code, name."""
    return (
        select(Indicator.code, Indicator.name)
        .join(Standard, Standard.code == Indicator.standard_code)
        .where(Standard.starts <= day, Standard.last_day >= day)
        .order_by(Indicator.position)
    )
