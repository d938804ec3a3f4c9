"""What a workbook is: a register workbook, or lists as communes keep them."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from io import BytesIO

from casemgmt.exchange.cells import is_blank, shown
from casemgmt.exchange.encodings import decoded, encoding_of
from casemgmt.exchange.heading import Heading, Merge, Titles, find_heading
from casemgmt.exchange.listing import Column, Encoding, ListSheet, Recognised, Target
from casemgmt.exchange.opening import examine
from casemgmt.exchange.reading import UNTOLD, placed
from casemgmt.exchange.scanning import Limits, Places, Unreadable
from casemgmt.exchange.sheets import BY_NAME
from casemgmt.exchange.titles import decision_in, listed_in, meaning, village_in
from casemgmt.vietnamese import clean, same

_NO_LIST = (
    "Không thấy danh sách nào trong tệp: cần một hàng tiêu đề có cột Họ và tên và ít nhất một cột"
    " khác, trong 40 hàng đầu của trang."
)
_JUDGED = 500  # rows by which a column's encoding is judged
_SAMPLES = 3
_FILLED = 200_000  # cells that merged cells may fill down


@dataclass(slots=True)
class Page:
    """A sheet as it came: its cells by Excel's row numbers, formulas and errors, merged cells
    (from 0), and what Excel does not show."""

    name: str
    rows: dict[int, Sequence[object]]
    marks: Places = field(default_factory=dict)
    merges: Sequence[Merge] = ()
    hidden: Set[int] = frozenset()
    visible: bool = True


def pages(data: bytes, limits: Limits) -> list[Page]:
    """The sheets of a workbook in memory. Raises Unreadable."""
    examined = examine(BytesIO(data), limits)
    import python_calamine  # noqa: PLC0415 heavy

    found = []
    try:
        with python_calamine.load_workbook(BytesIO(data)) as workbook:
            for about in workbook.sheets_metadata:
                if about.typ is not python_calamine.SheetTypeEnum.WorkSheet:
                    continue
                sheet = workbook.get_sheet_by_name(about.name)
                found.append(
                    Page(
                        about.name,
                        {
                            number: row
                            for number, row in placed(sheet)
                            if not all(map(is_blank, row))
                        },
                        examined.marks.get(about.name, {}),
                        sheet.merged_cell_ranges or (),
                        examined.hidden.get(about.name, frozenset()),
                        about.visible is python_calamine.SheetVisibleEnum.Visible,
                    )
                )
    except (python_calamine.CalamineError, OSError, ValueError) as wrong:
        raise Unreadable(UNTOLD) from wrong
    return found


def recognise(data: bytes, limits: Limits) -> Recognised:
    """What this workbook is. Raises Unreadable where it cannot be read or holds no list."""
    return recognise_pages(pages(data, limits))


def recognise_pages(found: Iterable[Page]) -> Recognised:
    """The same for sheets that have been read already."""
    found = list(found)
    if any(map(_is_of_register, found)):
        return Recognised("register")
    sheets, others = [], []
    for page in found:
        sheet = _list_of(page)
        if sheet:
            sheets.append(sheet)
        elif page.rows:
            others.append(clean(page.name))
    if not sheets:
        raise Unreadable(_NO_LIST)
    return Recognised("list", tuple(sheets), tuple(others))


def _is_of_register(page: Page) -> bool:
    """Whether a sheet has the name of one of the register workbook, and its header on top."""
    sheet = BY_NAME.get(same(page.name))
    if sheet is None or not page.rows:
        return False
    header = {same(str(cell)) for cell in page.rows[min(page.rows)] if isinstance(cell, str)}
    return any(same(column.header) in header for column in sheet.columns if column.required)


def _list_of(page: Page) -> ListSheet | None:
    encoding = encoding_of(_texts(page.rows.values()))
    titles = Titles(page.rows, page.merges, encoding)
    heading = find_heading(titles)
    if heading is None:
        return None
    above = tuple(_lines(page.rows, heading.first, encoding))
    name = clean(decoded(page.name, encoding))
    below = {number: list(row) for number, row in page.rows.items() if number >= heading.below}
    _fill_down(below, page.merges)
    return ListSheet(
        name=page.name,
        above=above,
        header=(heading.first, heading.last),
        first_row=heading.below,
        columns=tuple(_settled(_columns(heading, below, encoding), below)),
        listed=listed_in([*above, name]),
        village=next(filter(None, map(village_in, [*above, name])), None),
        decision=decision_in([" ".join(above)]),
        rows=below,
        heading={n: row for n, row in page.rows.items() if heading.first <= n < heading.below},
        marks={place: mark for place, mark in page.marks.items() if place[0] >= heading.below},
        hidden=frozenset(page.hidden) & below.keys(),
        is_hidden=not page.visible,
    )


def _texts(rows: Iterable[Sequence[object]]) -> list[str]:
    return [
        cell
        for _, row in zip(range(_JUDGED), rows, strict=False)
        for cell in row
        if isinstance(cell, str)
    ]


def _lines(rows: Mapping[int, Sequence[object]], before: int, encoding: Encoding) -> list[str]:
    """The title block, line by line."""
    return [
        " ".join(decoded(str(shown(cell)), encoding) for cell in row if not is_blank(cell))
        for number, row in sorted(rows.items())
        if number < before
    ]


def _fill_down(rows: dict[int, list[object]], merges: Iterable[Merge]) -> None:
    """What is merged over several rows of one column holds for each of them."""
    left = _FILLED
    for (top, column), (bottom, last) in merges:
        row = rows.get(top + 1)
        if row is None or column != last or column >= len(row) or is_blank(row[column]):
            continue
        for number in range(top + 2, min(bottom + 1, top + left) + 1):
            left -= 1
            cells = rows.get(number)
            if cells is not None and column < len(cells) and is_blank(cells[column]):
                cells[column] = row[column]


def _columns(
    heading: Heading, rows: Mapping[int, Sequence[object]], of_sheet: Encoding
) -> list[Column]:
    found = []
    for index, parts in heading.parts.items():
        cells = [
            row[index] for row in rows.values() if index < len(row) and not is_blank(row[index])
        ]
        texts = [cell for cell in cells[:_JUDGED] if isinstance(cell, str)]
        encoding = encoding_of(texts, of_sheet)
        read = [(str(shown(cell)), decoded(str(shown(cell)), encoding)) for cell in cells[:_JUDGED]]
        changed = [pair for pair in read if pair[0].split() != pair[1].split()]
        found.append(
            Column(
                index,
                " – ".join(parts),
                parts[-1],
                meaning(parts),
                encoding,
                tuple(dict.fromkeys(changed or read))[:_SAMPLES],
            )
        )
    return found


def _settled(columns: list[Column], rows: Mapping[int, Sequence[object]]) -> list[Column]:
    """The columns after a look at all of them together."""
    names = [column for column in columns if column.target is Target.MEMBER_NAME]
    heads = any(column.target is Target.HEAD_NAME for column in columns)
    related = any(column.target is Target.RELATION for column in columns)
    settled = []
    for column in columns:
        target = column.target
        if target is Target.MEMBER_NAME and len(names) > 1 and not heads and column is names[0]:
            target = Target.HEAD_NAME
        if target is Target.MEMBER_NAME and not related and not heads and len(names) == 1:
            target = Target.HEAD_NAME
        if target is Target.HOUSEHOLD_NUMBER and related and _numbers_rows(column, columns, rows):
            target = None
        settled.append(replace(column, target=target))
    return settled


def _numbers_rows(
    number: Column, columns: Iterable[Column], rows: Mapping[int, Sequence[object]]
) -> bool:
    """Whether an STT counts the persons: it goes on through rows of people who are not heads."""
    relation = next(column for column in columns if column.target is Target.RELATION)
    others = counted = 0
    before: object = None
    for row in rows.values():
        said = _at(row, relation)
        if isinstance(said, str) and not _is_head(decoded(said, relation.encoding)):
            others += 1
            counted += not is_blank(_at(row, number)) and _at(row, number) != before
        before = _at(row, number)
    return others > 0 and counted * 2 > others


def _at(row: Sequence[object], column: Column) -> object:
    return row[column.index] if column.index < len(row) else None


def _is_head(relation: str) -> bool:
    return same(relation) in ("chủ hộ", "chủ", "bản thân")
