"""The register's key is changed: after a laptop or a copy of the key was lost, or when somebody who
had it leaves.

Every sealed value is opened with the old key and sealed with the new one, in one transaction. The
new key lies beside the old one until that is committed; where the change is cut off in between, the
next run sees from the values which of the two they need, and ends or drops the change."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Engine, Table, bindparam, literal, select, tuple_, update

from casemgmt import paths, schema, sealing
from casemgmt.audit import trail
from casemgmt.audit.models import What
from casemgmt.backup.encrypting import make_key, read_key, write_key
from casemgmt.errors import RuleBroken
from casemgmt.register.models import Member, citizen_digest, tail_digest
from casemgmt.sealing import Sealed, SealedFile, fingerprint

_TOGETHER = 200
_ENDING = ("open_session", "recovery_code", "sign_in_failure")  # known by fingerprints of the key


@dataclass(frozen=True, slots=True)
class Changed:
    """How many rows were sealed anew, and the file that keeps the old key, which the backups that
    were made before still need."""

    rows: int
    old_key: Path


def change_key(engine: Engine) -> Changed:
    """Seal everything with a new key. The site must not run meanwhile. Sessions end; codes to
    recover with hold no more. Raises RuleBroken where a value cannot be opened with the key."""
    home = paths.made_home()
    current, waiting = home / sealing.KEY_FILE, home / sealing.WAITING_KEY
    kept = home / f"sealing-{fingerprint()[:8]}.key"
    with engine.begin() as connection:
        trail.take_turn(connection)
        rows = _cut_off(connection, waiting)
        if rows is None:
            make_key(waiting)
            rows = _seal_anew(connection, read_key(waiting))
        kept.unlink(missing_ok=True)  # of a change that was cut off
        write_key(kept, sealing.key())
    os.replace(waiting, current)
    sealing.forget_keys()
    return Changed(rows, kept)


def check_key(connection: Connection) -> None:
    """Refuse a register that was sealed with another key than this machine's: where the key is
    missing, one would be made that opens nothing. Raises RuleBroken with what to do."""
    home = paths.home()
    if (home / sealing.WAITING_KEY).exists():
        return  # `change_key` sees which of the two keys is needed
    there = (home / sealing.KEY_FILE).exists()
    for table in schema.metadata().sorted_tables:
        for column in _sealed_columns(table):
            some = select(column).where(column.is_not(None)).limit(1)
            if there:
                connection.scalar(some)  # refused where this key did not seal it
            elif connection.scalar(some.with_only_columns(literal(1))):
                raise RuleBroken(
                    f"Không có tệp khóa của sổ ({home / sealing.KEY_FILE}): hãy chép tệp ấy từ nơi"
                    " đã cất về đây; không có nó thì không đọc được số CCCD và ghi chú riêng."
                )


def _sealed_columns(table: Table) -> list[Column[Any]]:
    return [one for one in table.columns if isinstance(one.type, Sealed | SealedFile)]


def _cut_off(connection: Connection, waiting: Path) -> int | None:
    """Where an earlier change was cut off after its commit: how many rows it sealed. Where it was
    cut off before, nothing of it stays."""
    if not waiting.exists():
        return None
    with suppress(RuleBroken), sealing.using(read_key(waiting)):
        return sum(len(rows) for *_told, rows in _sealed(connection))
    waiting.unlink()
    return None


def _seal_anew(connection: Connection, new: bytes) -> int:
    count, old = 0, fingerprint()
    for table, columns, rows in _sealed(connection):
        with sealing.using(new):
            values = [_values(table, columns, row) for row in rows]
            connection.execute(_update(table, values[0]), values)
        count += len(rows)
    for name in _ENDING:
        connection.execute(schema.metadata().tables[name].delete())
    with sealing.using(new):
        keys = {"fingerprint": [old, fingerprint()], "rows": [None, count]}
    change = trail.Change(What.CHANGED, "sealing_key", {}, keys)
    trail.record_on(connection, [change], actor="dòng lệnh", act="change_key")
    return count


def _sealed(
    connection: Connection,
) -> Iterator[tuple[Table, Sequence[Column[Any]], Sequence[Any]]]:
    """Every row that holds something sealed, opened, some of a table at a time."""
    for table in schema.metadata().sorted_tables:
        columns = _sealed_columns(table)
        if not columns:
            continue
        # A file may be as large as what people send: one at a time.
        together = 1 if any(isinstance(one.type, SealedFile) for one in columns) else _TOGETHER
        primary = list(table.primary_key)
        keys = connection.execute(select(*primary).order_by(*primary)).all()
        for start in range(0, len(keys), together):
            some = tuple_(*primary).in_([tuple(key) for key in keys[start : start + together]])
            yield table, columns, connection.execute(select(*primary, *columns).where(some)).all()


def _values(table: Table, columns: Sequence[Column[Any]], row: Any) -> dict[str, Any]:
    values = {f"key_{one.name}": getattr(row, one.name) for one in table.primary_key}
    values |= {f"new_{one.name}": getattr(row, one.name) for one in columns}
    if table is Member.__table__:
        number = row.citizen_id
        values["new_citizen_digest"] = citizen_digest(number) if number else None
        values["new_tail_digest"] = tail_digest(number) if number else None
    return values


def _update(table: Table, values: dict[str, Any]) -> Any:
    new = [name.removeprefix("new_") for name in values if name.startswith("new_")]
    query = update(table).values({name: bindparam(f"new_{name}") for name in new})
    return query.where(*(one == bindparam(f"key_{one.name}") for one in table.primary_key))
