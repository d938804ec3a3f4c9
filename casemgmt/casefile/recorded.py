"""What an entry of the trail says was changed, in the words of the screens."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Enum, Select, select
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from casemgmt.casefile.subjects import LABELS, UNTOLD
from casemgmt.db import Base, Moment, Thousandths
from casemgmt.organisations.models import Organisation
from casemgmt.places.models import UnitPeriod
from casemgmt.register.models import Household, Indicator
from casemgmt.web import showing
from casemgmt.web.asking import lens_to_write
from casemgmt.words import _


@dataclass(frozen=True, slots=True)
class Line:
    """One value that an entry holds: what it is, how it was and how it is; None: there was none, or
    there is none any more."""

    label: str
    before: str | None
    after: str | None


class Reader:
    """Puts entries into words. What they name by a number is looked up once, on a page."""

    def __init__(self, session: Session, entries: Iterable[Mapping[str, Any]]) -> None:
        named = defaultdict[str, set[Any]](set)
        for changes in entries:
            for name in changes.keys() & _NAMED.keys():
                named[name].update(one for one in changes[name] if one is not None)
        self.names: dict[str, dict[Any, str]] = {
            name: {number: called for number, called in session.execute(_NAMED[name](numbers))}
            for name, numbers in named.items()
        }

    def lines(self, subject: str, changes: Mapping[str, Any]) -> list[Line]:
        """What was changed in a row of this table."""
        table = Base.metadata.tables.get(subject)
        columns: Mapping[str, Column[Any]] = {} if table is None else dict(table.c)
        return [
            Line(
                _(LABELS.get(f"{subject}.{name}", LABELS.get(name, name))),
                *(self._shown(name, columns.get(name), value) for value in pair),
            )
            for name, pair in changes.items()
            if name not in UNTOLD
        ]

    def _shown(self, name: str, column: Column[Any] | None, value: Any) -> str | None:
        if value is None:
            return None
        if name in _OF_A_FORM:
            return _(LABELS.get(value, value))
        if name in self.names:
            return self.names[name].get(value, _("ngoài phạm vi của bạn"))
        try:
            return str(value) if column is None else _plainly(column.type, value)
        except (ValueError, ArithmeticError):  # hidden, in words already, or of an older version
            return str(value)


def _plainly(kind: TypeEngine[Any], value: Any) -> str:
    """A value as the trail keeps it (see `trail.canonical`), as a person reads it."""
    match kind, value:
        case Enum(enum_class=words), _ if words is not None:
            word = words(value)
            return _(str(getattr(word, "label", word.value)))
        case Boolean(), bool():
            return _("có") if value else _("không")
        case Date(), str():
            return showing.day(date.fromisoformat(value))
        case Moment(), str():
            return showing.moment(datetime.fromisoformat(value))
        case Thousandths(), str():
            return showing.quantity(Decimal(value))
        case BigInteger(), int():
            return showing.number(value)
        case _:
            return str(value)


def _units(numbers: Collection[int]) -> Select[*tuple[Any, ...]]:
    """By the name that each had last."""
    one = UnitPeriod
    return select(one.unit_id, one.name).where(one.unit_id.in_(numbers)).order_by(one.starts)


def _organisations(numbers: Collection[int]) -> Select[*tuple[Any, ...]]:
    return select(Organisation.id, Organisation.name).where(Organisation.id.in_(numbers))


def _households(numbers: Collection[int]) -> Select[*tuple[Any, ...]]:
    """Those of them in scope today."""
    return lens_to_write().scoped(
        select(Household.id, Household.code).where(Household.id.in_(numbers))
    )


def _indicators(codes: Collection[str]) -> Select[*tuple[Any, ...]]:
    return select(Indicator.code, Indicator.name).where(Indicator.code.in_(codes))


_OF_A_FORM = {"field", "return_field"}  # they name another column
_NAMED: Mapping[str, Callable[[Collection[Any]], Select[*tuple[Any, ...]]]] = {
    "arrived_from_id": _households,
    "commune_id": _units,
    "indicator_code": _indicators,
    "into_id": _households,
    "left_for_id": _households,
    "organisation_id": _organisations,
    "village_id": _units,
}
