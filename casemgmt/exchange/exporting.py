"""The whole register as a workbook that imports back to the same register."""

import os
import tempfile
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from os import PathLike
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from casemgmt.db import reading
from casemgmt.errors import RuleBroken
from casemgmt.exchange.report import Progress
from casemgmt.exchange.scanning import Limits
from casemgmt.exchange.sheets import WORKBOOK, Column, Sheet
from casemgmt.exchange.stored import exported
from casemgmt.paper.book import FONT, print_set_up
from casemgmt.paper.page import A3_ACROSS, A4_ACROSS
from casemgmt.typed import Birth, show_date

# A fixed date inside the file: the same register gives the same bytes.
_MADE = datetime(2022, 1, 1)  # noqa: DTZ001 written as it is, in no zone
_LONGEST = Limits().characters
_FIRST_EXCEL_DAY = date(1900, 3, 1)  # before it Excel's calendar is a day off
_WIDTHS = {"Tên": 32, "Chủ hộ": 24, "Họ và tên": 24, "Nội dung": 32, "Ghi chú": 32, "Địa chỉ": 28}
_ON_A4 = 9  # columns that can be read on it
_OPTIONS = {"constant_memory": True, "default_date_format": "dd/mm/yyyy"}


def export_workbook(
    session: Session, path: str | PathLike[str], *, progress: Progress | None = None
) -> None:
    """Write the register to a file, which appears only when it is whole; a file of that name is
    replaced. Voided support actions stay behind. Raises RuleBroken where the file cannot be
    written."""
    target = Path(path)
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".casemgmt-") as folder:
            made = Path(folder) / "register.xlsx"
            with reading():
                _write(_snapshot(session), made, progress)
            with made.open("rb+") as file:
                os.fsync(file.fileno())
            made.replace(target)
    except OSError as wrong:
        raise RuleBroken(f"Không ghi được tệp {target}: {wrong.strerror}.") from wrong


def _snapshot(session: Session) -> Connection:
    """A connection on which all sheets see the register of one moment."""
    session.flush()
    if session.get_bind().dialect.name == "postgresql" and not session.in_transaction():
        return session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    return session.connection()


def _write(connection: Connection, path: Path, progress: Progress | None) -> None:
    import xlsxwriter  # noqa: PLC0415 heavy

    book = xlsxwriter.Workbook(str(path), {**_OPTIONS, "tmpdir": str(path.parent)})
    book.set_properties({"created": _MADE, "title": "Sổ bộ"})
    forms = {
        name: book.add_format({**FONT, **more})
        for name, more in (
            ("header", {"bold": True, "border": 1, "text_wrap": True, "num_format": "@"}),
            ("text", {"num_format": "@"}),
            ("day", {"num_format": "dd/mm/yyyy"}),
            ("whole", {"num_format": "#,##0"}),
            ("decimal", {"num_format": "#,##0.###"}),
        )
    }
    try:
        for place, sheet in enumerate(WORKBOOK):
            if progress:
                progress("Xuất sổ bộ", place, len(WORKBOOK))
            _page(book.add_worksheet(sheet.name), connection, sheet, forms)
    finally:
        book.close()  # it also closes its temporary files
    if progress:
        progress("Xuất sổ bộ", len(WORKBOOK), len(WORKBOOK))


def _page(page: Any, connection: Connection, sheet: Sheet, forms: dict[str, Any]) -> None:
    page.freeze_panes(1, 0)
    print_set_up(page, A3_ACROSS if len(sheet.columns) > _ON_A4 else A4_ACROSS, 0, 0)
    for column, one in enumerate(sheet.columns):
        page.set_column(column, column, _WIDTHS.get(one.header, 14))
        page.write_string(0, column, one.header, forms["header"])
    with closing(exported(connection, sheet)) as rows:
        for number, row in enumerate(rows, 1):
            for column, one in enumerate(sheet.columns):
                _put(page, number, column, one, row[one.key], forms)


def _put(
    page: Any, number: int, place: int, column: Column, value: Any, forms: dict[str, Any]
) -> None:
    match _shown(column, value):
        case None:
            pass
        case datetime() | date() as day:
            page.write_datetime(number, place, day, forms["day"])
        case int() as whole:
            page.write_number(number, place, whole, forms["whole" if whole > 9999 else "decimal"])
        case Decimal() as exact:
            page.write_number(number, place, float(exact), forms["decimal"])
        case text:
            if len(text) > _LONGEST:
                raise RuleBroken(
                    f"Cột {column.header} có chữ dài hơn {_LONGEST} ký tự: Excel không giữ được."
                )
            page.write_string(number, place, text, forms["text"])


def _shown(column: Column, value: Any) -> str | int | Decimal | date | None:
    """A value as its cell holds it; None for a blank cell."""
    if value is None or value == column.blank:
        return None
    match value:
        case bool():
            return "x" if value else None
        case Enum():
            return _label(column, value)
        case Birth():
            return _born(value)
        case frozenset():
            return ", ".join(sorted(value))
        case date():
            return value if value >= _FIRST_EXCEL_DAY else show_date(value)
        case Decimal():
            return value if value % 1 else int(value)
        case _:
            return value  # type: ignore[no-any-return]


def _label(column: Column, value: Any) -> str:
    labels = {word: label for label, word in (column.words or {}).items()}
    return labels.get(value, str(value.value))


def _born(birth: Birth) -> str | date:
    """A whole date as a date; a month or a year as text, as precisely as it is known."""
    if birth.month is None or birth.day is None:
        return birth.show()
    day = date(birth.year, birth.month, birth.day)
    return day if day >= _FIRST_EXCEL_DAY else birth.show()
