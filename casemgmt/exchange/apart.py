"""Files from outside are read apart: in a process of its own that may take little time and memory.

It is given the bytes of a file and gives its cells back as plain JSON, so that whatever a file
does to the program that reads it, it does it there. It knows neither the database nor the keys."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from threading import BoundedSemaphore
from typing import Any

from casemgmt.exchange.cells import is_blank
from casemgmt.exchange.heading import Merge
from casemgmt.exchange.recognising import Page, pages
from casemgmt.exchange.scanning import Limits, Places, Unreadable
from casemgmt.words import N_

LARGEST_FILE = 10 * 1024 * 1024
LIMITS = Limits(
    unpacked=150_000_000,
    shared=40_000_000,
    strings=500_000,
    rows=20_000,
    cells=2_000_000,
    text=20_000_000,
    marks=10_000,
)
_SECONDS = 9  # by the clock on the wall
_WORK = 8  # of the processor
_MEMORY = 300_000_000
_MERGES = 20_000
_AT_ONCE = BoundedSemaphore(2)
_NEEDED = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL")

TOO_HEAVY = N_("Tệp này mở ra quá lâu hoặc quá lớn: hãy chép dữ liệu sang một sổ mới rồi thử lại.")
BUSY = N_("Đang có nhiều tệp được đọc cùng lúc: hãy thử lại sau ít giây.")


class Busy(Exception):
    """Too many files are being read at this moment."""


@dataclass(slots=True)
class Cells:
    """A sheet as it was read: rows with Excel's numbers, the formulas and errors in it, what is
    merged, and what Excel does not show."""

    name: str
    rows: list[tuple[int, list[Any]]]
    marks: Places
    merges: list[Merge]
    hidden: frozenset[int]
    visible: bool

    def page(self) -> Page:
        """The same for the recognition of lists."""
        rows: dict[int, Sequence[object]] = dict(self.rows)
        return Page(self.name, rows, self.marks, self.merges, self.hidden, self.visible)


def read_apart(content: bytes) -> str:
    """The cells of a workbook as JSON for `cells`. Raises Unreadable with the reason, Busy where
    it must be tried again."""
    if not _AT_ONCE.acquire(timeout=_SECONDS):
        raise Busy(BUSY)
    try:
        done = subprocess.run(
            [sys.executable, "-c", "from casemgmt.exchange.apart import main; main()"],
            input=content,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env=_surroundings(),
        )
    except subprocess.TimeoutExpired:
        raise Unreadable(TOO_HEAVY) from None
    finally:
        _AT_ONCE.release()
    if done.returncode or not done.stdout:
        raise Unreadable(TOO_HEAVY)
    told = done.stdout.decode()
    if told.startswith("!"):
        raise Unreadable(told[1:])
    return told


def _surroundings() -> dict[str, str]:
    """What a Python needs to start; nothing that tells of the database."""
    kept = {name: os.environ[name] for name in _NEEDED if name in os.environ}
    return kept | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"}


# --- In the other process -----------------------------------------------------------------------


def main() -> None:
    """Read the workbook on stdin, write its cells or `!` and a reason to stdout."""
    _stay_small()
    try:
        told = json.dumps(
            [
                [
                    page.name,
                    list(_rows(page)),
                    [[*place, text] for place, text in sorted(page.marks.items())],
                    list(page.merges)[:_MERGES],
                    sorted(page.hidden),
                    page.visible,
                ]
                for page in pages(sys.stdin.buffer.read(), LIMITS)
            ],
            default=_plain,
        )
    except Unreadable as wrong:
        told = f"!{wrong}"
    except MemoryError:
        told = f"!{TOO_HEAVY}"
    sys.stdout.buffer.write(told.encode())


def _stay_small() -> None:
    """Where the system knows such limits; elsewhere the clock alone ends it."""
    try:
        import resource  # noqa: PLC0415 not on Windows
    except ImportError:
        return
    for kind, most in (
        (resource.RLIMIT_CPU, _WORK),
        (resource.RLIMIT_DATA, _MEMORY),
        (resource.RLIMIT_FSIZE, 0),
    ):
        with suppress(ValueError, OSError):  # a lower limit stands already, or none is known
            resource.setrlimit(kind, (most, most))


def _rows(page: Page) -> Iterator[tuple[int, list[object]]]:
    for number, row in sorted(page.rows.items()):
        cells = list(row)
        while cells and is_blank(cells[-1]):
            cells.pop()
        yield number, cells


def _plain(value: object) -> object:
    match value:
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case _:
            return str(value)


# --- Back ---------------------------------------------------------------------------------------


def cells(told: str) -> list[Cells]:
    """The sheets that `read_apart` told of."""
    return [
        Cells(
            name,
            [(number, [_value(cell) for cell in row]) for number, row in rows],
            {(row, column): text for row, column, text in marks},
            [((top, left), (bottom, right)) for (top, left), (bottom, right) in merges],
            frozenset(hidden),
            visible,
        )
        for name, rows, marks, merges, hidden, visible in json.loads(told)
    ]


def _value(cell: Any) -> Any:
    if not isinstance(cell, dict):
        return cell
    if "day" in cell:
        return date.fromisoformat(cell["day"])
    return datetime.fromisoformat(cell["moment"])
