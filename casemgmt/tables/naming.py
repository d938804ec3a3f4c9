"""Which unit a name on a printed table means."""

import re
from collections.abc import Sequence

from casemgmt.places.models import Level
from casemgmt.tables.inputs import RowUnit
from casemgmt.vietnamese import clean, same

# How a level is shortened before a name on paper; "TT" is a town there, not a serial number.
_SHORT = {
    Level.COMMUNE: ("x",),
    Level.WARD: ("p",),
    Level.TOWN: ("tt", "t.t"),
    Level.QUARTER: ("kp", "k.p"),
}


def units_meant(text: str, units: Sequence[RowUnit]) -> list[RowUnit]:
    """The units that a printed text can mean: by code, else by name with or without the word of
    the level or its abbreviation. Case, spaces, Unicode form and tone placement do not matter;
    the level, where it is said, does."""
    text = clean(text)
    if by_code := [unit for unit in units if unit.code == text]:
        return by_code
    return [unit for unit in units if _means(text, unit)]


def _means(text: str, unit: RowUnit) -> bool:
    level = Level(unit.level)
    full, bare = same(unit.name), same(_without(unit.name, (level.value,)))
    if same(text) in (full, bare):
        return True
    said = _without(text, (level.value, *_SHORT.get(level, ())))
    return said != text and same(said) == bare


def _without(text: str, words: Sequence[str]) -> str:
    """A text without one of these words before it: `TT Cam Lộ`, `X.Cam Tuyền`, `P1`."""
    for word in words:
        found = re.match(re.escape(word) + r"(?:\.\s*|\s+|(?=\d))(?=\S)", text, re.IGNORECASE)
        if found:
            return text[found.end() :]
    return text
