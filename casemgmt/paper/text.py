"""Lines of text on paper, and its boxes to tick."""

import html
from functools import cache
from typing import Any

from casemgmt.paper.drawing import MM, reportlab
from casemgmt.paper.fonts import Faces

LEFT, CENTRE, RIGHT, JUSTIFIED = 0, 1, 2, 4


def line(
    faces: Faces,
    text: str,
    *,
    face: str = "regular",
    size: float = 13,
    align: int = LEFT,
    before: float = 0,
    after: float = 0,
    indent: float = 0,
) -> Any:
    """A paragraph in one face (`regular`, `bold`, `italic`, `bold_italic`); spaces and indent of
    its first line in millimetres. Line breaks in the text stay."""
    style = _style(getattr(faces, face), size, align, before, after, indent)
    marked = html.escape(faces.text(" ".join(text.split(" "))), quote=False)
    return reportlab("platypus").Paragraph(marked.replace("\n", "<br/>"), style)


@cache
def _style(font: str, size: float, align: int, before: float, after: float, indent: float) -> Any:
    return reportlab("lib.styles").ParagraphStyle(
        f"{font} {size} {align} {before} {after} {indent}",
        fontName=font,
        fontSize=size,
        leading=size * 1.25,
        alignment=align,
        spaceBefore=before * MM,
        spaceAfter=after * MM,
        firstLineIndent=indent * MM,
        splitLongWords=1,
    )


def box(size: float = 4) -> Any:
    """An empty box to tick, drawn; fonts often lack the sign. `size` in millimetres."""
    shapes = reportlab("graphics.shapes")
    side = size * MM
    drawing = shapes.Drawing(side, side, hAlign="CENTER")
    black = reportlab("lib.colors").black
    drawing.add(shapes.Rect(0, 0, side, side, fillColor=None, strokeColor=black, strokeWidth=0.7))
    return drawing


def rule(width: float, *, before: float = 0, after: float = 0) -> Any:
    """A thin rule in the middle, `width` points long; spaces in millimetres."""
    return reportlab("platypus").HRFlowable(
        width=width,
        thickness=0.6,
        color=reportlab("lib.colors").black,
        spaceBefore=before * MM,
        spaceAfter=after * MM,
        hAlign="CENTER",
        lineCap="butt",
    )


def to_write(width: float) -> Any:
    """A dotted line to write on by hand, `width` millimetres long."""
    return reportlab("platypus").HRFlowable(
        width=width * MM,
        thickness=0.5,
        color=reportlab("lib.colors").black,
        spaceBefore=6.5 * MM,
        dash=(1, 2),
    )
