"""A table on paper, headed as the programme prints it (Biểu 2, Biểu 3) or as the review's own
forms are (diễn biến)."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from casemgmt.paper import grid, page
from casemgmt.paper.captions import Caption, attached, caption
from casemgmt.paper.fonts import Faces, chosen, embedded
from casemgmt.paper.grid import Head
from casemgmt.paper.head import gap
from casemgmt.paper.page import Made, Paper
from casemgmt.paper.text import CENTRE, line
from casemgmt.places.queries import named
from casemgmt.tables import layout
from casemgmt.tables.definitions import Column, Minus, Rate, Table
from casemgmt.tables.figures import Cell, Figures
from casemgmt.typed import show_date

_NUMBER, _NAME, _COUNT = 10, 34, 15  # millimetres
_SIZE = 10.5


@dataclass(frozen=True, slots=True)
class Look:
    """How a table is headed, and what stands before the decimals of its rates: a comma, or the
    dot of the programme's tables."""

    caption: Caption = Caption.BIEU
    decimal: str = ","


@dataclass(frozen=True, slots=True)
class _Form:
    """The printed form of a table: its number among the annexes, its title, the paper it belongs
    to and that one's sign, its headings, the word of its last row, and whether its rows are
    numbered. A heading is a text, or a text and those under it, in the order of the table's
    columns; `{year}` and `{stage}` stand for the year and the programme's years."""

    title: str
    heads: tuple[str | tuple[str, ...], ...] = ()
    number: int | None = None
    document: str = "Báo cáo"
    sign: str = "BC-UBND"
    total: str = "Tổng cộng"
    numbered: bool = True


_PROGRAMME: Mapping[str, Any] = {"document": "Chương trình phối hợp", "sign": "CTr-PHLN"}
_BIEU_3_HEADS = (
    (
        "Phân theo Hội, đoàn thể",
        "Hội Nông dân",
        "Hội Liên hiệp Phụ nữ",
        "Đoàn Thanh niên",
        "Hội Cựu chiến binh",
        "Khác",
    ),
    ("Trong đó (Khác)", "Tổ chức khác", "Chưa có"),
)
_FORMS: Mapping[str, _Form] = {
    "bieu-2": _Form(
        "Chỉ tiêu giảm nghèo năm {year}",
        (
            "Dân cư\n(Hộ)",
            "Hộ DTTS",
            "Hộ nghèo",
            "Tỷ lệ %",
            (
                "Chỉ tiêu giảm hộ nghèo giai đoạn {stage}",
                "HNDTTS",
                "Tỷ lệ %",
                "Hộ BTXH",
                "Tỷ lệ %",
                "Hộ có khả năng thoát nghèo",
                "Tỷ lệ %",
            ),
            (
                "Chỉ tiêu giảm hộ nghèo năm {year}",
                "Số hộ",
                "Hộ nghèo cuối năm {year}",
                "Tỷ lệ hộ nghèo cuối năm {year}",
            ),
        ),
        number=2,
        total=layout.TOTAL,
        numbered=False,
        **_PROGRAMME,
    ),
    "bieu-3": _Form(
        "Số hộ nghèo thuộc các hội đoàn thể năm {year}",
        ("Tổng số hộ nghèo", *_BIEU_3_HEADS),
        number=3,
        **_PROGRAMME,
    ),
    "bieu-3-can-ngheo": _Form(
        "Số hộ cận nghèo thuộc các hội đoàn thể năm {year}",
        ("Tổng số hộ cận nghèo", *_BIEU_3_HEADS),
        number=3,
        **_PROGRAMME,
    ),
}
_STAGES = ((2016, 2020), (2021, 2021), (2022, 2025), (2026, 2030))


def as_pdf(
    figures: Figures,
    notes: Sequence[str] = (),
    *,
    made: Made | None = None,
    look: Look | None = None,
    faces: Faces | None = None,
) -> bytes:
    """The table on paper, with `notes` under it; the same gives the same bytes. `faces`: None for
    those that the package brings along. Raises RuleBroken where a name has a letter that the font
    cannot show."""
    faces, look = faces or embedded(), look or Look()
    form = _form_of(figures.asked.table)
    heads = _heads(figures, form)
    sheet = page.format_for(grid.width(heads))
    out = io.BytesIO()
    title = _filled(form.title, figures)
    days = layout.days(figures)
    paper = Paper(out, faces, title=title, subject=days, form=sheet)
    paper.begin(page.foot(f"{title}. {layout.place(figures)}. {days}", made), sheet)
    year = figures.asked.the_year
    paper.put(
        caption(
            faces, look.caption, form.number, title, attached(form.document, form.sign, year=year)
        )
    )
    paper.put(line(faces, text, face="italic", size=12, align=CENTRE) for text in _said(figures))
    paper.put(
        [
            gap(3),
            _grid(faces, figures, form, grid.stretched(heads, sheet.room, texts_alone=False), look),
        ]
    )
    paper.put([gap(3)])
    below = [*_plans(figures), *notes]
    paper.put(line(faces, text, face="italic", size=10, after=0.5) for text in below)
    paper.save()
    return out.getvalue()


