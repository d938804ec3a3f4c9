"""Twelve workbooks as communes keep them, each with its own habits and its own mistakes, and what
must come of each. All people are invented."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any

import xlsxwriter

from casemgmt.vietnamese import from_tcvn3, from_vni
from tests.exchange.books import Formula

COMMUNE, NAME = "19600", "Xã Cam Mẫu"
VILLAGES = {"V1": "Thôn An Mẫu", "V2": "Bản Chùa Mẫu", "V3": "Thôn Tân Mẫu"}
DAY = date(2022, 1, 1)

Row = list[Any]
# A row is a list of cells, or (list of cells, {"hidden": True}); a merge is "A1:C1" by Excel.


class Failed(str):
    """A cell with an error such as #REF!."""


@dataclass
class Page:
    """A sheet to be written: its rows from the top, None = an empty row."""

    name: str
    rows: list[Row | None]
    merges: list[str] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)  # Excel's numbers
    hidden: bool = False


@dataclass
class Case:
    """A workbook and what must come of it.

    `households`: (code, head, village, class); `members`: (code, name, relation, birth, sex,
    CCCD); `faults`: (sheet, row, column, beginning of the sentence); `warnings` likewise;
    `sums`: (row, what, printed, counted); `told`: more of the class rows, by code."""

    pages: list[Page]
    households: list[tuple[str, str, str, str]]
    members: list[tuple[str, str, str, str | None, str | None, str | None]]
    faults: list[tuple[str, int, str, str]]
    warnings: list[tuple[str, int, str | None, str]] = field(default_factory=list)
    sums: list[tuple[int, str, int, int]] = field(default_factory=list)
    told: dict[str, dict[str, Any]] = field(default_factory=dict)


