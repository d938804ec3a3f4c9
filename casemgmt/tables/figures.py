"""A table asked for: its figures, and the households behind each of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import Connection, bindparam, select

from casemgmt.errors import RuleBroken
from casemgmt.places.models import Level, Lies, Tier, Unit, UnitPeriod
from casemgmt.register.measures import Measure
from casemgmt.register.models import Household
from casemgmt.tables import counting, movement
from casemgmt.tables.definitions import (
    Basis,
    Flow,
    Input,
    Minus,
    Rate,
    Table,
    table_named,
)
from casemgmt.tables.inputs import RowUnit, row_units
from casemgmt.tables.ready import Ready
from casemgmt.words import _

# The tables themselves: a statement of mapped classes would first make all of them ready.
_Unit = Unit.__table__
_Period = UnitPeriod.__table__
_Household = Household.__table__

Cell = int | Decimal | None
TOTAL = "total"
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for. `as_of`: the day (D1 of a movement); `start`: D0 of a movement.
    `unit`: a code, None for the whole register; `year`: that of the targets; `map_date`: the day
    whose map says what lies where."""

    table: Table
    as_of: date
    basis: Basis = Basis.SPONSOR
    start: date | None = None
    unit: str | None = None
    year: int | None = None
    map_date: date | None = None

    @property
    def the_year(self) -> int:
        """The year of the targets: the one asked, else that of the day."""
        return self.year if self.year is not None else self.as_of.year

    @property
    def map_day(self) -> date:
        """The day whose map is used."""
        return self.map_date or self.as_of


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a unit and its cells by column key."""

    unit: RowUnit
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Figures:
    """A table with its figures. `unit` is None for the whole register."""

    asked: Asked
    unit: RowUnit | None
    rows: Sequence[Row]
    total: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class _Scope:
    """The unit of a table: its id, name, and the tier of the rows under it."""

    unit: RowUnit | None
    rows: Tier

    @property
    def id(self) -> int | None:
        return self.unit.id if self.unit else None


def asked(
    name: str,
    *,
    as_of: date | None = None,
    start: date | None = None,
    end: date | None = None,
    unit: str | None = None,
    year: int | None = None,
    map_date: date | None = None,
    basis: Basis = Basis.SPONSOR,
) -> Asked:
    """Check what was asked against what the table takes. Raises RuleBroken."""
    table = table_named(name, basis)
    if table.between_days:
        if start is None or end is None:
            raise RuleBroken("Bảng diễn biến cần ngày đầu kỳ và ngày cuối kỳ.", field="from")
        if start > end:
            raise RuleBroken("Ngày đầu kỳ phải trước ngày cuối kỳ.", field="from")
        if map_date is not None:
            raise RuleBroken("Bảng diễn biến luôn dùng bản đồ của ngày cuối kỳ.", field="map_date")
        return Asked(table, end, basis, start, unit, year)
    if as_of is None:
        raise RuleBroken("Bảng này cần ngày tính số liệu.", field="as_of")
    if not table.by_year:
        return Asked(table, as_of, basis, None, unit, year, map_date)
    if map_date is not None:
        raise RuleBroken("Bảng này luôn dùng bản đồ của ngày tính số liệu.", field="map_date")
    return _of_year(table, basis, as_of, as_of.year if year is None else year, unit)


def _of_year(table: Table, basis: Basis, as_of: date, year: int, unit: str | None) -> Asked:
    before, last_day = date(year - 1, 12, 31), min(as_of, date(year, 12, 31))
    if before > last_day:
        raise RuleBroken("Năm chưa bắt đầu vào ngày tính số liệu: hãy chọn năm khác.", field="year")
    return Asked(table, last_day, basis, before, unit, year)


def figures(connection: Connection, wanted: Asked) -> Figures:
    """The table: rows in the register's order, then the total. Raises RuleBroken for an unknown
    unit or a village."""
    table = wanted.table
    scope = _scope(connection, wanted)
    bound = _bound(wanted, scope)
    keys = [column.key for column in table.columns if isinstance(column, Measure | Flow)]
    counted = {
        row[0]: dict(zip(keys, row[1:], strict=True))
        for row in _counted(wanted, scope).rows(connection, bound)
    }
    none: dict[str, int] = dict.fromkeys(keys, 0)
    units = row_units(connection, tier=scope.rows, declared=bool(table.inputs), bound=bound)
    rows = [
        Row(unit, _cells(table, {**declared, **counted.get(unit.id, none)}))
        for unit, declared in units
    ]
    return Figures(wanted, scope.unit, rows, _total(table, rows))


def household_ids(connection: Connection, wanted: Asked, row: str, column: str) -> list[int]:
    """The ids of the households that one cell counts. `row`: a unit's code or `total`.
    Raises RuleBroken where the row or the column is none, or the column does not count."""
    counted = wanted.table.counted_column(column)
    scope = _scope(connection, wanted)
    bound = _bound(wanted, scope)
    one_row = row != TOTAL
    if one_row:
        bound["row_id"] = _row_id(connection, wanted, scope, row)
    whole = scope.unit is None
    if isinstance(counted, Flow):
        query = movement.behind(wanted.table.key, column, scope.rows, whole, one_row)
    else:
        query = counting.behind(wanted.table.key, wanted.basis, column, scope.rows, whole, one_row)
    return list(connection.execute(query, bound).scalars())


def household_codes(connection: Connection, wanted: Asked, row: str, column: str) -> list[str]:
    """The same as codes (Mã hộ), in order."""
    ids = household_ids(connection, wanted, row, column)
    codes: list[str] = []
    for start in range(0, len(ids), _CHUNK):
        query = select(_Household.c.code).where(_Household.c.id.in_(ids[start : start + _CHUNK]))
        codes += connection.execute(query).scalars()
    return sorted(codes)


@dataclass(frozen=True, slots=True)
class Placed:
    """A household that a column counts: the row (its unit's code), its id and its code."""

    row: str
    id: int
    code: str


def placed(
    connection: Connection, wanted: Asked, column: str, households: Sequence[int] | None = None
) -> list[Placed]:
    """The households that a column counts, in all rows: of these (ids) alone where some are
    given."""
    counted = wanted.table.counted_column(column)
    scope = _scope(connection, wanted)
    whole = scope.unit is None
    if isinstance(counted, Flow):
        query = movement.placed(wanted.table.key, column, scope.rows, whole)
    else:
        query = counting.placed(wanted.table.key, wanted.basis, column, scope.rows, whole)
    if households is not None:
        query = query.where(_Household.c.id.in_(list(households)))
    return [Placed(*row) for row in connection.execute(query, _bound(wanted, scope))]


def _row_id(connection: Connection, wanted: Asked, scope: _Scope, code: str) -> int:
    bound = _bound(wanted, scope)
    for unit, _declared in row_units(connection, tier=scope.rows, declared=False, bound=bound):
        if unit.code == code:
            return unit.id
    raise RuleBroken(_("Bảng không có dòng nào của đơn vị {code}.", code=code), field="row")


# A unit with its name on the map's day: that of the newest period begun by then, else the first.
_NAMES: tuple[Any, ...] = (_Unit.c.id, _Unit.c.code, _Period.c.name, _Period.c.level)
_UNIT = Ready(
    select(*_NAMES)
    .select_from(_Unit)
    .join(_Period, _Period.c.unit_id == _Unit.c.id)
    .where(_Unit.c.code == bindparam("code"))
    .order_by(_Period.c.starts > counting.MAP_DAY, _Period.c.starts.desc())
)


def _scope(connection: Connection, wanted: Asked) -> _Scope:
    if wanted.unit is None:
        return _Scope(None, Tier.COMMUNE)
    bound = {"code": wanted.unit, "map_day": wanted.map_day}
    periods = _UNIT.rows(connection, bound)
    if not periods:
        raise RuleBroken(_("Không có đơn vị nào mang mã {code}.", code=wanted.unit), field="unit")
    identity, code, name, word = periods[0]
    level = Level(word)
    if level.tier is Tier.VILLAGE:
        raise RuleBroken(
            _(
                "{code} là {level}: bảng chỉ lập cho xã hoặc cấp trên.",
                code=code,
                level=_(level.value),
            ),
            field="unit",
        )
    rows = Tier.VILLAGE if level.tier is Tier.COMMUNE else Tier.COMMUNE
    return _Scope(RowUnit(identity, code, name, level), rows)


def _counted(wanted: Asked, scope: _Scope) -> Ready:
    whole = scope.unit is None
    if wanted.table.counted is not None:
        return movement.flows(wanted.table.key, scope.rows, whole)
    return counting.counts(wanted.table.key, wanted.basis, scope.rows, whole)


def _bound(wanted: Asked, scope: _Scope) -> dict[str, Any]:
    return {
        "as_of": wanted.as_of,
        "map_day": wanted.map_day,
        "start": wanted.start,
        "year": wanted.the_year,
        "unit_id": scope.id,
    }


def _cells(table: Table, known: Mapping[str, Cell]) -> dict[str, Cell]:
    """The cells of a row from what was declared and counted, each after those it derives from."""
    cells: dict[str, Cell] = {}
    for column in table.columns:
        match column:
            case Rate():
                cells[column.key] = rate(cells[column.of], cells[column.over])
            case Minus():
                cells[column.key] = less(cells[column.of], cells[column.less])
            case _:
                cells[column.key] = known[column.key]
    return cells


def less(left: Cell, right: Cell) -> Cell:
    """The difference of two cells; None where one of them is unknown."""
    return None if left is None or right is None else left - right


def rate(part: Cell, whole: Cell) -> Decimal | None:
    """`part` as a percentage of `whole`, half-up to two decimals on exact numbers; None without
    a denominator."""
    if part is None or not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _total(table: Table, rows: Sequence[Row]) -> dict[str, Cell]:
    total: dict[str, Cell] = {}
    for column in table.columns:
        values = [row.cells[column.key] for row in rows]
        match column:
            case Measure() | Flow():
                total[column.key] = _sum_known(values) or 0
            case Input():
                total[column.key] = _sum_known(values)
            case Minus():
                total[column.key] = None if None in values else _sum_known(values)
            case Rate():
                lacking = any(row.cells[column.over] is None for row in rows)
                total[column.key] = None if lacking else rate(total[column.of], total[column.over])
    return total


def _sum_known(values: Iterable[Cell]) -> Cell:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def map_has(connection: Connection, unit_id: int, day: date) -> bool:
    """Whether a unit stands in the map of a day."""
    query = select(Lies.unit_id).where(
        Lies.within_id == unit_id, Lies.unit_id == unit_id, Lies.starts <= day, Lies.ends > day
    )
    return connection.execute(query).first() is not None
