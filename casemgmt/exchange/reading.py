"""Rows of a sheet → typed rows, with every fault of a single cell reported at its place."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

from casemgmt.exchange.cells import Doubtful, is_blank, shown
from casemgmt.exchange.opening import examine
from casemgmt.exchange.report import Progress, Remark, Report, Tally
from casemgmt.exchange.scanning import Limits, Places, Unreadable
from casemgmt.exchange.sheets import BY_NAME, Column, Sheet
from casemgmt.vietnamese import clean, same

UNTOLD = "Tệp .xlsx hỏng: hãy mở bằng Excel và lưu lại."
EXAMPLE = "Ví dụ: "  # the first cell of a row that is only shown
_EXAMPLE = same(EXAMPLE)
KEPT: Final = object()  # a cell of rows in memory that says nothing: what stands is left alone
_STEP = 10_000  # rows between two words of progress
_REMEMBERED = 5_000  # different values of one column


@dataclass(slots=True)
class Grid:
    """A sheet as it came: its cells row by row with Excel's row numbers, the first cell being of
    column A; `marks`: the formulas and errors in it."""

    name: str
    rows: Iterable[tuple[int, Sequence[object]]]
    marks: Places = field(default_factory=dict)


class Row:
    """One row of a sheet. `values`: what its cells say, by the keys of the columns that the sheet
    has; `broken`: the keys whose cells could not be read; `current`: the row of the register that
    it is about, None where it is a new one."""

    __slots__ = ("broken", "current", "form", "number", "raw", "values")

    def __init__(self, form: "Form", number: int, raw: Sequence[object]) -> None:
        self.form, self.number, self.raw = form, number, raw
        self.values: dict[str, Any] = {}
        self.broken = form.missing
        self.current: Mapping[str, Any] | None = None

    def get(self, key: str) -> Any:
        """The value after the import: the cell's, else the register's, else a blank's."""
        if key in self.values:
            return self.values[key]
        return self.blank(key) if self.current is None else self.current[key]

    def said(self, key: str) -> Any:
        """What the file says, a blank where it has no such column."""
        return self.values[key] if key in self.values else self.blank(key)

    def blank(self, key: str) -> Any:
        """What a blank cell means."""
        return self.form.sheet.column(key).blank

    def whole(self, *keys: str) -> bool:
        """Whether these cells (without keys: all cells) could be read."""
        return not (self.broken.intersection(keys) if keys else self.broken)

    def fault(self, key: str, message: str) -> None:
        """Report an error at a cell of this row."""
        self.broken |= {key}
        self.form.report.errors.append(self._remark(key, message))

    def warn(self, key: str, message: str) -> None:
        """Report a warning at a cell of this row."""
        self.form.report.warnings.append(self._remark(key, message))

    def _remark(self, key: str, message: str) -> Remark:
        place = self.form.places.get(key, len(self.raw))
        value = self.raw[place] if place < len(self.raw) else None
        sheet = self.form.sheet
        return Remark(message, sheet.name, self.number, sheet.column(key).header, shown(value))


@dataclass(slots=True)
class Form:
    """The columns that a sheet of a file has: where each stands in a row."""

    sheet: Sheet
    report: Report
    places: dict[str, int] = field(default_factory=dict)
    columns: list[tuple[int, Column]] = field(default_factory=list)
    known: dict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    missing: frozenset[str] = frozenset()  # required columns that the sheet lacks


File = dict[str, list[Row]]


def grids(source: Path | BinaryIO, limits: Limits) -> Iterator[Grid]:
    """The sheets of a workbook (a file, or one in memory), one after the other. Raises
    Unreadable."""
    examined = examine(source, limits)
    if not isinstance(source, Path):
        source.seek(0)
    import python_calamine  # noqa: PLC0415 heavy

    try:
        with python_calamine.load_workbook(
            str(source) if isinstance(source, Path) else source
        ) as workbook:
            for name in workbook.sheet_names:
                sheet = workbook.get_sheet_by_name(name)
                yield Grid(name, placed(sheet), examined.marks.get(name, {}))
    except (python_calamine.CalamineError, OSError, ValueError) as wrong:
        raise Unreadable(UNTOLD) from wrong


def placed(sheet: Any) -> Iterator[tuple[int, list[object]]]:
    """The rows with their numbers: calamine leaves out what is empty above and on the left."""
    if sheet.start is None:
        return
    above, left = sheet.start
    before = [None] * left
    for number, row in enumerate(sheet.iter_rows(), above + 1):
        yield number, before + row if left else row


