"""Dates, numbers, ticks, identity and phone numbers as people type them, and as we show them.

What goes in is the value of a cell or a form field: text, a number or a date. What cannot be read
raises `ValueError` with a short Vietnamese sentence that says what was expected.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal

from casemgmt.vietnamese import clean, fold

# --- Dates ------------------------------------------------------------------------------------

FIRST_YEAR, LAST_YEAR = 1900, 2100
_DATE_EXPECTED = "cần ngày dạng dd/mm/yyyy, có trong lịch, từ năm 1900 đến năm 2100"
_BIRTH_EXPECTED = "cần ngày sinh dạng dd/mm/yyyy, mm/yyyy hoặc chỉ năm, từ năm 1900 đến năm 2100"
_DAY_FIRST = re.compile(r"(?P<day>[0-9]{1,2})([/-])(?P<month>[0-9]{1,2})\2(?P<year>[0-9]{4})")
_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_MONTH_FIRST = re.compile(r"(?P<month>[0-9]{1,2})[/-](?P<year>[0-9]{4})")
_YEAR = re.compile(r"(?P<year>[0-9]{4})")
# On paper forms the unknown part of a birth date is left as dots: …/…/1950, …/03/1950.
_UNKNOWN_PARTS = re.compile(r"(?:[.…_]+/){1,2}(?=[0-9])")


@dataclass(frozen=True)
class Birth:
    """A birth date as far as it is known: a year, a month of a year, or a day."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.year <= LAST_YEAR or (self.day and not self.month):
            raise ValueError(_BIRTH_EXPECTED)
        month = 1 if self.month is None else self.month
        try:
            date(self.year, month, 1 if self.day is None else self.day)
        except ValueError:
            raise ValueError(_BIRTH_EXPECTED) from None

    @classmethod
    def parse(cls, value: object) -> "Birth":
        """The same as `parse_birth`."""
        return parse_birth(value)

    def show(self) -> str:
        """`dd/mm/yyyy`, `mm/yyyy` or `yyyy`; `parse` reads each of them back."""
        day = "" if self.day is None else f"{self.day:02d}/"
        month = "" if self.month is None else f"{self.month:02d}/"
        return f"{day}{month}{self.year:04d}"


def _calendar_day(value: object) -> date | None:
    """A date cell → its day; a time of day is no date; None for any other value."""
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else None
    return value if isinstance(value, date) else None


def parse_date(value: object) -> date:
    """A date (or midnight) as it is, or text `dd/mm/yyyy`, `d/m/yyyy`, `dd-mm-yyyy`, ISO → the day.

    Never month first. A day that the calendar lacks or outside 1900–2100 is refused.
    """
    day = _calendar_day(value)
    if isinstance(value, str):
        text = clean(value)
        if found := _DAY_FIRST.fullmatch(text) or _ISO.fullmatch(text):
            try:
                day = date(int(found["year"]), int(found["month"]), int(found["day"]))
            except ValueError:
                raise ValueError(_DATE_EXPECTED) from None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(_DATE_EXPECTED)
    return day


def parse_birth(value: object) -> Birth:
    """A date, a year as a number, or text → what is known of the birth date.

    Text: all that `parse_date` takes, `mm/yyyy`, `yyyy`, and paper's `…/…/yyyy`, `…/mm/yyyy`.
    """
    if day := _calendar_day(value):
        return Birth(day.year, day.month, day.day)
    text = clean(value) if isinstance(value, str) else _number_text(value)
    text = _UNKNOWN_PARTS.sub("", text, count=1) if text[:1] in ".…_" else text
    for form in (_DAY_FIRST, _ISO, _MONTH_FIRST, _YEAR):
        if found := form.fullmatch(text):
            parts = {part: int(digits) for part, digits in found.groupdict().items()}
            return Birth(**parts)
    raise ValueError(_BIRTH_EXPECTED)


