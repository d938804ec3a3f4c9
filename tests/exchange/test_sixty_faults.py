"""One workbook file with sixty planted faults: all sixty are told with their places, at once, and
nothing is stored."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casemgmt.audit.models import AuditEntry
from casemgmt.exchange.importing import import_workbook
from casemgmt.places.models import Unit
from casemgmt.register.models import Household
from tests.exchange.books import Sheets, good, write

# Sheet → a good row, and (column, value that is wrong there). A column in _COUNTED is filled anew
# for each row, so that no two planted rows have one identity.
_ROWS: dict[str, tuple[dict[str, Any], list[tuple[str, Any]]]] = {
    "Dân cư": (
        {"Mã đơn vị": "X1", "Ngày": None, "Số hộ": 100, "Số hộ DTTS": 1},
        [("Ngày", "31/02/2022"), ("Ngày", "12/31/2021"), ("Ngày", "hôm qua"), ("Số hộ", 14.5),
         ("Số hộ", "5,752"), ("Số hộ", -1), ("Số hộ", None), ("Số hộ DTTS", 101),
         ("Số hộ DTTS", "ít"), ("Mã đơn vị", "X9")],
    ),
    "Tổ chức": (
        {"Mã": None, "Tên": "Hội Mẫu", "Loại": "Khác", "Mã đơn vị": "X1"},
        [("Loại", "Hội Nông"), ("Loại", None), ("Tên", None), ("Mã đơn vị", "X9"),
         ("Mã cấp trên", "O9")],
    ),
    "Hộ": (
        {"Mã hộ": None, "Chủ hộ": "Lê Văn Mẫu"},
        [("Mã hộ", "H 4"), ("Mã hộ", "x" * 41), ("Mã hộ", "total"), ("Chủ hộ", None),
         ("Điện thoại", "12345"), ("Điện thoại", "không có"), ("Địa chỉ", True)],
    ),
    "Cư trú": (
        {"Mã hộ": "H2", "Mã thôn": "V3", "Từ ngày": None},
        [("Mã hộ", "H9"), ("Mã thôn", "V9"), ("Mã thôn", "X1"), ("Mã thôn", None),
         ("Từ ngày", "30/02/2020"), ("Lý do đến", "đến"), ("Lý do đi", "đi")],
    ),
    "Thành viên": (
        {"Mã hộ": "H2", "Họ và tên": None, "Quan hệ với chủ hộ": "Con"},
        [("Mã hộ", "H9"), ("Ngày sinh", "30/02/1962"), ("Ngày sinh", "13/1962"),
         ("Giới tính", "Khác"), ("Số CCCD", "0450620001"), ("Khả năng lao động", "rồi"),
         ("Hội, đoàn thể", "Hội Chữ"), ("Quan hệ với chủ hộ", None), ("Đến ngày", "31/04/2022")],
    ),
    "Phân loại": (
        {"Mã hộ": "H3", "Từ ngày": None, "Phân loại": "Hộ nghèo"},
        [("Mã hộ", "H9"), ("Phân loại", "Nghèo"), ("Phân loại", "Thoát nghèo"),
         ("Phân loại", None), ("DTTS", "rồi"), ("Điểm B1", "nhiều"), ("Thuộc hội", "Hội Chữ"),
         ("Thiếu hụt", "nhà"), ("Ngày quyết định", "2022-02-30"), ("Từ ngày", "0/1/2022")],
    ),
    "Đỡ đầu": (
        {"Mã hộ": "H2", "Mã tổ chức": "O3", "Vai trò": "Phối hợp", "Từ ngày": None},
        [("Mã hộ", "H9"), ("Mã tổ chức", "O9"), ("Vai trò", "Phụ"), ("Từ ngày", "29/02/2022")],
    ),
    "Hỗ trợ": (
        {"Mã hoạt động": None, "Mã hộ": "H1", "Ngày": date(2022, 4, 1), "Loại": "Quà Tết"},
        [("Mã hộ", "H9"), ("Mã tổ chức", "O9"), ("Ngày", None), ("Loại", "Bò"),
         ("Số lượng", "1,2345"), ("Giá trị (đồng)", -5)],
    ),
    "Chỉ tiêu": (
        {"Năm": None, "Mã đơn vị": "X1", "Chỉ tiêu": "jobs", "Giá trị": 5},
        [("Chỉ tiêu", "houses"), ("Giá trị", "5,5")],
    ),
}  # fmt: skip


def _fresh(column: str, number: int) -> Any:
    """An identity that no other row has."""
    if column in ("Từ ngày", "Ngày"):
        return date(2010, 1, 1) + timedelta(days=number)
    return 2030 + number if column == "Năm" else f"Mới{number}".replace("ớ", "o")


def _planted() -> tuple[Sheets, set[tuple[str, int, str]]]:
    book, places = good(), set()
    for sheet, (bare, faults) in _ROWS.items():
        for number, (column, value) in enumerate(faults):
            identity = next(name for name, filled in bare.items() if filled is None)
            row = {**bare, identity: _fresh(identity, number), column: value}
            book[sheet].append(row)
            places.add((sheet, len(book[sheet]) + 1, column))
    return book, places


def test_sixty_faults_are_told_with_their_places(session: Session, tmp_path: Path) -> None:
    book, places = _planted()
    assert len(places) == 60
    report = import_workbook(session, write(tmp_path / "faults.xlsx", book))
    assert {(error.sheet, error.row, error.column) for error in report.errors} == places
    assert len(report.errors) == 60
    assert not report.ok
    assert not report.applied
    assert all(error.message for error in report.errors)
    for model in (AuditEntry, Unit, Household):
        table = model.__table__
        assert session.connection().scalar(select(func.count()).select_from(table)) == 0
