"""Pages as Decree 30/2020/NĐ-CP, Appendix I, lays them out, filled from top to bottom as what is
put on them comes: a paper of a thousand pages needs no more room than its pages' own bytes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casemgmt.clock import VIETNAM
from casemgmt.paper import code
from casemgmt.paper.drawing import MM, reportlab
from casemgmt.paper.fonts import Faces
from casemgmt.typed import show_date

# Millimetres: 20-25 above and below, 30-35 on the left, 15-20 on the right.
TOP, BOTTOM, LEFT, RIGHT = 20, 25, 30, 15
_FOOT_SIZE, _NUMBER_SIZE = 8.5, 13


@dataclass(frozen=True, slots=True)
class Format:
    """A sheet of paper, in millimetres."""

    width: float
    height: float

    @property
    def room(self) -> float:
        """How wide its text may be, in millimetres."""
        return self.width - LEFT - RIGHT


A4, A4_ACROSS, A3_ACROSS = Format(210, 297), Format(297, 210), Format(420, 297)


def format_for(width: float) -> Format:
    """The smallest sheet with room for a table this wide, in millimetres."""
    return next((one for one in (A4, A4_ACROSS) if one.room >= width), A3_ACROSS)


@dataclass(frozen=True, slots=True)
class Foot:
    """What stands at the foot of each page: the day of its figures, when and by whom it was made;
    and the address that its code opens ("": no code)."""

    lines: Sequence[str] = ()
    address: str = ""


NO_FOOT = Foot()


@dataclass(frozen=True, slots=True)
class Made:
    """By whom a paper was made, when, and the address that opens again what it shows."""

    by: str
    at: datetime
    address: str = ""

    @property
    def words(self) -> str:
        """`Lập lúc 09:30 ngày 20/10/2022; người lập: …`."""
        there = self.at.astimezone(VIETNAM)
        return f"Lập lúc {there:%H:%M} ngày {show_date(there.date())}; người lập: {self.by}."


def foot(of: str, made: Made | None) -> Foot:
    """The foot of a page of figures. `of`: the day of the figures, in words; made None: by the
    program, at no moment, so that the paper can be made again to the byte."""
    if made is None:
        return Foot((f"{of}.", "Lập bằng casemgmt."))
    return Foot((f"{of}.", made.words), made.address)


class Paper:
    """One PDF file, written from its first page to its last. `begin` starts a document within it,
    whose pages are counted from 1 anew."""

    def __init__(
        self, out: Any, faces: Faces, *, title: str, subject: str = "", form: Format = A4
    ) -> None:
        self.faces = faces
        reportlab("rl_config").useA85 = 0  # bytes as they are: a fifth smaller, and sooner written
        self.canvas = reportlab("pdfgen.canvas").Canvas(
            out, pagesize=_size(form), invariant=1, pageCompression=1, lang="vi-VN"
        )
        self.canvas.setTitle(faces.text(title))
        self.canvas.setSubject(faces.text(subject))
        self.canvas.setAuthor("")
        self.canvas.setCreator("casemgmt")
        self.form, self.foot, self.number = form, NO_FOOT, 0
        self.frame: Any = None
        self._documents = 0

    def begin(self, foot: Foot = NO_FOOT, form: Format = A4, *, mark: str = "") -> None:
        """Start a document on a new page; `mark`: its line in the file's table of contents."""
        self._close()
        self.foot, self.form, self.number = foot, form, 0
        self._documents += 1
        self._open()
        if mark:
            key = f"d{self._documents}"
            self.canvas.bookmarkPage(key)
            self.canvas.addOutlineEntry(self.faces.text(mark), key)

    def put(self, parts: Iterable[Any]) -> None:
        """Put parts (of reportlab.platypus) under one another, on as many pages as they take."""
        for part in parts:
            self._put(part)

    def keep(self, height: float) -> None:
        """Go on on a new page where less than so many millimetres of this one are left."""
        if self.frame is not None and self.frame._y - self.frame._y1p < height * MM:
            self._turn()

    def save(self) -> None:
        """Write the file."""
        self._close()
        self.canvas.save()

    def _put(self, part: Any) -> None:
        if self.frame is None:
            self._open()
        waiting = [part]
        while waiting:
            if self.frame.add(waiting[0], self.canvas):
                waiting.pop(0)
            elif len(parts := self.frame.split(waiting[0], self.canvas)) > 1:
                waiting[:1] = parts
            elif self.frame._atTop:
                raise ValueError("a part is higher than a page")
            else:
                self._turn()

    def _turn(self) -> None:
        self._close()
        self._open()

    def _open(self) -> None:
        self.number += 1
        self.canvas.setPageSize(_size(self.form))
        self.frame = reportlab("platypus").Frame(
            LEFT * MM,
            BOTTOM * MM,
            self.form.room * MM,
            (self.form.height - TOP - BOTTOM) * MM,
            leftPadding=0,
            rightPadding=0,
            topPadding=0,
            bottomPadding=0,
        )

    def _close(self) -> None:
        if self.frame is None:
            return
        if self.number > 1:
            self.canvas.setFont(self.faces.regular, _NUMBER_SIZE)
            middle, high = self.form.width / 2 * MM, (self.form.height - TOP / 2 - 2) * MM
            self.canvas.drawCentredString(middle, high, str(self.number))
        self._draw_foot()
        self.canvas.showPage()
        self.frame = None

    def _draw_foot(self) -> None:
        high = (BOTTOM - 7) * MM
        room = self.form.room * MM
        if self.foot.address:
            right = (self.form.width - RIGHT) * MM
            code.draw(self.canvas, self.foot.address, right - code.SIDE, (BOTTOM - 20) * MM)
            room -= code.SIDE + 3 * MM
        self.canvas.setFont(self.faces.italic, _FOOT_SIZE)
        for text in self.foot.lines:
            for piece in self._pieces(self.faces.text(text), room):
                self.canvas.drawString(LEFT * MM, high, piece)
                high -= _FOOT_SIZE * 1.25

    def _pieces(self, text: str, room: float) -> list[str]:
        split = reportlab("lib.utils").simpleSplit
        return list(split(text, self.faces.italic, _FOOT_SIZE, room))


def _size(form: Format) -> tuple[float, float]:
    return form.width * MM, form.height * MM
