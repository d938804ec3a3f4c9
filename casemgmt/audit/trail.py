"""How entries come about: a listener on every session, one function that chains them.

A change and its entry are one transaction. The importer, which writes in bulk, hands its changes
to `record` itself; every other bulk UPDATE or DELETE of audited rows is refused."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import Connection, event, func, insert, inspect, select, text
from sqlalchemy.orm import ColumnProperty, Mapper, ORMExecuteState, Session, object_session

from casemgmt import clock
from casemgmt.audit.models import AuditEntry, What
from casemgmt.db import Audited

GENESIS = "0" * 64
HIDDEN = "•"  # stands for a value that the trail must not keep
_REMOVED = "removed rows"
_FLUSHED = "flushed changes"
_BULK_ALLOWED = "audited_elsewhere"
_ADVISORY_LOCK = 4211901


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one row: `changes` maps a column to [old, new]."""

    what: What
    subject: str
    key: Mapping[str, Any]
    changes: Mapping[str, Any] = field(default_factory=dict)
    household_id: int | None = None


def act_as(session: Session, *, actor: str, act: str, reason: str | None = None) -> None:
    """Say in whose name, in which act and perhaps why this session's next changes are made."""
    session.info.update(actor=actor, act=act, reason=reason)


def actor(session: Session) -> str:
    """The name in which this session acts."""
    return str(session.info.get("actor", "?"))


@contextmanager
def because(session: Session, reason: str | None) -> Iterator[None]:
    """What is changed inside is flushed at its end, and its entries say why: `changes` gets
    `reason: [old, new]`, old being the row's own column of that name where it has one."""
    session.flush()
    before = session.info.get("reason")
    session.info["reason"] = reason or before
    try:
        yield
        session.flush()
    finally:
        session.info["reason"] = before


def record(session: Session, changes: Iterable[Change]) -> None:
    """Chain entries for these changes, in this transaction, in this order."""
    record_on(
        session.connection(),
        changes,
        actor=session.info.get("actor", "?"),
        act=session.info.get("act", "?"),
    )


def take_turn(connection: Connection) -> None:
    """Wait until no other writer is at work: on SQLite BEGIN IMMEDIATE does, on PostgreSQL a lock
    that ends with the transaction. What is read from here on stays true until it is written."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))


def record_on(connection: Connection, changes: Iterable[Change], *, actor: str, act: str) -> None:
    """The same on a bare connection."""
    take_turn(connection)
    number, previous = head(connection)
    at = clock.now()
    rows = []
    for change in changes:
        number += 1
        row = {
            "id": number,
            "at": at,
            "actor": actor,
            "act": act,
            "what": change.what,
            "subject": change.subject,
            "key": canonical(change.key),
            "household_id": change.household_id,
            "changes": canonical(change.changes),
            "previous": previous,
        }
        row["hash"] = previous = _hash(row)
        rows.append(row)
    if rows:
        connection.execute(insert(AuditEntry), rows)


def head(connection: Connection) -> tuple[int, str]:
    """Number and hash of the newest entry; (0, GENESIS) where there is none."""
    entry = AuditEntry.__table__.c
    newest = select(func.max(entry.id)).scalar_subquery()
    row = connection.execute(select(entry.id, entry.hash).where(entry.id == newest)).first()
    return (row.id, row.hash) if row else (0, GENESIS)


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold: the number of the entry, and why."""

    entry: int
    why: str


def verify(connection: Connection) -> tuple[int, Break | None]:
    """Read the whole chain: how many entries hold, and the first that does not."""
    number, previous = 0, GENESIS
    query = select(AuditEntry.__table__).order_by(AuditEntry.id)
    rows: Any = connection.execute(query.execution_options(yield_per=5000))
    with rows:
        for row in rows.mappings():
            if row["id"] != number + 1:
                return number, Break(number + 1, "thiếu mục này")
            if row["previous"] != previous:
                return number, Break(row["id"], "không nối với mục trước")
            if row["hash"] != _hash(row):
                return number, Break(row["id"], "nội dung đã bị đổi")
            number, previous = row["id"], row["hash"]
    return number, None


def canonical(value: Any) -> str:
    """JSON with sorted keys, no spaces, letters as they are: equal values give equal text."""
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain
    )


