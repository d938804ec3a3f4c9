"""Tables written down: each format says the same figures."""

import csv
import io
import json
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from pypdf import PdfReader

from casemgmt.errors import RuleBroken
from casemgmt.paper.fonts import embedded
from casemgmt.tables import layout, sheets
from casemgmt.tables.definitions import Basis
from casemgmt.tables.figures import Figures
from casemgmt.typed import harmless
from tests import seed

Stand = Callable[..., Figures]
TABLES = ["bieu-2", "bieu-3", "dien-bien", "bieu-3-can-ngheo", "dien-bien-can-ngheo", "thoat-ngheo"]


def taken(stand: Stand, name: str) -> Figures:
    if name.startswith("dien-bien"):
        return stand(name, as_of=None, start=date(2022, 1, 1), end=seed.AS_OF)
    return stand(name)


def renamed(figures: Figures, name: str, code: str = "cam-tuyen") -> Figures:
    rows = [
        replace(row, unit=replace(row.unit, name=name, code=code))
        if row.unit.code == "cam-tuyen"
        else row
        for row in figures.rows
    ]
    return replace(figures, rows=rows)


# --- JSON -------------------------------------------------------------------------------------


def test_json_has_the_shape_of_the_contract(stand: Stand) -> None:
    written = json.loads(sheets.as_json_text(stand("bieu-2")))
    assert list(written) == ["table", "as_of", "unit", "columns", "rows", "total"]
    assert written["table"] == "bieu-2"
    assert written["as_of"] == "2022-02-15"
    assert written["unit"] == {"code": "cam-lo", "name": "Cam Lộ"}
    assert written["columns"][0] == {"key": "resident_households", "label": "Dân cư (hộ)"}
    assert len(written["rows"]) == 8
    row = written["rows"][5]
    assert row["unit"] == {"code": "cam-tuyen", "name": "Cam Tuyền"}
    assert row["cells"] == {
        "resident_households": 1481,
        "ethnic_minority_households": 101,
        "poor": 109,
        "poor_rate": 7.36,
        "poor_ethnic_minority": 42,
        "poor_ethnic_minority_rate": 2.84,
        "poor_social_protection": 53,
        "poor_social_protection_rate": 3.58,
        "poor_able_to_exit": 56,
        "poor_able_to_exit_rate": 3.78,
        "exit_target": 10,
        "poor_year_end_planned": 99,
        "poor_year_end_planned_rate": 6.68,
    }
    assert list(row["cells"]) == [column["key"] for column in written["columns"]]
    assert written["rows"][0]["cells"]["ethnic_minority_households"] is None
    assert written["total"]["poor_rate"] == 3.04
    assert written["total"]["poor"] == 453


def test_json_of_a_movement_has_two_days_and_of_all_no_unit(stand: Stand) -> None:
    written = sheets.as_json(
        stand("dien-bien", as_of=None, start=date(2022, 1, 1), end=seed.AS_OF, unit=None)
    )
    assert list(written) == ["table", "from", "to", "unit", "columns", "rows", "total"]
    assert (written["from"], written["to"]) == ("2022-01-01", "2022-02-15")
    assert written["unit"] is None


# --- Text -------------------------------------------------------------------------------------


def test_text_is_aligned_and_written_the_vietnamese_way(stand: Stand) -> None:
    text = sheets.as_text(stand("bieu-2"))
    assert "Biểu 2" in text
    assert "15/02/2022" in text
    for piece in ("kế hoạch", "14.905", "3,04", "Thị trấn Cam Lộ", "Xã Cam Tuyền"):
        assert piece in text
    assert unicodedata.is_normalized("NFC", text)
    rows = [line for line in text.splitlines() if line.startswith(("Xã", "Thị trấn", "Tổng"))]
    assert len(rows) == 9
    assert {sheets.width(line) for line in rows} == {max(map(len, text.splitlines()))}


def test_text_is_aligned_by_what_the_letters_take(stand: Stand) -> None:
    wide = renamed(stand("bieu-3"), "Cam 漢字")
    rows = [line for line in sheets.as_text(wide).splitlines() if line.startswith(("Xã", "Tổng"))]
    assert len({sheets.width(line) for line in rows}) == 1
    assert sheets.width("漢字ê\u0323") == 5


def test_a_name_that_says_its_level_is_not_given_it_twice(stand: Stand) -> None:
    assert "\nXã Cam Tuyền " in sheets.as_text(renamed(stand("bieu-3"), "xã Cam Tuyền"))


