"""Which sheet of a file is which of the register's, and which of its columns says what."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from casemgmt.exchange.apart import Cells
from casemgmt.exchange.cells import is_blank, shown
from casemgmt.exchange.reading import Grid
from casemgmt.exchange.sheets import BY_NAME, WORKBOOK, Sheet
from casemgmt.vietnamese import clean, same

FAULTS = "Lỗi"  # the column that we add to a file that goes back
LISTS = "Danh mục"  # the sheet of our template that holds the words of its lists
MOST_COLUMNS = 200
_SHEETS = {sheet.name: sheet for sheet in WORKBOOK}


@dataclass(slots=True)
class Part:
    """One sheet of a file. `titles`: its columns as they are headed, by place; `sheet`: the sheet
    of the register that it is read as, None: left out; `keys`: what each column says, by place."""

    name: str
    titles: dict[int, str] = field(default_factory=dict)
    first: list[object] = field(default_factory=list)  # the first row below, as an example
    rows: int = 0
    sheet: Sheet | None = None
    keys: dict[int, str] = field(default_factory=dict)
    head: int | None = None  # of a list: the last row of its header

    def is_named(self, name: str | None) -> bool:
        """Whether a remark about a sheet of this name is about this one."""
        if self.head is not None:
            return self.name == name
        return self.sheet is not None and self.sheet.name == name

    def place(self, header: str | None) -> int | None:
        """Where the column stands whose header in the register, or in a list, is this one."""
        if self.head is not None:
            return next((at for at, title in self.titles.items() if title == header), None)
        if self.sheet is None:
            return None
        return next(
            (at for at, key in self.keys.items() if self.sheet.column(key).header == header), None
        )

    def example(self, place: int) -> str:
        """What stands in the first row of a column."""
        value = shown(self.first[place]) if place < len(self.first) else None
        return "" if value is None else clean(str(value))[:40]

    @property
    def is_ours(self) -> bool:
        """Whether we have made this sheet for those who fill in the template."""
        return same(self.name) == same(LISTS)


def parts(sheets: Iterable[Cells]) -> list[Part]:
    """The sheets of a file with what they are taken for by their names."""
    found = []
    for cells in sheets:
        rows = [row for _number, row in cells.rows if not all(map(is_blank, row))]
        part = Part(clean(cells.name), rows=max(0, len(rows) - 1))
        if rows:
            part.titles = {
                place: clean(str(shown(cell)))
                for place, cell in enumerate(rows[0][:MOST_COLUMNS])
                if not is_blank(cell)
            }
            part.first = rows[1] if len(rows) > 1 else []
        read_as(part, BY_NAME.get(same(cells.name)))
        found.append(part)
    return found


def read_as(part: Part, sheet: Sheet | None) -> None:
    """Take a sheet of a file for one of the register's, its columns by their headers."""
    part.sheet, part.keys = sheet, {}
    if sheet is not None:
        keys = {same(column.header): column.key for column in sheet.columns}
        part.keys = {
            place: keys[same(title)] for place, title in part.titles.items() if same(title) in keys
        }


def shape(found: Sequence[Part]) -> str:
    """A print of the titles of a file: files of one shape are read alike."""
    titles = [[same(part.name), sorted(map(same, part.titles.values()))] for part in found]
    return hashlib.sha256(json.dumps(titles).encode()).hexdigest()


def written(found: Sequence[Part]) -> str:
    """A layout to be kept."""
    return json.dumps(
        {
            part.name: {
                "sheet": part.sheet.name if part.sheet else None,
                "columns": {part.titles[place]: key for place, key in part.keys.items()},
            }
            for part in found
        },
        ensure_ascii=False,
    )


def follow(found: Sequence[Part], layout: str) -> None:
    """Read a file as a layout says that was kept; what it does not name stays."""
    said = json.loads(layout)
    for part in found:
        if (one := said.get(part.name)) is None:
            continue
        part.sheet = _SHEETS.get(one["sheet"] or "")
        keys = {same(title): key for title, key in one["columns"].items()}
        known = {column.key for column in part.sheet.columns} if part.sheet else set()
        part.keys = {
            place: key
            for place, title in part.titles.items()
            if (key := keys.get(same(title))) in known
        }


def arranged(sheets: Iterable[Cells], found: Iterable[Part]) -> Iterator[Grid]:
    """A file as the importer takes it: its sheets under the register's names, its columns under
    the register's headers, what is left out without one."""
    for cells, part in zip(sheets, found, strict=True):
        if part.sheet is None:
            continue
        heads = [part.sheet.column(part.keys[at]).header if at in part.keys else None
                 for at in range(max(part.titles, default=-1) + 1)]  # fmt: skip
        yield Grid(part.sheet.name, _headed(cells, heads), cells.marks)


def _headed(cells: Cells, heads: list[str | None]) -> Iterator[tuple[int, Sequence[object]]]:
    headed = False
    for number, row in cells.rows:
        if not headed and not all(map(is_blank, row)):
            headed = True
            yield number, heads
        else:
            yield number, row[: len(heads)]