def show_date(day: date) -> str:
    """A day → `dd/mm/yyyy`."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


# --- Numbers ----------------------------------------------------------------------------------

LARGEST_INTEGER = 2**31 - 1  # what an integer column holds on PostgreSQL
_LARGEST = 10**15  # Excel holds no more than 15 digits exactly
_WHOLE_EXPECTED = "cần số nguyên, ví dụ 1481 hoặc 1.481"
_THOUSANDTHS_EXPECTED = "cần số có tối đa 3 chữ số sau dấu phẩy, ví dụ 1,5 hoặc 1.481"
_RATE_EXPECTED = "cần tỷ lệ có 2 chữ số thập phân, ví dụ 3,04 hoặc 3,04%"
_TICK_EXPECTED = "cần dấu x, 1, có hoặc TRUE; để trống, 0, không hoặc FALSE nếu không phải"
_INTEGER = r"(?P<whole>-?(?:[0-9]{1,16}|[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,5}))"
_WHOLE = re.compile(_INTEGER)
_THOUSANDTHS = re.compile(_INTEGER + r"(?:,(?P<decimals>[0-9]{1,3}))?")
_TICKS = {
    **dict.fromkeys(("x", "1", "có", "true"), True),
    **dict.fromkeys(("", "0", "không", "false"), False),
}
_RATES = (
    re.compile(r"(?P<whole>-?[0-9]{1,15})(?:[.,](?P<decimals>[0-9]{1,2}|[0-9]{4,20}))?"),
    re.compile(r"(?P<whole>-?[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,4}),(?P<decimals>[0-9]{1,20})"),
    re.compile(r"(?P<whole>-?[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4})\.(?P<decimals>[0-9]{1,20})"),
)


def _number_text(value: object) -> str:
    """A whole number as a spreadsheet keeps it (12, 12.0) → its digits; "" for anything else."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def parse_whole(value: object) -> int:
    """12, 12.0, `12`, `1.481` → a whole number; a decimal part, a comma or a bool is refused."""
    text = clean(value) if isinstance(value, str) else _number_text(value)
    found = _WHOLE.fullmatch(text)
    number = int(text.replace(".", "")) if found else _LARGEST
    if abs(number) >= _LARGEST:
        raise ValueError(_WHOLE_EXPECTED)
    return number


def _thousandths_of_text(text: str) -> int | None:
    found = _THOUSANDTHS.fullmatch(text)
    if not found:
        return None
    digits = found["whole"].replace(".", "") + (found["decimals"] or "").ljust(3, "0")
    return int(digits)


def _thousandths_of_number(value: float) -> int | None:
    if not abs(value) < _LARGEST or abs(value - round(value, 3)) > 1e-9:
        return None
    return round(round(value, 3) * 1000)


def parse_thousandths(value: object) -> int:
    """A number of up to 3 decimals → how many thousandths: 1.5, `1,5` → 1500; `1.481` → 1481000.

    In text the comma is the decimal sign and the dot separates thousands, nothing else.
    """
    number = None
    if isinstance(value, str):
        number = _thousandths_of_text(clean(value))
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        number = _thousandths_of_number(value)
    if number is None or abs(number) >= _LARGEST:
        raise ValueError(_THOUSANDTHS_EXPECTED)
    return number


def parse_rate(text: str) -> Decimal:
    """A printed rate `3.94`, `0,72`, `3,04%`, `1.234,50` → the number of per cent.

    Three digits after a single separator could be thousands as well: refused.
    """
    bare = clean(text).removesuffix("%").rstrip()
    for form in _RATES:
        if found := form.fullmatch(bare):
            whole = found["whole"].replace(".", "").replace(",", "")
            return Decimal(f"{whole}.{found['decimals']}" if found["decimals"] else whole)
    raise ValueError(_RATE_EXPECTED)


def parse_tick(value: object) -> bool:
    """`x`, 1, `có`, TRUE → True; blank (also None), 0, `không`, FALSE → False; else refused."""
    if value is None or isinstance(value, bool):
        return bool(value)
    text = clean(value).casefold() if isinstance(value, str) else _number_text(value) or "?"
    if text not in _TICKS:
        raise ValueError(_TICK_EXPECTED)
    return _TICKS[text]


def show_number(number: int) -> str:
    """14905 → `14.905`."""
    return f"{number:,}".replace(",", ".")


def show_thousandths(thousandths: int) -> str:
    """1500 → `1,5`; 1481000 → `1.481`; `parse_thousandths` reads it back."""
    whole, decimals = divmod(abs(thousandths), 1000)
    sign = "-" if thousandths < 0 else ""
    return f"{sign}{show_number(whole)},{decimals:03d}".rstrip("0").removesuffix(",")


def show_rate(rate: Decimal, *, sign: bool = True) -> str:
    """Per cent → two decimals, half-up, with the sign % unless `sign=False`: `3,04%`, `3,04`."""
    rounded = rate.quantize(Decimal("0.01"), ROUND_HALF_UP) + 0  # + 0: no "-0,00"
    shown = f"{rounded:,.2f}".translate(str.maketrans(",.", ".,"))
    return shown + "%" if sign else shown


# --- Spreadsheets -----------------------------------------------------------------------------

_FORMULAS = tuple("=+-@\t\r＝＋－＠")


