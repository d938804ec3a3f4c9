"""The letters of a paper: faces that hold every Vietnamese letter, and a check of every text.

The paper's library draws nothing, and says nothing, where a font lacks a letter: a file's name
proves nothing, its letters are counted, and every text is asked for its letters first."""

import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from casemgmt.errors import RuleBroken
from casemgmt.paper.drawing import reportlab

SETTING = "CASEMGMT_FONTS"  # a folder with four faces; or the word below
EMBEDDED = "embedded"
_VOWELS, _TONES = "aăâeêioôơuưy", ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
_SMALL = "đ" + "".join(
    unicodedata.normalize("NFC", vowel + tone) for vowel in _VOWELS for tone in _TONES
)
VIETNAMESE = _SMALL + _SMALL.upper()  # 146 letters
_SIGNS = "₫–—“”‘’…·×≥≤%/()+-=" + "".join(map(chr, range(0x20, 0x7F)))
NEEDED = frozenset(VIETNAMESE + _SIGNS)

_Files = tuple[Path, Path, Path, Path]  # regular, bold, italic, both
_TIMES = (
    ("times", "timesbd", "timesi", "timesbi"),
    ("Times New Roman", *(f"Times New Roman {face}" for face in ("Bold", "Italic", "Bold Italic"))),
    (
        "Times_New_Roman",
        *(f"Times_New_Roman_{face}" for face in ("Bold", "Italic", "Bold_Italic")),
    ),
)
_DASHED = ("Regular", "Bold", "Italic", "BoldItalic")
_FAMILIES = (
    *_TIMES,
    *(tuple(f"{f}-{face}" for face in _DASHED) for f in ("Tinos", "LiberationSerif")),
)
_FOLDERS = (
    "C:/Windows/Fonts",
    "/System/Library/Fonts/Supplemental",
    "/Library/Fonts",
    "/usr/share/fonts/truetype/msttcorefonts",
    "/usr/share/fonts/truetype/croscore",
    "/usr/share/fonts/truetype/liberation2",
    "/usr/share/fonts/truetype/liberation",
    "/usr/share/fonts/liberation-serif",
)


@dataclass(frozen=True, eq=False)
class Faces:
    """Four faces of a family under the names by which the library knows them, and the letters
    that all of them have."""

    family: str
    regular: str
    bold: str
    italic: str
    bold_italic: str
    letters: frozenset[str]

    def text(self, text: str) -> str:
        """The text in NFC, which alone the paper sets rightly. Raises RuleBroken for a letter that
        one of the faces lacks."""
        text = unicodedata.normalize("NFC", text)
        if lacking := sorted(set(text) - self.letters):
            signs = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in lacking)
            raise RuleBroken(f"Không in được “{text}” ra PDF: phông chữ thiếu ký tự {signs}.")
        return text

    def width(self, text: str, face: str, size: float) -> float:
        """How wide a text is, in points."""
        return float(reportlab("pdfbase.pdfmetrics").stringWidth(text, face, size))


def chosen() -> Faces:
    """The faces of this installation: those of the folder that CASEMGMT_FONTS names, else Times
    New Roman or a family of its widths where one is installed whole, else the embedded ones.
    Raises RuleBroken where the named folder has no whole family."""
    named = os.environ.get(SETTING, "")
    return embedded() if named == EMBEDDED else _installed(named)


@cache
def embedded() -> Faces:
    """The faces that the package brings along: the same everywhere, so that a paper that is made
    again is the same to the byte."""
    folder = files("fontpkg_spectral") / "files"
    paths = tuple(Path(str(folder / f"Spectral-{face}.ttf")) for face in _DASHED)
    faces = _faces("Spectral", paths)  # type: ignore[arg-type]
    if faces is None:
        raise RuleBroken("Phông chữ đi kèm phần mềm không đủ chữ Việt.")
    return faces


@cache
def _installed(named: str) -> Faces:
    for family, paths in _candidates(named):
        if all(path.is_file() for path in paths) and (found := _faces(family, paths)):
            return found
    if named:
        raise RuleBroken(
            f"Thư mục phông chữ {named} ({SETTING}) không có bộ phông nào đủ bốn kiểu"
            " và đủ chữ Việt."
        )
    return embedded()


def _candidates(named: str) -> Iterator[tuple[str, _Files]]:
    for folder in [Path(named)] if named else map(Path, _FOLDERS):
        for names in _FAMILIES:
            regular, bold, italic, both = (folder / f"{name}.ttf" for name in names)
            yield names[0].removesuffix("-Regular"), (regular, bold, italic, both)
        for path in sorted(folder.glob("*-Regular.ttf")) if named else ():
            stem = path.name.removesuffix("-Regular.ttf")
            bold, italic, both = (folder / f"{stem}-{face}.ttf" for face in _DASHED[1:])
            yield stem, (path, bold, italic, both)


def _faces(family: str, paths: _Files) -> Faces | None:
    """The faces of four files; None where a letter is missing in one of them."""
    load, register = reportlab("pdfbase.ttfonts").TTFont, reportlab("pdfbase.pdfmetrics")
    names = [f"{family}-{face}" for face in _DASHED]
    loaded: list[Any] = []
    for name, path in zip(names, paths, strict=True):
        try:
            loaded.append(load(name, str(path)))
        except reportlab("pdfbase.ttfonts").TTFError:
            return None
    letters = frozenset.intersection(*(_letters(font) for font in loaded))
    if not letters >= NEEDED:
        return None
    for font in loaded:
        register.registerFont(font)
    regular, bold, italic, both = names
    return Faces(family, regular, bold, italic, both, letters | {"\n"})


def _letters(font: Any) -> frozenset[str]:
    return frozenset(map(chr, font.face.charToGlyph))
