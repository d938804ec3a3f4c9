"""Reading a signed table that looks like its paper, from a workbook and from a CSV."""

import csv
import io
from collections.abc import Callable
from decimal import Decimal

import openpyxl
import pytest

from casemgmt.errors import RuleBroken
from casemgmt.exchange.declaring import Recognised, recognise
from casemgmt.tables import sheets
from casemgmt.tables.declared import read
from casemgmt.tables.definitions import BIEU_2, BIEU_3, Basis
from casemgmt.tables.figures import Figures
from casemgmt.tables.reconcile import hold
from tests.tables.conftest import DATA, signed

PAPER = [
    ["ỦY BAN NHÂN DÂN", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
    [],
    ["BIỂU SỐ 2: CHỈ TIÊU GIẢM NGHÈO NĂM 2022"],
    ["TT", "Xã, thị trấn", "Dân cư (Hộ)", "Hộ nghèo", "Tỷ lệ %", "Chỉ tiêu năm 2022", None, None],
    [None, None, None, None, None, "Số hộ", "Hộ nghèo cuối năm 2022", "Tỷ lệ hộ nghèo cuối năm"],
    ["A", "B", 1, 2, 3, 4, 5, 6],
    [1, "Cam Tuyền", "1.481", "109", "7,36", None, "–", None],
    [2, "X.Cam Hiếu", 1710, 62, 3.6257, "4", 58, "3,39%"],
    ["Tổng cộng", None, 3191, 171, "5,36", 4, None, None],
    [],
    [None, "Người lập biểu", None, None, None, "TM. UBND huyện"],
    [None, "Nguyễn Văn Thử", None, None, None, None],
]
PRINTED = {
    "resident_households": 1481,
    "poor": 109,
    "poor_rate": Decimal("7.36"),
    "exit_target": None,
    "poor_year_end_planned": None,
    "poor_year_end_planned_rate": None,
}


def as_xlsx(rows: list[list[object]], merged: str = "") -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cells in merged.split():
        book.active.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_csv(rows: list[list[object]], sign: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=sign).writerows(rows)
    return ("\ufeff" + out.getvalue()).encode()


def refused(content: bytes) -> str:
    with pytest.raises(RuleBroken) as broken:
        recognise(content, BIEU_2)
    return broken.value.message


FILES = [
    as_xlsx(PAPER, "A4:A5 B4:B5 C4:C5 D4:D5 E4:E5 F4:H4 A9:B9"),
    as_xlsx(PAPER),
    as_csv(PAPER, ","),
    as_csv(PAPER, ";"),
    as_csv(PAPER, "\t"),
]


@pytest.mark.parametrize("content", FILES, ids=["merged", "xlsx", "comma", "semicolon", "tab"])
def test_a_paper_is_read_as_printed(content: bytes) -> None:
    found = recognise(content, BIEU_2)
    first, second = found.declared.rows
    assert (first.line, first.unit, first.cells) == (7, "Cam Tuyền", PRINTED)
    assert second.cells["poor_rate"] == Decimal("3.63") or content not in FILES[:2]
    assert [row.unit for row in found.declared.totals] == ["Tổng cộng"]
    assert found.declared.totals[0].cells["resident_households"] == 3191
    assert [one.key for one in found.known] == list(PRINTED)
    assert found.known[-3].heading.endswith("Số hộ")


def test_the_text_of_a_paper_reads_back() -> None:
    found = recognise(FILES[0], BIEU_2)
    again = read(found.text.encode(), BIEU_2)
    assert [(row.unit, row.cells) for row in again.rows] == [
        (row.unit, row.cells) for row in found.declared.rows
    ]
    assert again.totals[0].cells == found.declared.totals[0].cells


@pytest.mark.parametrize("name", ["bieu-2", "bieu-3"])
def test_the_workbook_that_we_print_is_recognised_whole(
    stand: Callable[..., Figures], name: str
) -> None:
    figures = stand(name)
    found = recognise(sheets.as_bytes(figures, "xlsx"), figures.asked.table)
    assert list(found.declared.columns) == [one.key for one in figures.asked.table.columns]
    assert hold(figures, found.declared) == []


def test_a_basis_does_not_change_how_biểu_3_is_read(stand: Callable[..., Figures]) -> None:
    figures = stand("bieu-3", basis=Basis.MEMBERSHIP)
    found = recognise(sheets.as_bytes(figures, "xlsx"), figures.asked.table)
    assert hold(figures, found.declared) == []


def test_keys_are_read_as_before() -> None:
    found = recognise((DATA / "bieu-2.csv").read_bytes(), BIEU_2)
    assert found.declared == signed("bieu-2")


def test_a_rate_belongs_to_the_count_before_it() -> None:
    rows = [["Xã", "Hộ BTXH", "Tỷ lệ %", "Ghi chú", "Tỷ lệ %"], ["Cam Tuyền", 3, "0,20", "x", 9]]
    found = recognise(as_xlsx(rows), BIEU_2)
    assert found.declared.rows[0].cells == {
        "poor_social_protection": 3,
        "poor_social_protection_rate": Decimal("0.20"),
    }


def test_a_row_of_blanks_stays_and_a_signature_goes() -> None:
    rows = [["Đơn vị", "Hộ nghèo", "Hộ DTTS"], ["Cam Tuyền"], ["Cam Hiếu", 1, 2], ["Tổng", 1, 2]]
    found = recognise(as_xlsx([*rows, ["Người ký"]]), BIEU_2)
    assert [row.unit for row in found.declared.rows] == ["Cam Tuyền", "Cam Hiếu"]


def test_the_total_may_stand_on_top() -> None:
    rows = [["Đơn vị", "Hộ nghèo", "Hộ DTTS"], ["Tổng số", 1, 2], ["Cam Hiếu", 1, 2]]
    found: Recognised = recognise(as_xlsx(rows), BIEU_2)
    assert (len(found.declared.totals), len(found.declared.rows)) == (1, 1)


def test_what_is_no_number_is_refused_with_its_place() -> None:
    rows = [["Đơn vị", "Hộ nghèo", "Tỷ lệ %"], ["Cam Tuyền", "chín", 7], ["Cam Hiếu", 1.5, "x"]]
    first, second, third = refused(as_xlsx(rows)).split("\n")
    assert first.startswith("Dòng 2, cột Hộ nghèo: “chín” –")
    assert second.startswith("Dòng 3, cột Hộ nghèo: “1.5” –")
    assert third.startswith("Dòng 3, cột Tỷ lệ % (Hộ nghèo): “x” –")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 no workbook", "hỏng"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 90, ".xls kiểu cũ"),
        (b"a" * (10 * 1024 * 1024 + 1), "10 MB"),
        (as_xlsx([["Tên", "Điện thoại"], ["A", "0905"]]), "Không thấy dòng tiêu đề"),
        (as_xlsx([["Hộ nghèo", "Hộ DTTS"], [1, 2]]), "Không thấy cột tên đơn vị"),
        (b"", "Không thấy dòng tiêu đề"),
        (
            as_csv(
                [["Đơn vị", "Hộ nghèo", "Hộ DTTS"], *[[f"X{n}", 1, 1] for n in range(2001)]], ","
            ),
            "quá nhiều dòng",
        ),
    ],
    ids=["broken", "old", "large", "other", "no-units", "empty", "long"],
)
def test_other_files_are_refused_in_one_sentence(content: bytes, said: str) -> None:
    assert said in refused(content)


def test_biểu_3_by_its_paper_headings() -> None:
    rows = [
        ["STT", "Tên xã", "Tổng số hộ nghèo", "Phân theo Hội, đoàn thể", None, None, None, None],
        [None, None, None, "Hội Nông dân", "Hội Liên hiệp Phụ nữ", "Đoàn Thanh niên",
         "Hội Cựu chiến binh", "Khác"],
        [1, "Thanh An", 106, 4, 13, 2, 1, 86],
        [None, "Tổng cộng", 106, 4, 13, 2, 1, 86],
    ]  # fmt: skip
    found = recognise(as_xlsx(rows, "A1:A2 B1:B2 C1:C2 D1:H1"), BIEU_3[Basis.SPONSOR])
    assert list(found.declared.rows[0].cells.values()) == [106, 4, 13, 2, 1, 86]