def printed(figures: Figures) -> bytes:
    """The table on paper in the letters of this installation."""
    return as_pdf(figures, faces=chosen())


def printed_labels(table: Table) -> list[str]:
    """What stands above each column on paper, in the table's order."""
    heads = _form_of(table).heads
    return [label for head in heads for label in ((head,) if isinstance(head, str) else head[1:])]


def _form_of(table: Table) -> _Form:
    """The form of a table; one that the programme does not print has the table's own headings."""
    if table.key in _FORMS:
        return _FORMS[table.key]
    starts = {first: (text, last) for text, first, last in table.bands}
    heads: list[str | tuple[str, ...]] = []
    last = ""
    for column in table.columns:
        if column.key in starts:
            over, last = starts[column.key]
            heads.append((over, column.label))
        elif last:
            heads[-1] = (*heads[-1], column.label)
        else:
            heads.append(column.label)
        last = "" if column.key == last else last
    return _Form(table.title, tuple(heads))


def _filled(text: str, figures: Figures) -> str:
    year = figures.asked.the_year
    stage = next(((one, two) for one, two in _STAGES if one <= year <= two), (year, year))
    return text.format(year=year, stage=f"{stage[0]} - {stage[1]}")


def _said(figures: Figures) -> Iterator[str]:
    yield f"{layout.place(figures)}. {layout.days(figures)}."
    for what, which in layout.choices(figures):
        if not (what == "Chỉ tiêu của năm" and figures.asked.table.key == "bieu-2"):
            yield f"{what}: {which}."


def _plans(figures: Figures) -> Iterator[str]:
    """What is a plan says so, as the programme's own headings do not."""
    columns = figures.asked.table.columns
    if plans := [str(place) for place, one in enumerate(columns, 1) if _planned(one, columns)]:
        day = show_date(figures.asked.as_of)
        yield f"Cột {', '.join(plans)}: kế hoạch, tính từ số ngày {day}."


def _planned(column: Column, columns: Sequence[Column]) -> bool:
    if isinstance(column, Rate):
        return any(isinstance(one, Minus) and one.key == column.of for one in columns)
    return isinstance(column, Minus)


def _heads(figures: Figures, form: _Form) -> list[Head]:
    def leaf(text: str) -> Head:
        return Head(_filled(text, figures), _COUNT, CENTRE)

    heads = [Head("Stt", _NUMBER, CENTRE)] if form.numbered else []
    heads.append(Head(layout.UNIT, _NAME))
    for one in form.heads:
        if isinstance(one, str):
            heads.append(leaf(one))
        else:
            over, *under = one
            heads.append(Head(_filled(over, figures), under=tuple(map(leaf, under))))
    return heads


def _numbers(table: Table, form: _Form) -> list[str]:
    """The row of column numbers, with what each is reckoned from: `4=3/1`."""
    places = {column.key: place for place, column in enumerate(table.columns, 1)}
    found = ["A", "B"] if form.numbered else ["A"]
    for place, column in enumerate(table.columns, 1):
        match column:
            case Rate():
                found.append(f"{place}={places[column.of]}/{places[column.over]}")
            case Minus():
                found.append(f"{place}={places[column.of]}-{places[column.less]}")
            case _ if column.key == "closing":
                found.append(f"{place}=1-2-3-4\n+5+6+7+8")
            case _:
                found.append(str(place))
    return found


def _grid(faces: Faces, figures: Figures, form: _Form, heads: Sequence[Head], look: Look) -> object:
    def cells(values: Mapping[str, Cell]) -> list[str]:
        return [_shown(values[column.key], look) for column in figures.asked.table.columns]

    def row(number: str, name: str, values: Mapping[str, Cell]) -> list[str]:
        return [*([number] if form.numbered else []), name, *cells(values)]

    rows = [
        row(str(number), named(one.unit.level, one.unit.name), one.cells)
        for number, one in enumerate(figures.rows, 1)
    ]
    rows.append(row("", form.total, figures.total))
    return grid.grid(
        faces, heads, rows, numbers=_numbers(figures.asked.table, form), total=True, size=_SIZE
    )


def _shown(value: Cell, look: Look) -> str:
    text = layout.shown(value)
    if isinstance(value, Decimal) and look.decimal != ",":
        return f"{value:.2f}"
    return text
