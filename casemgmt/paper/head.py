"""The beginning and the end of an official paper: who issues it, its number, place and day, its
title; and who signs it (Decree 30/2020/NĐ-CP, Appendix I)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casemgmt.paper.drawing import MM, reportlab
from casemgmt.paper.fonts import Faces
from casemgmt.paper.text import CENTRE, line, rule

_NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
_MOTTO = "Độc lập - Tự do - Hạnh phúc"
_BLANK = "\N{NO-BREAK SPACE}" * 6  # room to write by hand
_LEFT_SHARE = 0.42


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues a paper: the body above it ("": none), itself, and its place."""

    body: str
    above: str = ""
    place: str = ""


def number(sign: str, count: int | None = None) -> str:
    """`Số: 05/BC-UBND`: below 10 with a 0 before it; without a count, room for it."""
    shown = _BLANK if count is None else f"{count:02d}"
    return f"Số: {shown}/{sign}"


def day_in_words(day: date | None, year: int | None = None) -> str:
    """`ngày 05 tháng 02 năm 2022`: days below 10 and the months 1 and 2 with a 0 before them;
    without a day, room for it (and for the year, where that is not known)."""
    if day is None:
        return f"ngày {_BLANK} tháng {_BLANK} năm {year or _BLANK}"
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def letterhead(
    faces: Faces,
    room: float,
    issuer: Issuer,
    *,
    sign: str = "",
    day: date | None = None,
    year: int | None = None,
) -> list[Any]:
    """The two blocks at the head of a paper that is `room` millimetres wide. `sign`: what stands
    behind its number (`BC-UBND`; "": it has none)."""
    left, right = room * _LEFT_SHARE * MM, room * (1 - _LEFT_SHARE) * MM
    fits = min(12.0, 12 * right / faces.width(_NATION, faces.bold, 12) * 0.99)
    body = _in_two(faces, issuer.body.upper(), faces.bold, left)
    above = _in_two(faces, issuer.above.upper(), faces.regular, left)
    longest = max(faces.width(text, faces.bold, 12) for text in body.split("\n"))
    place = f"{issuer.place}, " if issuer.place else ""
    own = [
        *([line(faces, above, size=12, align=CENTRE)] if above else []),
        line(faces, body, face="bold", size=12, align=CENTRE),
        rule(min(longest, left) * 0.4, before=0.8, after=1.5),
        *([line(faces, number(sign), align=CENTRE)] if sign else []),
    ]
    nation = [
        line(faces, _NATION, face="bold", size=fits, align=CENTRE),
        line(faces, _MOTTO, face="bold", size=13, align=CENTRE),
        rule(faces.width(_MOTTO, faces.bold, 13), before=0.8, after=1.5),
        line(faces, place + day_in_words(day, year), face="italic", align=CENTRE),
    ]
    return [_side_by_side([own, nation], [left, right]), _gap(4)]


def _in_two(faces: Faces, text: str, face: str, room: float) -> str:
    """A name that is too long for a line in two of like length: `ỦY BAN NHÂN DÂN` over the unit."""
    text = faces.text(text)
    if faces.width(text, face, 12) <= room:
        return text
    words = text.split(" ")
    halves = [" ".join(words[:n]) + "\n" + " ".join(words[n:]) for n in range(1, len(words))]
    return min(halves, key=lambda two: abs(len(two) - 2 * two.index("\n")), default=text)


def title(faces: Faces, kind: str, about: str = "", *, of: Sequence[str] = ()) -> list[Any]:
    """The kind of a paper, what it is about, a short rule; `of`: lines under it (day, place)."""
    parts = [line(faces, kind.upper(), face="bold", size=14, align=CENTRE)]
    if about:
        parts.append(line(faces, about, face="bold", size=14, align=CENTRE))
        length = faces.width(faces.text(about), faces.bold, 14) * 0.4
        parts.append(rule(min(length, 60 * MM), before=1.2, after=2))
    parts += [line(faces, text, face="italic", align=CENTRE) for text in of]
    return [*parts, _gap(4)]


@dataclass(frozen=True, slots=True)
class Signer:
    """A block for a signature: the lines of authority (`TM. ỦY BAN NHÂN DÂN`, `KT. CHỦ TỊCH`,
    `PHÓ CHỦ TỊCH`), how to sign ("": not said), and the name where it is known."""

    authority: Sequence[str]
    how: str = ""
    name: str = ""


def signing(faces: Faces, room: float, signers: Sequence[Signer]) -> Any:
    """Blocks for signatures side by side, kept together; a single one stands on the right."""
    if len(signers) == 1:
        signers = (Signer(()), *signers)
    return _side_by_side(
        [_block(faces, one) for one in signers], [room * MM / len(signers)] * len(signers)
    )


def closing(faces: Faces, room: float, receivers: Sequence[str], signer: Signer) -> Any:
    """Who receives the paper, on the left; who signs it, on the right."""
    left = [
        line(faces, "Nơi nhận:", face="bold_italic", size=12),
        *(line(faces, f"- {one}", size=11) for one in receivers),
    ]
    return _side_by_side([left, _block(faces, signer)], [room / 2 * MM] * 2)


def _block(faces: Faces, signer: Signer) -> list[Any]:
    return [
        *(
            line(faces, text.upper(), face="bold", size=13, align=CENTRE)
            for text in signer.authority
        ),
        *([line(faces, signer.how, face="italic", size=12, align=CENTRE)] if signer.how else []),
        _gap(25),
        *([line(faces, signer.name, face="bold", align=CENTRE)] if signer.name else []),
    ]


def _side_by_side(blocks: Sequence[Sequence[Any]], widths: Sequence[float]) -> Any:
    return reportlab("platypus").Table(
        [list(blocks)],
        colWidths=list(widths),
        splitByRow=0,
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("ALIGN", (0, 0), (-1, -1), "CENTER"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
        ],
    )


def _gap(height: float) -> Any:
    return reportlab("platypus").Spacer(1, height * MM)


gap = _gap
