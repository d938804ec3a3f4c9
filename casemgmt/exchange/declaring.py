"""A signed table as a file that looks like its paper: an xlsx or a CSV with a title block, headings
in several rows, a row `Tổng`, signatures below. It comes from outside, so it is read apart.

It is read as printed: nothing is corrected, a blank stays a blank, and what cannot be read as a
number is refused with its place."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from casemgmt.errors import RuleBroken
from casemgmt.exchange.apart import LARGEST_FILE, Busy, Cells, cells, read_apart
from casemgmt.exchange.cells import is_blank
from casemgmt.exchange.encodings import encoding_of
from casemgmt.exchange.heading import Titles, is_numbering
from casemgmt.exchange.scanning import Unreadable
from casemgmt.tables import declared
from casemgmt.tables.declared import Declared, DeclaredRow, as_keys, decoded, has_keys, is_total
from casemgmt.tables.definitions import Column, Rate, Table
from casemgmt.tables.figures import Cell
from casemgmt.tables.layout import column_name
from casemgmt.tables.papers import printed_labels
from casemgmt.typed import parse_whole
from casemgmt.vietnamese import fold
from casemgmt.words import _

_WITHIN, _DEPTH, _LEAST = 40, 4, 2  # rows looked through, rows of a header, columns to be known
_MOST_ROWS, _MOST_FAULTS = 2_000, 20
_WORKBOOKS = (b"PK", b"\xd0\xcf\x11\xe0")  # xlsx; and the old kinds, refused with a reason
_YEARS = re.compile(r"\{\w+\}|[0-9]{4}")
_HUNDREDTHS = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Known:
    """A recognised column: its key, and its heading as it stands in the file."""

    key: str
    heading: str


@dataclass(frozen=True, slots=True)
class Recognised:
    """A printed table with how it was read. `text`: the same as a CSV of keys."""

    declared: Declared
    known: Sequence[Known]
    text: str


def recognise(content: bytes, table: Table) -> Recognised:
    """What a file or a pasted text declares. Raises RuleBroken."""
    if len(content) > LARGEST_FILE:
        raise RuleBroken(_("Tệp lớn hơn 10 MB: bảng đã ký không lớn như vậy."), field="file")
    if content.startswith(_WORKBOOKS):
        return _printed(_sheets(content), table)
    text = decoded(content)
    if has_keys(text, table):
        told = declared.read(content, table)
        return Recognised(told, [Known(key, key) for key in told.columns], text)
    return _printed(list(_as_sheets(text)), table) if text.strip() else _no_table(table)


def _sheets(content: bytes) -> list[Cells]:
    try:
        return [sheet for sheet in cells(read_apart(content)) if sheet.visible]
    except (Unreadable, Busy) as wrong:
        raise RuleBroken(_(str(wrong)), field="file") from None


def _as_sheets(text: str) -> Iterator[Cells]:
    """A CSV by each of the signs that may stand between its cells."""
    for sign in ",;\t":
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=sign))
        except csv.Error:
            continue
        told = [
            (number, list(row)) for number, row in enumerate(rows, 1) if any(map(str.strip, row))
        ]
        yield Cells("CSV", told[: _MOST_ROWS + _WITHIN], {}, [], frozenset(), True)


# --- The headings --------------------------------------------------------------------------------


@dataclass(slots=True)
class _Head:
    """Where the headings of a sheet are: the columns by key, that of the units, the first row
    below."""

    titles: Titles
    columns: Mapping[str, int]
    parts: Mapping[int, tuple[str, ...]]
    below: int
    unit: int = 0

    @property
    def first(self) -> int:
        return min(self.columns.values())


def _printed(sheets: Sequence[Cells], table: Table) -> Recognised:
    heads = [(sheet, head) for sheet in sheets if (head := _head(sheet, table))]
    if not heads:
        _no_table(table)
    sheet, head = max(heads, key=lambda one: len(one[1].columns))
    rows, totals = _body(sheet, head, table)
    keys = [column.key for column in table.columns if column.key in head.columns]
    told = Declared(table, keys, rows, totals)
    known = [Known(key, " › ".join(head.parts[head.columns[key]])) for key in keys]
    return Recognised(told, known, as_keys(told))


def _no_table(table: Table) -> Recognised:
    labels = "; ".join(column_name(table.columns, column.key) for column in table.columns)
    raise RuleBroken(
        _(
            "Không thấy dòng tiêu đề của bảng này. Cần cột tên đơn vị và ít nhất hai cột trong các"
            " cột: {labels} (hoặc các khóa của bản CSV lấy về từ trang của bảng).",
            labels=labels,
        ),
        field="file",
    )


def _head(sheet: Cells, table: Table) -> _Head | None:
    """The rows that name most columns of the table; None where none name two."""
    rows = dict(sheet.rows)
    texts = [cell for _, row in sheet.rows[:_WITHIN] for cell in row if isinstance(cell, str)]
    titles = Titles(rows, sheet.merges, encoding_of(texts))
    best: tuple[int, int, int, dict[str, int]] | None = None
    for first in sorted(rows)[:_WITHIN]:
        for last in range(first, first + _DEPTH):
            found = _columns(titles.parts(first, last), table)
            if len(found) >= _LEAST and (best is None or len(found) > best[0]):
                best = len(found), first, last, found
    if best is None:
        return None
    _count, first, last, found = best
    below = last + 1
    while is_numbering([titles.text(below, place) for place in range(len(rows.get(below, ())))]):
        below += 1
    head = _Head(titles, found, titles.parts(first, last), below)
    head.unit = _unit_column(head)
    return head


def _columns(parts: Mapping[int, tuple[str, ...]], table: Table) -> dict[str, int]:
    """The sheet's columns by the table's keys, each at most once. A rate whose heading others have
    too (`Tỷ lệ %`) stands right behind what it is a rate of."""
    names = _names(table)
    found: dict[str, int] = {}
    before = ""
    for place in sorted(parts):
        heading = _plain(parts[place][-1])
        for column in table.columns:
            told = heading and heading in names[column.key] and column.key not in found
            if told and _may_follow(column, before, names):
                found[column.key] = place
                before = column.key
                break
    return found


def _may_follow(column: Column, before: str, names: Mapping[str, set[str]]) -> bool:
    if not isinstance(column, Rate) or column.of == before:
        return True
    return all(
        names[column.key].isdisjoint(told) for key, told in names.items() if key != column.key
    )


def _names(table: Table) -> dict[str, set[str]]:
    """What may stand above each column: its key, its labels on screen and on paper."""
    printed = printed_labels(table)
    return {
        column.key: {
            _plain(text)
            for text in (column.key, column.label, column_name(table.columns, column.key), paper)
        }
        for column, paper in zip(table.columns, printed, strict=True)
    }


def _plain(text: str) -> str:
    return fold(_YEARS.sub(" ", text))


def _unit_column(head: _Head) -> int:
    """The column before the figures in which most texts are no numbers."""
    telling: dict[int, int] = defaultdict(int)
    for number in head.titles.rows:
        if number >= head.below:
            for place in range(head.first):
                text = head.titles.text(number, place)
                telling[place] += bool(text) and not text.strip(" .()").isdigit()
    if not any(telling.values()):
        raise RuleBroken(_("Không thấy cột tên đơn vị trước các cột số."), field="file")
    return max(telling, key=lambda place: (telling[place], place))


# --- The rows ------------------------------------------------------------------------------------


def _body(sheet: Cells, head: _Head, table: Table) -> tuple[list[DeclaredRow], list[DeclaredRow]]:
    """The rows of units and the rows `Tổng`. Below the total, or below an empty row, a row
    without figures is a signature or a note."""
    rows: list[DeclaredRow] = []
    totals: list[DeclaredRow] = []
    faults: list[str] = []
    ended, before = False, head.below - 1
    for number, line in sheet.rows:
        if number < head.below:
            continue
        ended, before = ended or (number > before + 1 and bool(rows)), number
        printed = [_at(line, place) for place in head.columns.values()]
        unit = _unit_of(head, number)
        if not any(map(_is_figure, printed)) and (ended or all(map(is_blank, [*printed, unit]))):
            continue
        row = DeclaredRow(number, unit, _cells(number, line, head, table, faults))
        (totals if is_total(unit) else rows).append(row)
        ended = ended or (is_total(unit) and bool(rows))
    if len(rows) > _MOST_ROWS:
        raise RuleBroken(_("Bảng có quá nhiều dòng (hơn {n}).", n=_MOST_ROWS), field="file")
    if faults:
        raise RuleBroken("\n".join(faults[:_MOST_FAULTS]), field="declared")
    return rows, totals


def _is_figure(value: object) -> bool:
    try:
        return _number(value, rate=True) is not None
    except ValueError:
        return False


def _unit_of(head: _Head, number: int) -> str:
    """The unit of a row; where its cell is empty, what stands before the figures (`Tổng`)."""
    if text := head.titles.text(number, head.unit):
        return text
    texts = (head.titles.text(number, place) for place in range(head.first))
    return next((text for text in texts if text and not text.isdigit()), "")


def _at(line: Sequence[object], place: int) -> object:
    return line[place] if place < len(line) else None


def _cells(
    number: int, line: Sequence[object], head: _Head, table: Table, faults: list[str]
) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    for key, place in head.columns.items():
        value = _at(line, place)
        try:
            found[key] = _number(value, rate=isinstance(table.column(key), Rate))
        except ValueError as expected:
            told = _("Dòng {n}, cột {column}", n=number, column=column_name(table.columns, key))
            faults.append(f"{told}: “{value}” – {expected}.")
    return found


def _number(value: object, *, rate: bool) -> Cell:
    """A cell as it is printed: a rate that a formula gave, to two decimals."""
    if is_blank(value):
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and rate:
        return Decimal(repr(value)).quantize(_HUNDREDTHS, ROUND_HALF_UP)
    if isinstance(value, int | float):
        return parse_whole(value)
    return declared.cell(str(value).strip(), rate=rate)