def _plain(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case Decimal():
            return str(value.normalize())
        case _:
            raise TypeError(f"no canonical form for {type(value).__name__}")


_HASHED = ("id", "actor", "act", "subject", "key", "household_id", "changes", "previous")


def _hash(row: Mapping[str, Any]) -> str:
    parts = [row[name] for name in _HASHED]
    parts += [row["at"].astimezone(UTC).isoformat(), What(row["what"]).value]
    return hashlib.sha256(canonical(parts).encode()).hexdigest()


@event.listens_for(Session, "before_flush")
def _forget_failed_flush(session: Session, _context: object, _instances: object) -> None:
    session.info.pop(_REMOVED, None)


@event.listens_for(Session, "after_flush")
def _write_entries(session: Session, _context: object) -> None:
    if changes := [_reasoned(change, session.info.get("reason")) for change in _changes(session)]:
        record(session, changes)
        session.info.setdefault(_FLUSHED, []).extend(changes)


def flushed(session: Session) -> list[Change]:
    """What this transaction has changed row by row so far."""
    return list(session.info.get(_FLUSHED, ()))


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_rollback")
def _forget_flushed(session: Session) -> None:
    session.info.pop(_FLUSHED, None)


def _reasoned(change: Change, reason: str | None) -> Change:
    if not reason:
        return change
    old = change.changes.get("reason", [None])[0]
    return replace(change, changes={**change.changes, "reason": [old, reason]})


def _changes(session: Session) -> Iterator[Change]:
    for what, rows in ((What.ADDED, session.new), (What.CHANGED, session.dirty)):
        for row in rows:
            if isinstance(row, Audited) and (change := _change(what, row)):
                yield change
    yield from session.info.pop(_REMOVED, ())


@event.listens_for(Audited, "before_delete", propagate=True)
def _remember_removed(_mapper: Mapper[Any], _connection: Connection, row: Any) -> None:
    """Rows that go because their parent let go of them are not in `session.deleted`, and a row
    that was not loaded can be read only while it is still there."""
    session = object_session(row)
    if session is not None and (change := _change(What.REMOVED, row)):
        session.info.setdefault(_REMOVED, []).append(change)


@event.listens_for(Audited, "attribute_instrument", propagate=True)
def _know_old_values(_class: type, _key: str, attribute: Any) -> None:
    """A value that is replaced is loaded first, so that its entry can tell the old one."""
    if isinstance(attribute.property, ColumnProperty):
        event.listen(attribute, "set", _nothing_more, active_history=True)


def _nothing_more(_row: Any, _value: Any, _old: Any, _initiator: Any) -> None:
    return None


def _change(what: What, row: Any) -> Change | None:
    mapper: Mapper[Any] = inspect(type(row))
    state = inspect(row)
    changes = {}
    for attribute in mapper.column_attrs:
        column = attribute.columns[0]
        if column.info.get("unaudited"):
            continue
        history = state.attrs[attribute.key].history
        if what is What.CHANGED and not history.has_changes():
            continue
        value = getattr(row, attribute.key)
        new = None if what is What.REMOVED else value
        old = None if what is What.ADDED else _before(history, value, removed=what is What.REMOVED)
        if old == new:
            continue
        if column.info.get("secret"):
            old, new = (None if value is None else HIDDEN for value in (old, new))
        changes[column.name] = [old, new]
    if not changes:
        return None
    key = {
        column.name: value
        for column, value in zip(
            mapper.primary_key, state.identity or mapper.primary_key_from_instance(row), strict=True
        )
    }
    return Change(what, row.__tablename__, key, changes, household_of(row))


def _before(history: Any, value: Any, *, removed: bool) -> Any:
    if history.deleted:
        return history.deleted[0]
    return value if removed else None


def household_of(row: Any) -> int | None:
    """The household that a row is about, where it is about one."""
    if row.__tablename__ == "household":
        return int(row.id)
    value = getattr(row, "household_id", None)
    return None if value is None else int(value)


@event.listens_for(Session, "do_orm_execute")
def _refuse_unseen_bulk(state: ORMExecuteState) -> None:
    if not (state.is_update or state.is_delete) or state.execution_options.get(_BULK_ALLOWED):
        return
    mapper = state.bind_mapper
    if mapper is not None and issubclass(mapper.class_, Audited):
        raise RuntimeError(f"bulk change of {mapper.class_.__name__} would leave no audit entry")