def harmless(text: str) -> str:
    """Text for a CSV: what a spreadsheet would take for a formula, also by a full-width sign, gets
    a quote before it."""
    return f"'{text}" if text.startswith(_FORMULAS) else text


# --- Codes ------------------------------------------------------------------------------------

_CODE = re.compile(r"[A-Za-z0-9._-]{1,40}")
_RESERVED_CODES = {"total"}
_TOTAL_IS_TAKEN = "mã total dành riêng cho dòng tổng"
_CODE_EXPECTED = "cần mã gồm 1–40 chữ cái không dấu, chữ số, dấu chấm, gạch ngang, gạch dưới"


def parse_code(value: object) -> str:
    """A code as text or whole number → the code, its case kept; `total` is reserved."""
    text = clean(value) if isinstance(value, str) else _number_text(value)
    if not _CODE.fullmatch(text):
        raise ValueError(_CODE_EXPECTED)
    if text.casefold() in _RESERVED_CODES:
        raise ValueError(_TOTAL_IS_TAKEN)
    return text


# --- Identity numbers and phones --------------------------------------------------------------

_CITIZEN_ID_EXPECTED = "cần số CCCD 12 chữ số (hoặc CMND 9 chữ số)"
_PHONE_EXPECTED = "cần số điện thoại 10 chữ số bắt đầu bằng 0"
_BETWEEN_DIGITS = re.compile(r"[\s.'’‘`]")
# The 63 provinces before 07/2025; a number is for life, so the codes hold on.
_PROVINCES = (
    1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36,
    37, 38, 40, 42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74,
    75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
)  # fmt: skip
PROVINCE_CODES = frozenset(f"{code:03d}" for code in _PROVINCES)
_SEX_PARITY = {"nam": 0, "nu": 1}


def _digits(value: object, between: re.Pattern[str]) -> str:
    """An identity or phone number as text or number → its characters without what separates."""
    if not isinstance(value, str):
        return _number_text(value)
    text = clean(value)
    if re.fullmatch(r"[0-9]+\.0", text):  # a number that a program has written out as text
        text = text.removesuffix(".0")
    return between.sub("", text)


def parse_citizen_id(value: object) -> tuple[str, bool]:
    """A citizen's number as text or number → its digits, and whether a lost first 0 was put back.

    12 digits (CCCD) and 9 (the old CMND) stay; 11 are a CCCD that was once kept as a number.
    """
    digits = _digits(value, _BETWEEN_DIGITS)
    if not re.fullmatch(r"[0-9]{9}|[0-9]{11,12}", digits):
        raise ValueError(_CITIZEN_ID_EXPECTED)
    restored = len(digits) == 11
    return ("0" + digits if restored else digits), restored


def mask_citizen_id(number: str) -> str:
    """`045190000123` → `045*******23`; a CMND keeps its first 2 and last 2; others keep nothing."""
    first = {12: 3, 9: 2}.get(len(number))
    if first is None:
        return "*" * len(number)
    return number[:first] + "*" * (len(number) - first - 2) + number[-2:]


def citizen_id_doubts(number: str, sex: str | None, birth_year: int | None) -> list[str]:
    """A parsed CCCD and what the record says → what disagrees: `province`, `sex`, `birth_year`.

    `sex` is `Nam`, `Nữ` or unknown. Nothing is known of a CMND. A doubt is a reason to warn, never
    to refuse: real numbers contain mistakes.
    """
    if len(number) != 12:
        return []
    century, parity = divmod(int(number[3]), 2)
    own_parity = _SEX_PARITY.get(fold(sex or ""), parity)
    doubts = {
        "province": number[:3] not in PROVINCE_CODES,
        "sex": own_parity != parity,
        "birth_year": birth_year not in (None, 1900 + 100 * century + int(number[4:6])),
    }
    return [kind for kind, doubtful in doubts.items() if doubtful]


_PHONE_SEPARATORS = re.compile(r"[\s.'’‘`()-]")
_PHONE = re.compile(
    r"(?:(?:\+|00)?840?|0)?"  # the country, the trunk 0, or neither
    r"(?P<number>[1-9][0-9]{8}|2[0-9]{9})"  # a fixed line may have one digit more
)


def parse_phone(value: object) -> str:
    """A phone number as text or number → `0xxxxxxxxx` (fixed lines: `02xxxxxxxxx`).

    Takes +84, 84, 0084, spaces, dots, dashes, brackets, and a number that has lost its first 0.
    """
    if found := _PHONE.fullmatch(_digits(value, _PHONE_SEPARATORS)):
        return "0" + found["number"]
    raise ValueError(_PHONE_EXPECTED)
