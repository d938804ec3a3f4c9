"""Blank visit forms, two on a sheet, with the household's name and code printed and a code that
opens the same form on the site."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from casemgmt.paper import code
from casemgmt.paper.drawing import MM, reportlab
from casemgmt.paper.fonts import Faces
from casemgmt.paper.head import gap
from casemgmt.paper.page import A4, Foot, Paper
from casemgmt.paper.text import box, line

_HEIGHT = 122  # millimetres: two on a sheet
_LABEL, _BOX = 58, 6
_LINES = (
    ("Ngày thăm", 1),
    ("Ai đi thăm", 1),
    ("Ai gặp", 1),
    ("Việc đã làm", 3),
    ("Vướng mắc, nguyện vọng", 2),
    ("Hẹn lần sau", 1),
)
_SITUATION = "Tình hình so với lần trước"


@dataclass(frozen=True, slots=True)
class VisitForm:
    """The household that a form is for: its code, head, village, who leads, when it was visited
    last, and the address of the same form on the site."""

    code: str
    name: str
    village: str
    lead: str
    visited: str
    address: str


def as_bytes(
    forms: Iterable[VisitForm], situations: Sequence[str], faces: Faces, name: str, foot: Foot
) -> bytes:
    """The forms as one file. `situations`: the answers to tick."""
    out = io.BytesIO()
    paper = Paper(out, faces, title=name)
    paper.begin(foot, A4)
    for form in forms:
        paper.keep(_HEIGHT)
        paper.put(_form(faces, form, situations))
    paper.save()
    return out.getvalue()


def _form(faces: Faces, form: VisitForm, situations: Sequence[str]) -> list[Any]:
    return [
        _head(faces, form),
        _lines(faces, _LINES[:3]),
        _ticks(faces, situations),
        _lines(faces, _LINES[3:]),
        gap(4),
        reportlab("platypus").HRFlowable(width="100%", thickness=0.4, dash=(2, 3)),
        gap(4),
    ]


def _head(faces: Faces, form: VisitForm) -> Any:
    said = [
        line(faces, "PHIẾU THĂM HỘ", face="bold", size=14, after=1),
        line(faces, f"{form.name} · {form.code}", face="bold", size=13),
        line(faces, f"{form.village}. Đơn vị đỡ đầu: {form.lead}.", size=11.5),
        line(faces, f"Thăm lần cuối: {form.visited}.", size=11.5),
    ]
    room = A4.room * MM
    return _table(
        [[said, code.part(form.address)]], [room - code.SIDE - 2, code.SIDE + 2], lines=False
    )


def _lines(faces: Faces, asked: Sequence[tuple[str, int]]) -> Any:
    rows = [
        [line(faces, label if first else "", size=12), ""]
        for label, high in asked
        for first in [True, *[False] * (high - 1)]
    ]
    return _table(rows, [_LABEL * MM, (A4.room - _LABEL) * MM])


def _ticks(faces: Faces, situations: Sequence[str]) -> Any:
    each = (A4.room - _LABEL) / len(situations) - _BOX
    row: list[Any] = [line(faces, _SITUATION, size=12)]
    for text in situations:
        row += [box(), line(faces, text, size=12)]
    widths = [_LABEL * MM, *[_BOX * MM, each * MM] * len(situations)]
    return _table([row], widths, lines=False)


def _table(rows: Sequence[Sequence[Any]], widths: Sequence[float], *, lines: bool = True) -> Any:
    style: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "BOTTOM" if lines else "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("TOPPADDING", (0, 0), (-1, -1), 5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
    ]
    if lines:
        grey = reportlab("lib.colors").black
        style.append(("LINEBELOW", (1, 0), (1, -1), 0.4, grey, "butt", (1, 2)))
    return reportlab("platypus").Table(rows, colWidths=list(widths), style=style)
