"""The code that opens again what a page shows: an address, and nothing about people."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from casemgmt.paper.drawing import MM, reportlab

SIDE = 18 * MM  # with its quiet zone
_QUIET = 4  # modules, as the standard (ISO/IEC 18004) asks
_LEVEL = 0  # M: a seventh of it may be lost
_MASK = 0  # readers take any; to look for the evenest takes ten times as long


@dataclass(frozen=True, slots=True)
class Run:
    """Dark modules side by side: of the row `y` (from the top) from `x` on."""

    x: int
    y: int
    wide: int


@lru_cache(maxsize=64)
def runs(address: str) -> tuple[int, tuple[Run, ...]]:
    """How many modules the code of an address is wide, and its dark ones."""
    encoder = reportlab("graphics.barcode.qrencoder")
    found = encoder.QRCode(None, _LEVEL)
    found.addData(encoder.QR8bitByte(address))
    found.version = found.calculate_version()
    found.makeImpl(False, _MASK)
    count = found.getModuleCount()
    dark = []
    for y in range(count):
        x = 0
        while x < count:
            start = x
            while x < count and found.isDark(y, x):
                x += 1
            if x > start:
                dark.append(Run(start, y, x - start))
            x += 1
    return count, tuple(dark)


def draw(canvas: Any, address: str, x: float, y: float, side: float = SIDE) -> None:
    """The code of an address, its lower left corner at (x, y), in points."""
    count, _ = runs(address)
    module = side / (count + 2 * _QUIET)
    canvas.saveState()
    canvas.transform(module, 0, 0, -module, x + _QUIET * module, y + side - _QUIET * module)
    canvas.addLiteral(_rectangles(address))
    canvas.restoreState()


@lru_cache(maxsize=64)
def _rectangles(address: str) -> str:
    """The dark modules as PDF writes them, in modules: the library takes longer over each number
    than over a line of text."""
    _, dark = runs(address)
    return f"0 g {' '.join(f'{run.x} {run.y} {run.wide} 1 re' for run in dark)} f"


def part(address: str, side: float = SIDE) -> Any:
    """The code of an address as a part to put into a table."""
    shapes, black = reportlab("graphics.shapes"), reportlab("lib.colors").black
    count, dark = runs(address)
    module = side / (count + 2 * _QUIET)
    path = shapes.Path(fillColor=black, strokeColor=None, strokeWidth=0)
    for run in dark:
        left, low = (_QUIET + run.x) * module, side - (_QUIET + run.y + 1) * module
        right, high = left + run.wide * module, low + module
        path.moveTo(left, low)
        for x, y in ((right, low), (right, high), (left, high)):
            path.lineTo(x, y)
        path.closePath()
    drawing = shapes.Drawing(side, side, hAlign="RIGHT")
    drawing.add(path)
    return drawing
