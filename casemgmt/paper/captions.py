"""How an annex is headed: as the Decree has it, or as the programme's own tables are."""

from datetime import date
from enum import StrEnum
from typing import Any

from casemgmt.paper.fonts import Faces
from casemgmt.paper.head import day_in_words, gap
from casemgmt.paper.text import CENTRE, line

_BLANK = "\N{NO-BREAK SPACE}" * 6
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


class Caption(StrEnum):
    """The two styles."""

    BIEU = "bieu"  # Biểu số 2: … (Kèm theo …)
    PHU_LUC = "phu-luc"  # Phụ lục II / … / (Kèm theo …), Decree 30/2020/NĐ-CP


def roman(number: int) -> str:
    """1 → I, 14 → XIV."""
    text = ""
    for value, sign in _ROMAN:
        while number >= value:
            text, number = text + sign, number - value
    return text


def attached(document: str, sign: str, *, day: date | None = None, year: int | None = None) -> str:
    """`(Kèm theo Chương trình phối hợp số … /CTr-PHLN ngày … tháng … năm 2022)`."""
    return f"(Kèm theo {document} số {_BLANK}/{sign} {day_in_words(day, year)})"


def caption(faces: Faces, style: Caption, number: int | None, title: str, to: str) -> list[Any]:
    """The heading of an annex: its number (None: the only one), its title, and the paper that it
    belongs `to` ("": not said)."""
    if style is Caption.BIEU:
        before = f"Biểu số {number}: " if number else ""
        parts = [line(faces, before + title.upper(), face="bold", size=14, align=CENTRE)]
    else:
        named = f"Phụ lục {roman(number)}" if number else "Phụ lục"
        parts = [
            line(faces, named, face="bold", size=14, align=CENTRE),
            line(faces, title.upper(), face="bold", size=14, align=CENTRE),
        ]
    if to:
        parts.append(line(faces, to, face="italic", size=13, align=CENTRE))
    return [*parts, gap(2)]
