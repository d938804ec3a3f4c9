"""What every printed form of a table shares: its headings, what it says of itself, its cells."""

from dataclasses import dataclass
from decimal import Decimal

from casemgmt.places.queries import named
from casemgmt.tables.definitions import Basis, Column, Input, Minus, Rate
from casemgmt.tables.figures import Asked, Cell, Figures
from casemgmt.tables.suppression import Hidden
from casemgmt.typed import show_date, show_number, show_rate

UNIT = "Đơn vị"
TOTAL = "Tổng"
_BASES = {
    Basis.SPONSOR: "tổ chức nhận đỡ đầu chính",
    Basis.MEMBERSHIP: "tổ chức mà hộ có người tham gia (Thuộc hội)",
}


@dataclass(frozen=True, slots=True)
class Band:
    """A heading over the columns from `first` to `last` (places among the columns, inclusive)."""

    text: str
    first: int
    last: int


def bands(figures: Figures) -> list[Band]:
    """The headings over several columns. Those over planned figures say that they are a plan."""
    table = figures.asked.table
    places = {column.key: place for place, column in enumerate(table.columns)}
    found = []
    for text, first, last in table.bands:
        span = slice(places[first], places[last] + 1)
        if any(isinstance(column, Minus) for column in table.columns[span]):
            day = show_date(figures.asked.as_of)
            text = f"{text} (kế hoạch, tính từ số ngày {day})"
        found.append(Band(text, places[first], places[last]))
    return found


def column_name(columns: tuple[Column, ...], key: str) -> str:
    """A column's label that stands alone: `Tỷ lệ % (Hộ nghèo BTXH)`."""
    named = {column.key: column for column in columns}
    column = named[key]
    if isinstance(column, Rate) and not isinstance(named[column.of], Minus):
        return f"{column.label} ({named[column.of].label})"
    return column.label


def days(figures: Figures) -> str:
    """The day of the figures, or the two days of a movement."""
    return days_of(figures.asked)


def days_of(asked: Asked) -> str:
    """The same, of a table that is asked for."""
    if asked.table.between_days and asked.start:
        return f"Từ ngày {show_date(asked.start)} đến ngày {show_date(asked.as_of)}"
    return f"Số liệu ngày {show_date(asked.as_of)}"


def place(figures: Figures) -> str:
    """The unit that the table is about."""
    unit = figures.unit
    return named(unit.level, unit.name) if unit else "Toàn bộ sổ bộ"


def choices(figures: Figures) -> list[tuple[str, str]]:
    """What else was chosen, as (what, which): the year of the targets, the basis, the map."""
    asked = figures.asked
    found = []
    if asked.table.by_year or any(
        isinstance(column, Input) and column.key == "exit_target" for column in asked.table.columns
    ):
        found.append(("Chỉ tiêu của năm", str(asked.the_year)))
    if asked.table.key.startswith("bieu-3"):
        found.append(("Phân theo", _BASES[asked.basis]))
    if asked.map_day != asked.as_of:
        found.append(("Địa giới của ngày", show_date(asked.map_day)))
    return found


def shown(value: Cell) -> str:
    """A cell as Vietnamese paper shows it: `14.905`, `3,04`; empty where it is unknown."""
    match value:
        case None:
            return ""
        case Hidden():
            return value.text
        case Decimal():
            return show_rate(value, sign=False)
        case _:
            return show_number(value)
