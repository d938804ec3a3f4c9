"""What an export looks like in Excel, and that a failed one leaves nothing behind."""

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy.orm import Session

from casemgmt.errors import RuleBroken
from casemgmt.exchange.exporting import export_workbook
from casemgmt.exchange.importing import load
from casemgmt.exchange.sheets import WORKBOOK
from tests.exchange.books import good


@pytest.fixture
def book(session: Session, tmp_path: Path) -> openpyxl.Workbook:
    """An export as another program reads it; one household is named like a formula."""
    sheets = good()
    sheets["Hộ"][2] |= {"Chủ hộ": '=HYPERLINK("x")', "Địa chỉ": "@Thôn", "Ghi chú": "+84 -1"}
    sheets["Đơn vị"][0]["Mã TCTK"] = "00045"
    sheets["Thành viên"][2]["Ngày sinh"] = "05/01/1900"
    assert load(session, sheets).applied
    session.commit()
    export_workbook(session, tmp_path / "a.xlsx")
    return openpyxl.load_workbook(tmp_path / "a.xlsx")


def test_all_sheets_and_columns_in_the_order_of_the_contract(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == [sheet.name for sheet in WORKBOOK]
    for sheet in WORKBOOK:
        first = next(book[sheet.name].iter_rows(values_only=True))
        assert list(first) == [column.header for column in sheet.columns]


def test_text_stays_text(book: openpyxl.Workbook) -> None:
    household = [cell.value for cell in book["Hộ"][4]]
    assert household == ["H3", '=HYPERLINK("x")', "@Thôn", None, "+84 -1"]
    assert {cell.data_type for cell in book["Hộ"][4]} <= {"s", "n", "inlineStr"}
    assert book["Hộ"]["D2"].value == "0912345678"
    assert book["Thành viên"]["F2"].value == "045062000123"
    assert book["Đơn vị"]["E2"].value == "00045"
    assert book["Thành viên"]["F2"].number_format == "@"


def test_days_are_days_and_births_as_precise_as_they_are_known(book: openpyxl.Workbook) -> None:
    births = [book["Thành viên"].cell(row, 4).value for row in (2, 3, 4)]
    assert births == [datetime(1962, 3, 14), "03/2005", "05/01/1900"]  # noqa: DTZ001 Excel's
    started = book["Đỡ đầu"]["D2"]
    assert (started.value.date(), started.number_format) == (date(2022, 2, 1), "dd/mm/yyyy")
    assert book["Đơn vị"]["G2"].value is None


def test_numbers_are_numbers(book: openpyxl.Workbook) -> None:
    actions = book["Hỗ trợ"]
    assert [actions.cell(2, column).value for column in (7, 9)] == [1, 15_000_000]
    assert actions.cell(3, 7).value == 1.5
    assert book["Chỉ tiêu"]["D2"].value in (5, 0.585)
    assert book["Loại hỗ trợ"].max_row == 1 + 28 + 1


def test_a_file_that_cannot_be_written(session: Session, tmp_path: Path) -> None:
    with pytest.raises(RuleBroken):
        export_workbook(session, tmp_path / "nowhere" / "a.xlsx")


def test_a_failed_export_leaves_the_old_file(session: Session, tmp_path: Path) -> None:
    sheets = good()
    sheets["Hộ"][0]["Ghi chú"] = "x" * 32_768
    assert load(session, sheets).applied
    (tmp_path / "a.xlsx").write_text("old", encoding="utf-8")
    with pytest.raises(RuleBroken):
        export_workbook(session, tmp_path / "a.xlsx")
    assert (tmp_path / "a.xlsx").read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir() if "casemgmt" in path.name] == []
