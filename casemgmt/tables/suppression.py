"""Small counts of villages, hidden from those who see figures alone (role viewer).

A count of 1–4 in a village's row shows as `<5`. Where sums, differences or rates would still give
it away, further cells are hidden with it. A count is safe when we can name another table that
agrees with everything shown and has another number there; cells are hidden until each one has
such a witness. Hidden cells are read as an outsider may read them: `<5` is 0 to 4; `…` is 5 or
more in a village's row, any number in the total's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations, product
from typing import Any

from casemgmt.places.models import Level, Tier
from casemgmt.register.measures import Measure
from casemgmt.tables.definitions import Flow, Minus, Rate, Table
from casemgmt.tables.figures import TOTAL, Figures, Row

FEW = 5
Place = tuple[str, str]  # a row (a unit's code or `total`) and the key of a column
Move = Mapping[str, int]  # by how much the columns of a row change together


class Hidden:
    """Stands in a cell whose number is not shown."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


UNDER_FIVE, COVERED = Hidden("<5"), Hidden("…")

# Columns that are the sum of others, and columns whose sum cannot exceed another.
_BY_KIND = (
    "farmers_union",
    "womens_union",
    "youth_union",
    "veterans_association",
    "other",
)
_SUMS: Mapping[str, Mapping[str, Mapping[str, int]]] = {
    "bieu-2": {"poor": {"poor_social_protection": 1, "poor_able_to_exit": 1}},
    "bieu-3": {
        "poor": dict.fromkeys(_BY_KIND, 1),
        "other": {"other_organisation": 1, "unassigned": 1},
    },
    "bieu-3-can-ngheo": {
        "near_poor": dict.fromkeys(_BY_KIND, 1),
        "other": {"other_organisation": 1, "unassigned": 1},
    },
    "dien-bien": {
        "closing": {
            "opening": 1,
            "exit_to_near_poor": -1,
            "exit_above_near_poor": -1,
            "other_decrease": -1,
            "from_near_poor": 1,
            "relapsed": 1,
            "newly_poor": 1,
            "other_increase": 1,
        }
    },
    "dien-bien-can-ngheo": {
        "closing": {
            "opening": 1,
            "became_poor": -1,
            "exit_above_near_poor": -1,
            "other_decrease": -1,
            "from_poor": 1,
            "relapsed": 1,
            "newly_near_poor": 1,
            "other_increase": 1,
        }
    },
    "thoat-ngheo": {},
}
_WITHIN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "bieu-2": {"poor": ("poor_ethnic_minority",)},
    "bieu-3": {},
    "bieu-3-can-ngheo": {},
    "dien-bien": {
        "opening": ("exit_to_near_poor", "exit_above_near_poor", "other_decrease"),
        "closing": ("from_near_poor", "relapsed", "newly_poor", "other_increase"),
    },
    "dien-bien-can-ngheo": {
        "opening": ("became_poor", "exit_above_near_poor", "other_decrease"),
        "closing": ("from_poor", "relapsed", "newly_near_poor", "other_increase"),
    },
    "thoat-ngheo": {"registered": ("registered_exits",)},
}
_LARGEST_MOVE = 4  # columns of a row that change together


def for_outsiders(figures: Figures) -> Figures:
    """The table as someone sees it who may see no household: small counts of villages hidden,
    in cells that hold `Hidden` instead of a number. Tables of communes stay as they are."""
    if figures.unit is None or Level(figures.unit.level).tier is not Tier.COMMUNE:
        return figures
    hidden = hidden_places(figures.asked.table, _grid(figures))
    rows = [
        Row(row.unit, _veiled(figures, row.unit.code, row.cells, hidden)) for row in figures.rows
    ]
    return replace(figures, rows=rows, total=_veiled(figures, TOTAL, figures.total, hidden))


def _grid(figures: Figures) -> dict[Place, int]:
    rows = [(row.unit.code, row.cells) for row in figures.rows]
    return {
        (row, key): int(cells[key] or 0)
        for row, cells in [*rows, (TOTAL, figures.total)]
        for key in counted(figures.asked.table)
    }


@cache
def counted(table: Table) -> tuple[str, ...]:
    """The keys of the columns that count households."""
    return tuple(column.key for column in table.columns if isinstance(column, Measure | Flow))


def _veiled(
    figures: Figures, row: str, cells: Mapping[str, Any], hidden: set[Place]
) -> dict[str, Any]:
    """The cells of a row; a rate or a difference is hidden with the count it comes from."""
    shown = dict(cells)
    for column in figures.asked.table.columns:
        source = column.of if isinstance(column, Rate | Minus) else column.key
        if (row, column.key) in hidden:
            few = row != TOTAL and cells[column.key] < FEW
            shown[column.key] = UNDER_FIVE if few else COVERED
        elif isinstance(shown.get(source), Hidden):
            shown[column.key] = COVERED
    return shown


