"""Dates, numbers, ticks, identity and phone numbers in the forms that people type."""

import math
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemgmt.typed import (
    PROVINCE_CODES,
    Birth,
    citizen_id_doubts,
    mask_citizen_id,
    parse_birth,
    parse_citizen_id,
    parse_date,
    parse_phone,
    parse_rate,
    parse_thousandths,
    parse_tick,
    parse_whole,
    show_date,
    show_number,
    show_rate,
    show_thousandths,
)

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


def refused(parse: Callable[[str], object], value: object, expected: str) -> None:
    with pytest.raises(ValueError, match=expected) as caught:
        parse(value)  # type: ignore[arg-type]
    assert str(caught.value).startswith("cần ")


# --- Dates ---


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (date(2022, 2, 15), date(2022, 2, 15)),
        (datetime(2022, 2, 15), date(2022, 2, 15)),  # noqa: DTZ001 - as a workbook gives it
        ("15/02/2022", date(2022, 2, 15)),
        (" 5/2/2022\u00a0", date(2022, 2, 5)),
        ("05-02-2022", date(2022, 2, 5)),
        ("2022-02-05", date(2022, 2, 5)),
        ("12/11/2022", date(2022, 11, 12)),
        ("29/02/2024", date(2024, 2, 29)),
    ],
)
def test_dates(value: object, day: date) -> None:
    assert parse_date(value) == day


@pytest.mark.parametrize(
    "value",
    ["31/02/2022", "29/02/2023", "02/15/2022", "2022/02/15", "15/02/22", "15.02.2022", "15/02-2022",
     "0/1/2022", "15/13/2022", "2022-2-5", "2022-13-01", "15/02/2022 7:00", "١٥/٠٢/٢٠٢٢", "hôm nay",
     "", None, True, 44607, 44607.0, "31/12/1899", "01/01/2101", date(1899, 12, 31),
     datetime(2022, 2, 15, 7, 30)],  # noqa: DTZ001
)  # fmt: skip
def test_no_dates(value: object) -> None:
    refused(parse_date, value, "dd/mm/yyyy")


@given(DAYS)
def test_dates_read_back(day: date) -> None:
    assert parse_date(show_date(day)) == parse_date(day.isoformat()) == parse_date(day) == day
    assert parse_date(show_date(day).replace("/", "-")) == day


@pytest.mark.parametrize(
    ("value", "birth"),
    [
        (date(1950, 3, 7), Birth(1950, 3, 7)),
        (datetime(1950, 3, 7), Birth(1950, 3, 7)),  # noqa: DTZ001
        (1950, Birth(1950)),
        (1950.0, Birth(1950)),
        ("1950", Birth(1950)),
        ("3/1950", Birth(1950, 3)),
        ("03-1950", Birth(1950, 3)),
        ("7/3/1950", Birth(1950, 3, 7)),
        ("07-03-1950", Birth(1950, 3, 7)),
        ("1950-03-07", Birth(1950, 3, 7)),
        ("…/…/1950", Birth(1950)),
        ("../../1950", Birth(1950)),
        ("…/03/1950", Birth(1950, 3)),
    ],
)
def test_births(value: object, birth: Birth) -> None:
    assert parse_birth(value) == Birth.parse(value) == birth


@pytest.mark.parametrize(
    "value",
    ["31/02/1950", "13/1950", "0/1950", "0/0/1950", "00/03/1950", "50", "1899", "2101", 1899, 20220,
     1950.5, True, math.nan, "…/…/50", "…", "", None, "1950.", "03/15/1950"],
)  # fmt: skip
def test_no_births(value: object) -> None:
    refused(parse_birth, value, "ngày sinh")


@pytest.mark.parametrize("parts", [(1950, None, 7), (1950, 13, None), (1950, 0, None),
                                   (1950, 2, 30),
                                   (1950, 3, 0), (1899, None, None)])  # fmt: skip
def test_births_that_cannot_be(parts: tuple[int, int | None, int | None]) -> None:
    with pytest.raises(ValueError, match="ngày sinh"):
        Birth(*parts)


@given(DAYS, st.integers(1, 3))
def test_births_read_back(day: date, known: int) -> None:
    birth = Birth(*(day.year, day.month, day.day)[:known])
    assert Birth.parse(birth.show()) == birth
    assert birth.show() == show_date(day)[{1: 6, 2: 3, 3: 0}[known] :]


# --- Numbers ---


