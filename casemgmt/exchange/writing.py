"""Rows that were judged → the database, in bulk, with the audit entries of every change."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    Connection,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from casemgmt import clock
from casemgmt.audit import trail
from casemgmt.exchange import sheets
from casemgmt.exchange.bulk import new_ids, room
from casemgmt.exchange.columns import columns
from casemgmt.exchange.planning import Plan, Values
from casemgmt.exchange.reading import Row
from casemgmt.exchange.recording import added, changed, removed
from casemgmt.exchange.report import Progress
from casemgmt.exchange.sheets import HOUSEHOLD, ORGANISATION, UNIT, Sheet
from casemgmt.exchange.standing import Standing
from casemgmt.exchange.stored import OWNERS, Store, stores
from casemgmt.places import map as places_map
from casemgmt.places.models import Unit
from casemgmt.register import timeline
from casemgmt.register.models import Deprivation, Lead
from casemgmt.sponsorship.closing import close_stale
from casemgmt.support.models import SupportKind

_CHUNK = 5000  # rows written and recorded at a time
_FACTS = (sheets.STAYS, sheets.CLASSIFICATIONS, sheets.SPONSORS)
# Each sheet after those that it refers to.
_ORDER = (
    sheets.UNITS,
    sheets.SUPPORT_KINDS,
    sheets.ORGANISATIONS,
    sheets.HOUSEHOLDS,
    sheets.RESIDENTS,
    sheets.STAYS,
    sheets.MEMBERS,
    sheets.CLASSIFICATIONS,
    sheets.SPONSORS,
    sheets.ACTIONS,
    sheets.EXITS,
    sheets.TARGETS,
)


def write(
    session: Session, planned: Plan, standing: Standing, progress: Progress | None = None
) -> None:
    """Write what was planned, then derive the map and the timelines that it changes."""
    writer = _Writer(session, session.connection(), standing, progress, planned.size())
    with room(writer.connection):
        for sheet in _ORDER:
            writer.add(sheet, planned.added.get(sheet.name, []))
            writer.change(sheet, planned.changed.get(sheet.name, []))
    if any(found.get(sheets.UNITS.name) for found in (planned.added, planned.changed)):
        places_map.redraw(session)
    if progress and writer.touched:
        progress("Dựng lại diễn biến của các hộ", 0, len(writer.touched))
    timeline.rewrite(session, writer.touched)
    close_stale(session, writer.led)
    if progress and writer.touched:
        progress("Dựng lại diễn biến của các hộ", len(writer.touched), len(writer.touched))


@dataclass(slots=True)
class _Writer:
    session: Session
    connection: Connection
    standing: Standing
    progress: Progress | None
    total: int
    done: int = 0
    touched: set[int] = field(default_factory=set)  # households whose timeline changes
    led: set[int] = field(default_factory=set)  # households whose lead changes

    # -- adding -----------------------------------------------------------------------------

    def add(self, sheet: Sheet, rows: list[Row]) -> None:
        """Insert new rows; what they refer to is there already."""
        if sheet is sheets.UNITS:
            self._units(rows)
        if sheet in (sheets.ORGANISATIONS, sheets.HOUSEHOLDS):
            owner = ORGANISATION if sheet is sheets.ORGANISATIONS else HOUSEHOLD
            self._number(owner, [row.values["code"] for row in rows])
        if sheet is sheets.ORGANISATIONS:
            rows = _parents_first(rows)
        for store in stores(sheet):
            own = [row for row in rows if store.part in (None, row.values.get("part"))]
            for chunk in _chunks(own):
                self._insert(store, [self._new(store, row) for row in chunk])
                if sheet is sheets.CLASSIFICATIONS:
                    self._deprive([(row, frozenset(), row.get("deprivations")) for row in chunk])
                self._tell(len(chunk))

    def _insert(self, store: Store, rows: list[Values]) -> None:
        table = store.table
        if "id" in table.c and rows and "id" not in rows[0]:
            for row, number in zip(rows, new_ids(self.connection, table, len(rows)), strict=True):
                row["id"] = number
        if store.sheet is sheets.SUPPORT_KINDS:
            newest = self.connection.scalar(select(func.max(SupportKind.position))) or 0
            for position, row in enumerate(rows, newest + 1):
                row["position"] = position
        self._touch(store, rows)
        self.connection.execute(insert(table), rows)
        self._record(added(table, rows))

    def _new(self, store: Store, row: Row) -> Values:
        values = columns(
            store, self.standing, {one.key: row.get(one.key) for one in store.sheet.columns}
        )
        table = store.table
        if "version" in table.c:
            values["version"] = 1
        if store.sheet is sheets.ORGANISATIONS or store.sheet is sheets.HOUSEHOLDS:
            owner = ORGANISATION if store.sheet is sheets.ORGANISATIONS else HOUSEHOLD
            values["id"] = self.standing.ids[owner][values["code"]]
        elif store.sheet is sheets.CLASSIFICATIONS:
            values["standard_code"] = self._standard(row)
        elif store.sheet is sheets.ACTIONS:
            values |= {"recorded_by": trail.actor(self.session), "recorded_at": clock.now()}
        return values

    def _standard(self, row: Row) -> str | None:
        standard = self.standing.standard(row.get("starts"))
        return standard.code if standard else None

    def _units(self, rows: Iterable[Row]) -> None:
        """Units that the register does not know yet, in the order of the file."""
        known = self.standing.ids[UNIT]
        codes = list(
            dict.fromkeys(row.values[UNIT] for row in rows if row.values[UNIT] not in known)
        )
        if not codes:
            return
        self._number(UNIT, codes)
        newest = self.connection.scalar(select(func.max(Unit.position))) or 0
        units = [
            {"id": known[code], "code": code, "position": position}
            for position, code in enumerate(codes, newest + 1)
        ]
        self.connection.execute(insert(Unit.__table__), units)
        self._record(added(Unit.__table__, units))

    def _number(self, owner: str, codes: Sequence[str]) -> None:
        numbers = new_ids(self.connection, OWNERS[owner], len(codes))
        self.standing.ids[owner].update(zip(codes, numbers, strict=True))

    # -- changing ---------------------------------------------------------------------------

    def change(self, sheet: Sheet, rows: list[tuple[Row, Values]]) -> None:
        """Update rows, each only in what differs."""
        for store in stores(sheet):
            own = [one for one in rows if store.part in (None, one[0].values.get("part"))]
            for chunk in _chunks(own):
                self._update(store, chunk)
                if sheet is sheets.CLASSIFICATIONS:
                    self._deprive(
                        [
                            (row, (row.current or {})["deprivations"], changes["deprivations"])
                            for row, changes in chunk
                            if "deprivations" in changes
                        ]
                    )
                self._tell(len(chunk))

    def _update(self, store: Store, rows: Iterable[tuple[Row, Values]]) -> None:
        groups: dict[frozenset[str], list[Values]] = defaultdict(list)
        changes: list[trail.Change] = []
        for row, new in rows:
            key = self._key(store, row)
            values = columns(store, self.standing, new)
            self._touch(store, [key | values])
            if not values:  # the deprivations alone have changed
                continue
            before = columns(
                store, self.standing, {name: (row.current or {})[name] for name in new}
            )
            changes += changed(store.table, key, before, values)
            groups[frozenset(values)].append(
                {f"k_{name}": value for name, value in key.items()}
                | {f"v_{name}": value for name, value in values.items()}
            )
        for names, bound in groups.items():
            self.connection.execute(_update_statement(store.table, names, bound[0]), bound)
        self._record(changes)

    def _key(self, store: Store, row: Row) -> Values:
        current = row.current or {}
        if "id" in store.table.c:
            key = {"id": current["_id"]}
            return key | (
                {"household_id": current["_household"]} if "_household" in current else {}
            )
        identity = {key: current[key] for key in store.sheet.identity}
        names = [column.name for column in store.table.primary_key]
        values = columns(store, self.standing, identity)
        return {name: values[name] for name in names}

    def _deprive(self, rows: Iterable[tuple[Row, frozenset[str], frozenset[str]]]) -> None:
        """The indicators of classifications: those that are new and those that are gone."""
        table = Deprivation.__table__
        new_ones: list[Values] = []
        gone: list[Values] = []
        for row, old, new in rows:
            fact = {
                "household_id": self.standing.ids[HOUSEHOLD][row.get(HOUSEHOLD)],
                "starts": row.get("starts"),
                "standard_code": self._standard(row),
            }
            new_ones += [fact | {"indicator_code": code} for code in sorted(new - old)]
            gone += [fact | {"indicator_code": code} for code in sorted(old - new)]
        if new_ones:
            self.connection.execute(insert(table), new_ones)
        if gone:
            names = ("household_id", "starts", "indicator_code")
            where = [table.c[name] == bindparam(f"k_{name}") for name in names]
            bound = [{f"k_{name}": one[name] for name in names} for one in gone]
            self.connection.execute(delete(table).where(*where), bound)
        self._record(removed(table, gone))
        self._record(added(table, new_ones))

    # -- both -------------------------------------------------------------------------------

    def _touch(self, store: Store, rows: Iterable[Values]) -> None:
        if store.sheet in _FACTS and store.part is not sheets.Part.SUPPORT:
            self.touched.update(row["household_id"] for row in rows)
            if store.part is sheets.Part.LEAD:
                self.led.update(row["household_id"] for row in rows)
        elif store.sheet is sheets.ORGANISATIONS:
            kinds = [row["id"] for row in rows if "kind" in row and "code" not in row]
            if kinds:
                led = select(Lead.__table__.c.household_id).where(
                    Lead.__table__.c.organisation_id.in_(kinds)
                )
                self.touched.update(self.connection.scalars(led))

    def _record(self, changes: Iterable[trail.Change]) -> None:
        trail.record(self.session, changes)

    def _tell(self, rows: int) -> None:
        self.done += rows
        if self.progress:
            self.progress("Ghi vào sổ", self.done, self.total)


def _parents_first(rows: Iterable[Row]) -> list[Row]:
    """New organisations after those that they are under."""
    waiting = {row.values["code"]: row for row in rows}
    found: dict[str, Row] = {}

    def take(code: str) -> None:
        row = waiting.pop(code, None)
        if row is not None:
            take(row.get("parent") or "")
            found[code] = row

    for code in list(waiting):
        take(code)
    return list(found.values())


def _chunks(rows: Sequence[Any]) -> Iterator[Any]:
    for start in range(0, len(rows), _CHUNK):
        yield rows[start : start + _CHUNK]


def _update_statement(table: Table, names: Iterable[str], bound: Mapping[str, Any]) -> Any:
    keys = [name.removeprefix("k_") for name in bound if name.startswith("k_")]
    values: Values = {name: bindparam(f"v_{name}") for name in sorted(names)}
    if "version" in table.c:
        values["version"] = table.c.version + 1
    where = and_(*(table.c[name] == bindparam(f"k_{name}") for name in keys))
    return update(table).where(where).values(values)
