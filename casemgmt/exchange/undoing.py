"""Undo of a whole batch: the rows that it touched, as they stood before it.

Before a batch is written, the rows of the households that it is about are read whole; after it,
what differs from them is what it did. That is taken back only while nobody has built on it."""

import base64
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import Table, and_, delete, insert, select, update
from sqlalchemy.orm import Session

from casemgmt import clock
from casemgmt.audit import trail
from casemgmt.audit.models import AuditEntry, What
from casemgmt.errors import RuleBroken
from casemgmt.exchange import recording, sheets
from casemgmt.exchange.batch_models import ImportBatch, Stage
from casemgmt.exchange.joined import household_code
from casemgmt.exchange.planning import Plan, Values
from casemgmt.exchange.sheets import HOUSEHOLD
from casemgmt.exchange.standing import Standing
from casemgmt.exchange.stored import CHUNK
from casemgmt.programme.models import RegisteredExit
from casemgmt.register import timeline
from casemgmt.register.models import (
    Classification,
    Deprivation,
    Household,
    Lead,
    Member,
    Span,
    Stay,
    Supporter,
)
from casemgmt.register.rules import said
from casemgmt.sponsorship.models import SponsorRequest
from casemgmt.support.models import SupportAction
from casemgmt.typed import show_date
from casemgmt.words import _

# All that an import in the browser writes; each after those that it refers to.
_TABLES: tuple[Table, ...] = (
    Household.__table__,
    Stay.__table__,
    Member.__table__,
    Classification.__table__,
    Deprivation.__table__,
    Lead.__table__,
    Supporter.__table__,
    SupportAction.__table__,
    RegisteredExit.__table__,
    SponsorRequest.__table__,
)
_WRITTEN = (What.ADDED, What.CHANGED, What.REMOVED)

Rows = dict[str, list[Values]]  # by table


# --- Before and after ---------------------------------------------------------------------------


def touched(planned: Plan, standing: Standing) -> set[int]:
    """The households that a plan is about, by number; new ones only once they are written."""
    found: set[int | None] = set()
    ids = standing.ids[HOUSEHOLD]
    rows = [row for added in planned.added.values() for row in added]
    rows += [row for changed in planned.changed.values() for row, _new in changed]
    for row in rows:
        current = row.current or {}
        found.add(ids.get(household_code(row) or ""))
        found.add(current.get("_household"))
        if row.form.sheet is sheets.HOUSEHOLDS:
            found.add(current.get("_id"))
    return {number for number in found if number is not None}


def earlier_rows(session: Session, households: Collection[int]) -> Rows:
    """All rows of these households, as they stand in the database."""
    return {table.name: list(_rows(session, table, households)) for table in _TABLES}


def _rows(session: Session, table: Table, households: Collection[int]) -> Iterator[Values]:
    key = table.c.id if table is Household.__table__ else table.c.household_id
    wanted = sorted(households)
    for start in range(0, len(wanted), CHUNK):
        query = select(table).where(key.in_(wanted[start : start + CHUNK]))
        for row in session.connection().execute(query).mappings():
            yield dict(row)


def written(earlier: Rows, households: Collection[int]) -> str:
    """The earlier rows and the households that they are of, to be kept under seal."""
    return json.dumps({"households": sorted(households), "rows": earlier}, default=_told)


def _told(value: object) -> object:
    match value:
        case Enum():
            return value.value
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case Decimal():
            return {"number": str(value)}
        case bytes():
            return {"bytes": base64.b64encode(value).decode()}
        case _:
            raise TypeError(f"no form for {type(value).__name__}")


_BACK: dict[str, Callable[[str], Any]] = {
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
    "number": Decimal,
    "bytes": base64.b64decode,
}


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        ((kind, text),) = value.items()
        return _BACK[kind](text)
    return value


# --- Undo ---------------------------------------------------------------------------------------


def undo(session: Session, batch: ImportBatch, *, reason: str) -> dict[int, str]:
    """Take a batch back, whole, as long as nothing was written since about any household that it
    touched: the register is as it was before. What it did stays in the trail, and that it was
    taken back. The codes of those households by id, also of those that are there no more."""
    reason = said(reason)
    trail.record(session, [])  # our turn: nobody builds on it while we look
    session.refresh(batch, with_for_update=True)
    if batch.stage is not Stage.APPLIED:
        raise RuleBroken(_("Tệp này {stage}.", stage=batch.stage.label))
    kept = json.loads(batch.earlier or "{}")
    households = set(kept["households"])
    if later := _later(session, batch, households):
        raise RuleBroken(_built_upon(session, later))
    earlier = {
        name: [{column: _value(value) for column, value in row.items()} for row in rows]
        for name, rows in kept["rows"].items()
    }
    codes = dict(_codes(session, households))
    first = trail.head(session.connection())[0] + 1
    with trail.because(session, reason):
        _take_back(session, households, earlier)
        batch.undo_first_entry = first
        batch.undo_last_entry = trail.head(session.connection())[0]
        batch.stage, batch.undo_reason = Stage.UNDONE, reason
        batch.undone_by, batch.undone_at = trail.actor(session)[:80], clock.now()
        batch.earlier = None
    return codes