def written(pages: list[Page]) -> bytes:
    """The workbook as bytes."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for page in pages:
        sheet = book.add_worksheet(page.name)
        for merge in page.merges:
            sheet.merge_range(merge, "")
        for number, row in enumerate(page.rows):
            for place, value in enumerate(row or ()):
                _cell(sheet, number, place, value, day)
        for number in page.hidden_rows:
            sheet.set_row(number - 1, None, None, {"hidden": True})
        if page.hidden:
            sheet.hide()
    book.close()
    return buffer.getvalue()


def _cell(sheet: Any, row: int, column: int, value: Any, day: Any) -> None:
    match value:
        case None:
            pass
        case Formula():
            sheet.write_formula(row, column, str(value), None, value.value)
        case Failed():
            sheet.write_formula(row, column, "=1/0", None, str(value))
        case date():
            sheet.write_datetime(row, column, value, day)
        case str():
            sheet.write_string(row, column, value)
        case _:
            sheet.write_number(row, column, value)


def formula(text: str, value: Any) -> Formula:
    """A formula and what a program has computed of it."""
    made = Formula(text)
    made.value = value
    return made


def _old(reading: Callable[[str], str], letters: str) -> Callable[[str], str]:
    """Writes Unicode in an old encoding, by what reads it."""
    back = {}
    for one in letters:
        back.setdefault(reading(one), one)

    def write(text: str) -> str:
        return "".join(back.get(letter, letter) for letter in text)

    return write


tcvn3 = _old(from_tcvn3, "".join(map(chr, [*range(0xA1, 0x100), 0xAD])))


def vni(text: str) -> str:
    """Unicode → VNI, letter by letter, as a table of the pairs that `from_vni` reads."""
    back: dict[str, str] = {}
    marks = "ùøûõïâáàåãäêéèúüë"
    pairs = [base + mark for base in "aeouyôö" for mark in marks] + list("ôöæóòîñ")
    for pair in pairs:
        letter = from_vni(pair)
        if len(letter) == 1:
            back.setdefault(letter, pair)
            back.setdefault(letter.upper(), pair.upper())
    return "".join(back.get(letter, letter) for letter in text)


def nfd(text: str) -> str:
    """Decomposed, as macOS writes."""
    return unicodedata.normalize("NFD", text)


def _with(change: Callable[[str], str], page: Page) -> Page:
    rows = [
        None if row is None else [change(cell) if isinstance(cell, str) else cell for cell in row]
        for row in page.rows
    ]
    return Page(change(page.name), rows, page.merges)


# --- 1. One row per member, the household only on the head's row -------------------------------

filled_down = Case(
    [
        Page("DS hộ nghèo", [
            ["UBND XÃ CAM MẪU"],
            ["BAN CHỈ ĐẠO RÀ SOÁT"],
            None,
            ["DANH SÁCH HỘ NGHÈO NĂM 2021"],
            ["(Kèm theo Quyết định số 112/QĐ-UBND ngày 15 tháng 12 năm 2021 của UBND xã Cam Mẫu)"],
            None,
            ["STT hộ", "Họ tên chủ hộ", "Họ tên thành viên", "Quan hệ với chủ hộ", "Ngày sinh",
             "Giới tính", "Số CCCD", "Thôn", "Dân tộc", "Điểm B1", "Điểm B2", "Hộ DTTS",
             "Số nhân khẩu"],
            [1, "Hồ Văn Mẫu", "Hồ Văn Mẫu", "Chủ hộ", date(1962, 3, 14), "Nam", "045062000123",
             "An Mẫu", "Bru - Vân Kiều", 120, 40, "x", 2],
            [None, None, "Hồ Thị Con", "Con gái", "03/2005", "Nữ", None, None, "Bru - Vân Kiều",
             None, None, None, None],
            [2, "Đặng Thị Đào", "Đặng Thị Đào", "Chủ hộ", 1950, "Nữ", 45150000456,
             "thôn Tân Mẫu", "Kinh", 131, 30, None, 1],
            [3, "Lê Văn Sai", "Lê Văn Sai", "Chủ hộ", "30/02/1950", "Nam", None, "An Mẫu", "Kinh",
             100, 30, None, 2],
            [None, None, "Lê Thị Sai", "Vợ", 1955, "Gái", "12345", None, "Kinh"],
        ]),
    ],
    households=[
        ("19600-0001", "Hồ Văn Mẫu", "V1", "Hộ nghèo"),
        ("19600-0002", "Đặng Thị Đào", "V3", "Hộ nghèo"),
    ],
    members=[
        ("19600-0001", "Hồ Văn Mẫu", "Chủ hộ", "14/03/1962", "Nam", "045062000123"),
        ("19600-0001", "Hồ Thị Con", "Con", "03/2005", "Nữ", None),
        ("19600-0002", "Đặng Thị Đào", "Chủ hộ", "1950", "Nữ", "045150000456"),
    ],
    faults=[
        ("DS hộ nghèo", 11, "Ngày sinh", "cần ngày sinh"),
        ("DS hộ nghèo", 12, "Giới tính", "cần một trong: Nam, Nữ"),
        ("DS hộ nghèo", 12, "Số CCCD", "cần số CCCD"),
    ],
    warnings=[("DS hộ nghèo", 10, "Số CCCD", "số CCCD chỉ có 11 chữ số")],
    told={
        "19600-0001": {"DTTS": "x", "Điểm B1": 120, "Điểm B2": 40,
                       "Số quyết định": "112/QĐ-UBND", "Ngày quyết định": "15/12/2021"},
        "19600-0002": {"DTTS": None, "Điểm B1": 131},
    },
)  # fmt: skip


# --- 2. Three sheets: poor and near-poor, escaped poor, escaped near-poor ----------------------

_ESCAPED_TITLES = ["STT", "Họ và tên", "Quan hệ", "Giới tính", "Ngày sinh", "CCCD", "Dân tộc",
                   "Địa chỉ", "B1", "B2", "Ghi chú", "Tuổi", "Số khẩu"]  # fmt: skip
three_sheets = Case(
    [
        Page("Nghèo, cận nghèo", [
            ["DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO"],
            ["STT", "Họ và tên", "Quan hệ", "Năm sinh", "Thôn", "Phân loại hộ", "B1", "B2"],
            [1, "Lê Văn Ba", "Chủ hộ", 1970, "Thôn An Mẫu", "Nghèo", 110, 40],
            [None, "Trần Thị Tư", "Vợ", 1972, None, None, None, None],
            [2, "Phan Văn Năm", "Chủ hộ", 1980, "Thôn An Mẫu", "CN", 120, 20],
            [3, "Phan Văn Sáu", "Chủ hộ", 1981, "Thôn An Mẫu", "Thoát nghèo", None, None],
        ]),
        Page("Thoát nghèo", [
            ["DANH SÁCH HỘ THOÁT NGHÈO"],
            None,
            _ESCAPED_TITLES,
            [1, "Võ Thị Bảy", "Chủ hộ", "Nữ", "1/2/1966", None, "Kinh", "Bản Chùa Mẫu, Cam Mẫu",
             135, 10, "đã có việc làm", 55, 1],
            [2, "Võ Văn Tám", "Chủ hộ", "Nam", "1/2/1977", None, "Kinh", "Bản Chùa Mẫu, Cam Mẫu",
             150, 0, None, 45, 1],
            [3, "Võ Văn Chín", "Chủ hộ", "Nam", "1/2/1978", None, "Kinh", "Bản Chùa Mẫu, Cam Mẫu"],
            [4, "Võ Văn Mười", "Chủ hộ", "Nam", "1/2/1979", None, "Kinh", "Bản Chùa Mẫu, Cam Mẫu",
             100, 50],
            [5, "Lê Văn Ba", "Chủ hộ", "Nam", 1970, None, "Kinh", "Thôn An Mẫu", 150, 0],
        ]),
        Page("Thoát cận nghèo", [
            ["DANH SÁCH HỘ THOÁT CẬN NGHÈO"],
            _ESCAPED_TITLES,
            [1, "Bùi Thị Một", "Chủ hộ", "Nữ", 1959, None, "Kinh", "Tân Mẫu"],
        ]),
        Page("Tổng hợp", [["Xã", "Hộ nghèo", "Hộ cận nghèo"], ["Cam Mẫu", 1, 1]]),
    ],
    households=[
        ("19600-0001", "Lê Văn Ba", "V1", "Hộ nghèo"),
        ("19600-0002", "Phan Văn Năm", "V1", "Hộ cận nghèo"),
        ("19600-0003", "Võ Thị Bảy", "V2", "Hộ cận nghèo"),
        ("19600-0004", "Võ Văn Tám", "V2", "Hộ không nghèo"),
        ("19600-0005", "Bùi Thị Một", "V3", "Hộ không nghèo"),
    ],
    members=[
        ("19600-0001", "Lê Văn Ba", "Chủ hộ", "1970", None, None),
        ("19600-0001", "Trần Thị Tư", "Vợ", "1972", None, None),
        ("19600-0002", "Phan Văn Năm", "Chủ hộ", "1980", None, None),
        ("19600-0003", "Võ Thị Bảy", "Chủ hộ", "01/02/1966", "Nữ", None),
        ("19600-0004", "Võ Văn Tám", "Chủ hộ", "01/02/1977", "Nam", None),
        ("19600-0005", "Bùi Thị Một", "Chủ hộ", "1959", "Nữ", None),
    ],
    faults=[
        ("Nghèo, cận nghèo", 6, "Phân loại hộ", "không biết hộ thuộc loại nào"),
        ("Thoát nghèo", 6, "Phân loại", "không biết hộ thuộc loại nào"),
        ("Thoát nghèo", 7, "B1", "hộ ở danh sách thoát nghèo mà"),
        ("Thoát nghèo", 8, "Họ và tên", "hộ này đã có ở trang “Nghèo, cận nghèo”, dòng 3"),
    ],
    told={"19600-0003": {"Ghi chú": "đã có việc làm"}},
)  # fmt: skip


# --- 3. Merged two-row headers, birth years under Nam and Nữ, village bands, sums ---------------

bands = Case(
    [
        Page("Phụ lục 2.3", [
            ["DANH SÁCH HỘ NGHÈO"],
            None,
            ["STT", "Họ và tên", "Năm sinh", None, "Quan hệ với chủ hộ", "Đối tượng", None, None],
            [None, None, "Nam", "Nữ", None, "Hộ DTTS", "Hộ không có KNLĐ", "Người có công"],
            ["A", "B", 1, 2, 3, 4, 5, 6],
            ["I", "Thôn An Mẫu: 2 hộ, 4 khẩu"],
            [1, "Hoàng Văn Hai", 1960, None, "Chủ hộ", None, "x", None],
            [None, "Hoàng Thị Ba", None, "05/1961", "Vợ", None, None, None],
            [2, "Hoàng Văn Tư", 1971, None, "Chủ hộ", None, None, "X"],
            [None, "Hoàng Thị Năm", 1999, 2000, "Con", None, None, None],
            [None, "Cộng thôn An Mẫu", 2, 2, None, None, 1, 1],
            ["II", "BẢN CHÙA MẪU"],
            [1, "Hồ Thị Sáu", None, "…/…/1948", "Chủ hộ", "x", 1, None],
            [2, "Hồ Văn Bảy", 1988, None, "Chủ hộ", "có", None, None],
            [None, "Cộng", 1, 2, None, 2, 1, 0],
            [None, "Tổng cộng: 4 hộ, 7 khẩu", None, None, None, 2, 2, 1],
            None,
            [None, "NGƯỜI LẬP BIỂU", None, None, "TM. ỦY BAN NHÂN DÂN"],
            [None, None, None, None, "CHỦ TỊCH"],
            [None, "Ngô Văn Lập", None, None, "Ngô Thị Ký"],
        ], merges=["A3:A4", "B3:B4", "C3:D3", "E3:E4", "F3:H3", "A1:H1"]),
    ],
    households=[
        ("19600-0001", "Hoàng Văn Hai", "V1", "Hộ nghèo"),
        ("19600-0003", "Hồ Thị Sáu", "V2", "Hộ nghèo"),
        ("19600-0002", "Hồ Văn Bảy", "V2", "Hộ nghèo"),
    ],
    members=[
        ("19600-0001", "Hoàng Văn Hai", "Chủ hộ", "1960", "Nam", None),
        ("19600-0001", "Hoàng Thị Ba", "Vợ", "05/1961", "Nữ", None),
        ("19600-0003", "Hồ Thị Sáu", "Chủ hộ", "1948", "Nữ", None),
        ("19600-0002", "Hồ Văn Bảy", "Chủ hộ", "1988", "Nam", None),
    ],
    faults=[("Phụ lục 2.3", 10, "Năm sinh – Nữ", "cả cột Nam và cột Nữ đều có")],
    sums=[
        (6, "số hộ", 2, 2), (6, "số khẩu", 4, 4),
        (11, "số dòng được đánh dấu", 2, 3), (11, "số dòng được đánh dấu", 2, 2),
        (11, "số dòng được đánh dấu", 1, 1), (11, "số dòng được đánh dấu", 1, 1),
        (15, "số dòng được đánh dấu", 1, 1), (15, "số dòng được đánh dấu", 2, 1),
        (15, "số dòng được đánh dấu", 2, 2), (15, "số dòng được đánh dấu", 1, 1),
        (15, "số dòng được đánh dấu", 0, 0),
        (16, "số hộ", 4, 4), (16, "số khẩu", 7, 6),
        (16, "số dòng được đánh dấu", 2, 2), (16, "số dòng được đánh dấu", 2, 2),
        (16, "số dòng được đánh dấu", 1, 1),
    ],
    told={"19600-0001": {"DTTS": None, "BTXH": "x", "Người có công": None},
          "19600-0003": {"DTTS": "x", "BTXH": "x"}, "19600-0002": {"DTTS": "x", "BTXH": None}},
)  # fmt: skip


# --- 4. Household cells merged over its members; the persons numbered, not the households -------

merged_down = Case(
    [
        Page("Thôn Tân Mẫu", [
            ["DANH SÁCH HỘ CẬN NGHÈO"],
            ["TT", "Thông tin hộ", None, None, "Thông tin thành viên", None, None, "Ghi chú"],
            [None, "Mã hộ", "Chủ hộ", "Hộ DTTS", "Họ và tên", "Quan hệ", "Ngày sinh", None],
            [None, None, None, None, None, None, None, None],
            [1, "TM.01", "Lý Văn Một", "x", "Lý Văn Một", "Chủ hộ", "2-9-1945"],
            [2, None, None, None, "Lý Thị Hai", "vợ", 1950, "ốm lâu năm"],
            [3, None, None, None, "Lý Văn Ba", "con trai", date(1980, 12, 31)],
            [4, "TM.02", "Lý Thị Tư", None, "Lý Thị Tư", "Chủ hộ", 1966],
            [5, "TM 03!", "Lý Văn Năm", None, "Lý Văn Năm", "Chủ hộ", 1967],
            [6, "TM.01", "Lý Văn Sáu", None, "Lý Văn Sáu", "Chủ hộ", 1968],
        ], merges=["A2:A4", "B2:D2", "E2:G2", "H2:H4", "B3:B4", "C3:C4", "D3:D4", "E3:E4", "F3:F4",
                   "G3:G4", "B5:B7", "C5:C7", "D5:D7"]),
    ],
    households=[
        ("TM.01", "Lý Văn Một", "V3", "Hộ cận nghèo"),
        ("TM.02", "Lý Thị Tư", "V3", "Hộ cận nghèo"),
        ("19600-0001", "Lý Văn Sáu", "V3", "Hộ cận nghèo"),
    ],
    members=[
        ("TM.01", "Lý Văn Một", "Chủ hộ", "02/09/1945", None, None),
        ("TM.01", "Lý Thị Hai", "Vợ", "1950", None, None),
        ("TM.01", "Lý Văn Ba", "Con", "31/12/1980", None, None),
        ("TM.02", "Lý Thị Tư", "Chủ hộ", "1966", None, None),
        ("19600-0001", "Lý Văn Sáu", "Chủ hộ", "1968", None, None),
    ],
    faults=[("Thôn Tân Mẫu", 9, "Thông tin hộ – Mã hộ", "cần mã gồm")],
    warnings=[("Thôn Tân Mẫu", 10, "Thông tin hộ – Mã hộ", "mã này là của một hộ khác")],
    told={"TM.01": {"DTTS": "x", "Ghi chú": "Lý Thị Hai: ốm lâu năm"}},
)  # fmt: skip


# --- 5. TCVN3, with a Unicode cell among it; 6. VNI; 7. NFD and dates of every kind -------------

_OLD = [
    ["DANH SÁCH HỘ NGHÈO".capitalize()],
    ["Số thứ tự hộ", "Họ và tên chủ hộ", "Họ và tên thành viên", "Quan hệ với chủ hộ",
     "Năm sinh", "Giới tính", "Thôn", "Dân tộc"],
    [1, "Nguyễn Thị Bưởi", "Nguyễn Thị Bưởi", "Chủ hộ", 1950, "Nữ", "An Mẫu", "Kinh"],
    [None, None, "Nguyễn Hữu Đức", "Cháu nội", 2010, "Nam", None, "Vân Kiều"],
    [2, "Phạm Văn Quýt", "Phạm Văn Quýt", "Chủ hộ", 1961, "Nam", "Bản Chùa Mẫu", "Vân Kiều"],
    [3, "Phạm Văn Ổi", "Phạm Văn Ổi", "Chủ hộ", 1962, "Nam", "Thôn Lạ Hoắc", "Kinh"],
    [None, None, "Phạm Thị Mận", "Vợ", 1963, "Nữa", None, "Kinh"],
]  # fmt: skip
_OLD_HOUSEHOLDS = [
    ("19600-0001", "Nguyễn Thị Bưởi", "V1", "Hộ nghèo"),
    ("19600-0002", "Phạm Văn Quýt", "V2", "Hộ nghèo"),
]
_OLD_MEMBERS = [
    ("19600-0001", "Nguyễn Thị Bưởi", "Chủ hộ", "1950", "Nữ", None),
    ("19600-0001", "Nguyễn Hữu Đức", "Cháu", "2010", "Nam", None),
    ("19600-0002", "Phạm Văn Quýt", "Chủ hộ", "1961", "Nam", None),
]
_OLD_FAULTS = [
    ("DS", 6, "Thôn", "không có thôn này trong xã"),
    ("DS", 7, "Giới tính", "cần một trong: Nam, Nữ"),
]


def _one_in_unicode(page: Page) -> Page:
    page.rows[4] = list(_OLD[4])
    return page


in_tcvn3 = Case(
    [_one_in_unicode(_with(tcvn3, Page("DS", _OLD)))], _OLD_HOUSEHOLDS, _OLD_MEMBERS, _OLD_FAULTS
)
in_vni = Case([_with(vni, Page("DS", _OLD))], _OLD_HOUSEHOLDS, _OLD_MEMBERS, _OLD_FAULTS)

decomposed = Case(
    [
        _with(nfd, Page("DS", [
            ["Danh sách hộ nghèo"],
            ["STT", "Họ, chữ đệm, tên", "Quan hệ", "Ngày, tháng, năm sinh", None, None, "Thôn/bản",
             "Ngày QĐ"],
            [None, None, None, "Ngày", "Tháng", "Năm", None, None],
            [1, "Mai Thị Ổn", "Chủ hộ", 3, 2, 1951, "Thôn Tân Mẫu", 44545],
            [None, "Mai Văn Được", "Con", None, None, "1981", None, "15.12.2021"],
            [2, "Mai Văn Hường", "Chủ hộ", 31, 12, 1960, "Thôn Tân Mẫu",
             "ngày 15 tháng 12 năm 2021"],
            [3, "Mai Văn Mỹ", "Chủ hộ", 12, 31, 1960, "Thôn Tân Mẫu", "12/15/2021"],
            [4, "Mai Văn Lửng", "Chủ hộ", None, 7, 1970, "Thôn Tân Mẫu", "2021-12-15"],
        ])),
    ],
    households=[
        ("19600-0001", "Mai Thị Ổn", "V3", "Hộ nghèo"),
        ("19600-0002", "Mai Văn Hường", "V3", "Hộ nghèo"),
        ("19600-0004", "Mai Văn Lửng", "V3", "Hộ nghèo"),
    ],
    members=[
        ("19600-0001", "Mai Thị Ổn", "Chủ hộ", "03/02/1951", None, None),
        ("19600-0001", "Mai Văn Được", "Con", "1981", None, None),
        ("19600-0002", "Mai Văn Hường", "Chủ hộ", "31/12/1960", None, None),
        ("19600-0004", "Mai Văn Lửng", "Chủ hộ", "07/1970", None, None),
    ],
    faults=[
        ("DS", 7, "Ngày, tháng, năm sinh – Năm", "cần ngày sinh"),
        ("DS", 7, "Ngày QĐ", "cần ngày dạng dd/mm/yyyy"),
    ],
    warnings=[("DS", 4, "Ngày QĐ", "ô chứa số ngày của Excel")],
    told={"19600-0001": {"Ngày quyết định": date(2021, 12, 15)},
          "19600-0002": {"Ngày quyết định": date(2021, 12, 15)},
          "19600-0004": {"Ngày quyết định": date(2021, 12, 15)}},
)  # fmt: skip


# --- 8. One page per village: header, title and signatures come again ---------------------------

_PAGE_TITLES = ["STT", "Họ và tên", "Quan hệ với chủ hộ", "Ngày sinh", "Dân tộc", "Ghi chú"]
_SIGNED = [
    [None, "Ngày 20 tháng 12 năm 2021"],
    [None, "TRƯỞNG THÔN", None, None, "NGƯỜI LẬP"],
    [None, "(ký, ghi rõ họ tên)"],
    [None, "Đỗ Văn Trưởng", None, None, "Đỗ Thị Lập"],
]
paged = Case(
    [
        Page("Sheet1", [
            ["UBND XÃ CAM MẪU"],
            ["DANH SÁCH HỘ NGHÈO"],
            ["Thôn An Mẫu"],
            _PAGE_TITLES,
            [1, "Đỗ Văn Đầu", "Chủ hộ", "20/11/1958", "Kinh", None],
            [None, "Đỗ Thị Hai", "Vợ", "20/11/1959", "Kinh", None],
            [2, "Đỗ Văn Ba", "Chủ hộ", "20/11/1968", "Kinh", None],
            [None, "Đỗ Thị Thiếu", None, "20/11/1969", "Kinh", None],
            *_SIGNED,
            ["UBND XÃ CAM MẪU"],
            ["DANH SÁCH HỘ NGHÈO"],
            ["Bản Chùa Mẫu"],
            _PAGE_TITLES,
            ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
            [1, "Hồ Văn Cuối", "Chủ hộ", "1/1/1970", "Pa Kô", None],
            _PAGE_TITLES,
            [None, "Hồ Thị Sang Trang", "Vợ", "1/1/1972", "Pa Kô", "mới sinh con"],
            [None, None, "Con", "1/1/2021", "Pa Kô", None],
            [2, "Hồ Văn Chót", "Chủ hộ", "1/1/1973", "Pa Kô", None],
            *_SIGNED,
        ]),
    ],
    households=[
        ("19600-0001", "Đỗ Văn Đầu", "V1", "Hộ nghèo"),
        ("19600-0002", "Hồ Văn Chót", "V2", "Hộ nghèo"),
    ],
    members=[
        ("19600-0001", "Đỗ Văn Đầu", "Chủ hộ", "20/11/1958", None, None),
        ("19600-0001", "Đỗ Thị Hai", "Vợ", "20/11/1959", None, None),
        ("19600-0002", "Hồ Văn Chót", "Chủ hộ", "01/01/1973", None, None),
    ],
    faults=[
        ("Sheet1", 8, "Quan hệ với chủ hộ", "không được để trống"),
        ("Sheet1", 21, "Họ và tên", "thiếu họ và tên"),
    ],
    told={"19600-0001": {"DTTS": None}, "19600-0002": {"DTTS": "x"}},
)  # fmt: skip


# --- 9. Heads only, one row per household ---------------------------------------------------------

heads_only = Case(
    [
        Page("Danh sách", [
            ["DANH SÁCH HỘ NGHÈO VÀ HỘ CẬN NGHÈO XÃ CAM MẪU"],
            ["TT", "Họ và tên", "Sinh năm", "Nam/Nữ", "Nơi ở", "SĐT", "N/CN", "Số khẩu"],
            [1, "Cao Văn Nhất", "sinh năm 1949", "Nam", "Thôn An Mẫu - xã Cam Mẫu",
             "0912 345 678", "N", 3],
            [2, "Cao Thị Nhì", "1952", "nữ", "Thôn An Mẫu - xã Cam Mẫu", 912345679, "CN", 2],
            [3, "Cao Văn Tam", "1953", "Nam", "Thôn An Mẫu - xã Cam Mẫu", "12", "cn", 2],
            [4, "Cao Văn Tứ", "1954", "Nam", "xóm Ngoài", None, "N", 1],
            [5, "Cao Văn Ngũ", "1955", "Nam", "Thôn Tân Mẫu", None, "Nghèo đói", 1],
            ["Tổng số", 5, None, None, None, None, None, 10],
        ]),
    ],
    households=[
        ("19600-0001", "Cao Văn Nhất", "V1", "Hộ nghèo"),
        ("19600-0002", "Cao Thị Nhì", "V1", "Hộ cận nghèo"),
    ],
    members=[
        ("19600-0001", "Cao Văn Nhất", "Chủ hộ", "1949", "Nam", None),
        ("19600-0002", "Cao Thị Nhì", "Chủ hộ", "1952", "Nữ", None),
    ],
    faults=[
        ("Danh sách", 5, "SĐT", "cần số điện thoại"),
        ("Danh sách", 6, "Thôn", "không biết hộ ở thôn nào"),
        ("Danh sách", 7, "N/CN", "cần một trong: Hộ nghèo"),
    ],
    sums=[(8, "số hộ", 5, 5), (8, "số khẩu", 10, 9)],
)  # fmt: skip


# --- 10. Hidden rows and sheets, formulas, errors -------------------------------------------------

hidden = Case(
    [
        Page("DS", [
            ["DANH SÁCH HỘ NGHÈO"],
            ["STT", "Họ và tên", "Quan hệ", "Ngày sinh", "Tuổi", "Thôn", "B1", "B2", "Số khẩu"],
            [1, "Tạ Văn Hiện", "Chủ hộ", "1/1/1960", formula("=2022-1960", 62), "An Mẫu", 100, 40],
            [formula("=A3+1", 2), "Tạ Văn Ẩn", "Chủ hộ", "1/1/1961", formula("=61", 61), "An Mẫu",
             100, 40],
            [None, "Tạ Thị Ẩn", "Vợ", "1/1/1962", formula("=60", 60)],
            [3, "Tạ Văn Tính", "Chủ hộ", "1/1/1963", None, "An Mẫu", formula("=50+50", 100), 40],
            [4, "Tạ Văn Hỏng", "Chủ hộ", Failed("#DIV/0!"), None, "An Mẫu", 100, 40],
            ["Tổng", formula("=COUNTA(B3:B7)", 5), None, None, None, None, None, None, 5],
        ], hidden_rows={4, 5}),
        Page("Nháp", [
            ["Hộ số", "Họ và tên", "Quan hệ", "Thôn"],
            [1, "Tạ Văn Nháp", "Chủ hộ", "An Mẫu"],
        ], hidden=True),
    ],
    households=[
        ("19600-0001", "Tạ Văn Hiện", "V1", "Hộ nghèo"),
        ("19600-0002", "Tạ Văn Ẩn", "V1", "Hộ nghèo"),
    ],
    members=[
        ("19600-0001", "Tạ Văn Hiện", "Chủ hộ", "01/01/1960", None, None),
        ("19600-0002", "Tạ Văn Ẩn", "Chủ hộ", "01/01/1961", None, None),
        ("19600-0002", "Tạ Thị Ẩn", "Vợ", "01/01/1962", None, None),
    ],
    faults=[
        ("DS", 6, "B1", "cần giá trị gõ vào, không phải công thức"),
        ("DS", 7, "Ngày sinh", "cần giá trị gõ vào, không phải công thức"),
    ],
    warnings=[("DS", 4, None, "2 dòng bị ẩn trong Excel (dòng 4, 5)")],
    sums=[(8, "số khẩu", 5, 5), (8, "số khẩu", 5, 5)],
)  # fmt: skip


# --- 11. Ticks for the class, the causes and the deprivations -------------------------------------

ticks = Case(
    [
        Page("Phiếu", [
            ["DANH SÁCH RÀ SOÁT"],
            ["STT", "Họ tên chủ hộ", "Năm sinh", "Bản", "Kết quả", None, "Nguyên nhân nghèo", None,
             None, "Chỉ số thiếu hụt", None, None, "Hộ chính sách có công"],
            [None, None, None, None, "Hộ nghèo", "Hộ cận nghèo", "Thiếu vốn", "Ốm đau, tai nạn",
             "Khác", "Nước sinh hoạt", "Nhà tiêu hợp vệ sinh", "Internet", None],
            [1, "Đinh Văn Tích", 1970, "Chùa Mẫu", "x", None, "x", "x", None, "x", "x"],
            [2, "Đinh Thị Tắc", 1971, "Chùa Mẫu", None, "X", None, None, "thiên tai", None, None,
             None, "1"],
            [3, "Đinh Văn Đôi", 1972, "Chùa Mẫu", "x", "x"],
            [4, "Đinh Văn Vê", 1973, "Chùa Mẫu", "v"],
            [5, "Đinh Văn Mạng", 1974, "Chùa Mẫu", "x", None, None, None, None, None, None, "x"],
            [6, "Đinh Văn Không", 1975, "Chùa Mẫu"],
        ]),
    ],
    households=[
        ("19600-0001", "Đinh Văn Tích", "V2", "Hộ nghèo"),
        ("19600-0002", "Đinh Thị Tắc", "V2", "Hộ cận nghèo"),
    ],
    members=[
        ("19600-0001", "Đinh Văn Tích", "Chủ hộ", "1970", None, None),
        ("19600-0002", "Đinh Thị Tắc", "Chủ hộ", "1971", None, None),
    ],
    faults=[
        ("Phiếu", 6, "Kết quả – Hộ cận nghèo", "hộ được đánh dấu ở hai loại"),
        ("Phiếu", 7, "Kết quả – Hộ nghèo", "cần dấu x"),
        ("Phiếu", 8, "Chỉ số thiếu hụt – Internet", "không biết chỉ số thiếu hụt"),
        ("Phiếu", 9, "Phân loại", "không biết hộ thuộc loại nào"),
    ],
    told={
        "19600-0001": {"Ghi chú": "Nguyên nhân: Thiếu vốn, Ốm đau, tai nạn",
                       "Thiếu hụt": "water, sanitation", "Người có công": None},
        "19600-0002": {"Ghi chú": "Nguyên nhân: thiên tai", "Thiếu hụt": "", "Người có công": "x"},
    },
)  # fmt: skip


# --- 12. The same people and households twice; another commune's ----------------------------------

twice = Case(
    [
        Page("HN", [
            ["Họ và tên", "Quan hệ", "Ngày sinh", "CMND/CCCD", "Xã", "Thôn"],
            ["Quách Văn Gốc", "Chủ hộ", "1/5/1965", "045 065 000 111", "Cam Mẫu", "An Mẫu"],
            ["Quách Thị Vợ", "Vợ", "1/5/1966", "045166000112", "Cam Mẫu", "An Mẫu"],
            ["Quách Văn Lặp", "Chủ hộ", "1/5/1967", "045067000113", "Cam Mẫu", "An Mẫu"],
            ["Quách Thị Lặp", "Con", "1/5/1997", "045067000113", "Cam Mẫu", "An Mẫu"],
            ["Quách Văn Chung", "Chủ hộ", "1/5/1968", "045068000114", "Cam Mẫu", "An Mẫu"],
            ["Quách Thị Chung", "Con", "1/5/1998", "045166000112", "Cam Mẫu", "An Mẫu"],
            ["QUÁCH VĂN GỐC", "Chủ hộ", "1965", None, "Cam Mẫu", "An Mẫu"],
            ["Quách Văn Xa", "Chủ hộ", "1/5/1970", "045070000115", "Cam Lạ", "An Mẫu"],
            ["Quách Văn Đúp", "Chủ hộ", "1/5/1971", None, "xã Cam Mẫu", "An Mẫu"],
            ["Quách Thị Đúp", "Con", "1/5/2001", None, "xã Cam Mẫu", "An Mẫu"],
            ["Quách Thị Đúp", "Con", "1/5/2001", None, "xã Cam Mẫu", "An Mẫu"],
        ]),
    ],
    households=[
        ("19600-0001", "Quách Văn Gốc", "V1", "Hộ nghèo"),
        ("19600-0002", "Quách Văn Chung", "V1", "Hộ nghèo"),
    ],
    members=[
        ("19600-0001", "Quách Văn Gốc", "Chủ hộ", "01/05/1965", None, "045065000111"),
        ("19600-0001", "Quách Thị Vợ", "Vợ", "01/05/1966", None, "045166000112"),
        ("19600-0002", "Quách Văn Chung", "Chủ hộ", "01/05/1968", None, "045068000114"),
        ("19600-0002", "Quách Thị Chung", "Con", "01/05/1998", None, "045166000112"),
    ],
    faults=[
        ("HN", 5, "CMND/CCCD", "số CCCD này đã có ở dòng 4"),
        ("HN", 8, "Họ và tên", "hộ này đã có ở trang “HN”, dòng 2"),
        ("HN", 9, "Xã", "hộ không ở Xã Cam Mẫu"),
        ("HN", 12, "Họ và tên", "người này đã có ở dòng 11"),
    ],
    warnings=[("HN", 7, "CMND/CCCD", "số CCCD này cũng có ở trang “HN”, dòng 3")],
)  # fmt: skip

TWELVE = {
    "filled_down": filled_down,
    "three_sheets": three_sheets,
    "bands": bands,
    "merged_down": merged_down,
    "in_tcvn3": in_tcvn3,
    "in_vni": in_vni,
    "decomposed": decomposed,
    "paged": paged,
    "heads_only": heads_only,
    "hidden": hidden,
    "ticks": ticks,
    "twice": twice,
}
