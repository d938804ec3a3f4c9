"""Reading a printed table as somebody typed it."""

from decimal import Decimal

import pytest

from casemgmt.errors import RuleBroken
from casemgmt.tables.declared import Declared, read
from casemgmt.tables.definitions import BIEU_2

HEADER = "unit,resident_households,poor,poor_rate\n"


def told(text: str, encoding: str = "utf-8") -> Declared:
    return read(text.encode(encoding), BIEU_2)


def refused(data: bytes) -> str:
    with pytest.raises(RuleBroken) as broken:
        read(data, BIEU_2)
    assert broken.value.field == "declared"
    return broken.value.message


def test_cells_are_read_as_printed() -> None:
    declared = told(
        HEADER + 'Cam Tuyền,1.481,109,"7,36%"\nCam Chính,1466,–,\nTổng,14905,453,3.04\n'
    )
    assert list(declared.columns) == ["resident_households", "poor", "poor_rate"]
    first, second = declared.rows
    assert (first.line, first.unit) == (2, "Cam Tuyền")
    assert first.cells == {
        "resident_households": 1481,
        "poor": 109,
        "poor_rate": Decimal("7.36"),
    }
    assert second.cells == {"resident_households": 1466, "poor": None, "poor_rate": None}
    assert [row.unit for row in declared.totals] == ["Tổng"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters(encoding: str, delimiter: str) -> None:
    text = 'stt;unit;poor;ghi chú;POOR_RATE\r\n1;"Cam Tuyền";109;"a;b";"7,36"\r\n'
    text = text.replace('"a;b"', "").replace(";", delimiter)
    declared = told(text, encoding)
    assert list(declared.columns) == ["poor", "poor_rate"]
    assert declared.rows[0].unit == "Cam Tuyền"
    assert declared.rows[0].cells == {"poor": 109, "poor_rate": Decimal("7.36")}


@pytest.mark.parametrize("word", ["Tổng", "TỔNG CỘNG", "Tổng số", "tổng:", "total", "Tô\u0309ng"])
def test_totals(word: str) -> None:
    declared = told(f"{HEADER}{word},1,1,1\n")
    assert (len(declared.rows), len(declared.totals)) == (0, 1)


def test_a_unit_may_begin_like_the_total() -> None:
    assert told(f"{HEADER}Tổngvăn,1,1,1\n").totals == []


def test_blank_lines_and_short_rows_and_lines_within_cells() -> None:
    declared = told("\n" + HEADER + '\n,,,\n"Cam\n Tuyền",1481\nCam Hiếu,1,2,"3,00"\n')
    assert [(row.line, row.unit) for row in declared.rows] == [(5, "Cam Tuyền"), (7, "Cam Hiếu")]
    assert declared.rows[0].cells["poor"] is None


def test_all_unreadable_cells_are_named_at_once() -> None:
    message = refused(
        (HEADER + "Cam Tuyền,1481,abc,7.36\nCam Hiếu,1,2,3.045\nCam Chính,1,2,3,04\n").encode()
    )
    first, second, third = message.split("\n")
    assert first.startswith("Dòng 2, cột poor: “abc” – cần số nguyên")
    assert second.startswith("Dòng 3, cột poor_rate: “3.045” – cần tỷ lệ")
    assert third.startswith("Dòng 4: có nhiều ô hơn dòng tiêu đề")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "Cam Tuyền,1481,109\n",
        "unit,abc\nCam Tuyền,1\n",
        "poor,poor_rate\n1,2\n",
    ],
)
def test_a_header_is_needed(text: str) -> None:
    assert "dòng tiêu đề" in refused(text.encode())


def test_a_column_stands_once() -> None:
    assert "hai cột poor" in refused(b"unit,poor,poor\nA,1,2\n")


def test_other_encodings_are_refused() -> None:
    assert "CSV UTF-8" in refused((HEADER + "Cam Hiếu").encode("cp1258", "replace") + b"\xea\xff")
    assert "CSV UTF-8" in refused(b"\xff\xfeu")


def test_a_line_that_is_no_csv_is_refused() -> None:
    assert "không đọc được" in refused((HEADER + "A," + "1" * 200_000).encode())


def test_a_number_below_zero_with_either_sign() -> None:
    rows = told("unit,poor_year_end_planned\nA,-3\nB,−3\n").rows
    assert [row.cells["poor_year_end_planned"] for row in rows] == [-3, -3]


def test_a_cell_made_harmless_is_the_unit_again() -> None:
    assert told(HEADER + "'-A1,1,1,1\n").rows[0].unit == "-A1"
