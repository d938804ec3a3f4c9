"""A table as a PDF page: A4 across, headings on every page, letters embedded.

The paper's library draws nothing, and says nothing, where the font lacks a letter; so every text
is asked for its letters first."""

import html
import io
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any

from casemgmt.errors import RuleBroken
from casemgmt.places.queries import named
from casemgmt.tables import layout
from casemgmt.tables.figures import Figures

_REGULAR, _BOLD, _ITALIC = "Spectral", "Spectral-Bold", "Spectral-Italic"
_FILES = {_REGULAR: "Spectral-Regular", _BOLD: "Spectral-Bold", _ITALIC: "Spectral-Italic"}
_MM = 72 / 25.4
_LEFT, _RIGHT, _TOP, _BOTTOM = 20 * _MM, 15 * _MM, 20 * _MM, 20 * _MM
_NAMES_WIDTH = 36 * _MM
_SIZE, _LEADING = 9.5, 12
_HEADING_BACK, _TOTAL_BACK, _RULE = "#eef2f5", "#f7f9fa", "#7b8794"


def as_pdf(figures: Figures, notes: Sequence[str] = ()) -> bytes:
    """The table on paper, with `notes` under it; the same gives the same bytes. Raises RuleBroken where a name
    has a letter that the font cannot show."""
    platypus = _reportlab("platypus")
    fonts()
    asked = figures.asked
    out = io.BytesIO()
    paper = platypus.SimpleDocTemplate(
        out,
        pagesize=(297 * _MM, 210 * _MM),
        leftMargin=_LEFT,
        rightMargin=_RIGHT,
        topMargin=_TOP,
        bottomMargin=_BOTTOM,
        title=asked.table.title,
        subject=layout.days(figures),
        author="",
        creator="casemgmt",
        lang="vi-VN",
        invariant=1,
    )
    heading = [
        platypus.Paragraph(_text(asked.table.title), _style(_BOLD, 14, 18, 1)),
        platypus.Paragraph(_text(layout.place(figures)), _style(_REGULAR, 11.5, 16, 1)),
        platypus.Paragraph(_text(layout.days(figures)), _style(_ITALIC, 11, 15, 1)),
        *(
            platypus.Paragraph(_text(f"{what}: {which}"), _style(_ITALIC, 10, 14, 1))
            for what, which in layout.choices(figures)
        ),
        platypus.Spacer(1, 4 * _MM),
    ]

    def foot(canvas: Any, document: Any) -> None:
        canvas.setFont(_ITALIC, 9)
        text = printable(f"{asked.table.title}. {layout.days(figures)}")
        canvas.drawString(_LEFT, 11 * _MM, text)
        canvas.drawRightString(297 * _MM - _RIGHT, 11 * _MM, f"Trang {document.page}")

    below = [platypus.Paragraph(_text(note), _style(_ITALIC, 9, 12, 0)) for note in notes]
    if below:
        below.insert(0, platypus.Spacer(1, 4 * _MM))
    paper.build([*heading, _grid(figures), *below], onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _reportlab(module: str) -> Any:
    """A module of the library, loaded only when a paper is made; it carries no types."""
    return import_module(f"reportlab.{module}")


@cache
def fonts() -> dict[str, Any]:
    """The embedded fonts by name, registered once."""
    load, register = _reportlab("pdfbase.ttfonts").TTFont, _reportlab("pdfbase.pdfmetrics")
    folder = files("fontpkg_spectral") / "files"
    loaded = {name: load(name, str(folder / f"{file}.ttf")) for name, file in _FILES.items()}
    for font in loaded.values():
        register.registerFont(font)
    return loaded


def printable(text: str) -> str:
    """The text in NFC, which alone the paper sets rightly. Raises RuleBroken for a letter that
    one of the fonts lacks."""
    text = unicodedata.normalize("NFC", text)
    for font in fonts().values():
        if lacking := sorted({letter for letter in text if ord(letter) not in _letters(font)}):
            signs = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in lacking)
            raise RuleBroken(f"Không in được “{text}” ra PDF: phông chữ thiếu ký tự {signs}.")
    return text


def _letters(font: Any) -> Any:
    return font.face.charToGlyph


def _text(text: str) -> str:
    return html.escape(printable(text), quote=False)


@cache
def _style(font: str, size: float, leading: float, alignment: int) -> Any:
    return _reportlab("lib.styles").ParagraphStyle(
        f"{font}-{size}-{alignment}",
        fontName=font,
        fontSize=size,
        leading=leading,
        alignment=alignment,
    )


def _grid(figures: Figures) -> Any:
    platypus = _reportlab("platypus")
    columns = figures.asked.table.columns
    names = _style(_REGULAR, _SIZE, _LEADING, 0)
    header, spans = _header(figures)
    body = [
        [
            platypus.Paragraph(_text(named(row.unit.level, row.unit.name)), names),
            *(layout.shown(row.cells[column.key]) for column in columns),
        ]
        for row in figures.rows
    ]
    total = [
        platypus.Paragraph(_text(layout.TOTAL), _style(_BOLD, _SIZE, _LEADING, 0)),
        *(layout.shown(figures.total[column.key]) for column in columns),
    ]
    room = (297 * _MM - _LEFT - _RIGHT - _NAMES_WIDTH) / len(columns)
    return platypus.LongTable(
        [*header, *body, total],
        colWidths=[_NAMES_WIDTH, *[min(room, 30 * _MM)] * len(columns)],
        repeatRows=len(header),
        style=[*spans, *_looks(len(header))],
    )


def _header(figures: Figures) -> tuple[list[list[Any]], list[Any]]:
    """The rows of headings, and which cells they join."""
    platypus = _reportlab("platypus")
    style = _style(_BOLD, 9, 11, 1)
    labels = [layout.UNIT, *(column.label for column in figures.asked.table.columns)]
    low: list[Any] = [platypus.Paragraph(_text(label), style) for label in labels]
    bands = layout.bands(figures)
    if not bands:
        return [low], []
    high: list[Any] = list(low)
    spans: list[Any] = []
    under = {place + 1 for band in bands for place in range(band.first, band.last + 1)}
    for band in bands:
        high[band.first + 1 : band.last + 2] = [""] * (band.last - band.first + 1)
        high[band.first + 1] = platypus.Paragraph(_text(band.text), style)
        spans.append(("SPAN", (band.first + 1, 0), (band.last + 1, 0)))
    for place in set(range(len(labels))) - under:
        low[place] = ""
        spans.append(("SPAN", (place, 0), (place, 1)))
    return [high, low], spans


def _looks(header: int) -> list[Any]:
    color = _reportlab("lib.colors").HexColor
    return [
        ("FONT", (1, header), (-1, -1), _REGULAR, _SIZE, _LEADING),
        ("FONT", (1, -1), (-1, -1), _BOLD, _SIZE, _LEADING),
        ("ALIGN", (1, header), (-1, -1), "RIGHT"),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("GRID", (0, 0), (-1, -1), 0.4, color(_RULE)),
        ("BACKGROUND", (0, 0), (-1, header - 1), color(_HEADING_BACK)),
        ("BACKGROUND", (0, -1), (-1, -1), color(_TOTAL_BACK)),
        ("LINEABOVE", (0, -1), (-1, -1), 0.9, color(_RULE)),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ]