def read(
    sheets: Iterable[Grid], report: Report, progress: Progress | None = None
) -> dict[str, list[Row]]:
    """All known sheets as typed rows; unknown ones are warned of."""
    found: File = {}
    for grid in sheets:
        sheet = BY_NAME.get(same(grid.name))
        if sheet is None:
            report.warnings.append(
                Remark("trang này không có trong sổ bộ: bỏ qua", clean(grid.name))
            )
        elif sheet.name in found:
            report.errors.append(Remark("tệp có hai trang cùng tên này", sheet.name))
        else:
            report.sheets[sheet.name] = Tally()
            found[sheet.name] = list(_rows(grid, sheet, report, progress))
            report.sheets[sheet.name].rows = len(found[sheet.name])
    return found


def _rows(grid: Grid, sheet: Sheet, report: Report, progress: Progress | None) -> Iterator[Row]:
    form: Form | None = None
    marks: dict[int, dict[int, str]] = defaultdict(dict)
    for (number, column), text in grid.marks.items():
        marks[number][column - 1] = text
    done = 0
    for number, raw in _with_marked(grid.rows, sorted(marks)):
        marked = marks.get(number, {})
        if not marked and all(map(is_blank, raw)):
            continue
        if form is None:
            form = _form(sheet, number, raw, marked, report)
            continue
        if _is_example(raw) or _says_nothing(form, raw, marked):
            continue
        yield _row(form, number, raw, marked)
        done += 1
        if progress and done % _STEP == 0:
            progress(f"Đọc trang {sheet.name}", done, done)
    if form is None:
        _missing(Form(sheet, report), 1)


def _says_nothing(form: Form, raw: Sequence[object], marked: Mapping[int, str]) -> bool:
    return marked.keys().isdisjoint(form.places.values()) and all(map(is_blank, raw))


def _is_example(raw: Sequence[object]) -> bool:
    """Whether a row shows how to fill in the template; no code begins like this."""
    first = raw[0] if raw else None
    return isinstance(first, str) and same(first).startswith(_EXAMPLE)


def _with_marked(
    rows: Iterable[tuple[int, Sequence[object]]], marked: list[int]
) -> Iterator[tuple[int, Sequence[object]]]:
    """All rows, and those that hold nothing but a formula without a value."""
    waiting = iter(marked)
    following = next(waiting, None)
    for number, row in rows:
        while following is not None and following <= number:
            if following < number:
                yield following, ()
            following = next(waiting, None)
        yield number, row
    while following is not None:
        yield following, ()
        following = next(waiting, None)


def _row(form: Form, number: int, raw: Sequence[object], marks: Mapping[int, str]) -> Row:
    row = Row(form, number, raw)
    for place, column in form.columns:
        _cell(row, place, column, marks)
    return row


def _form(
    sheet: Sheet, number: int, raw: Sequence[object], marks: Mapping[int, str], report: Report
) -> Form:
    """The header row: which column stands where."""
    form = Form(sheet, report)
    known = {same(column.header): column for column in sheet.columns}
    for place, cell in enumerate(raw):
        if is_blank(cell):
            continue
        header = clean(str(shown(cell)))
        column = known.get(same(header))
        if column is None:
            report.warnings.append(
                Remark("cột này không có trong sổ bộ: bỏ qua", sheet.name, number, header)
            )
        elif column.key in form.places:
            report.errors.append(
                Remark("trang có hai cột cùng tên này", sheet.name, number, column.header, header)
            )
        else:
            form.places[column.key] = place
            form.columns.append((place, column))
        if column is not None and place in marks:
            report.errors.append(Remark(_MARKED, sheet.name, number, column.header, marks[place]))
    _missing(form, number)
    return form


_MARKED = "cần giá trị gõ vào, không phải công thức hay ô lỗi"


def _missing(form: Form, number: int) -> None:
    for column in form.sheet.columns:
        if column.required and column.key not in form.places:
            form.missing |= {column.key}
            form.report.errors.append(
                Remark("thiếu cột bắt buộc này", form.sheet.name, number, column.header)
            )


def _cell(row: Row, place: int, column: Column, marks: Mapping[int, str]) -> None:
    value = row.raw[place] if place < len(row.raw) else None
    if value is KEPT:
        return
    if place in marks:
        row.broken |= {column.key}
        row.form.report.errors.append(
            Remark(_MARKED, row.form.sheet.name, row.number, column.header, marks[place])
        )
    elif is_blank(value):
        if column.required:
            row.fault(column.key, "không được để trống")
        else:
            row.values[column.key] = column.blank
    else:
        _read(row, column, value)


def _read(row: Row, column: Column, value: object) -> None:
    # Codes, words and days come again and again: what was read of them is remembered.
    known = row.form.known[column.key]
    found = known.get(value) if isinstance(value, str) else None
    if found is None:
        try:
            found = column.read(value)
        except ValueError as wrong:
            row.fault(column.key, str(wrong))
            return
        if isinstance(found, Doubtful):
            row.warn(column.key, found.warning)
            found = found.value
        elif isinstance(value, str) and len(known) < _REMEMBERED:
            known[value] = found
    row.values[column.key] = found
