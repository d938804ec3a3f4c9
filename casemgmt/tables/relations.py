"""What the cells of one table have to do with each other: sums, differences and rates.

A relation is asked of a grid of cells, printed ones or those of the records alike."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from casemgmt.register.measures import Measure
from casemgmt.tables.definitions import Input, Minus, Rate, Table
from casemgmt.tables.figures import TOTAL, Cell, rate
from casemgmt.tables.layout import shown

Place = tuple[str, str]  # the row (a unit's code or `total`) and the key of the column
Grid = Mapping[Place, Cell]

# Columns that part another one: each of its households stands in exactly one of them.
_PARTED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "bieu-2": {"poor": ("poor_social_protection", "poor_able_to_exit")},
    "bieu-3": {
        "poor": (
            "farmers_union",
            "womens_union",
            "youth_union",
            "veterans_association",
            "other",
        ),
        "other": ("other_organisation", "unassigned"),
    },
}


def equal(one: Cell, other: Cell) -> bool:
    """Two known cells say the same; rates are compared to two decimals, half-up."""
    if one is None or other is None:
        return one is other
    if isinstance(one, Decimal) or isinstance(other, Decimal):
        cent = Decimal("0.01")
        return Decimal(one).quantize(cent, ROUND_HALF_UP) == Decimal(other).quantize(
            cent, ROUND_HALF_UP
        )
    return one == other


@dataclass(frozen=True, slots=True)
class Sum:
    """`whole` is the sum of `parts`. Down a column blanks are left out of the sum; across a row
    nothing follows where a part is unknown."""

    whole: Place
    parts: tuple[Place, ...]
    down: bool = False

    @property
    def places(self) -> tuple[Place, ...]:
        """All cells of it."""
        return (self.whole, *self.parts)

    def value(self, grid: Grid, place: Place) -> Cell:
        """What a cell must be, by the others; None where that does not follow."""
        parts = [grid.get(part) for part in self.parts if part != place]
        known = [part for part in parts if part is not None]
        if not known or (len(known) < len(parts) and not self.down):
            return None
        whole = grid.get(self.whole)
        if place == self.whole:
            return sum(known)
        return None if whole is None else whole - sum(known)

    def holds(self, grid: Grid) -> bool | None:
        """Whether it holds; None where a cell of it is unknown."""
        return _holds(grid.get(self.whole), self.value(grid, self.whole))

    def worded(self, grid: Grid, place: Place) -> str:
        """How a cell follows from the others: `109 − 53`."""
        parts = [grid.get(part) for part in self.parts if part != place]
        numbers = [shown(part) for part in parts if part is not None]
        if place == self.whole:
            return " + ".join(numbers)
        return " − ".join([shown(grid.get(self.whole)), *numbers])


@dataclass(frozen=True, slots=True)
class Ratio:
    """`rate` is `of` as a percentage of `over`."""

    rate: Place
    of: Place
    over: Place

    @property
    def places(self) -> tuple[Place, ...]:
        """All cells of it."""
        return (self.rate, self.of, self.over)

    def value(self, grid: Grid, place: Place) -> Cell:
        """What the rate must be; counts do not follow from a rounded rate."""
        return rate(grid.get(self.of), grid.get(self.over)) if place == self.rate else None

    def holds(self, grid: Grid) -> bool | None:
        """Whether it holds; None where a cell of it is unknown."""
        return _holds(grid.get(self.rate), self.value(grid, self.rate))


Relation = Sum | Ratio


def _holds(stands: Cell, follows: Cell) -> bool | None:
    return None if stands is None or follows is None else equal(stands, follows)


def across(table: Table, row: str) -> Iterator[Relation]:
    """The relations within one row of a table."""
    for whole, parts in _PARTED[table.key].items():
        yield Sum((row, whole), tuple((row, part) for part in parts))
    for column in table.columns:
        match column:
            case Minus():
                yield Sum((row, column.of), ((row, column.less), (row, column.key)))
            case Rate():
                yield Ratio((row, column.key), (row, column.of), (row, column.over))


def down(table: Table, rows: Sequence[str]) -> Iterator[Sum]:
    """The total of each column that is added up; rates never are."""
    for column in table.columns:
        if isinstance(column, Input | Measure | Minus):
            parts = tuple((row, column.key) for row in rows)
            yield Sum((TOTAL, column.key), parts, down=True)
