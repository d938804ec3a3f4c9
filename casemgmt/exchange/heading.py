"""Where the header of a list stands: one to four rows below a title block, merged or not."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from casemgmt.exchange.cells import is_blank, shown
from casemgmt.exchange.encodings import decoded
from casemgmt.exchange.listing import Encoding, Target
from casemgmt.exchange.titles import meaning

Merge = tuple[tuple[int, int], tuple[int, int]]  # first and last (row, column), both from 0

_WITHIN = 40  # rows that are looked through for a header
_DEPTH = 4
_LEAST = 2  # columns that must be known
_NAMES = frozenset({Target.HEAD_NAME, Target.MEMBER_NAME})
_NUMBERED = re.compile(r"\(?(?:[A-Za-z]|[0-9]{1,3})\)?(?:\s*=[\s0-9()+\-*/x×:%]+)?")


@dataclass(slots=True)
class Titles:
    """The texts of a sheet as titles: what a merged cell covers has its text, in its first row."""

    rows: Mapping[int, Sequence[object]]
    merges: Sequence[Merge]
    encoding: Encoding = "nfc"
    covered: dict[tuple[int, int], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        looked_at = frozenset(sorted(self.rows)[: _WITHIN + _DEPTH])
        width = max((len(self.rows[row]) for row in looked_at), default=0)
        for (top, left), (bottom, right) in self.merges:
            if top + 1 not in looked_at:
                continue
            text = self.text(top + 1, left)
            for row in range(top, min(bottom, top + _DEPTH) + 1):
                for column in range(left, min(right, left + width) + 1):
                    self.covered[row + 1, column] = text if row == top else ""

    def text(self, row: int, column: int) -> str:
        """What stands in a cell, by Excel's row number and the column from 0."""
        cells = self.rows.get(row, ())
        value = cells[column] if column < len(cells) else None
        return "" if is_blank(value) else decoded(str(shown(value)), self.encoding)

    def parts(self, first: int, last: int) -> dict[int, tuple[str, ...]]:
        """The titles of the columns if these rows were the header."""
        width = max((len(self.rows.get(row, ())) for row in range(first, last + 1)), default=0)
        found: dict[int, list[str]] = {column: [] for column in range(width)}
        for row in range(first, last + 1):
            for column, text in enumerate(self._spread(row, last, width)):
                if text and (not found[column] or found[column][-1] != text):
                    found[column].append(text)
        return {column: tuple(parts) for column, parts in found.items() if parts}

    def _spread(self, row: int, last: int, width: int) -> list[str]:
        """One row's titles; a title that was not merged stands for the blanks on its right under
        which titles go on."""
        texts: list[str] = []
        for column in range(width):
            text = self.covered.get((row, column))
            if text is None:
                text = self.text(row, column)
                below = row < last and self.text(row + 1, column)
                if not text and column and below and self.text(row + 1, column - 1):
                    text = texts[-1]
            texts.append(text)
        return texts


@dataclass(frozen=True, slots=True)
class Heading:
    """A header that was found: its rows, its columns' titles, the first row below it."""

    first: int
    last: int
    parts: Mapping[int, tuple[str, ...]]
    below: int


def find_heading(titles: Titles) -> Heading | None:
    """The rows that make the most sense as a header, None where a sheet has none."""
    best: tuple[tuple[int, int, int], int, int] | None = None
    for first in sorted(titles.rows)[:_WITHIN]:
        for last in range(first, first + _DEPTH):
            known = _known(titles.parts(first, last))
            if known.isdisjoint(_NAMES) or len(known) < _LEAST:
                continue
            columns = sum(map(bool, map(meaning, titles.parts(first, last).values())))
            worth = len(known), columns, first - last
            if best is None or worth > best[0]:
                best = worth, first, last
    if best is None:
        return None
    _, first, last = best
    last = _whole(titles, first, last)
    below = last + 1
    while is_numbering([titles.text(below, column) for column in range(_width(titles, below))]):
        below += 1
    return Heading(first, last, titles.parts(first, last), below)


def _known(parts: Mapping[int, tuple[str, ...]]) -> frozenset[Target]:
    return frozenset(filter(None, map(meaning, parts.values())))


def _width(titles: Titles, row: int) -> int:
    return len(titles.rows.get(row, ()))


def _whole(titles: Titles, first: int, last: int) -> int:
    """The header's last row where merged cells reach further down than the titles that we know."""
    ends = [
        bottom + 1
        for (top, _left), (bottom, _right) in titles.merges
        if first <= top + 1 <= last < bottom + 1 < first + _DEPTH
    ]
    return max(ends, default=last)


def is_numbering(texts: Sequence[str]) -> bool:
    """Whether a row only numbers the columns: A, B, 1, 2, 3 = 1 + 2."""
    told = [text for text in texts if text]
    if len(told) < 3 or not all(map(_NUMBERED.fullmatch, told)):
        return False
    digits = [int(found[0]) for text in told if (found := re.search(r"[0-9]+", text))]
    return digits == sorted(set(digits)) and (len(told) > len(digits) or len(digits) > 2)
