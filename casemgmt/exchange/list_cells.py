"""How single cells of a list are read: dates of all kinds, classes, ticks, numbers in words."""

import re
from datetime import date, timedelta

from casemgmt import typed
from casemgmt.exchange.cells import Doubtful
from casemgmt.exchange.titles import words_of
from casemgmt.register.models import Class
from casemgmt.typed import Birth
from casemgmt.vietnamese import clean

_FIRST_SERIAL = date(1899, 12, 30)
# Between these a bare number is a day that has lost its format, not a year.
_SERIALS = range(3654, 73_416)
_SERIAL = "ô chứa số ngày của Excel, không có định dạng ngày: đã hiểu là {}"
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_IN_WORDS = re.compile(r"(?:ngày )?([0-9]{1,2}) tháng ([0-9]{1,2}) năm ([0-9]{4})", re.IGNORECASE)
_BEFORE_YEAR = re.compile(r"^(?:sinh năm|năm|sn|s\.n\.?)[\s:.]*(?=[0-9])", re.IGNORECASE)

_CLASSES = {
    Class.POOR: (
        "hộ nghèo", "nghèo", "n", "hn", "hộ nghèo cũ", "nghèo cũ", "hộ nghèo mới", "nghèo mới",
        "tái nghèo", "hộ tái nghèo", "hộ nghèo phát sinh", "phát sinh nghèo",
    ),
    Class.NEAR_POOR: (
        "hộ cận nghèo", "cận nghèo", "cn", "hcn", "c nghèo", "hộ cận nghèo cũ", "cận nghèo cũ",
        "hộ cận nghèo mới", "cận nghèo mới", "tái cận nghèo", "hộ tái cận nghèo",
        "thoát nghèo trở thành hộ cận nghèo", "thoát nghèo xuống cận nghèo",
    ),
    Class.NOT_POOR: (
        "hộ không nghèo", "không nghèo", "kn", "hkn", "vượt chuẩn cận nghèo",
        "thoát nghèo vượt chuẩn cận nghèo", "thoát cận nghèo", "hộ thoát cận nghèo",
    ),
}  # fmt: skip
_CLASS_WORDS = {words_of(word): class_ for class_, words in _CLASSES.items() for word in words}
_ESCAPED = frozenset(map(words_of, ("thoát nghèo", "hộ thoát nghèo", "tn")))
_CLASS_EXPECTED = "cần một trong: Hộ nghèo, Hộ cận nghèo, Hộ không nghèo"


def _serial(value: object) -> date | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        return None
    number = int(value)
    return _FIRST_SERIAL + timedelta(days=number) if number in _SERIALS else None


def _plain(value: object) -> object:
    """A date in words or with dots → the same with slashes."""
    if not isinstance(value, str):
        return value
    text = clean(value)
    for form in (_DOTTED, _IN_WORDS):
        if found := form.fullmatch(text):
            return "/".join(found.groups())
    return _BEFORE_YEAR.sub("", text)


def birth_of(value: object) -> Birth | Doubtful:
    """A birth date of any kind, day first; the number of a day as Excel counts is doubtful."""
    if day := _serial(value):
        return Doubtful(Birth(day.year, day.month, day.day), _SERIAL.format(typed.show_date(day)))
    return typed.parse_birth(_plain(value))


def day_of(value: object) -> date | Doubtful:
    """A date of any kind, day first."""
    if day := _serial(value):
        return Doubtful(day, _SERIAL.format(typed.show_date(day)))
    return typed.parse_date(_plain(value))


def class_of(value: object) -> Class | None:
    """The class that words name exactly; None where they only say that a household escaped."""
    words = words_of(value) if isinstance(value, str) else ""
    if words in _ESCAPED:
        return None
    if words not in _CLASS_WORDS:
        raise ValueError(_CLASS_EXPECTED)
    return _CLASS_WORDS[words]


def is_tick(value: object) -> bool:
    """Whether a cell holds a tick, not words or a figure."""
    try:
        return typed.parse_tick(value)
    except ValueError:
        return False


_NUMBER = re.compile(r"0*([0-9]{1,6})(?:\.0|[.)])?")


def is_number(text: str) -> bool:
    """Whether this is a running number: 7, 7., 07."""
    return _NUMBER.fullmatch(text) is not None


def number_of(text: str) -> int | None:
    """The running number in a cell."""
    found = _NUMBER.fullmatch(text)
    return int(found[1]) if found else None


_COUNTED = re.compile(r"([0-9]+(?:\.[0-9]{3})*)\s*(hộ|khẩu|nhân khẩu|người)(?!\w)", re.IGNORECASE)


def counts_in(text: str) -> list[tuple[str, int]]:
    """The numbers that words print: `12 hộ, 40 khẩu` → [("hộ", 12), ("khẩu", 40)]."""
    return [
        ("hộ" if what.casefold() == "hộ" else "khẩu", int(number.replace(".", "")))
        for number, what in _COUNTED.findall(text)
    ]
