"""A workbook with sixty planted faults of as many sorts: sixty are told with their places, and
nothing is stored."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casemgmt.audit.models import AuditEntry
from casemgmt.exchange.importing import import_workbook
from casemgmt.places.models import Unit
from tests.exchange.books import good, headers

# (sheet, what the row says, the column of the fault, the value as it is told)
PLANTED: list[tuple[str, dict[str, Any], str, Any]] = [
    # Đơn vị
    ("Đơn vị", {"Mã": "V 9", "Tên": "Thôn 9", "Cấp": "thôn"}, "Mã", "V 9"),
    ("Đơn vị", {"Mã": "total", "Tên": "Tất cả", "Cấp": "tỉnh"}, "Mã", "total"),
    ("Đơn vị", {"Mã": "F1", "Tên": None, "Cấp": "thôn"}, "Tên", None),
    ("Đơn vị", {"Mã": "F2", "Tên": "Thôn", "Cấp": "làng"}, "Cấp", "làng"),
    ("Đơn vị", {"Mã": "F3", "Tên": "Thôn", "Cấp": "thôn", "Mã cấp trên": "X9"}, "Mã cấp trên",
     "X9"),
    ("Đơn vị", {"Mã": "F4", "Tên": "Xã", "Cấp": "xã", "Mã cấp trên": "V1"}, "Mã cấp trên", "V1"),
    ("Đơn vị", {"Mã": "F5", "Tên": "Xã", "Cấp": "xã", "Mã cấp trên": "F5"}, "Mã cấp trên", "F5"),
    ("Đơn vị", {"Mã": "F6", "Tên": "Xã", "Cấp": "xã", "Khu vực": "núi"}, "Khu vực", "núi"),
    ("Đơn vị", {"Mã": "F7", "Tên": "Xã", "Cấp": "xã", "Từ ngày": "30/02/2020"}, "Từ ngày",
     "30/02/2020"),
    ("Đơn vị", {"Mã": "F8", "Tên": "Xã", "Cấp": "xã", "Từ ngày": "1/1/2020",
                "Đến ngày": "31/12/2019"}, "Đến ngày", "31/12/2019"),
    ("Đơn vị", {"Mã": "V1", "Tên": "Thôn 1", "Cấp": "thôn"}, "Mã", "V1"),
    ("Đơn vị", {"Mã": "F9", "Tên": "Xã", "Cấp": "xã", "Mã TCTK": "9" * 41}, "Mã TCTK", "9" * 41),
    # Dân cư
    ("Dân cư", {"Mã đơn vị": "X9", "Ngày": "1/1/2022", "Số hộ": 10}, "Mã đơn vị", "X9"),
    ("Dân cư", {"Mã đơn vị": "X1", "Ngày": "2022", "Số hộ": 10}, "Ngày", "2022"),
    ("Dân cư", {"Mã đơn vị": "X1", "Ngày": "1/2/2022", "Số hộ": "5,752"}, "Số hộ", "5,752"),
    ("Dân cư", {"Mã đơn vị": "X1", "Ngày": "1/3/2022", "Số hộ": 9, "Số hộ DTTS": 10}, "Số hộ DTTS",
     10),
    ("Dân cư", {"Mã đơn vị": "X1", "Ngày": "1/4/2022", "Số hộ": -3}, "Số hộ", -3),
    # Tổ chức
    ("Tổ chức", {"Mã": "P1", "Tên": "Hội", "Loại": "Hội Nông", "Mã đơn vị": "X1"}, "Loại",
     "Hội Nông"),
    ("Tổ chức", {"Mã": "P2", "Tên": "Hội", "Loại": "Khác", "Mã đơn vị": "X9"}, "Mã đơn vị", "X9"),
    ("Tổ chức", {"Mã": "P3", "Tên": "Hội", "Loại": "Khác", "Mã đơn vị": "H", "Mã cấp trên": "P3"},
     "Mã cấp trên", "P3"),
    ("Tổ chức", {"Mã": "P4", "Tên": "Hội", "Loại": "Khác", "Mã đơn vị": "H", "Mã cấp trên": "P0"},
     "Mã cấp trên", "P0"),
    # Hộ
    ("Hộ", {"Mã hộ": "H1", "Chủ hộ": "Lê Văn Trùng"}, "Mã hộ", "H1"),
    ("Hộ", {"Mã hộ": "K1", "Chủ hộ": None, "Địa chỉ": "Thôn 1"}, "Chủ hộ", None),
    ("Hộ", {"Mã hộ": "K2", "Chủ hộ": "Lê Văn Hai", "Điện thoại": "0912"}, "Điện thoại", "0912"),
    ("Hộ", {"Mã hộ": "K3", "Chủ hộ": "=1+1"}, "Chủ hộ", "=1+1"),
    ("Hộ", {"Mã hộ": "K4", "Chủ hộ": "#N/A"}, "Chủ hộ", "#N/A"),
    ("Hộ", {"Mã hộ": "H" * 41, "Chủ hộ": "Lê Văn Dài"}, "Mã hộ", "H" * 41),
    # Cư trú
    ("Cư trú", {"Mã hộ": "H9", "Mã thôn": "V1", "Từ ngày": "1/1/2020"}, "Mã hộ", "H9"),
    ("Cư trú", {"Mã hộ": "H3", "Mã thôn": "V9", "Từ ngày": "1/1/2023"}, "Mã thôn", "V9"),
    ("Cư trú", {"Mã hộ": "H3", "Mã thôn": "X1", "Từ ngày": "1/2/2023"}, "Mã thôn", "X1"),
    ("Cư trú", {"Mã hộ": "H3", "Mã thôn": "V1", "Từ ngày": None}, "Từ ngày", None),
    ("Cư trú", {"Mã hộ": "H3", "Mã thôn": "V1", "Từ ngày": "1/5/2010",
                "Đến ngày": "1/6/2016"}, "Đến ngày", "1/6/2016"),
    ("Cư trú", {"Mã hộ": "H3", "Mã thôn": "V1", "Từ ngày": "1/1/2024", "Lý do đi": "giải thể"},
     "Lý do đi", "giải thể"),
    ("Cư trú", {"Mã hộ": "H3", "Mã thôn": "V1", "Từ ngày": "1/4/2023", "Lý do đến": "về"},
     "Lý do đến", "về"),
    # Thành viên
    ("Thành viên", {"Mã hộ": "H9", "Họ và tên": "A", "Quan hệ với chủ hộ": "Con"}, "Mã hộ", "H9"),
    ("Thành viên", {"Mã hộ": "H1", "Họ và tên": "B", "Quan hệ với chủ hộ": None},
     "Quan hệ với chủ hộ", None),
    ("Thành viên", {"Mã hộ": "H1", "Họ và tên": "C", "Quan hệ với chủ hộ": "Con",
                    "Ngày sinh": "29/02/2001"}, "Ngày sinh", "29/02/2001"),
    ("Thành viên", {"Mã hộ": "H1", "Họ và tên": "D", "Quan hệ với chủ hộ": "Con",
                    "Giới tính": "Trai"}, "Giới tính", "Trai"),
    ("Thành viên", {"Mã hộ": "H1", "Họ và tên": "E", "Quan hệ với chủ hộ": "Con",
                    "Số CCCD": "04506200012"[:10]}, "Số CCCD", "0450620001"),
    ("Thành viên", {"Mã hộ": "H1", "Họ và tên": "F", "Quan hệ với chủ hộ": "Con",
                    "Khả năng lao động": "yếu"}, "Khả năng lao động", "yếu"),
    ("Thành viên", {"Mã hộ": "H1", "Họ và tên": "Hồ Thị Con", "Quan hệ với chủ hộ": "Con",
                    "Ngày sinh": "3/2005"}, "Họ và tên", "Hồ Thị Con"),
    # Phân loại
    ("Phân loại", {"Mã hộ": "H2", "Từ ngày": "1/1/2023", "Phân loại": "Thoát nghèo"}, "Phân loại",
     "Thoát nghèo"),
    ("Phân loại", {"Mã hộ": "H2", "Từ ngày": "12/31/2022", "Phân loại": "Hộ nghèo"}, "Từ ngày",
     "12/31/2022"),
    ("Phân loại", {"Mã hộ": "H2", "Từ ngày": "1/2/2023", "Phân loại": "Hộ nghèo",
                   "Thiếu hụt": "nhà tiêu"}, "Thiếu hụt", "nhà tiêu"),
    ("Phân loại", {"Mã hộ": "H2", "Từ ngày": "1/3/2023", "Phân loại": "Hộ nghèo",
                   "Điểm B1": 99.5}, "Điểm B1", 99.5),
    ("Phân loại", {"Mã hộ": "H2", "Từ ngày": "1/4/2023", "Phân loại": "Hộ nghèo",
                   "Thuộc hội": "Hội làng"}, "Thuộc hội", "Hội làng"),
    ("Phân loại", {"Mã hộ": "H1", "Từ ngày": "1/1/2022", "Phân loại": "Hộ nghèo"}, "Mã hộ", "H1"),
    # Đỡ đầu
    ("Đỡ đầu", {"Mã hộ": "H1", "Mã tổ chức": "O2", "Vai trò": "Chính", "Từ ngày": "1/2/2022"},
     "Từ ngày", "1/2/2022"),
    ("Đỡ đầu", {"Mã hộ": "H2", "Mã tổ chức": "O9", "Vai trò": "Chính", "Từ ngày": "1/2/2022"},
     "Mã tổ chức", "O9"),
    ("Đỡ đầu", {"Mã hộ": "H2", "Mã tổ chức": "O1", "Vai trò": "Phụ", "Từ ngày": "1/2/2022"},
     "Vai trò", "Phụ"),
    # Hỗ trợ
    ("Hỗ trợ", {"Mã hoạt động": "A1", "Mã hộ": "H1", "Ngày": "1/5/2022", "Loại": "Khác"},
     "Mã hoạt động", "A1"),
    ("Hỗ trợ", {"Mã hoạt động": "A5", "Mã hộ": "H1", "Ngày": "1/5/2022", "Loại": "Trâu"}, "Loại",
     "Trâu"),
    ("Hỗ trợ", {"Mã hoạt động": "A6", "Mã hộ": "H1", "Ngày": "1/5/2022", "Loại": "Khác",
                "Giá trị (đồng)": "15 triệu"}, "Giá trị (đồng)", "15 triệu"),
    ("Hỗ trợ", {"Mã hoạt động": "A7", "Mã hộ": "H1", "Ngày": "1/5/2022", "Loại": "Khác",
                "Số lượng": "0,1234"}, "Số lượng", "0,1234"),
    ("Hỗ trợ", {"Mã hoạt động": "A8", "Mã hộ": "H1", "Ngày": True, "Loại": "Khác"}, "Ngày",
     "TRUE"),
    # the rest
    ("Loại hỗ trợ", {"Tên": "SÁCH  VỞ"}, "Tên", "SÁCH  VỞ"),
    ("Đăng ký thoát nghèo", {"Năm": 1900, "Mã hộ": "H2"}, "Năm", 1900),
    ("Đăng ký thoát nghèo", {"Năm": 2022, "Mã hộ": "H8"}, "Mã hộ", "H8"),
    ("Chỉ tiêu", {"Năm": 2022, "Mã đơn vị": "X2", "Chỉ tiêu": "exits", "Giá trị": 1}, "Chỉ tiêu",
     "exits"),
    ("Chỉ tiêu", {"Năm": 2022, "Mã đơn vị": "X2", "Chỉ tiêu": "jobs", "Giá trị": "1,5"},
     "Giá trị", "1,5"),
]  # fmt: skip


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """The good register with each fault in a row of its own, written by another program."""
    sheets = good()
    for sheet, row, _column, _value in PLANTED:
        sheets[sheet].append(row)
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        page.append(headers(rows))
        for row in rows:
            page.append([row.get(header) for header in headers(rows)])
            for cell in page[page.max_row]:
                if isinstance(cell.value, date):
                    cell.number_format = "dd/mm/yyyy"
    path = tmp_path / "sixty.xlsx"
    book.save(path)
    return path


def test_sixty_faults_are_told_and_nothing_is_stored(session: Session, workbook: Path) -> None:
    expected = []
    places = {sheet: len(rows) + 1 for sheet, rows in good().items()}
    for sheet, _row, column, value in PLANTED:
        places[sheet] += 1
        expected.append((sheet, places[sheet], column, value))

    report = import_workbook(session, workbook)
    session.commit()

    told = [(one.sheet, one.row, one.column, one.value) for one in report.errors]
    assert len(expected) == 60
    assert set(told) - set(expected) == set(expected) - set(told) == set()
    assert sorted(told, key=str) == sorted(expected, key=str)
    assert (report.ok, report.applied) == (False, False)
    assert {len(report.as_json()["errors"][0])} == {5}
    for table in (AuditEntry, Unit):
        assert session.scalar(select(func.count()).select_from(table)) == 0
