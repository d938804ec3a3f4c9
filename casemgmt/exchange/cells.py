"""How one cell of the register workbook is read: what stands in it → a typed value.

A reader takes a cell that is not blank and gives the value, or `Doubtful` where it was accepted
with a warning; what cannot be read raises ValueError with a sentence that says what was
expected."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from casemgmt import typed
from casemgmt.vietnamese import clean, same

Read = Callable[[Any], Any]

FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A value that was accepted, and the sentence that warns of how."""

    value: Any
    warning: str


def is_blank(value: object) -> bool:
    """Whether nothing stands in the cell."""
    if not isinstance(value, str):
        return value is None
    return not value or not (value[0].isalnum() or clean(value))


def shown(value: object) -> str | int | float | None:
    """The value of a cell as a report repeats it: as it stands, dates as dd/mm/yyyy."""
    match value:
        case None | "":
            return None
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer():
            return int(value)
        case str() | int() | float():
            return value
        case datetime():
            return f"{typed.show_date(value.date())} {value:%H:%M}"
        case date():
            return typed.show_date(value)
        case _:
            return str(value)


def text(value: object) -> str:
    """Words; a number typed where words belong is taken as it looks."""
    match value:
        case str():
            return clean(value)
        case bool():
            raise ValueError("cần chữ, không phải TRUE hay FALSE")
        case float() if not value.is_integer():
            return str(value).replace(".", ",")
        case int() | float():
            return str(int(value))
        case datetime() | date():
            return typed.show_date(value)
        case _:
            raise ValueError("cần chữ")


def text_up_to(most: int) -> Read:
    """Words of at most so many characters."""

    def read(value: object) -> str:
        words = text(value)
        if len(words) > most:
            raise ValueError(f"cần chữ dài không quá {most} ký tự")
        return words

    return read


def whole(most: int = typed.LARGEST_INTEGER) -> Read:
    """A whole number from 0."""

    def read(value: object) -> int:
        number = typed.parse_whole(value)
        if not 0 <= number <= most:
            raise ValueError(f"cần số nguyên từ 0 đến {typed.show_number(most)}")
        return number

    return read


def thousandths(value: object) -> Decimal:
    """A number from 0 with up to three decimals."""
    number = typed.parse_thousandths(value)
    if number < 0:
        raise ValueError("cần số không âm")
    return Decimal(number) / 1000


def year(value: object) -> int:
    """A year of the programme."""
    try:
        number = typed.parse_whole(value)
    except ValueError:
        number = 0
    if not FIRST_YEAR <= number <= LAST_YEAR:
        raise ValueError(f"cần năm từ {FIRST_YEAR} đến {LAST_YEAR}")
    return number


def word_of(words: Mapping[str, Any]) -> Read:
    """One word of a list, exactly, whatever its case and spaces."""
    known = {same(label): value for label, value in words.items()}
    expected = "cần một trong: " + ", ".join(words)

    def read(value: object) -> Any:
        key = same(value) if isinstance(value, str) else None
        if key not in known:
            raise ValueError(expected)
        return known[key]

    return read


def citizen_id(value: object) -> str | Doubtful:
    """A CCCD or CMND; the 0 that a spreadsheet has eaten is put back, with a warning."""
    number, restored = typed.parse_citizen_id(value)
    if restored:
        return Doubtful(number, "số CCCD chỉ có 11 chữ số: đã thêm lại số 0 bị mất ở đầu")
    return number


def codes(value: object) -> frozenset[str]:
    """Codes of indicators, separated by commas, in any order."""
    return frozenset(filter(None, (clean(part).casefold() for part in text(value).split(","))))