# --- CSV --------------------------------------------------------------------------------------


def test_csv_has_keys_and_plain_numbers(stand: Stand) -> None:
    data = sheets.as_bytes(stand("bieu-2"), "csv")
    assert data.startswith(b"\xef\xbb\xbfunit,name,resident_households,")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows[5]["unit"] == "cam-tuyen"
    assert rows[5]["name"] == "Xã Cam Tuyền"
    assert rows[5]["poor_rate"] == "7.36"
    assert rows[0]["ethnic_minority_households"] == ""
    assert rows[-1]["unit"] == "Tổng"
    assert rows[-1]["resident_households"] == "14905"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠"])
def test_csv_holds_no_formula(stand: Stand, sign: str) -> None:
    assert harmless(f"{sign}cmd") == f"'{sign}cmd"
    figures = renamed(stand("bieu-3"), "Cam Tuyền", code=f"{sign}A")
    assert f"\n'{sign}A,Xã Cam Tuyền," in sheets.as_csv(figures)


# --- xlsx -------------------------------------------------------------------------------------


def cells_of(figures: Figures) -> list[list[float | None]]:
    keys = [column.key for column in figures.asked.table.columns]
    rows = [*(row.cells for row in figures.rows), figures.total]
    return [[sheets.number(cells[key]) for key in keys] for cells in rows]


@pytest.mark.parametrize("name", TABLES)
def test_workbook_reads_back_as_the_figures(stand: Stand, name: str) -> None:
    figures = taken(stand, name)
    book = openpyxl.load_workbook(io.BytesIO(sheets.as_bytes(figures, "xlsx")))
    sheet = book[name]
    values = list(sheet.iter_rows(values_only=True))
    assert values[0][0] == figures.asked.table.title
    body = [row for row in values if row[0] and row[0].startswith(("Xã", "Thị", "Tổng"))]
    assert [list(row[1:]) for row in body] == cells_of(figures)
    assert body[-1][0] == "Tổng"
    last = sheet.max_row
    assert all(sheet.cell(last, place).font.bold for place in range(1, len(body[0]) + 1))
    assert not sheet.cell(last - 1, 2).font.bold
    notes = dict(book["Ghi chú"].iter_rows(values_only=True))
    assert "15/02/2022" in notes["Ngày"]
    assert notes["Đơn vị"] == "Huyện Cam Lộ"


def test_workbook_says_that_plans_are_plans_and_keeps_formulas_as_text(stand: Stand) -> None:
    figures = stand("bieu-2")
    figures = replace(figures, unit=replace(figures.unit, level="xã", name="=1+1"))
    figures = renamed(figures, "=SUM(A1)")
    sheet = openpyxl.load_workbook(io.BytesIO(sheets.as_bytes(figures, "xlsx")))["bieu-2"]
    texts = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert any("kế hoạch, tính từ số ngày 15/02/2022" in cell.value for cell in texts)
    assert {cell.data_type for cell in texts} == {"s"}
    rate = next(row for row in sheet.iter_rows() if row[0].value == "Tổng")[4]
    assert (rate.value, rate.number_format) == (3.04, "0.00")


def test_workbook_notes_what_was_chosen(stand: Stand) -> None:
    figures = stand("bieu-3", basis=Basis.MEMBERSHIP, map_date=date(2022, 1, 1))
    book = openpyxl.load_workbook(io.BytesIO(sheets.as_bytes(figures, "xlsx")))
    notes = dict(book["Ghi chú"].iter_rows(values_only=True))
    assert "Thuộc hội" in notes["Phân theo"]
    assert notes["Địa giới của ngày"] == "01/01/2022"


# --- pdf --------------------------------------------------------------------------------------


def lines_of(data: bytes) -> list[str]:
    pages = PdfReader(io.BytesIO(data)).pages
    return [line.strip() for page in pages for line in page.extract_text().splitlines()]


@pytest.mark.parametrize("name", TABLES)
def test_paper_reads_back_as_the_figures(stand: Stand, name: str) -> None:
    figures = taken(stand, name)
    lines = lines_of(sheets.as_bytes(figures, "pdf"))
    for row in [*figures.rows, None]:
        cells = (row.cells if row else figures.total).values()
        last = "Tổng" if name == "bieu-2" else "Tổng cộng"
        start = lines.index(f"{row.unit.level.capitalize()} {row.unit.name}" if row else last)
        shown = [text for text in map(layout.shown, cells) if text]
        assert lines[start + 1 : start + 1 + len(shown)] == shown
    assert any("15/02/2022" in line for line in lines)


