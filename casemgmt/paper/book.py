"""Workbooks in the shape of the papers: a title block, merged headings, boxes, Times New Roman, set
up for printing; and a sheet `Ghi chú` that says what they are.

Text stays text whatever it looks like, numbers are numbers, days are days: nothing in a workbook is
ever a formula."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from textwrap import wrap
from typing import Any

from casemgmt.clock import VIETNAM
from casemgmt.paper.page import (
    A3_ACROSS,
    A4,
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    Format,
    Made,
    format_for,
)
from casemgmt.typed import show_number

NOTES = "Ghi chú"
FONT: dict[str, Any] = {"font_name": "Times New Roman", "font_size": 12, "valign": "vcenter"}
_BOX = {**FONT, "border": 1}
_KINDS: dict[str, dict[str, Any]] = {
    "text": {"num_format": "@", "text_wrap": True},
    "count": {"num_format": "#,##0"},
    "rate": {"num_format": "0.00"},
    "day": {"num_format": "dd/mm/yyyy", "align": "center"},
}
_A3, _A4 = 8, 9  # Excel's numbers of these sheets
_INCH = 25.4
_LETTER = 2.1  # millimetres of one unit of a column's width
_LETTERS_OF_A_DAY = 11
_NARROWEST, _WIDEST = 6, 42
_LINE = 16.5  # points of a line of text
_LONGEST_NAME = 31  # of a sheet


class Book:
    """A workbook that is being written. `created`: the moment that it carries; the same content of
    the same moment gives the same bytes."""

    def __init__(self, title: str, created: datetime) -> None:
        import xlsxwriter  # noqa: PLC0415 heavy

        self._out = io.BytesIO()
        self._book = xlsxwriter.Workbook(self._out, {"in_memory": True})
        # xlsxwriter writes the moment as it is, in no zone.
        self._book.set_properties({"title": title, "created": created.replace(tzinfo=None)})
        self.title = self._book.add_format(
            {**FONT, "bold": True, "font_size": 14, "align": "center", "text_wrap": True}
        )
        self.says = self._book.add_format({**FONT, "italic": True, "align": "center"})
        self.header = self._book.add_format(
            {**_BOX, "bold": True, "align": "center", "text_wrap": True}
        )
        self.kinds = {
            (kind, bold): self._book.add_format({**_BOX, "bold": bold, **more})
            for kind, more in _KINDS.items()
            for bold in (False, True)
        }
        self._name = self._book.add_format({**FONT, "bold": True, "valign": "top"})
        self._text = self._book.add_format({**FONT, "num_format": "@", "text_wrap": True})

    def sheet(self, name: str) -> "Sheet":
        """A new sheet."""
        return Sheet(self, self._book.add_worksheet(name[:_LONGEST_NAME]))

    def notes(self, told: Iterable[tuple[str, str]]) -> None:
        """The sheet `Ghi chú`: (what, which), line by line."""
        page = self._book.add_worksheet(NOTES)
        for row, (what, which) in enumerate(told):
            page.write_string(row, 0, what, self._name)
            page.write_string(row, 1, which, self._text)
        page.set_column(0, 0, 24)
        page.set_column(1, 1, 80)
        page.set_paper(_A4)

    def content(self) -> bytes:
        """The file."""
        self._book.close()
        return self._out.getvalue()


class Sheet:
    """One sheet, written by row and column from 0."""

    def __init__(self, book: Book, page: Any) -> None:
        self.book = book
        self.page = page

    def block(self, title: str, of: Sequence[str], last: int) -> int:
        """The title block over the columns up to `last`, and an empty row; the next row."""
        self._across(0, last, title, self.book.title)
        for row, line in enumerate(of, 1):
            self._across(row, last, line, self.book.says)
        return len(of) + 2

    def _across(self, row: int, last: int, text: str, form: Any) -> None:
        if last:
            self.page.merge_range(row, 0, row, last, "", form)
        self.page.write_string(row, 0, text, form)

    def head(self, top: int, left: int, bottom: int, right: int, text: str) -> None:
        """A heading over these cells."""
        if (top, left) != (bottom, right):
            self.page.merge_range(top, left, bottom, right, "", self.book.header)
        self.page.write_string(top, left, text, self.book.header)

    def put(self, row: int, column: int, value: object, *, bold: bool = False) -> None:
        """A value as its kind of cell: a whole number, a rate (Decimal), a day, else text; True is
        a tick."""
        forms = self.book.kinds
        match value:
            case None | False | "":
                self.page.write_blank(row, column, None, forms["text", bold])
            case True:
                self.page.write_string(row, column, "x", forms["text", bold])
            case int():
                self.page.write_number(row, column, value, forms["count", bold])
            case Decimal():
                self.page.write_number(row, column, float(value), forms["rate", bold])
            case date():
                self.page.write_datetime(row, column, value, forms["day", bold])
            case _:
                self.page.write_string(row, column, str(value), forms["text", bold])

    def set_up(self, widths: Sequence[float], *, first: int, body: int, fixed: int = 1) -> None:
        """Widths of the columns in letters, and how it is printed: on the smallest sheet with room
        for them, the headings (the rows from `first` to before `body`) on every page. `fixed`: how
        many columns stay in sight."""
        for column, width in enumerate(widths):
            self.page.set_column(column, column, width)
        self.page.freeze_panes(body, fixed)
        print_set_up(self.page, format_for(sum(widths) * _LETTER), first, body - 1)


def print_set_up(page: Any, form: Format, first: int, last: int) -> None:
    """How a sheet is printed: as wide as the paper, with the Decree's margins, the headings (the
    rows from `first` to `last`) on every page, and the pages numbered."""
    page.repeat_rows(first, last)
    page.set_paper(_A3 if form is A3_ACROSS else _A4)
    if form is not A4:
        page.set_landscape()
    page.fit_to_pages(1, 0)
    page.set_margins(*(side / _INCH for side in (LEFT, RIGHT, TOP, BOTTOM)))
    page.set_footer('&R&"Times New Roman,Regular"&P/&N')


# --- A list --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as a file holds it. `of`: the lines under the title (the unit, the day); `notes`: what
    else is told of it, as (what, which): its day, its filter in words; `total`: the last row."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[object]]
    of: Sequence[str] = ()
    notes: Sequence[tuple[str, str]] = ()
    total: Sequence[object] = ()


def as_xlsx(listing: Listing, made: Made) -> bytes:
    """The list as a workbook. `made`: by whom it was made, when, where it opens again."""
    book = Book(listing.title, made.at.astimezone(VIETNAM))
    sheet = book.sheet(listing.title)
    first = sheet.block(listing.title, listing.of, len(listing.heads) - 1)
    widths = list(map(_width, *_columns(listing)))
    for column, text in enumerate(listing.heads):
        sheet.head(first, column, first, column, text)
    sheet.page.set_row(first, _height(listing.heads, widths))
    for number, row in enumerate(listing.rows, first + 1):
        sheet.page.set_row(number, _height(row, widths))
        for column, value in enumerate(row):
            sheet.put(number, column, value)
    for column, value in enumerate(listing.total):
        sheet.put(first + 1 + len(listing.rows), column, value, bold=True)
    sheet.set_up(widths, first=first, body=first + 1)
    book.notes(_told(listing, made))
    return book.content()


def _columns(listing: Listing) -> tuple[Sequence[str], list[Sequence[object]]]:
    columns = [[row[place] for row in listing.rows] for place in range(len(listing.heads))]
    return listing.heads, list(columns)


def _width(head: str, values: Sequence[object]) -> float:
    """Room for the longest value and for the longest word of the heading."""
    longest = max(map(_letters, values), default=0)
    word = max(map(len, head.split()), default=0)
    return min(_WIDEST, max(_NARROWEST, longest + 2, word + 2))


def _height(row: Sequence[object], widths: Sequence[float]) -> float:
    """Room for the texts that take several lines."""
    texts = zip(map(str, row), widths, strict=True)
    long = (wrap(text, int(room) - 1) for text, room in texts if len(text) >= room)
    return _LINE * max(map(len, long), default=1)


def _letters(value: object) -> int:
    if value is None:
        return 0
    return _LETTERS_OF_A_DAY if isinstance(value, date) else len(str(value))


def _told(listing: Listing, made: Made) -> list[tuple[str, str]]:
    return [
        ("Danh sách", listing.title),
        *listing.notes,
        ("Nguồn", "Sổ hộ trong casemgmt"),
        *taken_out(listing, made),
    ]


def taken_out(listing: Listing, made: Made) -> list[tuple[str, str]]:
    """How much left the register, with whom, when."""
    return [("Số dòng", show_number(len(listing.rows))), *told_of(made)]


def told_of(made: Made) -> list[tuple[str, str]]:
    """By whom, when, and where to look again."""
    return [
        ("Người lập", made.by),
        ("Lúc", f"{made.at.astimezone(VIETNAM):%H:%M %d/%m/%Y}"),
        *([("Mở lại", made.address)] if made.address else []),
    ]
