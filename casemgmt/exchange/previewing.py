"""What a file would do, in the words of the screens."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from casemgmt import typed
from casemgmt.db import SINCE_ALWAYS
from casemgmt.exchange.batches import Fate, Judged
from casemgmt.exchange.joined import household_code
from casemgmt.exchange.planning import changes_of
from casemgmt.exchange.reading import Row
from casemgmt.exchange.sheets import Column
from casemgmt.typed import Birth
from casemgmt.words import _


@dataclass(frozen=True, slots=True)
class Change:
    """One cell: its column, what stands in the register, what the file says."""

    header: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a file: where it stands, whom it is about, what it would change."""

    kind: str  # the sheet of the register
    sheet: str
    row: int
    about: str
    changes: list[Change]


def lines(judged: Judged, fate: Fate) -> list[Line]:
    """The rows that share a fate, with what each cell would change."""
    return [
        Line(row.form.sheet.name, *judged.place(row), _about(row), list(_changes(row, fate)))
        for row in judged.rows(fate)
    ]


def _about(row: Row) -> str:
    name = next((row.get(key) for key in ("head_name", "name") if key in row.values), None)
    code = household_code(row) or row.values.get("code")
    return " · ".join(str(part) for part in (code, name) if part)


def _changes(row: Row, fate: Fate) -> Iterator[Change]:
    if fate is Fate.CHANGED:
        current = row.current or {}
        for key, value in changes_of(row).items():
            column = row.form.sheet.column(key)
            yield Change(column.header, told(column, current[key]), told(column, value))
    elif fate is Fate.NEW:
        for _place, column in row.form.columns:
            value = row.values.get(column.key)
            if value is not None and value != column.blank:
                yield Change(column.header, "", told(column, value))


def told(column: Column, value: Any) -> str:
    """A value as people read it; a CCCD is masked."""
    if value is None or value == SINCE_ALWAYS or value == "":
        return _("trống")
    if column.key == "citizen_id":
        return typed.mask_citizen_id(value)
    if column.key == "year":
        return str(value)
    if isinstance(value, Enum):
        return _label(column, value)
    show = next((show for kind, show in _SHOWN if isinstance(value, kind)), str)
    return show(value)


def _label(column: Column, value: Enum) -> str:
    labels = {word: label for label, word in (column.words or {}).items()}
    return labels.get(value, str(value.value))


_SHOWN: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: _("có") if value else _("không")),
    (Birth, lambda value: value.show()),
    (frozenset, lambda value: ", ".join(sorted(value)) or _("trống")),
    (date, typed.show_date),
    (Decimal, lambda value: typed.show_thousandths(int(value * 1000))),
    (int, typed.show_number),
)