# --- Which cells ------------------------------------------------------------------------------


def hidden_places(table: Table, grid: Mapping[Place, int]) -> set[Place]:
    """The cells to hide of a table of villages, given all its counts with their totals."""
    hiding = _Hiding(table, grid)
    for place in hiding.small:
        hiding.protect(place)
    return hiding.hidden


@cache
def moves(table: Table, column: str) -> tuple[Move, ...]:
    """The smallest ways in which the counts of one row can change so that `column` changes and
    the sums across the row still hold."""
    keys = counted(table)
    others = [key for key in keys if key != column]
    found: list[dict[str, int]] = []
    for size in range(_LARGEST_MOVE):
        for more in combinations(others, size):
            if any(set(move) <= {column, *more} for move in found):
                continue
            for signs in product((1, -1), repeat=size):
                move = {column: 1, **dict(zip(more, signs, strict=True))}
                if _keeps_sums(table, move):
                    found.append(move)
    return (*found, *_with_parts(table, found))


def _with_parts(table: Table, found: Sequence[Move]) -> Iterator[Move]:
    """The moves in which a count that cannot exceed another goes along with it."""
    for move in found:
        for whole, parts in _WITHIN[table.key].items():
            for part in parts:
                together = {**move, part: move.get(whole, 0)}
                if whole in move and part not in move and _keeps_sums(table, together):
                    yield together


def _keeps_sums(table: Table, move: Move) -> bool:
    return all(
        move.get(whole, 0) == sum(sign * move.get(part, 0) for part, sign in parts.items())
        for whole, parts in _SUMS[table.key].items()
    )


@dataclass(frozen=True, slots=True)
class _Witness:
    """Another table that agrees with what is shown: `changes` by place."""

    changes: Mapping[Place, int]

    def cost(self, hidden: set[Place], grid: Mapping[Place, int]) -> tuple[int, int]:
        """How many more cells it takes, and how much they count."""
        more = [place for place in self.changes if place not in hidden]
        return len(more), sum(grid[place] for place in more)


class _Hiding:
    """The cells hidden so far, and how one more is made safe."""

    def __init__(self, table: Table, grid: Mapping[Place, int]) -> None:
        self.table, self.grid = table, grid
        self.rows: Sequence[str] = list(dict.fromkeys(row for row, _ in grid if row != TOTAL))
        self.small = [
            place for place, count in grid.items() if 0 < count < FEW and place[0] != TOTAL
        ]
        self.hidden = set(self.small)

    def protect(self, place: Place) -> None:
        """Hide what it takes for a witness that another number could stand at this place."""
        witnesses = list(self._witnesses(place)) or list(self._without_totals(place))
        if witnesses:
            best = min(witnesses, key=lambda witness: witness.cost(self.hidden, self.grid))
            self.hidden |= set(best.changes)
        else:  # nothing may be told of this column
            self.hidden |= {(row, place[1]) for row in (*self.rows, TOTAL)}

    def _witnesses(self, place: Place) -> Iterator[_Witness]:
        """One more here and one less in another row, or the other way round."""
        row, column = place
        for other in self.rows:
            if other == row:
                continue
            for move in moves(self.table, column):
                for sign in (-1, 1):
                    changes = {(row, key): sign * step for key, step in move.items()}
                    changes |= {(other, key): -sign * step for key, step in move.items()}
                    if self._agrees(changes):
                        yield _Witness(changes)

    def _without_totals(self, place: Place) -> Iterator[_Witness]:
        """Where no other row can give way, the totals are hidden as well."""
        row, column = place
        for move in moves(self.table, column):
            for sign in (-1, 1):
                changes = {
                    (line, key): sign * step for line in (row, TOTAL) for key, step in move.items()
                }
                if self._agrees(changes):
                    yield _Witness(changes)

    def _agrees(self, changes: Mapping[Place, int]) -> bool:
        """Whether the changed numbers are such as their signs allow, and no part exceeds its
        whole."""
        for place, step in changes.items():
            count = self.grid[place]
            another_sign = place[0] != TOTAL and (count < FEW) != (count + step < FEW)
            if count + step < 0 or another_sign:
                return False
        rows = {row for row, _ in changes}
        return all(self._within(row, changes) for row in rows)

    def _within(self, row: str, changes: Mapping[Place, int]) -> bool:
        def count(key: str) -> int:
            return self.grid[row, key] + changes.get((row, key), 0)

        return all(
            sum(map(count, parts)) <= count(whole)
            for whole, parts in _WITHIN[self.table.key].items()
        )
