"""The rows of the register in the shape of the workbook: what export writes and what import
compares with. A row is a dict by column keys; names with an underscore are for the importer."""

from collections import defaultdict
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import merge
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, literal, select

from casemgmt.exchange import sheets
from casemgmt.exchange.sheets import HOUSEHOLD, ORGANISATION, UNIT, Column, Part, Sheet
from casemgmt.organisations.models import Organisation
from casemgmt.places.models import ResidentHouseholds, Unit, UnitPeriod
from casemgmt.programme.models import RegisteredExit, Target
from casemgmt.register.models import (
    Classification,
    Deprivation,
    Household,
    Lead,
    Member,
    Stay,
    Supporter,
)
from casemgmt.support.models import SupportAction, SupportKind
from casemgmt.typed import Birth

Stored = dict[str, Any]

CHUNK = 1000  # codes in one statement: within every database's limit of bound values
OWNERS: dict[str, Table] = {
    UNIT: Unit.__table__,
    ORGANISATION: Organisation.__table__,
    HOUSEHOLD: Household.__table__,
}
_BIRTH = ("birth_year", "birth_month", "birth_day")
_KEPT = {"id": "_id", "household_id": "_household", "reason": "_reason", "voided_at": "_voided"}


@dataclass(frozen=True, slots=True)
class Store:
    """Where the rows of a sheet are kept. `order`: the keys (or `position` of the unit or kind)
    by which they are exported; `by`: the column whose codes limit what is read; `part`: the role
    of the sponsors in this table."""

    sheet: Sheet
    table: Table
    order: tuple[str, ...]
    by: str | None = None
    part: Part | None = None


STORES: tuple[Store, ...] = (
    Store(sheets.UNITS, UnitPeriod.__table__, ("position", "starts")),
    Store(sheets.RESIDENTS, ResidentHouseholds.__table__, ("position", "starts")),
    Store(sheets.ORGANISATIONS, Organisation.__table__, ("code",)),
    Store(sheets.HOUSEHOLDS, Household.__table__, ("code",), by="code"),
    Store(sheets.STAYS, Stay.__table__, (HOUSEHOLD, "starts"), by=HOUSEHOLD),
    Store(sheets.MEMBERS, Member.__table__, (HOUSEHOLD, "id"), by=HOUSEHOLD),
    Store(sheets.CLASSIFICATIONS, Classification.__table__, (HOUSEHOLD, "starts"), by=HOUSEHOLD),
    Store(
        sheets.SPONSORS,
        Lead.__table__,
        (HOUSEHOLD, "starts", ORGANISATION),
        by=HOUSEHOLD,
        part=Part.LEAD,
    ),
    Store(
        sheets.SPONSORS,
        Supporter.__table__,
        (HOUSEHOLD, "starts", ORGANISATION),
        by=HOUSEHOLD,
        part=Part.SUPPORT,
    ),
    Store(sheets.ACTIONS, SupportAction.__table__, ("code",), by="code"),
    Store(sheets.SUPPORT_KINDS, SupportKind.__table__, ("position",)),
    Store(sheets.EXITS, RegisteredExit.__table__, ("year", HOUSEHOLD), by=HOUSEHOLD),
    Store(sheets.TARGETS, Target.__table__, ("year", "position", "kind")),
)


def stores(sheet: Sheet) -> tuple[Store, ...]:
    """Where the rows of this sheet are kept."""
    return tuple(store for store in STORES if store.sheet is sheet)


@dataclass(slots=True)
class _Query:
    """A SELECT of the rows of one store, with the codes of what they refer to."""

    store: Store
    columns: dict[str, ColumnElement[Any]] = field(default_factory=dict)
    joins: list[tuple[Table, ColumnElement[bool]]] = field(default_factory=list)
    position: ColumnElement[Any] | None = None

    def add(self, column: Column) -> None:
        """The database columns behind a column of the sheet."""
        table, key = self.store.table, column.key
        if column.refers:
            owner: Any = OWNERS[column.refers].alias(f"{key}_owner")
            self.joins.append((owner, owner.c.id == table.c[f"{key}_id"]))
            self.columns[key] = owner.c.code
            if column.refers == UNIT and key == UNIT:
                self.position = owner.c.position
        elif key == "birth":
            self.columns.update({name: table.c[name] for name in _BIRTH})
        elif key == "part":
            self.columns[key] = literal(self.store.part)
        elif key != "deprivations":
            self.columns[key] = table.c[key]

    def _ordering(self, key: str) -> ColumnElement[Any]:
        if key == "position" and self.position is not None:
            return self.position
        return self.columns[key] if key in self.columns else self.store.table.c[key]

    def select(self, dialect: str) -> Select[Any]:
        """The statement, in the order of an export: codes by their letters' numbers."""
        table = self.store.table
        for name, kept in _KEPT.items():
            if name in table.c:
                self.columns[kept] = table.c[name]
        joined: Any = table
        for owner, condition in self.joins:
            joined = joined.outerjoin(owner, condition)
        order = [self._ordering(key) for key in self.store.order]
        if dialect == "postgresql":
            order = [one.collate("C") if one.type.python_type is str else one for one in order]
        return (
            select(*(column.label(name) for name, column in self.columns.items()))
            .select_from(joined)
            .order_by(*order)
        )