@pytest.mark.parametrize(
    ("value", "number"),
    [(12, 12), (12.0, 12), ("1481", 1481), ("1.481", 1481), (" 1.481\n", 1481), ("0", 0),
     ("-5", -5),
     (-5, -5), ("-1.481", -1481), ("1.481.000", 1481000), ("007", 7), ("100.000", 100000),
     ("999999999999999", 999999999999999)],
)  # fmt: skip
def test_whole_numbers(value: object, number: int) -> None:
    assert parse_whole(value) == number


@pytest.mark.parametrize(
    "value",
    ["1,5", "abc", 1.5, True, False, "", None, "1.48", "1.4810", "1481.000", "0.123", "12.0",
     "1 481",
     "1,481", "--5", "5-", "+5", "1e3", "½", "²", "٣", math.nan, math.inf, 1e300, 10**15,
     "9" * 5000,
     date(2022, 1, 1), Decimal(1)],
)  # fmt: skip
def test_no_whole_numbers(value: object) -> None:
    refused(parse_whole, value, "số nguyên")


@pytest.mark.parametrize(
    ("value", "thousandths"),
    [(1, 1000), (1.5, 1500), (0.22, 220), (-0.22, -220), (0.1 + 0.2, 300), (1.001, 1001),
     ("1,5", 1500),
     ("0,22", 220), ("-0,22", -220), ("1,500", 1500), ("1.500", 1500000), ("1.481,125", 1481125),
     ("12", 12000), (" 2,05 ", 2050), (123456789.125, 123456789125)],
)  # fmt: skip
def test_thousandths(value: object, thousandths: int) -> None:
    assert parse_thousandths(value) == thousandths


@pytest.mark.parametrize(
    "value",
    ["1.5", "1.50", "0.220", "1,2345", ",5", "1,", "1,5.000", "1,500,000", "0,22%", "", None, True,
     1.2345, 1.00001, math.nan, -math.inf, 1e18, 10**400, "x"],
)  # fmt: skip
def test_no_thousandths(value: object) -> None:
    refused(parse_thousandths, value, "dấu phẩy")


@given(st.integers(-(10**12), 10**12))
def test_numbers_read_back(number: int) -> None:
    assert parse_whole(show_number(number)) == parse_whole(number) == number
    assert parse_thousandths(show_thousandths(number)) == number
    assert parse_thousandths(number / 1000) == number or abs(number) > 10**10
    assert show_thousandths(number * 1000) == show_number(number)


@pytest.mark.parametrize(
    ("text", "rate"),
    [("3.94", "3.94"), ("0,72", "0.72"), ("3,04%", "3.04"), ("3,04 %", "3.04"), (" 4\n", "4"),
     ("0", "0"), ("12,5", "12.5"), ("-0,22", "-0.22"), ("1.234,56", "1234.56"),
     ("1,234.56", "1234.56"),
     ("3.0391234", "3.0391234")],
)  # fmt: skip
def test_rates(text: str, rate: str) -> None:
    assert parse_rate(text) == Decimal(rate)


@pytest.mark.parametrize(
    "text",
    ["3.940", "0,722", "1.481", "", "%", "-", "3,,04", "3,04%%", "1.23,45", "1,2.3", "NaN", "1e2",
     "٣"],
)  # fmt: skip
def test_no_rates(text: str) -> None:
    refused(parse_rate, text, "tỷ lệ")


@given(st.decimals(0, 10**6, places=2))
def test_rates_read_back(rate: Decimal) -> None:
    assert parse_rate(show_rate(rate)) == parse_rate(show_rate(rate, sign=False)) == rate


@pytest.mark.parametrize(
    "value", ["x", "X", "1", "có", "CÓ", "co\u0301", "TRUE", " x ", 1, 1.0, True]
)
def test_ticked(value: object) -> None:
    assert parse_tick(value) is True


@pytest.mark.parametrize("value", ["", " ", "0", "không", "Không", "FALSE", 0, 0.0, False, None])
def test_not_ticked(value: object) -> None:
    assert parse_tick(value) is False


@pytest.mark.parametrize(
    "value", ["xx", "v", "co", "yes", "2", 2, -1, 0.5, date(2022, 1, 1), math.nan]
)
def test_no_tick(value: object) -> None:
    refused(parse_tick, value, "dấu x")


