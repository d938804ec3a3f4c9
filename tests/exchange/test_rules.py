"""Every rule of the workbook, one broken at a time: the fault is told at its place, and alone."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casemgmt.audit.models import AuditEntry
from casemgmt.db import open_engine
from casemgmt.exchange.importing import load
from casemgmt.exchange.report import Remark, Report
from tests.exchange.books import Sheets, good

Change = Callable[[Sheets], Any]
Place = tuple[str | None, int | None, str | None]


@pytest.fixture
def session(sqlite_url: str) -> Iterator[Session]:
    engine = open_engine(sqlite_url)
    with Session(engine) as session:
        yield session
    engine.dispose()


def cell(sheet: str, row: int, column: str, value: Any) -> tuple[Change, Place]:
    """A cell of the good register set to something; the fault is expected there."""

    def change(book: Sheets) -> None:
        book[sheet][row - 2][column] = value

    return change, (sheet, row, column)


def added(sheet: str, column: str, **values: Any) -> tuple[Change, Place]:
    """One more row (underscores for spaces); the fault is expected in it."""
    row = {name.replace("_", " "): value for name, value in values.items()}

    def change(book: Sheets) -> None:
        book[sheet].append(row)

    return change, (sheet, len(good()[sheet]) + 2, column)


def again(sheet: str, row: int, column: str) -> tuple[Change, Place]:
    """A row written twice; the fault is expected in the second."""

    def change(book: Sheets) -> None:
        book[sheet].append(dict(book[sheet][row - 2]))

    return change, (sheet, len(good()[sheet]) + 2, column)


def place(remark: Remark) -> Place:
    return remark.sheet, remark.row, remark.column


def loaded(session: Session, book: Sheets) -> Report:
    report = load(session, book)
    if not report.ok:
        assert not report.applied
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 0
    return report


def lack(sheet: str, column: str) -> tuple[Change, Place]:
    def change(book: Sheets) -> None:
        for row in book[sheet]:
            row.pop(column, None)

    return change, (sheet, 1, column)


REQUIRED = [
    ("Đơn vị", "Tên"), ("Đơn vị", "Cấp"), ("Dân cư", "Ngày"), ("Dân cư", "Số hộ"),
    ("Tổ chức", "Tên"), ("Tổ chức", "Loại"), ("Tổ chức", "Mã đơn vị"), ("Hộ", "Chủ hộ"),
    ("Cư trú", "Mã thôn"), ("Cư trú", "Từ ngày"), ("Thành viên", "Họ và tên"),
    ("Thành viên", "Quan hệ với chủ hộ"), ("Phân loại", "Phân loại"), ("Phân loại", "Từ ngày"),
    ("Đỡ đầu", "Vai trò"), ("Đỡ đầu", "Từ ngày"), ("Đỡ đầu", "Mã tổ chức"), ("Hỗ trợ", "Ngày"),
    ("Hỗ trợ", "Loại"), ("Loại hỗ trợ", "Tên"), ("Đăng ký thoát nghèo", "Mã hộ"),
    ("Chỉ tiêu", "Giá trị"),
]  # fmt: skip

FAULTS = {
    # cells
    "code": added("Hộ", "Mã hộ", Mã_hộ="H 4", Chủ_hộ="Lê Văn Tư"),
    "long code": added("Hộ", "Mã hộ", Mã_hộ="H" * 41, Chủ_hộ="Lê Văn Tư"),
    "reserved": added("Hộ", "Mã hộ", Mã_hộ="TOTAL", Chủ_hộ="Lê Văn Tư"),
    "long name": added("Loại hỗ trợ", "Tên", Tên="x" * 81),
    "level": cell("Đơn vị", 3, "Cấp", "quận"),
    "level of a village": cell("Đơn vị", 6, "Cấp", "làng"),
    "area": cell("Đơn vị", 4, "Khu vực", "miền núi"),
    "no such day": cell("Dân cư", 2, "Ngày", "31/02/2022"),
    "month first": cell("Dân cư", 2, "Ngày", "12/31/2021"),
    "serial number": cell("Dân cư", 2, "Ngày", 44561),
    "decimal": cell("Dân cư", 2, "Số hộ", 14.5),
    "comma": cell("Dân cư", 2, "Số hộ", "5,752"),
    "negative": cell("Dân cư", 2, "Số hộ DTTS", -1),
    "more than all": cell("Dân cư", 2, "Số hộ DTTS", 1482),
    "too large": cell("Dân cư", 2, "Số hộ", 2**31),
    "kind": cell("Tổ chức", 2, "Loại", "Hội Nông"),
    "phone": cell("Hộ", 2, "Điện thoại", "12345"),
    "arrival": cell("Cư trú", 3, "Lý do đến", "đến"),
    "departure": cell("Cư trú", 5, "Lý do đi", "đi"),
    "birth": cell("Thành viên", 2, "Ngày sinh", "30/02/1962"),
    "sex": cell("Thành viên", 2, "Giới tính", "Khác"),
    "cccd": cell("Thành viên", 2, "Số CCCD", "0450620001"),
    "cccd in digits of another script": cell("Thành viên", 2, "Số CCCD", "\uff10" * 12),
    "tick": cell("Thành viên", 2, "Khả năng lao động", "rồi"),
    "association": cell("Thành viên", 2, "Hội, đoàn thể", "Hội Chữ"),
    "class by substring": cell("Phân loại", 2, "Phân loại", "Thoát nghèo"),
    "class half": cell("Phân loại", 2, "Phân loại", "Nghèo"),
    "score": cell("Phân loại", 2, "Điểm B1", "nhiều"),
    "part": cell("Đỡ đầu", 2, "Vai trò", "Phụ"),
    "quantity": cell("Hỗ trợ", 2, "Số lượng", "1,2345"),
    "value": cell("Hỗ trợ", 2, "Giá trị (đồng)", 0.5),
    "year": cell("Đăng ký thoát nghèo", 2, "Năm", 22),
    "target": cell("Chỉ tiêu", 2, "Chỉ tiêu", "houses"),
    "target of households": cell("Chỉ tiêu", 2, "Giá trị", "5,5"),
    "target in thousandths": cell("Chỉ tiêu", 3, "Giá trị", 0.58512),
    "truth": cell("Hộ", 2, "Địa chỉ", True),
    # codes of other rows
    "no such parent": cell("Đơn vị", 4, "Mã cấp trên", "H9"),
    "no such unit": cell("Dân cư", 2, "Mã đơn vị", "X9"),
    "no unit of organisation": cell("Tổ chức", 2, "Mã đơn vị", "X9"),
    "no such organisation above": cell("Tổ chức", 2, "Mã cấp trên", "O9"),
    "no such village": cell("Cư trú", 4, "Mã thôn", "V9"),
    "case of a code": cell("Cư trú", 4, "Mã hộ", "h2"),
    "no household": cell("Thành viên", 4, "Mã hộ", "H9"),
    "no household to class": cell("Phân loại", 4, "Mã hộ", "H9"),
    "no sponsor": cell("Đỡ đầu", 2, "Mã tổ chức", "O9"),
    "no giver": cell("Hỗ trợ", 2, "Mã tổ chức", "O9"),
    "no household to exit": cell("Đăng ký thoát nghèo", 2, "Mã hộ", "H9"),
    "no unit of target": cell("Chỉ tiêu", 2, "Mã đơn vị", "X9"),
    "no kind of support": cell("Hỗ trợ", 2, "Loại", "Bò"),
    # rows together
    "unit twice": again("Đơn vị", 2, "Mã"),
    "residents twice": again("Dân cư", 2, "Mã đơn vị"),
    "organisation twice": again("Tổ chức", 2, "Mã"),
    "household twice": again("Hộ", 2, "Mã hộ"),
    "stay twice": again("Cư trú", 3, "Mã hộ"),
    "member twice": again("Thành viên", 3, "Họ và tên"),
    "classification twice": again("Phân loại", 2, "Mã hộ"),
    "lead twice": again("Đỡ đầu", 2, "Mã hộ"),
    "action twice": again("Hỗ trợ", 2, "Mã hoạt động"),
    "kind twice": again("Loại hỗ trợ", 2, "Tên"),
    "exit twice": again("Đăng ký thoát nghèo", 2, "Năm"),
    "target twice": again("Chỉ tiêu", 2, "Năm"),
    "own parent": cell("Đơn vị", 6, "Mã cấp trên", "V1"),
    "parent below": cell("Đơn vị", 3, "Mã cấp trên", "X1"),
    "parent beside": cell("Đơn vị", 4, "Mã cấp trên", "X2"),
    "organisations in a circle": (
        lambda book: book["Tổ chức"][1].update({"Mã cấp trên": "O1"}),
        ("Tổ chức", 2, "Mã cấp trên"),
    ),
    "home in a commune": cell("Cư trú", 4, "Mã thôn", "X2"),
    "ends before it starts": cell("Cư trú", 5, "Đến ngày", "31/12/2014"),
    "leaves on no day": cell("Cư trú", 4, "Lý do đi", "chuyển đi"),
    "written end reaches the next stay": cell("Cư trú", 2, "Đến ngày", "01/03/2021"),
    "written end reaches the next lead": cell("Đỡ đầu", 2, "Đến ngày", "01/10/2022"),
    "written end reaches the next period": (
        lambda book: book["Đơn vị"].append(
            {"Mã": "V4", "Tên": "Thôn 4", "Cấp": "thôn", "Mã cấp trên": "X2", "Từ ngày": "1/6/2022"}
        ),
        ("Đơn vị", 9, "Đến ngày"),
    ),
    "two leads from one day": added(
        "Đỡ đầu", "Từ ngày",
        Mã_hộ="H1", Mã_tổ_chức="O2", Vai_trò="Chính", Từ_ngày="01/10/2022",
    ),
    "indicator": cell("Phân loại", 2, "Thiếu hụt", "water, houses"),
    "indicator of another standard": cell("Phân loại", 2, "Thiếu hụt", "waste"),
    "action of nobody": cell("Hỗ trợ", 2, "Mã hộ", None),
    "a kind without a name": added("Loại hỗ trợ", "Tên", Là_khoản_vay="x"),
    **{
        f"no {column} in {sheet}": cell(sheet, 2, column, "  ")
        for sheet, column in REQUIRED
        if sheet != "Loại hỗ trợ"
    },
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_at_its_place_and_alone(session: Session, name: str) -> None:
    change, expected = FAULTS[name]
    book = good()
    change(book)

    errors = loaded(session, book).errors

    assert [place(error) for error in errors] == [expected]
    assert all(error.message for error in errors)


@pytest.mark.parametrize(("sheet", "column"), REQUIRED)
def test_a_missing_required_column(session: Session, sheet: str, column: str) -> None:
    change, expected = lack(sheet, column)
    book = good()
    change(book)

    errors = [place(error) for error in loaded(session, book).errors]

    assert expected in errors
    assert all(error == expected or error[0] != sheet for error in errors)


WARNINGS = {
    "relation": cell("Thành viên", 3, "Quan hệ với chủ hộ", "bạn"),
    "ethnic group": cell("Thành viên", 4, "Dân tộc", "Kinhh"),
    "eleven digits": cell("Thành viên", 2, "Số CCCD", 45062000123),
    "no head": cell("Thành viên", 4, "Quan hệ với chủ hộ", "Vợ"),
    "two heads": cell("Thành viên", 3, "Quan hệ với chủ hộ", "Chủ hộ"),
    "another head": cell("Hộ", 3, "Chủ hộ", "Đặng Thị Mai"),
    "scores of a poor household": cell("Phân loại", 2, "Phân loại", "Hộ cận nghèo"),
    "scores above the cut": cell("Phân loại", 2, "Điểm B1", 141),
    "stay outlasts its village": cell("Cư trú", 4, "Mã thôn", "V4"),
}
WARNED_AT = {
    "no head": ("Hộ", 3, "Chủ hộ"),
    "two heads": ("Hộ", 2, "Chủ hộ"),
    "scores above the cut": ("Phân loại", 2, "Phân loại"),
    "stay outlasts its village": ("Cư trú", 4, "Đến ngày"),
}


@pytest.mark.parametrize("name", WARNINGS)
def test_a_doubt_is_a_warning_and_goes_in(session: Session, name: str) -> None:
    change, where = WARNINGS[name]
    book = good()
    change(book)

    report = loaded(session, book)

    assert report.applied
    assert [place(warning) for warning in report.warnings] == [WARNED_AT.get(name, where)]


def test_one_cccd_in_two_households_does_not_name_the_other(session: Session) -> None:
    book = good()
    book["Thành viên"][2]["Số CCCD"] = "045062000123"
    warnings = loaded(session, book).warnings
    assert [place(one) for one in warnings] == [
        ("Thành viên", 2, "Số CCCD"),
        ("Thành viên", 4, "Số CCCD"),
    ]
    assert "H2" not in warnings[0].message
    assert "H1" not in warnings[1].message


def test_one_cccd_in_two_households_one_after_the_other(session: Session) -> None:
    book = good()
    book["Thành viên"][1] |= {"Số CCCD": "045305000999", "Đến ngày": date(2022, 3, 31)}
    book["Thành viên"].append(
        {"Mã hộ": "H2", "Họ và tên": "Hồ Thị Con", "Quan hệ với chủ hộ": "Khác",
         "Số CCCD": "045305000999", "Từ ngày": date(2022, 4, 1)}
    )  # fmt: skip
    assert loaded(session, book).warnings == []


def test_a_cccd_of_the_register_is_warned_of_too(session: Session) -> None:
    loaded(session, good())
    member = {"Mã hộ": "H2", "Họ và tên": "Ai Đó", "Quan hệ với chủ hộ": "Khác"}
    report = load(session, {"Thành viên": [{**member, "Số CCCD": "045062000123"}]})
    assert [place(one) for one in report.warnings] == [("Thành viên", 2, "Số CCCD")]


def test_a_village_that_ends_lists_the_households_left_behind(session: Session) -> None:
    loaded(session, good())
    ended = {"Mã": "V3", "Tên": "Khu phố 3", "Cấp": "khu phố", "Mã cấp trên": "X2"}
    report = load(session, {"Đơn vị": [{**ended, "Đến ngày": "31/12/2022"}]})
    assert [place(one) for one in report.warnings] == [("Đơn vị", 2, "Đến ngày")]
    assert "H2" in report.warnings[0].message


def test_an_overlap_with_the_register_is_an_error_too(session: Session) -> None:
    book = good()
    book["Cư trú"][3]["Đến ngày"] = "31/12/2025"
    loaded(session, book)
    stay = {"Mã hộ": "H3", "Mã thôn": "V2", "Từ ngày": "01/06/2022"}
    report = load(session, {"Cư trú": [stay]})
    assert [place(error) for error in report.errors] == [("Cư trú", 2, "Từ ngày")]


def test_a_second_lead_beside_that_of_the_register(session: Session) -> None:
    loaded(session, good())
    lead = {"Mã hộ": "H1", "Mã tổ chức": "O2", "Vai trò": "Chính"}
    for day in ("15/03/2022", "01/10/2022"):
        report = load(session, {"Đỡ đầu": [{**lead, "Từ ngày": day}]})
        assert [place(error) for error in report.errors] == [("Đỡ đầu", 2, "Từ ngày")]


def test_unknown_sheets_and_columns_are_warned_of(session: Session) -> None:
    book = good()
    book["Ghi chép"] = [{"a": 1}]
    book["Hộ"][0]["Màu nhà"] = "xanh"
    report = loaded(session, book)
    assert report.applied
    assert {place(one) for one in report.warnings} == {
        ("Ghi chép", None, None),
        ("Hộ", 1, "Màu nhà"),
    }


def test_what_people_type(session: Session) -> None:
    """NFD, spaces, other case, thousands, words as ticks: all of it is read as it is meant."""
    import unicodedata  # noqa: PLC0415 only here

    book = good()
    loaded(session, book)
    typed: Sheets = {
        unicodedata.normalize("NFD", sheet.upper()): [
            {
                unicodedata.normalize("NFD", f"  {header}  "): (
                    unicodedata.normalize("NFD", f" {value}\u00a0")
                    if isinstance(value, str)
                    else value
                )
                for header, value in row.items()
            }
            for row in rows
        ]
        for sheet, rows in book.items()
    }
    report = load(session, typed)
    assert report.errors == report.warnings == []
    assert sum(tally.unchanged for tally in report.sheets.values()) == sum(map(len, book.values()))


@pytest.mark.parametrize("day", ["1/2/2022", "01-02-2022", "2022-02-01", date(2022, 2, 1)])
def test_a_day_in_many_forms(session: Session, day: object) -> None:
    loaded(session, good())
    lead = good()["Đỡ đầu"][:1]
    lead[0]["Từ ngày"] = day
    report = load(session, {"Đỡ đầu": lead})
    assert report.sheets["Đỡ đầu"].unchanged == 1
