"""What every printed form of a table shares: its headings, what it says of itself, its cells."""

from dataclasses import dataclass
from decimal import Decimal

from casemgmt.places.queries import named
from casemgmt.tables.definitions import Basis, Column, Input, Minus, Rate
from casemgmt.tables.figures import Asked, Cell, Figures
from casemgmt.tables.suppression import Hidden
from casemgmt.typed import show_date, show_number, show_rate
from casemgmt.words import _

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
    for told, first, last in table.bands:
        text = _(told)
        span = slice(places[first], places[last] + 1)
        if any(isinstance(column, Minus) for column in table.columns[span]):
            day = show_date(figures.asked.as_of)
            text = _("{text} (kế hoạch, tính từ số ngày {day})", text=text, day=day)
        found.append(Band(text, places[first], places[last]))
    return found


def column_name(columns: tuple[Column, ...], key: str) -> str:
    """A column's label that stands alone: `Tỷ lệ % (Hộ nghèo BTXH)`."""
    named = {column.key: column for column in columns}
    column = named[key]
    if isinstance(column, Rate) and not isinstance(named[column.of], Minus):
        return f"{_(column.label)} ({_(named[column.of].label)})"
    return _(column.label)


def days(figures: Figures) -> str:
    """The day of the figures, or the two days of a movement."""
    return days_of(figures.asked)


def days_of(asked: Asked) -> str:
    """The same, of a table that is asked for."""
    if asked.table.between_days and asked.start:
        first, last = show_date(asked.start), show_date(asked.as_of)
        return _("Từ ngày {first} đến ngày {last}", first=first, last=last)
    return _("Số liệu ngày {day}", day=show_date(asked.as_of))


def place(figures: Figures) -> str:
    """The unit that the table is about."""
    unit = figures.unit
    return named(unit.level, unit.name) if unit else _("Toàn bộ sổ bộ")


def choices(figures: Figures) -> list[tuple[str, str]]:
    """What else was chosen, as (what, which): the year of the targets, the basis, the map."""
    asked = figures.asked
    found = []
    if asked.table.by_year or any(
        isinstance(column, Input) and column.key == "exit_target" for column in asked.table.columns
    ):
        found.append((_("Chỉ tiêu của năm"), str(asked.the_year)))
    if asked.table.key.startswith("bieu-3"):
        found.append((_("Phân theo"), _(_BASES[asked.basis])))
    if asked.map_day != asked.as_of:
        found.append((_("Địa giới của ngày"), show_date(asked.map_day)))
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