def test_numbers_are_shown_in_vietnamese() -> None:
    assert show_number(14905) == "14.905"
    assert show_number(-1500000) == "-1.500.000"
    assert show_number(0) == "0"
    assert show_thousandths(1500) == "1,5"
    assert show_thousandths(-220) == "-0,22"
    assert show_thousandths(10000) == "10"
    assert show_thousandths(0) == "0"
    assert show_rate(Decimal("3.04")) == "3,04%"
    assert show_rate(Decimal("3.045"), sign=False) == "3,05"
    assert show_rate(Decimal("1234.5")) == "1.234,50%"
    assert show_rate(Decimal("-0.001")) == "0,00%"
    assert show_date(date(2022, 2, 5)) == "05/02/2022"


# --- Identity numbers and phones ---


@pytest.mark.parametrize(
    ("value", "number", "restored"),
    [
        ("045190000123", "045190000123", False),
        ("45190000123", "045190000123", True),
        (45190000123, "045190000123", True),
        (45190000123.0, "045190000123", True),
        ("45190000123.0", "045190000123", True),
        ("'045190000123", "045190000123", False),
        ("045 190 000.123\u00a0", "045190000123", False),
        ("197012345", "197012345", False),
        (197012345.0, "197012345", False),
    ],
)
def test_citizen_ids(value: object, number: str, restored: bool) -> None:
    assert parse_citizen_id(value) == (number, restored)


@pytest.mark.parametrize(
    "value",
    ["0451900001234", "1190000123", "12345678", "04519000012O", "4.519E+10", "-45190000123", "",
     None,
     True, 45190000123.5, "٠٤٥١٩٠٠٠٠١٢٣", math.nan],
)  # fmt: skip
def test_no_citizen_ids(value: object) -> None:
    refused(parse_citizen_id, value, "CCCD")


def test_citizen_ids_are_masked() -> None:
    assert mask_citizen_id("045190000123") == "045*******23"
    assert mask_citizen_id("197012345") == "19*****45"
    assert mask_citizen_id("45190000123") == "*" * 11
    assert mask_citizen_id("") == ""


@pytest.mark.parametrize(
    ("number", "sex", "year", "doubts"),
    [
        ("045190000123", "Nữ", 1990, []),
        ("045190000123", "nữ", None, []),
        ("045190000123", None, None, []),
        ("045190000123", "Nam", 1990, ["sex"]),
        ("045190000123", "Nữ", 1991, ["birth_year"]),
        ("045190000123", "Nữ", 2090, ["birth_year"]),
        ("045208000123", "Nam", 2008, []),
        ("045308000123", "Nữ", 2008, []),
        ("003190000123", "Nam", 1980, ["province", "sex", "birth_year"]),
        ("197012345", "Nam", 1990, []),
    ],
)
def test_citizen_id_doubts(
    number: str, sex: str | None, year: int | None, doubts: list[str]
) -> None:
    assert citizen_id_doubts(number, sex, year) == doubts


def test_there_were_63_provinces() -> None:
    assert len(PROVINCE_CODES) == 63
    assert {"001", "044", "045", "046", "096"} <= PROVINCE_CODES
    assert not {"000", "003", "097"} & PROVINCE_CODES


@pytest.mark.parametrize(
    ("value", "phone"),
    [
        ("0912345678", "0912345678"),
        ("0912 345 678", "0912345678"),
        ("0912.345.678", "0912345678"),
        ("+84 912 345 678", "0912345678"),
        ("+84 (0)912-345-678", "0912345678"),
        ("84912345678", "0912345678"),
        ("0084912345678", "0912345678"),
        (912345678, "0912345678"),
        (912345678.0, "0912345678"),
        (84912345678.0, "0912345678"),
        ("845123456", "0845123456"),
        ("0845123456", "0845123456"),
        ("+84845123456", "0845123456"),
        ("0233 3852 123", "02333852123"),
        ("+84 233 3852 123", "02333852123"),
        (2333852123, "02333852123"),
    ],
)
def test_phones(value: object, phone: str) -> None:
    assert parse_phone(value) == phone
    assert parse_phone(phone) == phone


@pytest.mark.parametrize(
    "value",
    ["", None, True, "09123456789", "091234567", "12345678", "0912345678/0913", "0912a45678",
     "+1 202555",
     "0000000000", "٠٩١٢٣٤٥٦٧٨", 912345678.5, "không có"],
)  # fmt: skip
def test_no_phones(value: object) -> None:
    refused(parse_phone, value, "số điện thoại")