def test_paper_is_the_same_bytes_twice_with_its_letters_inside(stand: Stand) -> None:
    one = sheets.as_bytes(stand("bieu-2"), "pdf")
    assert one == sheets.as_bytes(stand("bieu-2"), "pdf")
    reader = PdfReader(io.BytesIO(one))
    assert reader.metadata is not None
    assert reader.metadata["/CreationDate"].startswith("D:2000")  # not the clock's
    assert "kế hoạch, tính từ số ngày" in " ".join(lines_of(one))
    fonts = reader.pages[0]["/Resources"]["/Font"].values()
    names = {font.get_object()["/BaseFont"] for font in fonts}
    embedded = [font.get_object() for font in fonts if "Spectral" in font.get_object()["/BaseFont"]]
    assert embedded
    assert all("/FontFile2" in font["/FontDescriptor"] for font in embedded), names


def test_long_paper_repeats_its_headings(stand: Stand) -> None:
    figures = stand("bieu-2")
    long = replace(figures, rows=[*figures.rows] * 8)
    pages = PdfReader(io.BytesIO(sheets.as_bytes(long, "pdf"))).pages
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        text = page.extract_text()
        assert "HNDTTS" in text
        assert (str(number) in text.splitlines()[-4:]) is (number > 1)  # none on the first page
        assert "15/02/2022" in text


def test_paper_sets_decomposed_letters_whole(stand: Stand) -> None:
    plain = stand("bieu-3")
    decomposed = renamed(plain, unicodedata.normalize("NFD", "Cam Tuyền"))
    assert sheets.as_bytes(decomposed, "pdf") == sheets.as_bytes(plain, "pdf")


def test_paper_refuses_a_letter_that_its_font_lacks(stand: Stand) -> None:
    with pytest.raises(RuleBroken, match=r"Cam 漢.*U\+6F22"):
        sheets.as_bytes(renamed(stand("bieu-3"), "Cam 漢"), "pdf")


def test_paper_has_all_vietnamese_letters() -> None:
    vowels = "aăâeêioôơuưy"
    tones = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]
    letters = "".join(unicodedata.normalize("NFC", v + tone) for v in vowels for tone in tones)
    letters += "đ"
    text = embedded().text
    assert text(letters + letters.upper()) == letters + letters.upper()
    assert text(unicodedata.normalize("NFD", "Cam Tuyền")) == "Cam Tuyền"


def test_markup_in_a_name_is_only_text(stand: Stand) -> None:
    lines = lines_of(sheets.as_bytes(renamed(stand("bieu-3"), "A <b>& B"), "pdf"))
    assert "Xã A <b>& B" in lines


# --- All --------------------------------------------------------------------------------------


def test_every_format_is_made_of_an_empty_table(stand: Stand) -> None:
    empty = replace(stand("bieu-2"), rows=[])
    for name in sheets.FORMATS:
        assert len(sheets.as_bytes(empty, name)) > 100


def test_files_have_plain_names(stand: Stand) -> None:
    assert sheets.file_name(stand("bieu-2"), "pdf") == "bieu-2_huyen-cam-lo_2022-02-15.pdf"
    movement = taken(stand, "dien-bien")
    assert sheets.file_name(movement, "csv") == "dien-bien_huyen-cam-lo_2022-01-01_2022-02-15.csv"


def test_bands_of_text_stand_over_their_columns(stand: Stand) -> None:
    lines = sheets.as_text(stand("bieu-3")).splitlines()
    rule = next(place for place, line in enumerate(lines) if line.startswith("   ") and "─" in line)
    over, under = lines[rule - 1], lines[rule]
    assert over.strip() == "Trong đó (Khác)"
    assert under.index("─") <= over.index("Trong")
    body = next(line for line in lines if line.startswith("Xã Thanh An"))
    assert body[under.index("─") :].split() == ["74", "12"]


def test_rates_are_numbers_with_two_decimals(stand: Stand) -> None:
    figures = stand("bieu-2")
    assert isinstance(figures.total["poor_rate"], Decimal)
    assert sheets.number(figures.total["poor_rate"]) == 3.04
    assert sheets.number(None) is None
