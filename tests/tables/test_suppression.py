"""Small counts of villages cannot be worked out from what is shown."""

from collections.abc import Iterator, Mapping
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemgmt.tables.definitions import NAMES, Table, table_named
from casemgmt.tables.figures import TOTAL
from casemgmt.tables.suppression import FEW, Place, counted, hidden_places, moves

ROWS = ("a", "b", "c")

# The tables again in words of this test: how the counts of a row hang together.
PARTS = {
    "bieu-2": lambda n: {
        "poor": n[0] + n[1],
        "poor_social_protection": n[0],
        "poor_able_to_exit": n[1],
        "poor_ethnic_minority": min(n[2], n[0] + n[1]),
    },
    "bieu-3": lambda n: {
        "farmers_union": n[0],
        "womens_union": n[1],
        "youth_union": n[2],
        "veterans_association": 0,
        "other": n[3] + n[4],
        "other_organisation": n[3],
        "unassigned": n[4],
        "poor": sum(n),
    },
    "thoat-ngheo": lambda n: {
        "registered": n[0],
        "registered_exits": min(n[0], n[1]),
        "other_exits": n[2],
        "relapsed": n[3],
    },
}


def filled(name: str, numbers: list[list[int]]) -> dict[Place, int]:
    """A table of three villages with its totals, out of five free numbers a row."""
    rows = {row: PARTS[name](n) for row, n in zip(ROWS, numbers, strict=True)}
    grid = {(row, key): count for row, cells in rows.items() for key, count in cells.items()}
    for key in rows["a"]:
        grid[TOTAL, key] = sum(cells[key] for cells in rows.values())
    return grid


def agreeing(table: Table, grid: Mapping[Place, int], hidden: set[Place]) -> Iterator[dict]:
    """Every table that agrees with what is shown, hidden numbers moved by at most two."""
    free = sorted(hidden)
    ranges = []
    for place in free:
        count = grid[place]
        few = range(FEW) if count < FEW else range(FEW, count + 3)
        if place[0] == TOTAL:
            few = range(count + 3)
        ranges.append([n for n in few if abs(n - count) <= 1])
    for numbers in product(*ranges):
        other = {**grid, **dict(zip(free, numbers, strict=True))}
        if consistent(table.key, other):
            yield other


def consistent(name: str, grid: Mapping[Place, int]) -> bool:
    for row in ROWS:
        cells = {key: grid[row, key] for _, key in filter(lambda p: p[0] == row, grid)}
        free = {
            "bieu-2": ("poor_social_protection", "poor_able_to_exit", "poor_ethnic_minority"),
            "bieu-3": (
                "farmers_union",
                "womens_union",
                "youth_union",
                "other_organisation",
                "unassigned",
            ),
            "thoat-ngheo": ("registered", "registered_exits", "other_exits", "relapsed"),
        }[name]
        if PARTS[name]([cells[key] for key in free]) != cells:
            return False
    return all(
        grid[TOTAL, key] == sum(grid[row, key] for row in ROWS) for _, key in grid if _ == TOTAL
    )


NUMBERS = st.lists(
    st.lists(st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 9, 20]), min_size=5, max_size=5),
    min_size=3,
    max_size=3,
)


@pytest.mark.parametrize("name", ["bieu-2", "thoat-ngheo"])
@given(numbers=NUMBERS)
@settings(max_examples=50, deadline=None)
def test_every_small_count_could_be_another_number(name: str, numbers: list[list[int]]) -> None:
    table = table_named(name)
    grid = filled(name, numbers)
    hidden = hidden_places(table, grid)
    small = {place for place, n in grid.items() if 0 < n < FEW and place[0] != TOTAL}
    assert small <= hidden
    unsafe = set(small)
    for other in agreeing(table, grid, hidden):
        unsafe -= {place for place in unsafe if other[place] != grid[place]}
        if not unsafe:
            return
    assert not unsafe


@pytest.mark.parametrize("name", NAMES)
def test_a_row_can_change_in_every_column(name: str) -> None:
    table = table_named(name)
    for key in counted(table):
        assert moves(table, key)
        assert all(move[key] for move in moves(table, key))


def test_a_table_without_small_counts_hides_nothing() -> None:
    grid = filled("bieu-3", [[5, 6, 7, 8, 0]] * 3)
    assert hidden_places(table_named("bieu-3"), grid) == set()


def test_one_small_count_takes_three_more_with_it() -> None:
    grid = filled("bieu-3", [[3, 20, 9, 9, 9], [8, 20, 9, 9, 9], [9, 30, 9, 9, 9]])
    hidden = hidden_places(table_named("bieu-3"), grid)
    assert ("a", "farmers_union") in hidden
    assert len(hidden) == 4
    assert not any(row == TOTAL for row, _ in hidden)


def test_a_hidden_total_keeps_its_sign_too() -> None:
    grid = filled("bieu-2", [[1, 3, 5, 0, 0], [1, 3, 5, 0, 9], [3, 20, 4, 4, 20]])
    hidden = hidden_places(table_named("bieu-2"), grid)
    others = agreeing(table_named("bieu-2"), grid, hidden)
    assert any(other["a", "poor"] != grid["a", "poor"] for other in others)


def test_a_hidden_total_tells_nothing_of_its_size() -> None:
    grid = filled("thoat-ngheo", [[20, 4, 20, 0, 20], [1, 20, 3, 1, 20], [0, 6, 9, 3, 5]])
    hidden = hidden_places(table_named("thoat-ngheo"), grid)
    others = agreeing(table_named("thoat-ngheo"), grid, hidden)
    place = ("a", "registered_exits")
    assert any(other[place] != grid[place] for other in others)


def test_all_fours_cannot_hide_behind_each_other() -> None:
    grid = filled("thoat-ngheo", [[20, 9, 4, 9, 0]] * 3)
    assert (TOTAL, "other_exits") in hidden_places(table_named("thoat-ngheo"), grid)
