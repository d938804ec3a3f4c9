"""A table as a workbook: numbers as numbers, and a second sheet that says what they are."""

from collections.abc import Mapping
from datetime import UTC, datetime, time

from casemgmt.paper.book import Book, Sheet, told_of
from casemgmt.paper.page import Made
from casemgmt.places.queries import named
from casemgmt.tables import layout
from casemgmt.tables.definitions import Column
from casemgmt.tables.figures import Cell, Figures
from casemgmt.tables.suppression import Hidden
from casemgmt.typed import show_number

_UNIT_WIDTH, _WIDTH = 24, 11
_BAND_HEIGHT, _HEAD_HEIGHT = 36, 66


def as_xlsx(figures: Figures, made: Made | None = None) -> bytes:
    """The table and its notes (`Ghi chú`). `made` None: by the program, at no moment, so that the
    same figures give the same bytes."""
    title = figures.asked.table.title
    book = Book(title, made.at if made else datetime.combine(figures.asked.as_of, time(), UTC))
    sheet = book.sheet(figures.asked.table.key)
    columns = figures.asked.table.columns
    of = (layout.place(figures), layout.days(figures))
    first = sheet.block(title, of, len(columns))
    body = _headings(sheet, figures, first)
    for number, row in enumerate(figures.rows, body):
        _row(sheet, number, named(row.unit.level, row.unit.name), columns, row.cells)
    _row(sheet, body + len(figures.rows), layout.TOTAL, columns, figures.total, bold=True)
    sheet.set_up([_UNIT_WIDTH, *[_WIDTH] * len(columns)], first=first, body=body)
    book.notes(_notes(figures, made))
    return book.content()


def _headings(sheet: Sheet, figures: Figures, first: int) -> int:
    """Write the headings; the row number at which the body begins."""
    bands = layout.bands(figures)
    last = first + bool(bands)
    under = {place for band in bands for place in range(band.first, band.last + 1)}
    for band in bands:
        sheet.head(first, band.first + 1, first, band.last + 1, band.text)
    if bands:
        sheet.page.set_row(first, _BAND_HEIGHT)
    sheet.page.set_row(last, _HEAD_HEIGHT)
    sheet.head(first, 0, last, 0, layout.UNIT)
    for place, column in enumerate(figures.asked.table.columns):
        top = last if place in under else first
        sheet.head(top, place + 1, last, place + 1, column.label)
    return last + 1


def _row(
    sheet: Sheet,
    number: int,
    name: str,
    columns: tuple[Column, ...],
    cells: Mapping[str, Cell],
    *,
    bold: bool = False,
) -> None:
    sheet.put(number, 0, name, bold=bold)
    for place, column in enumerate(columns, 1):
        value = cells[column.key]
        shown = value.text if isinstance(value, Hidden) else value
        sheet.put(number, place, shown, bold=bold)


def _notes(figures: Figures, made: Made | None) -> list[tuple[str, str]]:
    return [
        ("Bảng", figures.asked.table.title),
        ("Đơn vị", layout.place(figures)),
        ("Ngày", layout.days(figures)),
        *layout.choices(figures),
        ("Ô để trống", "chưa có số liệu"),
        ("Số dòng", show_number(len(figures.rows))),
        ("Nguồn", "Sổ hộ trong casemgmt"),
        *(told_of(made) if made else ()),
    ]
