"""The small tables of the demonstration: what is data there is not written as code here."""

import csv
from datetime import date
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent
SIGNED = _FOLDER / "signed"

Row = dict[str, object]  # one row of a sheet, by its headers


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `data/<name>.tsv` by their column names; a blank cell is an empty text."""
    with (_FOLDER / "data" / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def number(text: str) -> int | None:
    """A whole number; None for a blank cell."""
    return int(text) if text else None


def day(text: str) -> date | None:
    """A day written yyyy-mm-dd; None for a blank cell."""
    return date.fromisoformat(text) if text else None