def rows(
    connection: Connection, sheet: Sheet, codes: Collection[str] | None = None
) -> Iterator[Stored]:
    """The rows of a sheet as they stand in the register, all of them or those of these codes (of
    households; of actions for their own sheet). One after the other, in the order of an export
    where all are read."""
    return _merged(sheet, [_of(connection, store, codes) for store in stores(sheet)])


def exported(connection: Connection, sheet: Sheet) -> Generator[Stored, None, None]:
    """All rows of a sheet as they are exported. A written last day that reaches the next row of
    its subject, which an import would refuse, is blank: it ends the day before all the same.
    Close it where it is left early: the database keeps its cursors until then."""
    each = [_of(connection, store, None) for store in stores(sheet)]
    settled = [
        _settled(sheet.identity[0], found) if _give_way(store) else found
        for store, found in zip(stores(sheet), each, strict=True)
    ]
    try:
        for row in _merged(sheet, settled):
            if row.get("_voided") is None:
                yield row
    finally:
        for found in each:
            found.close()


def _merged(sheet: Sheet, each: Sequence[Iterator[Stored]]) -> Iterator[Stored]:
    if len(each) == 1:
        return each[0]
    order = stores(sheet)[0].order
    return merge(*each, key=lambda row: tuple(row[key] for key in order))


def _give_way(store: Store) -> bool:
    return store.table.name in ("unit_period", "stay", "lead")


def _settled(subject: str, found: Iterator[Stored]) -> Iterator[Stored]:
    before: Stored | None = None
    for row in found:
        if before is not None:
            reaches = before["last_day"] is not None and before["last_day"] >= row["starts"]
            if reaches and before[subject] == row[subject]:
                before["last_day"] = None
            yield before
        before = row
    if before is not None:
        yield before


def _of(
    connection: Connection, store: Store, codes: Collection[str] | None
) -> Generator[Stored, None, None]:
    query = _Query(store)
    for column in store.sheet.columns:
        query.add(column)
    statement = query.select(connection.dialect.name)
    if codes is None or store.by is None:
        yield from _shaped(connection, store, statement)
        return
    wanted = sorted(codes)
    for start in range(0, len(wanted), CHUNK):
        chunk = query.columns[store.by].in_(wanted[start : start + CHUNK])
        yield from _shaped(connection, store, statement.where(chunk))


def _shaped(connection: Connection, store: Store, statement: Select[Any]) -> Iterator[Stored]:
    shape: Callable[[Connection, list[Stored]], None] = _SHAPES.get(store.sheet.name, _as_it_is)
    with connection.execute(statement.execution_options(yield_per=CHUNK)) as result:
        for partition in result.mappings().partitions():
            found = [dict(row) for row in partition]
            shape(connection, found)
            yield from found


def _as_it_is(_connection: Connection, _rows: list[Stored]) -> None:
    pass


def _with_birth(_connection: Connection, rows: Iterable[Stored]) -> None:
    for row in rows:
        year, month, day = (row.pop(name) for name in _BIRTH)
        row["birth"] = None if year is None else Birth(year, month, day)


def _with_deprivations(connection: Connection, rows: list[Stored]) -> None:
    table = Deprivation.__table__
    households = sorted({row["_household"] for row in rows})
    found: dict[tuple[int, Any], set[str]] = defaultdict(set)
    query = select(table.c.household_id, table.c.starts, table.c.indicator_code)
    for row in connection.execute(query.where(table.c.household_id.in_(households))):
        found[row.household_id, row.starts].add(row.indicator_code)
    for each in rows:
        each["deprivations"] = frozenset(found.get((each["_household"], each["starts"]), ()))


_SHAPES = {
    sheets.MEMBERS.name: _with_birth,
    sheets.CLASSIFICATIONS.name: _with_deprivations,
}
