"""How entries come about: a listener on every session, one function that chains them.

A change and its entry are one transaction. The importer, which writes in bulk, hands its changes
to `record` itself; every other bulk UPDATE or DELETE of audited rows is refused."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import Connection, event, func, insert, inspect, select, text
from sqlalchemy.orm import Mapper, ORMExecuteState, Session

from casemgmt import clock
from casemgmt.audit.models import AuditEntry, What
from casemgmt.db import Audited

GENESIS = "0" * 64
HIDDEN = "•"  # stands for a value that the trail must not keep
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


def act_as(session: Session, *, actor: str, act: str) -> None:
    """Say in whose name and in which act this session's next changes are made."""
    session.info.update(actor=actor, act=act)


def record(session: Session, changes: Iterable[Change]) -> None:
    """Chain entries for these changes, in this transaction, in this order."""
    record_on(
        session.connection(),
        changes,
        actor=session.info.get("actor", "?"),
        act=session.info.get("act", "?"),
    )


def record_on(connection: Connection, changes: Iterable[Change], *, actor: str, act: str) -> None:
    """The same on a bare connection. Writers take their turn: on SQLite by BEGIN IMMEDIATE, on
    PostgreSQL by a lock that ends with the transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
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
    rows = connection.execution_options(yield_per=5000).execute(
        select(AuditEntry.__table__).order_by(AuditEntry.id)
    )
    for row in rows.mappings():
        if row["id"] != number + 1:
            return number, Break(number + 1, "thiếu mục này")
        if row["previous"] != previous:
            return number, Break(row["id"], "không nối với mục trước")
        if row["hash"] != _hash(dict(row)):
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


@event.listens_for(Session, "after_flush")
def _write_entries(session: Session, _context: object) -> None:
    if changes := list(_changes(session)):
        record(session, changes)


def _changes(session: Session) -> Iterator[Change]:
    groups = (
        (What.ADDED, session.new),
        (What.CHANGED, session.dirty),
        (What.REMOVED, session.deleted),
    )
    for what, rows in groups:
        for row in rows:
            if isinstance(row, Audited) and (change := _change(what, row)):
                yield change


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
        new = None if what is What.REMOVED else getattr(row, attribute.key)
        old = None if what is What.ADDED else _before(history, new, removed=what is What.REMOVED)
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


def _before(history: Any, new: Any, *, removed: bool) -> Any:
    if history.deleted:
        return history.deleted[0]
    return history.unchanged[0] if removed and history.unchanged else None


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
