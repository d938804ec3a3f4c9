"""A file that goes back to its sender: the same cells, with what is wrong beside them."""

from collections import defaultdict
from datetime import date, datetime
from io import BytesIO
from typing import Any

from casemgmt.exchange.apart import Cells
from casemgmt.exchange.batches import Judged
from casemgmt.exchange.layout import FAULTS, Part
from casemgmt.exchange.report import Remark
from casemgmt.paper.book import FONT, print_set_up
from casemgmt.paper.page import A4_ACROSS
from casemgmt.vietnamese import same

_NAME = 31  # characters of a sheet's name


def with_faults(judged: Judged) -> bytes:
    """The sheets of a file as a workbook: a column “Lỗi” that says what is wrong with each row,
    the cells that are meant in yellow. What was a formula is text."""
    import xlsxwriter  # noqa: PLC0415 heavy

    into = BytesIO()
    book = xlsxwriter.Workbook(into, {"in_memory": True, "strings_to_formulas": False})
    forms = {
        (kind, wrong): book.add_format(
            {**FONT}
            | ({"num_format": shape} if shape else {})
            | ({"bg_color": "#FFFF00", "border": 1} if wrong else {})
            | ({"bold": True, "border": 1, "text_wrap": True} if kind == "head" else {})
        )
        for kind, shape in (
            ("text", "@"), ("day", "dd/mm/yyyy"), ("number", ""), ("head", "@"),
        )
        for wrong in (False, True)
    }  # fmt: skip
    for cells, part in zip(judged.sheets, judged.parts, strict=True):
        page = book.add_worksheet(cells.name[:_NAME])
        if part.is_ours:
            page.hide()
        told = [one for one in judged.report.errors if part.is_named(one.sheet)]
        _write(page, cells, part, told, forms)
    if not judged.sheets:
        book.add_worksheet()
    book.close()
    return into.getvalue()


def _write(page: Any, cells: Cells, part: Part, told: list[Remark], forms: Any) -> None:
    said: dict[int | None, list[str]] = defaultdict(list)
    wrong: set[tuple[int | None, int | None]] = set()
    for remark in told:
        said[remark.row].append(f"{remark.column}: {remark.message}" if remark.column
                                else remark.message)  # fmt: skip
        wrong.add((remark.row, part.place(remark.column)))
    head = part.head or (cells.rows[0][0] if cells.rows else 1)
    last = _faults_place(part)
    page.freeze_panes(head, 0)
    print_set_up(page, A4_ACROSS, head - 1, head - 1)
    page.set_column(0, max(last - 1, 0), 16)
    page.set_column(last, last, 60)
    said[head] = [FAULTS, *said.pop(None, []), *said.get(head, [])]
    for number, row in cells.rows:
        for place, value in enumerate(row):
            if place != last:
                value = cells.marks.get((number, place + 1), value)
                _put(page, number, place, value, forms, wrong=(number, place) in wrong, head=head)
        _yellow_blanks(page, number, row, wrong, forms)
        if number in said:
            form = forms["head" if number == head else "text", len(said[number]) > 1]
            text = "; ".join(said[number])
            page.write_string(number - 1, last, text, form)


def _faults_place(part: Part) -> int:
    """Where the column “Lỗi” stands: where it stood before, else behind the last one."""
    before = [place for place, title in part.titles.items() if same(title) == same(FAULTS)]
    return before[0] if before else max(part.titles, default=-1) + 1


def _yellow_blanks(page: Any, number: int, row: list[Any], wrong: Any, forms: Any) -> None:
    for line, place in wrong:
        if line == number and place is not None and place >= len(row):
            page.write_blank(number - 1, place, None, forms["text", True])


def _put(
    page: Any, number: int, place: int, value: Any, forms: Any, *, wrong: bool, head: int
) -> None:
    line = number - 1
    match value:
        case None | "":
            if wrong:
                page.write_blank(line, place, None, forms["text", True])
        case bool():
            page.write_boolean(line, place, value, forms["number", wrong])
        case int() | float():
            page.write_number(line, place, value, forms["number", wrong])
        case datetime() | date():
            page.write_datetime(line, place, value, forms["day", wrong])
        case _:
            form = forms["head" if number == head else "text", wrong]
            page.write_string(line, place, str(value), form)
