"""A table on paper: headings over headings, a row of column numbers, a bold total; the headings
stand on every page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from casemgmt.paper.drawing import MM, reportlab
from casemgmt.paper.fonts import Faces
from casemgmt.paper.text import CENTRE, LEFT, RIGHT, line

_PADDING = 3.0  # points, on each side of a cell
_ALIGNS = {LEFT: "LEFT", CENTRE: "CENTER", RIGHT: "RIGHT"}


@dataclass(frozen=True, slots=True)
class Band:
    """A row that names those under it."""

    text: str


@dataclass(frozen=True, slots=True)
class Head:
    """A heading: of one column `width` millimetres wide, its cells set so; or over others."""

    text: str
    width: float = 0
    align: int = LEFT
    under: tuple["Head", ...] = ()

    @property
    def leaves(self) -> list["Head"]:
        """The columns under it."""
        return [leaf for head in self.under for leaf in head.leaves] if self.under else [self]

    @property
    def depth(self) -> int:
        """How many lines of headings it needs."""
        return 1 + max((head.depth for head in self.under), default=0)


def columns(heads: Sequence[Head]) -> list[Head]:
    """The columns under these headings, from left to right."""
    return [leaf for head in heads for leaf in head.leaves]


def width(heads: Sequence[Head]) -> float:
    """How wide a table is, in millimetres."""
    return sum(leaf.width for leaf in columns(heads))


def stretched(heads: Sequence[Head], room: float, *, texts_alone: bool = True) -> tuple[Head, ...]:
    """The same headings over columns that together take up `room` millimetres: what is left over
    goes to the columns of text, or to all alike."""
    gaining = sum(leaf.width for leaf in columns(heads) if _gains(leaf, texts_alone))
    share = max(0.0, room - width(heads)) / gaining

    def wider(head: Head) -> Head:
        if head.under:
            return Head(head.text, head.width, head.align, tuple(map(wider, head.under)))
        more = head.width * share if _gains(head, texts_alone) else 0
        return Head(head.text, head.width + more, head.align)

    return tuple(map(wider, heads))


def _gains(leaf: Head, texts_alone: bool) -> bool:
    return leaf.align == LEFT or not texts_alone


def grid(
    faces: Faces,
    heads: Sequence[Head],
    rows: Sequence[Sequence[Any] | Band],
    *,
    numbers: Sequence[str] = (),
    total: bool = False,
    size: float = 11,
    height: float = 0,
) -> Any:
    """The table. A row is its cells or a band over the rows that follow; a cell is text, or a part
    to draw (a box). `numbers`: the row of column numbers,
    in italics ((): none); `total`: the last row is one, in bold; `height`: of a row at least, in
    millimetres (room to write by hand)."""
    leaves = columns(heads)
    top, spans = _headings(faces, heads, size)
    if numbers:
        top.append(
            [line(faces, text, face="italic", size=size - 2, align=CENTRE) for text in numbers]
        )
    body, bands = _body(faces, rows, leaves, size, total=total)
    style = [*spans, *_looks(faces, leaves, len(top), size)]
    style += [("SPAN", (0, len(top) + place), (-1, len(top) + place)) for place in bands]
    if total:
        style.append(("FONT", (0, -1), (-1, -1), faces.bold, size, size * 1.25))
    if height:
        style.append(("BOTTOMPADDING", (0, len(top)), (-1, -1), height * MM - size * 1.25))
    return reportlab("platypus").LongTable(
        [*top, *body],
        colWidths=[leaf.width * MM for leaf in leaves],
        repeatRows=len(top),
        style=style,
    )


def _headings(
    faces: Faces, heads: Sequence[Head], size: float
) -> tuple[list[list[Any]], list[Any]]:
    """The rows of headings, and which cells they join."""
    depth = max(head.depth for head in heads)
    rows: list[list[Any]] = [[""] * len(columns(heads)) for _ in range(depth)]
    spans: list[Any] = []

    def put(head: Head, left: int, high: int) -> None:
        wide = len(head.leaves)
        low = high if head.under else depth - 1
        fits = _fitting(faces, head, size - 0.5)
        rows[high][left] = line(faces, head.text, face="bold", size=fits, align=CENTRE)
        if (wide, low) != (1, high):
            spans.append(("SPAN", (left, high), (left + wide - 1, low)))
        for under in head.under:
            put(under, left, high + 1)
            left += len(under.leaves)

    left = 0
    for head in heads:
        put(head, left, 0)
        left += len(head.leaves)
    return rows, spans


def _fitting(faces: Faces, head: Head, size: float) -> float:
    """The size at which no word of a heading has to be broken."""
    room = sum(leaf.width for leaf in head.leaves) * MM - 2 * _PADDING
    widest = max(faces.width(word, faces.bold, size) for word in head.text.split() or [""])
    return size if widest <= room else size * room / widest * 0.99


def _body(
    faces: Faces,
    rows: Sequence[Sequence[Any] | Band],
    leaves: Sequence[Head],
    size: float,
    *,
    total: bool,
) -> tuple[list[list[Any]], list[int]]:
    """The rows as they are set, and the places of those that are bands."""
    body: list[list[Any]] = []
    bands = []
    for place, row in enumerate(rows):
        if isinstance(row, Band):
            bands.append(place)
            band = line(faces, row.text, face="bold_italic", size=size)
            body.append([band, *[""] * (len(leaves) - 1)])
            continue
        bold = total and place == len(rows) - 1
        body.append(
            [
                _cell(faces, cell, leaf, size, bold=bold)
                for cell, leaf in zip(row, leaves, strict=True)
            ]
        )
    return body, bands


def _cell(faces: Faces, cell: Any, leaf: Head, size: float, *, bold: bool) -> Any:
    """Text that fits stays plain, which is set sooner; other text is set in lines."""
    if not isinstance(cell, str):
        return cell
    text, face = faces.text(cell), "bold" if bold else "regular"
    room = leaf.width * MM - 2 * _PADDING
    if "\n" not in text and faces.width(text, getattr(faces, face), size) <= room:
        return text
    return line(faces, text, face=face, size=size, align=leaf.align)


def _looks(faces: Faces, leaves: Sequence[Head], top: int, size: float) -> list[Any]:
    return [
        ("FONT", (0, top), (-1, -1), faces.regular, size, size * 1.25),
        *(
            ("ALIGN", (place, top), (place, -1), _ALIGNS[leaf.align])
            for place, leaf in enumerate(leaves)
        ),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("GRID", (0, 0), (-1, -1), 0.5, reportlab("lib.colors").black),
        ("LEFTPADDING", (0, 0), (-1, -1), _PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]


def facts(faces: Faces, heads: Sequence[Head], rows: Sequence[tuple[str, str]]) -> Any:
    """What is called what, in two columns without lines."""
    left, right = (head.width * MM for head in heads)
    body = [
        [line(faces, what, size=12), line(faces, which, face="bold", size=12)]
        for what, which in rows
    ]
    return reportlab("platypus").Table(
        body,
        colWidths=[left, right],
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ],
    )
