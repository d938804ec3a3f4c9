"""A list on official paper: its head, one table with a band for each village or part, and the
blocks for signatures."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casemgmt.paper import grid
from casemgmt.paper.fonts import Faces
from casemgmt.paper.grid import Band, Head
from casemgmt.paper.head import Issuer, Signer, closing, gap, letterhead, signing, title
from casemgmt.paper.page import Foot, Paper, format_for
from casemgmt.paper.text import line


@dataclass(frozen=True, slots=True)
class Part:
    """Rows under a name ("": no band); each row begins with what follows its running number."""

    name: str
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Roll:
    """One list. `heads`: its columns without the running number; `of`: lines under the title
    (day, place); `sign`: what stands behind its number ("": none); `day`: that of the paper
    (None: room for it); `below`: remarks under the table; `signers`: side by side, or `receivers`
    on the left of the one who signs."""

    kind: str
    about: str
    heads: Sequence[Head]
    parts: Sequence[Part]
    foot: Foot
    issuer: Issuer
    of: Sequence[str] = ()
    sign: str = ""
    day: date | None = None
    below: Sequence[str] = ()
    signers: Sequence[Signer] = ()
    receivers: Sequence[str] = ()


def as_bytes(rolls: Iterable[Roll], faces: Faces, name: str) -> bytes:
    """The lists as one file called `name`, each beginning on a page of its own, numbered from 1."""
    out = io.BytesIO()
    paper = Paper(out, faces, title=name)
    for roll in rolls:
        write(paper, roll)
    paper.save()
    return out.getvalue()


def write(paper: Paper, roll: Roll) -> None:
    """Put a list on paper."""
    faces = paper.faces
    heads = [Head("STT", 11, align=1), *roll.heads]
    form = format_for(grid.width(heads))
    paper.begin(roll.foot, form, mark=f"{roll.kind} {roll.about}".strip())
    paper.put(letterhead(faces, form.room, roll.issuer, sign=roll.sign, day=roll.day))
    paper.put(title(faces, roll.kind, roll.about, of=roll.of))
    rows = _rows(roll.parts)
    end = _end(faces, roll, form.room)
    if rows:
        wide = grid.stretched(heads, form.room)
        paper.put([grid.grid(faces, wide, rows, size=10.5, below=end)])
    else:
        paper.put([line(faces, "Không có hộ nào.", face="italic", after=3), *end])


def _end(faces: Faces, roll: Roll, room: float) -> list[Any]:
    """What stands under the table: remarks and signatures."""
    parts = [line(faces, one, face="italic", size=11.5, before=1) for one in roll.below]
    if roll.receivers and roll.signers:
        parts += [gap(5), closing(faces, room, roll.receivers, roll.signers[0])]
    elif roll.signers:
        parts += [gap(5), signing(faces, room, roll.signers)]
    return parts


def _rows(parts: Sequence[Part]) -> list[Sequence[Any] | Band]:
    rows: list[Sequence[Any] | Band] = []
    number = 0
    for part in parts:
        if part.name and part.rows:
            rows.append(Band(f"{part.name}: {len(part.rows)} hộ"))
        for row in part.rows:
            number += 1
            rows.append((str(number), *row))
    return rows
