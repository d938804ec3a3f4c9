"""A table as a workbook: numbers as numbers, and a second sheet that says what they are."""

import io
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from casemgmt.places.queries import named
from casemgmt.tables import layout
from casemgmt.tables.figures import Cell, Figures
from casemgmt.tables.suppression import Hidden

_FONT = {"font_name": "Times New Roman", "font_size": 12, "valign": "vcenter"}
_BOX = {**_FONT, "border": 1}
_FIRST_HEADER = 4  # title, unit, days, an empty row
_COUNT, _RATE = "#,##0", "0.00"


def as_xlsx(figures: Figures) -> bytes:
    """The table and its notes (`Ghi chú`); the same figures give the same bytes."""
    import xlsxwriter  # noqa: PLC0415 heavy

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    made = datetime.combine(figures.asked.as_of, time(), UTC).replace(tzinfo=None)
    book.set_properties({"title": figures.asked.table.title, "created": made})
    _Sheet(book, figures).write()
    _write_notes(book, figures)
    book.close()
    return out.getvalue()


class _Sheet:
    """The sheet of the table itself, written from top to bottom."""

    def __init__(self, book: Any, figures: Figures) -> None:
        self.figures = figures
        self.columns = figures.asked.table.columns
        self.sheet = book.add_worksheet(figures.asked.table.key)
        self.title = book.add_format({**_FONT, "bold": True, "font_size": 14, "align": "center"})
        self.says = book.add_format({**_FONT, "italic": True, "align": "center"})
        self.header = book.add_format({**_BOX, "bold": True, "align": "center", "text_wrap": True})
        self.kinds = {
            (kind, bold): book.add_format({**_BOX, "bold": bold, **more})
            for kind, more in (
                ("text", {}),
                ("count", {"num_format": _COUNT}),
                ("rate", {"num_format": _RATE}),
            )
            for bold in (False, True)
        }

    def write(self) -> None:
        last = len(self.columns)
        asked = self.figures.asked
        self.sheet.merge_range(0, 0, 0, last, asked.table.title, self.title)
        self.sheet.merge_range(1, 0, 1, last, layout.place(self.figures), self.says)
        self.sheet.merge_range(2, 0, 2, last, layout.days(self.figures), self.says)
        body = self._headers()
        for number, row in enumerate(self.figures.rows, body):
            self._row(number, named(row.unit.level, row.unit.name), row.cells, bold=False)
        total = body + len(self.figures.rows)
        self._row(total, layout.TOTAL, self.figures.total, bold=True)
        self.sheet.set_column(0, 0, 24)
        self.sheet.set_column(1, last, 11)
        self.sheet.freeze_panes(body, 1)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(_FIRST_HEADER, body - 1)

    def _headers(self) -> int:
        """Write the headings; the row number at which the body begins."""
        bands = layout.bands(self.figures)
        first, last = _FIRST_HEADER, _FIRST_HEADER + bool(bands)
        under = {place for band in bands for place in range(band.first, band.last + 1)}
        for band in bands:
            self._merge(first, band.first + 1, first, band.last + 1, band.text)
        if bands:
            self.sheet.set_row(first, 36)
        self.sheet.set_row(last, 66)
        self._merge(first, 0, last, 0, layout.UNIT)
        for place, column in enumerate(self.columns):
            top = last if place in under else first
            self._merge(top, place + 1, last, place + 1, column.label)
        return last + 1

    def _merge(self, top: int, left: int, bottom: int, right: int, text: str) -> None:
        if (top, left) == (bottom, right):
            self.sheet.write_string(top, left, text, self.header)
        else:
            self.sheet.merge_range(top, left, bottom, right, text, self.header)

    def _row(self, number: int, name: str, cells: Any, *, bold: bool) -> None:
        self.sheet.write_string(number, 0, name, self.kinds["text", bold])
        for place, column in enumerate(self.columns, 1):
            self._cell(number, place, cells[column.key], bold=bold)

    def _cell(self, row: int, place: int, value: Cell, *, bold: bool) -> None:
        kind = self.kinds["rate" if isinstance(value, Decimal) else "count", bold]
        if value is None:
            self.sheet.write_blank(row, place, None, kind)
        elif isinstance(value, Hidden):
            self.sheet.write_string(row, place, value.text, kind)
        else:
            self.sheet.write_number(row, place, float(value), kind)


def _write_notes(book: Any, figures: Figures) -> None:
    sheet = book.add_worksheet("Ghi chú")
    name = book.add_format({**_FONT, "bold": True})
    text = book.add_format(_FONT)
    notes = [
        ("Bảng", figures.asked.table.title),
        ("Đơn vị", layout.place(figures)),
        ("Ngày", layout.days(figures)),
        *layout.choices(figures),
        ("Ô để trống", "chưa có số liệu"),
    ]
    for row, (what, which) in enumerate(notes):
        sheet.write_string(row, 0, what, name)
        sheet.write_string(row, 1, which, text)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 60)