def _codes(session: Session, households: Collection[int]) -> Iterator[tuple[int, str]]:
    known, wanted = Household.__table__.c, sorted(households)
    for start in range(0, len(wanted), CHUNK):
        query = select(known.id, known.code).where(known.id.in_(wanted[start : start + CHUNK]))
        yield from session.connection().execute(query).all()


def _later(session: Session, batch: ImportBatch, households: Collection[int]) -> list[Any]:
    """The entries since, of what was written about these households. What a later batch did that
    was taken back itself does not count."""
    entry = AuditEntry.__table__.c
    found: list[Any] = []
    wanted = sorted(households)
    for start in range(0, len(wanted), CHUNK):
        query = select(entry.household_id, entry.actor, entry.at).where(
            entry.id > batch.last_entry,
            entry.what.in_(_WRITTEN),
            entry.household_id.in_(wanted[start : start + CHUNK]),
            *(~entry.id.between(first, last) for first, last in _taken_back(session, batch)),
        )
        found += session.connection().execute(query.order_by(entry.id))
    return found


def _taken_back(session: Session, batch: ImportBatch) -> Iterator[tuple[int, int]]:
    own = ImportBatch.__table__.c
    query = select(
        own.first_entry, own.last_entry, own.undo_first_entry, own.undo_last_entry
    ).where(own.undone_at.is_not(None), own.first_entry > batch.last_entry)
    for first, last, undo_first, undo_last in session.connection().execute(query):
        yield first, last
        yield undo_first, undo_last


_NAMED = 5


def _built_upon(session: Session, later: Iterable[Any]) -> str:
    first = {entry.household_id: entry for entry in later}
    codes = Household.__table__.c
    wanted = list(first)[:_NAMED]
    query = select(codes.id, codes.code).where(codes.id.in_(wanted))
    names = {row.id: row.code for row in session.connection().execute(query)}
    told = [
        _("{code} ({who}, {day})", code=names.get(number, number), who=first[number].actor,
          day=show_date(first[number].at.astimezone(clock.VIETNAM).date()))
        for number in wanted
    ]  # fmt: skip
    if len(first) > _NAMED:
        told.append(_("và {n} hộ khác", n=len(first) - _NAMED))
    return _(
        "Không hoàn tác được: sau khi nhập đã có người ghi tiếp về hộ {households}.",
        households=", ".join(told),
    )


def _take_back(session: Session, households: Collection[int], earlier: Mapping[str, Any]) -> None:
    """Make the rows of these households what they were, with an entry for each that differs."""
    now = earlier_rows(session, households)
    apart = {table.name: _apart(table, earlier[table.name], now[table.name]) for table in _TABLES}
    gone = {row["id"] for row in apart["household"].added}
    for table in reversed(_TABLES):
        if table is Household.__table__ and gone:
            _forget_timeline(session, gone)
        _delete(session, table, apart[table.name].added)
    for table in _TABLES:
        _restore(session, table, apart[table.name])
    session.expire_all()
    timeline.rewrite(session, set(households) - gone)


class _Apart:
    """How the rows of a table differ from what they were: those that were added since, those that
    are gone, those that were changed (as they are, as they were)."""

    def __init__(self) -> None:
        self.added: list[Values] = []
        self.gone: list[Values] = []
        self.changed: list[tuple[Values, Values]] = []


def _apart(table: Table, before: Iterable[Values], now: Iterable[Values]) -> _Apart:
    found, known = _Apart(), {_key(table, row): row for row in before}
    for row in now:
        old = known.pop(_key(table, row), None)
        if old is None:
            found.added.append(row)
        elif _differ(row, old):
            found.changed.append((row, old))
    found.gone = list(known.values())
    return found


def _key(table: Table, row: Values) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in table.primary_key)


def _differ(row: Values, old: Values) -> list[str]:
    return [name for name in row if name != "version" and row[name] != old.get(name)]


def _where(table: Table, row: Values) -> Any:
    return and_(*(column == row[column.name] for column in table.primary_key))


def _forget_timeline(session: Session, households: Collection[int]) -> None:
    span = Span.__table__
    wanted = sorted(households)
    for start in range(0, len(wanted), CHUNK):
        chunk = span.c.household_id.in_(wanted[start : start + CHUNK])
        session.connection().execute(delete(span).where(chunk))


def _delete(session: Session, table: Table, rows: Iterable[Values]) -> None:
    rows = list(rows)
    for row in rows:
        session.connection().execute(delete(table).where(_where(table, row)))
    trail.record(session, recording.removed(table, rows))


def _restore(session: Session, table: Table, apart: _Apart) -> None:
    connection = session.connection()
    if apart.gone:
        connection.execute(insert(table), apart.gone)
        trail.record(session, recording.added(table, apart.gone))
    for row, old in apart.changed:
        names = _differ(row, old)
        values = {name: old[name] for name in names}
        if "version" in row:
            values["version"] = row["version"] + 1  # whoever has the row open sees that it changed
        connection.execute(update(table).where(_where(table, row)).values(values))
        key = {column.name: row[column.name] for column in table.primary_key}
        if "household_id" in row:
            key["household_id"] = row["household_id"]
        before, after = ({name: one[name] for name in names} for one in (row, old))
        trail.record(session, recording.changed(table, key, before, after))
