"""The picture of a movement."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from casemgmt.tables import flowing
from casemgmt.tables.figures import Figures
from casemgmt.tables.suppression import COVERED

DAYS = {"start": date(2021, 12, 30), "end": date(2022, 2, 15), "as_of": None}


def test_its_numbers_are_those_of_the_table(stand: Callable[..., Figures]) -> None:
    found = stand("dien-bien", **DAYS)
    drawn = flowing.picture(found, linked=True)
    assert drawn is not None
    for box in drawn.boxes:
        column = re.search(r"/total/(\w+)\?", box.url)
        assert column
        if column[1] != "stayed":
            assert int(box.text.replace(".", "")) == found.total[column[1]]
    assert len(drawn.boxes) == len(list(found.asked.table.flows)) + 1


@pytest.mark.parametrize("name", ["dien-bien", "dien-bien-can-ngheo"])
def test_those_who_stayed_and_came_are_those_at_the_end(
    stand: Callable[..., Figures], name: str
) -> None:
    drawn = flowing.picture(stand(name, **DAYS), linked=False)
    assert drawn is not None
    counts: dict[str, int] = {"kept": 0, "in": 0, "out": 0}
    for box in drawn.boxes:
        if box.kind in counts:
            counts[box.kind] += int(box.text.replace(".", ""))
    opening, closing = (int(box.text.replace(".", "")) for box in drawn.boxes if box.kind == "end")
    assert counts["kept"] + counts["out"] == opening
    assert counts["kept"] + counts["in"] == closing
    assert all(box.y + box.height <= drawn.height for box in drawn.boxes)


def test_nothing_is_drawn_where_a_number_is_hidden(stand: Callable[..., Figures]) -> None:
    found: Any = stand("dien-bien", **DAYS)
    found.total["relapsed"] = COVERED
    assert flowing.picture(found, linked=False) is None
    assert flowing.picture(stand("bieu-2"), linked=False) is None
