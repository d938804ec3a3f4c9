"""Where households went between two days, as a picture: on the left those at the beginning and
those who came, on the right those at the end and those who went, bands between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from casemgmt.tables import layout
from casemgmt.tables.definitions import Table
from casemgmt.tables.figures import TOTAL, Figures
from casemgmt.tables.forms import query_of
from casemgmt.tables.suppression import Hidden
from casemgmt.words import _

_WIDTH, _BOX, _GAP, _EDGE = 720, 200, 10, 2
_LEAST = 62  # of a box: room for its number and two lines of words
_TALLEST = 260  # of all bands together
_LETTERS = 23  # of a line in a box
_PARTS = ("exit", "other_decrease", "became")  # how the keys of those who went begin


@dataclass(frozen=True, slots=True)
class Box:
    """One number with its words. `kind`: end (beginning or end of the time), kept, out, in;
    `url`: its households ("": none)."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    text: str
    label: str
    url: str

    @property
    def lines(self) -> Sequence[str]:
        """The words, in lines that fit."""
        return wrap(self.label, _LETTERS)[:2]


@dataclass(frozen=True, slots=True)
class Band:
    """A way from a box on the left to one on the right: kept, out, in."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Picture:
    """All of it, in units of the picture. `key`: that of its table."""

    key: str
    title: str
    width: int
    height: float
    boxes: Sequence[Box]
    bands: Sequence[Band]


@dataclass(frozen=True, slots=True)
class _Way:
    key: str
    kind: str
    label: str
    count: int


def picture(found: Figures, *, linked: bool) -> Picture | None:
    """The picture of a movement's total; None where a number of it is hidden, or nobody was or is
    counted. `linked`: whether the numbers lead to their households."""
    table = found.asked.table
    if table.counted is None or table.by_year:
        return None
    counts = {flow.key: found.total[flow.key] for flow in table.flows}
    if any(isinstance(count, Hidden) for count in counts.values()) or not any(counts.values()):
        return None
    drawing = _Drawing(found, linked)
    return drawing.of(_ways(table, {key: int(count or 0) for key, count in counts.items()}))


def _ways(table: Table, counts: dict[str, int]) -> dict[str, _Way]:
    ways = {}
    for flow in table.flows:
        kind = "out" if flow.key.startswith(_PARTS) else "in"
        kind = "end" if flow.key in ("opening", "closing") else kind
        ways[flow.key] = _Way(flow.key, kind, flow.label, counts[flow.key])
    gone = sum(way.count for way in ways.values() if way.kind == "out")
    kept = table.kept
    if kept is not None:
        ways[kept.key] = _Way(kept.key, "kept", kept.label, counts["opening"] - gone)
    return ways


def _place(box: Box) -> int:
    """In which order boxes are read: from the beginning to the end of the time."""
    last = box.kind == "end" and box.x > 0
    return ("end", "kept", "out", "in").index(box.kind) + (4 if last else 0)


class _Drawing:
    """Boxes one under the other on both sides, each as high as its bands or its words need."""

    def __init__(self, found: Figures, linked: bool) -> None:
        self.title = f"{_(found.asked.table.title)}, {layout.place(found)}, {layout.days(found)}"
        self.key = found.asked.table.key
        self.base = f"/tables/{self.key}/cells/{TOTAL}"
        self.query = query_of(found.asked)
        self.linked = linked
        self.boxes: list[Box] = []

    def of(self, ways: dict[str, _Way]) -> Picture:
        """The picture of these ways."""
        entered = [way for way in ways.values() if way.kind == "in"]
        left = [way for way in ways.values() if way.kind == "out"]
        kept = [way for way in ways.values() if way.kind == "kept"]
        moved = sum(way.count for way in [*entered, *left, *kept])
        self.scale = _TALLEST / max(moved, 1)
        lows = {
            "opening": self._box(ways["opening"], 0, 0, [*kept, *left]),
            "closing": self._box(ways["closing"], _WIDTH - _BOX, 0, [*kept, *entered]),
        }
        bands = [
            self._band("kept", way, self._middle(way, 0), self._middle(way, 0)) for way in kept
        ]
        bottoms = []
        for side, ones in ((0, entered), (_WIDTH - _BOX, left)):
            low = lows["opening" if side == 0 else "closing"] + _GAP
            used = self._thick(kept[0]) if kept else 0.0
            for way in ones:
                top, low = low, self._box(way, side, low, [way]) + _GAP
                near = (top + (low - _GAP)) / 2
                far = used + self._thick(way) / 2 + _EDGE
                used += self._thick(way)
                ends = (near, far) if side == 0 else (far, near)
                bands.append(self._band(way.kind, way, *ends))
            bottoms.append(low)
        bands = [band for band in bands if band.path]
        for way in kept:
            self._kept_number(way)
        boxes = sorted(self.boxes, key=_place)
        return Picture(self.key, self.title, _WIDTH, round(max(bottoms), 1), boxes, bands)

    def _thick(self, way: _Way) -> float:
        return max(way.count * self.scale, 2.0) if way.count else 0.0

    def _middle(self, way: _Way, above: float) -> float:
        return _EDGE + above + self._thick(way) / 2

    def _box(self, way: _Way, x: float, y: float, through: Sequence[_Way]) -> float:
        """Draw a box from y downwards; its lower edge."""
        height = max(_LEAST, sum(map(self._thick, through)) + 2 * _EDGE)
        self._draw(way, x, y, _BOX, height)
        return y + height

    def _draw(self, way: _Way, x: float, y: float, width: float, height: float) -> None:
        url = f"{self.base}/{way.key}?{self.query}" if self.linked else ""
        text, label = layout.shown(way.count), _(way.label)
        self.boxes.append(Box(way.kind, x, round(y, 1), width, round(height, 1), text, label, url))

    def _kept_number(self, way: _Way) -> None:
        """Those who stayed have no box of their own: their number stands on their band."""
        self._draw(way, (_WIDTH - _BOX) / 2, _EDGE, _BOX, _LEAST)

    def _band(self, kind: str, way: _Way, left: float, right: float) -> Band:
        half = self._thick(way) / 2
        if not half:
            return Band(kind, "")
        a, b = _BOX, _WIDTH - _BOX
        middle = (a + b) / 2
        ends = [round(y, 1) for y in (left - half, right - half, right + half, left + half)]
        path = (
            f"M{a} {ends[0]}C{middle} {ends[0]} {middle} {ends[1]} {b} {ends[1]}"
            f"V{ends[2]}C{middle} {ends[2]} {middle} {ends[3]} {a} {ends[3]}Z"
        )
        return Band(kind, path)
