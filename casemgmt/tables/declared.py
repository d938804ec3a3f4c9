"""A signed table as somebody typed it off its paper: a CSV of the table's keys. (Files that look
like the paper itself are read by exchange.declaring.)

It is read as printed: nothing is corrected, a blank stays a blank. What cannot be read as a
number is refused with its place, all such cells at once."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from casemgmt.errors import RuleBroken
from casemgmt.tables.definitions import Rate, Table
from casemgmt.tables.figures import TOTAL, Cell
from casemgmt.typed import harmless, parse_rate, parse_whole
from casemgmt.vietnamese import clean, fold
from casemgmt.words import _

UNIT = "unit"
_TOTAL_WORD = fold("Tổng")
_DELIMITERS = ",;\t"
_BLANKS = {"", "-", "–", "—"}
_MINUS = str.maketrans("−", "-")


@dataclass(frozen=True, slots=True)
class DeclaredRow:
    """One printed row: its line in the file, the unit as printed, its cells (None: blank)."""

    line: int
    unit: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Declared:
    """A printed table. `columns`: the keys that it has, in the table's order; `totals`: its rows
    `Tổng…`, one where all is well."""

    table: Table
    columns: Sequence[str]
    rows: Sequence[DeclaredRow]
    totals: Sequence[DeclaredRow]


def read(data: bytes, table: Table) -> Declared:
    """The bytes of a CSV (UTF-8 or UTF-16; `,`, `;` or tab between cells) → the printed table.
    Columns that are no keys of the table are ignored. Raises RuleBroken."""
    text = decoded(data)
    header, delimiter = _header(text, table)
    places = _places(header, table)
    faults: list[str] = []
    rows: list[DeclaredRow] = []
    totals: list[DeclaredRow] = []
    for line, record in _records(text, delimiter):
        if line == 0 or not any(map(clean, record)):
            continue
        if any(map(clean, record[len(header) :])):
            faults.append(
                f"Dòng {line}: có nhiều ô hơn dòng tiêu đề (số có dấu phẩy phải đặt trong"
                " ngoặc kép)."
            )
            continue
        row = _row(line, record, places, table, faults)
        (totals if is_total(row.unit) else rows).append(row)
    if faults:
        raise RuleBroken("\n".join(faults), field="declared")
    columns = [column.key for column in table.columns if column.key in places]
    return Declared(table, columns, rows, totals)


def is_total(unit: str) -> bool:
    """Whether a row of this name is the table's total."""
    return unit == TOTAL or fold(unit).split()[:1] == [_TOTAL_WORD]


def has_keys(text: str, table: Table) -> bool:
    """Whether the first line of a text holds keys of the table."""
    try:
        return bool(_header(text, table))
    except RuleBroken:
        return False


def as_keys(declared: Declared) -> str:
    """A printed table as the text that `read` reads back, but for the numbers of its lines."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([UNIT, *declared.columns])
    for row in (*declared.rows, *declared.totals):
        values = [row.cells.get(key) for key in declared.columns]
        writer.writerow([harmless(row.unit), *("" if one is None else one for one in values)])
    return out.getvalue()


def decoded(data: bytes) -> str:
    """The text of a file in UTF-8 or UTF-16. Raises RuleBroken."""
    utf_16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        return data.decode("utf-16" if utf_16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise RuleBroken(
            "Tệp không phải UTF-8 hay UTF-16: trong Excel hãy lưu lại dạng “CSV UTF-8”.",
            field="declared",
        ) from None


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it begins; 0 for the header."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header, last = True, 0
    try:
        for record in reader:
            begins, last = last + 1, reader.line_num
            if header and not any(map(clean, record)):
                continue
            yield 0 if header else begins, record
            header = False
    except csv.Error:
        raise RuleBroken(
            _("Dòng {n}: không đọc được như một dòng CSV.", n=reader.line_num), field="declared"
        ) from None


def _header(text: str, table: Table) -> tuple[list[str], str]:
    """The header and the delimiter by which it shows most of the table's keys."""
    keys = {column.key for column in table.columns}
    best: tuple[list[str], str] = ([], ",")
    for delimiter in _DELIMITERS:
        names = [clean(name).casefold() for name in next(_records(text, delimiter), (0, []))[1]]
        if len(keys & set(names)) > len(keys & set(best[0])):
            best = names, delimiter
    if UNIT not in best[0]:
        raise RuleBroken(
            "Dòng đầu của tệp phải là dòng tiêu đề, có cột unit và ít nhất một cột của bảng"
            f" {table.key}: {', '.join(column.key for column in table.columns)}.",
            field="declared",
        )
    return best


def _places(header: Sequence[str], table: Table) -> dict[str, int]:
    """Where each known column stands in a record."""
    known = [UNIT, *(column.key for column in table.columns)]
    for key in known:
        if header.count(key) > 1:
            raise RuleBroken(_("Dòng tiêu đề có hai cột {key}.", key=key), field="declared")
    return {key: header.index(key) for key in known if key in header}


def _row(
    line: int, record: Sequence[str], places: Mapping[str, int], table: Table, faults: list[str]
) -> DeclaredRow:
    printed = {
        key: clean(record[place]) if place < len(record) else "" for key, place in places.items()
    }
    unit = printed.pop(UNIT)
    cells: dict[str, Cell] = {}
    for key, text in printed.items():
        try:
            cells[key] = cell(text, rate=isinstance(table.column(key), Rate))
        except ValueError as expected:
            faults.append(f"Dòng {line}, cột {key}: “{text}” – {expected}.")
    # A spreadsheet-safe CSV writes ' before text that begins like a formula.
    return DeclaredRow(line, unit.removeprefix("'"), cells)


def cell(text: str, *, rate: bool) -> Cell:
    """A printed cell → its number, None for a blank or a dash. Raises ValueError with what was
    expected."""
    if text in _BLANKS:
        return None
    text = text.translate(_MINUS)
    return parse_rate(text) if rate else parse_whole(text)
