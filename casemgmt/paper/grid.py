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
    goes to the columns of text, or to all alike; where there is too little, all are narrowed."""
    more = room - width(heads)
    texts_alone = texts_alone and more > 0
    gaining = sum(leaf.width for leaf in columns(heads) if _gains(leaf, texts_alone))

    def fitted(head: Head) -> Head:
        if head.under:
            return Head(head.text, head.width, head.align, tuple(map(fitted, head.under)))
        gain = head.width * more / gaining if _gains(head, texts_alone) else 0
        return Head(head.text, head.width + gain, head.align)

    return tuple(map(fitted, heads))


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
    below: Sequence[Any] = (),
) -> Any:
    """The table. A row is its cells or a band over the rows that follow; a cell is text, or a part
    to draw (a box). `numbers`: the row of column numbers, in italics ((): none); `total`: the last
    row is one, in bold; `below`: parts under the table that never stand on a page without its last
    rows (signatures)."""
    leaves = columns(heads)
    top, spans = _headings(faces, heads, size)
    if numbers:
        top.append([_numbered(faces, text, size - 2) for text in numbers])
        spans.append(("FONT", (0, -1 + len(top)), (-1, -1 + len(top)), faces.italic, size - 2))
    body, bands = _body(faces, rows, leaves, size, total=total)
    style = [*_looks(faces, leaves, len(top), size, -2 if below else -1), *spans]
    for place in (len(top) + place for place in bands):
        style.append(("SPAN", (0, place), (-1, place)))
        style.append(("NOSPLIT", (0, place), (0, min(place + 1, len(top) + len(body) - 1))))
    if total:
        style.append(("FONT", (0, -1), (-1, -1), faces.bold, size, size * 1.25))
    if below:
        body.append([list(below), *[""] * (len(leaves) - 1)])
        style += _below(max(len(top), len(top) + len(body) - 3))
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
        room = sum(leaf.width for leaf in head.leaves) * MM - 2 * _PADDING
        rows[high][left] = _text(faces, head.text, "bold", size - 0.5, CENTRE, room)
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


def _fitting(faces: Faces, text: str, face: str, size: float, room: float) -> float:
    """The size at which no word has to be broken; not less than two thirds."""
    widest = max((faces.width(word, face, size) for word in text.split()), default=0.0)
    return size if widest <= room else size * max(room / widest * 0.99, 2 / 3)


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
    if not isinstance(cell, str):
        return cell
    room = leaf.width * MM - 2 * _PADDING
    return _text(faces, cell, "bold" if bold else "regular", size, leaf.align, room)


def _text(faces: Faces, text: str, face: str, size: float, align: int, room: float) -> Any:
    """Text that fits stays plain, which is set sooner; other text is set in lines."""
    text = faces.text(text)
    if "\n" not in text and faces.width(text, getattr(faces, face), size) <= room:
        return text
    fits = _fitting(faces, text, getattr(faces, face), size, room)
    return line(faces, text, face=face, size=fits, align=align)


def _numbered(faces: Faces, text: str, size: float) -> Any:
    if "\n" not in text:
        return faces.text(text)
    return line(faces, text, face="italic", size=size, align=CENTRE)


def _below(kept: int) -> list[Any]:
    """The last row stands alone, without lines, and on the page of the rows from `kept` on."""
    return [
        ("SPAN", (0, -1), (-1, -1)),
        ("NOSPLIT", (0, kept), (0, -1)),
        ("LEFTPADDING", (0, -1), (-1, -1), 0),
        ("RIGHTPADDING", (0, -1), (-1, -1), 0),
    ]


def _looks(faces: Faces, leaves: Sequence[Head], top: int, size: float, last: int) -> list[Any]:
    return [
        ("FONT", (0, 0), (-1, top - 1), faces.bold, size - 0.5, size * 1.25),
        ("ALIGN", (0, 0), (-1, top - 1), "CENTER"),
        ("FONT", (0, top), (-1, -1), faces.regular, size, size * 1.25),
        *(
            ("ALIGN", (place, top), (place, -1), _ALIGNS[leaf.align])
            for place, leaf in enumerate(leaves)
        ),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("GRID", (0, 0), (-1, last), 0.5, reportlab("lib.colors").black),
        ("LEFTPADDING", (0, 0), (-1, -1), _PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]


def facts(faces: Faces, heads: Sequence[Head], rows: Sequence[tuple[str, str]]) -> Any:
    """What is called what, in two columns without lines."""
    left, right = (head.width * MM for head in heads)
    body = [
        [faces.text(what), _text(faces, which, "bold", 12, LEFT, right)] for what, which in rows
    ]
    return reportlab("platypus").Table(
        body,
        colWidths=[left, right],
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("FONT", (0, 0), (0, -1), faces.regular, 12, 15),
            ("FONT", (1, 0), (1, -1), faces.bold, 12, 15),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ],
    )
