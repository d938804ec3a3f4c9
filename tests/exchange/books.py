"""A small good register in the shape of the workbook, and how the tests write it to a file."""

import copy
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

Sheets = dict[str, list[dict[str, Any]]]


class Formula(str):
    """A cell that holds a formula; `value` is what a program has computed."""

    value: Any = 0


_GOOD: Sheets = {
    "Đơn vị": [
        {"Mã": "T", "Tên": "Quảng Mẫu", "Cấp": "tỉnh", "Mã cấp trên": None, "Khu vực": None,
         "Từ ngày": None, "Đến ngày": None},
        {"Mã": "H", "Tên": "Huyện Mẫu", "Cấp": "huyện", "Mã cấp trên": "T"},
        {"Mã": "X1", "Tên": "Xã Một", "Cấp": "xã", "Mã cấp trên": "H", "Khu vực": "nông thôn"},
        {"Mã": "X2", "Tên": "Thị trấn Hai", "Cấp": "thị trấn", "Mã cấp trên": "H",
         "Khu vực": "thành thị"},
        {"Mã": "V1", "Tên": "Thôn 1", "Cấp": "thôn", "Mã cấp trên": "X1"},
        {"Mã": "V2", "Tên": "Bản 2", "Cấp": "bản", "Mã cấp trên": "X1"},
        {"Mã": "V3", "Tên": "Khu phố 3", "Cấp": "khu phố", "Mã cấp trên": "X2"},
        {"Mã": "V4", "Tên": "Thôn 4", "Cấp": "thôn", "Mã cấp trên": "X1",
         "Đến ngày": date(2022, 6, 30)},
    ],
    "Dân cư": [
        {"Mã đơn vị": "X1", "Ngày": date(2021, 12, 31), "Số hộ": 1481, "Số hộ DTTS": 42},
        {"Mã đơn vị": "X2", "Ngày": date(2021, 12, 31), "Số hộ": "1.916", "Số hộ DTTS": None},
    ],
    "Tổ chức": [
        {"Mã": "O1", "Tên": "Hội Nông dân xã Một", "Loại": "Hội Nông dân", "Mã đơn vị": "X1",
         "Mã cấp trên": "O2"},
        {"Mã": "O2", "Tên": "Hội Nông dân huyện", "Loại": "Hội Nông dân", "Mã đơn vị": "H"},
        {"Mã": "O3", "Tên": "Công ty Mẫu", "Loại": "Doanh nghiệp", "Mã đơn vị": "H"},
    ],
    "Hộ": [
        {"Mã hộ": "H1", "Chủ hộ": "Hồ Văn Mẫu", "Địa chỉ": "Thôn 1", "Điện thoại": "0912345678",
         "Ghi chú": "Ở xa đường"},
        {"Mã hộ": "H2", "Chủ hộ": "Đặng Thị Đào"},
        {"Mã hộ": "H3", "Chủ hộ": "Lê Văn Ba"},
    ],
    "Cư trú": [
        {"Mã hộ": "H1", "Mã thôn": "V1", "Từ ngày": date(2015, 1, 1), "Đến ngày": None,
         "Lý do đến": None, "Lý do đi": None},
        {"Mã hộ": "H1", "Mã thôn": "V2", "Từ ngày": date(2021, 3, 1), "Lý do đến": "chuyển đến"},
        {"Mã hộ": "H2", "Mã thôn": "V3", "Từ ngày": date(2015, 1, 1)},
        {"Mã hộ": "H3", "Mã thôn": "V1", "Từ ngày": date(2015, 1, 1),
         "Đến ngày": date(2022, 5, 31), "Lý do đi": "chuyển đi"},
    ],
    "Thành viên": [
        {"Mã hộ": "H1", "Họ và tên": "Hồ Văn Mẫu", "Quan hệ với chủ hộ": "Chủ hộ",
         "Ngày sinh": date(1962, 3, 14), "Giới tính": "Nam", "Số CCCD": "045062000123",
         "Dân tộc": "Bru-Vân Kiều", "Khả năng lao động": "x", "Hội, đoàn thể": "Hội Nông dân",
         "Từ ngày": None, "Đến ngày": None},
        {"Mã hộ": "H1", "Họ và tên": "Hồ Thị Con", "Quan hệ với chủ hộ": "con gái",
         "Ngày sinh": "03/2005", "Giới tính": "Nữ", "Từ ngày": date(2005, 3, 1)},
        {"Mã hộ": "H2", "Họ và tên": "Đặng Thị Đào", "Quan hệ với chủ hộ": "Chủ hộ",
         "Ngày sinh": 1950, "Số CCCD": "045150000456", "Dân tộc": "Kinh"},
    ],
    "Phân loại": [
        {"Mã hộ": "H1", "Từ ngày": date(2022, 1, 1), "Phân loại": "Hộ nghèo", "DTTS": "x",
         "BTXH": None, "Người có công": None, "Thuộc hội": "Hội Nông dân", "Điểm B1": 120,
         "Điểm B2": 40, "Thiếu hụt": "water, sanitation", "Số quyết định": "12/QĐ-UBND",
         "Ngày quyết định": date(2021, 12, 15), "Ghi chú": "đã nghe ý kiến thôn"},
        {"Mã hộ": "H1", "Từ ngày": date(2023, 1, 1), "Phân loại": "Hộ cận nghèo"},
        {"Mã hộ": "H2", "Từ ngày": date(2022, 1, 1), "Phân loại": "Hộ không nghèo"},
    ],
    "Đỡ đầu": [
        {"Mã hộ": "H1", "Mã tổ chức": "O1", "Vai trò": "Chính", "Từ ngày": date(2022, 2, 1),
         "Đến ngày": date(2022, 9, 30), "Người phụ trách": "Trần Thị Phụ",
         "Lý do kết thúc": "đổi đơn vị"},
        {"Mã hộ": "H1", "Mã tổ chức": "O3", "Vai trò": "Chính", "Từ ngày": date(2022, 10, 1)},
        {"Mã hộ": "H1", "Mã tổ chức": "O2", "Vai trò": "Phối hợp", "Từ ngày": date(2022, 3, 1)},
    ],
    "Hỗ trợ": [
        {"Mã hoạt động": "A1", "Mã hộ": "H1", "Mã tổ chức": "O1", "Ngày": date(2022, 4, 1),
         "Loại": "Bò giống sinh sản", "Nội dung": "Bò cái", "Số lượng": 1, "Đơn vị tính": "con",
         "Giá trị (đồng)": 15_000_000, "Nguồn": "Quỹ Vì người nghèo"},
        {"Mã hoạt động": "A2", "Mã hộ": "H2", "Ngày": "5/2/2022", "Loại": "Vay vốn NHCSXH",
         "Số lượng": "1,5", "Giá trị (đồng)": "50.000.000"},
        {"Mã hoạt động": "A3", "Mã hộ": "H2", "Ngày": "2022-05-06", "Loại": "Sách vở"},
    ],
    "Loại hỗ trợ": [{"Tên": "Sách vở", "Là khoản vay": None}],
    "Đăng ký thoát nghèo": [{"Năm": 2022, "Mã hộ": "H1"}],
    "Chỉ tiêu": [
        {"Năm": 2022, "Mã đơn vị": "X1", "Chỉ tiêu": "exit_households", "Giá trị": 5,
         "Văn bản": "Kế hoạch 01"},
        {"Năm": 2022, "Mã đơn vị": "H", "Chỉ tiêu": "poverty_rate_reduction", "Giá trị": "0,585"},
    ],
}  # fmt: skip


def good() -> Sheets:
    """The register, to be changed at will; no warning comes of it."""
    return copy.deepcopy(_GOOD)


def headers(rows: list[dict[str, Any]]) -> list[str]:
    """The columns that any row has."""
    return list(dict.fromkeys(header for row in rows for header in row))


def write(path: Path, sheets: Sheets) -> Path:
    """The sheets as a workbook: text as text, dates as Excel dates."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        page.write_row(0, 0, headers(rows))
        for number, row in enumerate(rows, 1):
            for place, header in enumerate(headers(rows)):
                _cell(page, number, place, row.get(header), day)
    book.close()
    return path


def _cell(page: Any, row: int, column: int, value: Any, day: Any) -> None:
    match value:
        case None:
            pass
        case Formula():
            page.write_formula(row, column, str(value), None, value.value)
        case bool():
            page.write_boolean(row, column, value)
        case datetime() | date():
            page.write_datetime(row, column, value, day)
        case str():
            page.write_string(row, column, value)
        case _:
            page.write_number(row, column, value)
