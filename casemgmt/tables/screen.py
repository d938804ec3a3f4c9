"""A table as a page shows it: its headings in one or two lines, its cells as text and links."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from casemgmt.places.models import Level, Tier
from casemgmt.places.queries import named
from casemgmt.register.measures import Measure
from casemgmt.tables import layout
from casemgmt.tables.definitions import Flow, Minus, Rate
from casemgmt.tables.figures import TOTAL, Figures
from casemgmt.tables.forms import query_of
from casemgmt.tables.suppression import Hidden
from casemgmt.words import _


@dataclass(frozen=True, slots=True)
class Heading:
    """One head cell; `wide` and `high`: over how many columns and lines it stands."""

    text: str
    wide: int = 1
    high: int = 1


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, and the address of the households behind it ("": none). `kind`:
    count, rate, input, plan or hidden."""

    text: str
    url: str
    kind: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row: the unit's name, the address of its own table ("": none), its cells."""

    name: str
    url: str
    cells: Sequence[Cell]


def headings(figures: Figures) -> list[list[Heading]]:
    """The head of the table, line by line."""
    columns = figures.asked.table.columns
    bands = {band.first: band for band in layout.bands(figures)}
    if not bands:
        return [[Heading(_(layout.UNIT)), *(Heading(_(column.label)) for column in columns)]]
    upper, lower, place = [Heading(_(layout.UNIT), high=2)], [], 0
    while place < len(columns):
        if band := bands.get(place):
            upper.append(Heading(band.text, wide=band.last - band.first + 1))
            lower += [Heading(_(column.label)) for column in columns[band.first : band.last + 1]]
            place = band.last + 1
        else:
            upper.append(Heading(_(columns[place].label), high=2))
            place += 1
    return [upper, lower]


def lines(figures: Figures, *, linked: Collection[str] = ()) -> list[Line]:
    """The rows and the total. `linked`: the columns whose counts lead to their households."""
    query = query_of(figures.asked)
    base = f"/tables/{figures.asked.table.key}/cells"
    deeper = figures.unit is None or Level(figures.unit.level).tier is not Tier.COMMUNE
    found = [
        Line(
            named(row.unit.level, row.unit.name),
            _own_table(figures, row.unit.code) if deeper else "",
            _cells(figures, row.cells, f"{base}/{row.unit.code}", query, linked),
        )
        for row in figures.rows
    ]
    total = _cells(figures, figures.total, f"{base}/{TOTAL}", query, linked)
    return [*found, Line(_(layout.TOTAL), "", total)]


def _own_table(figures: Figures, code: str) -> str:
    return f"/tables/{figures.asked.table.key}?{query_of(replace(figures.asked, unit=code))}"


def _cells(
    figures: Figures, cells: Mapping[str, Any], base: str, query: str, linked: Collection[str]
) -> list[Cell]:
    found = []
    for column in figures.asked.table.columns:
        value = cells[column.key]
        url = f"{base}/{column.key}?{query}" if column.key in linked else ""
        found.append(Cell(layout.shown(value), url, _kind(column, value)))
    return found


def _kind(column: object, value: object) -> str:
    if isinstance(value, Hidden):
        return "hidden"
    match column:
        case Measure() | Flow():
            return "count" if value else "zero"
        case Rate():
            return "rate"
        case Minus():
            return "plan"
        case _:
            return "input"
