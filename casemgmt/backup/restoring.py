"""Putting a backup back: all of it is verified first, then it replaces the register in one
transaction, in which what must not come back is held off (`surviving`)."""

import json
import shutil
import sqlite3
import tempfile
import time
import zipfile
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import (
    Connection,
    Date,
    DateTime,
    Engine,
    LargeBinary,
    Table,
    delete,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DatabaseError

from casemgmt import paths, revision, schema, settings
from casemgmt.audit import guards, trail
from casemgmt.audit.models import What
from casemgmt.backup import surviving
from casemgmt.backup.archive import (
    BROKEN,
    Kept,
    back_up,
    described,
    opened,
    tables_of,
    verified,
)
from casemgmt.backup.surviving import PASSING
from casemgmt.db import open_engine
from casemgmt.errors import RuleBroken

_ROWS, _BYTES = 2000, 8_000_000  # the most that is put back at a time
_SCRATCH, _LEFT_BEHIND = "scratch-", 24 * 3600  # seconds
_SETTINGS = settings.Setting.__table__


def restore(engine: Engine, path: Path, key: bytes | None = None) -> Kept:
    """Replace the register by what a backup holds, bringing the database to our revision. Raises
    RuleBroken, with nothing changed, where the file is no backup or not whole, is newer than this
    program, or needs another key.

    Accounts that were disabled since, or whose password, second factor or role has changed, stay
    so; all sessions end; forms, codes and steps that were used stay used (the rule: `surviving`).
    The restore itself becomes an entry of the audit trail that was put back: the hash of the file,
    and the head of the chain before and after."""
    with opened(path, key) as archive:
        manifest = verified(archive)
        kept = described(path, manifest)
        with _brought_up(archive, manifest) as (ours, whole):
            schema.upgrade(engine)
            with engine.begin() as connection:
                _alone(connection)
                now, head = surviving.look(connection), trail.head(connection)
                load(connection, ours, whole)
                surviving.clear_passing(connection)
                stayed = surviving.put_back(connection, now)
                _note(connection, kept, head, stayed)
    return kept


@contextmanager
def broken_database_told() -> Iterator[None]:
    """What to do where the database to restore into is itself damaged, as a RuleBroken."""
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        name = getattr(getattr(error, "orig", error), "sqlite_errorname", "")
        if not name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            raise
        raise RuleBroken(
            "Cơ sở dữ liệu đang có bị hỏng: hãy dừng trang web, chuyển tệp casemgmt.db cùng các tệp"
            " -wal và -shm bên cạnh sang chỗ khác rồi khôi phục lại. Sau đó hãy khóa lại các tài"
            " khoản đã khóa sau lần sao lưu."
        ) from error


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder that only we may read, beside the register: what is in it needs the same protection.
    It goes away afterwards, and so does one that a killed run has left."""
    home = paths.made_home()
    for left in home.glob(f"{_SCRATCH}*"):
        if time.time() - left.stat().st_mtime > _LEFT_BEHIND:
            shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=home) as folder:
        yield Path(folder)


@contextmanager
def scratch(to: str = "head") -> Iterator[Engine]:
    """A SQLite database at a revision, in such a folder."""
    with private_folder() as folder:
        engine = open_engine(f"sqlite:///{folder / 'scratch.db'}")
        try:
            schema.upgrade(engine, to)
            yield engine
        finally:
            engine.dispose()


@contextmanager
def _brought_up(
    archive: zipfile.ZipFile, manifest: dict[str, Any]
) -> Iterator[tuple[zipfile.ZipFile, dict[str, Any]]]:
    """The backup at our revision: an older one is put into a scratch database at its own revision,
    migrated there, and backed up anew."""
    if manifest["revision"] == revision.newest():
        yield archive, manifest
        return
    with scratch(manifest["revision"]) as engine:
        with engine.begin() as connection:
            load(connection, archive, manifest)
        schema.upgrade(engine)
        path = Path(str(engine.url.database)).with_name("brought-up.zip")
        back_up(engine, path)
        with opened(path, None) as ours:
            yield ours, verified(ours)


def _alone(connection: Connection) -> None:
    """Have everyone else wait, on SQLite BEGIN IMMEDIATE has done that; and take as long as the
    largest table needs."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        names = ", ".join(f'"{table.name}"' for table in tables_of(connection))
        connection.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))


def load(connection: Connection, archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    """Put a verified backup in place of all rows; the database stands at its revision. Raises
    RuleBroken where the tables differ or the chain does not hold as it did."""
    tables = tables_of(connection)
    if {table.name for table in tables} != set(manifest["tables"]) - set(PASSING):
        raise RuleBroken(f"{BROKEN}: các bảng không giống sổ này.")
    guards.lift(connection)
    surviving.clear_passing(connection)
    for table in reversed(tables):
        connection.execute(delete(table))
    for table in tables:
        columns = manifest["tables"][table.name].get("columns") or table.columns.keys()
        with archive.open(f"{table.name}.jsonl") as member:
            for rows in _portions(member, table, columns, connection.dialect.name):
                connection.execute(insert(table), rows)
        _continue_numbers(connection, table)
    guards.place(connection)
    _entries, broken = trail.verify(connection)
    if broken is not None:
        raise RuleBroken(f"{BROKEN}: nhật ký đứt ở mục {broken.entry}.")
    told = manifest["audit"]
    if trail.head(connection) != (told["entries"], told["head"]):
        raise RuleBroken(f"{BROKEN}: nhật ký không kết thúc ở mục {told['entries']} như đã ghi.")


def _portions(
    member: IO[bytes], table: Table, names: list[str], dialect: str
) -> Iterator[list[dict[str, Any]]]:
    readers = {name: _reader(table.columns[name], dialect) for name in names}
    rows: list[dict[str, Any]] = []
    size = 0
    for line in member:
        values = zip(names, json.loads(line), strict=True)
        rows.append({name: readers[name](value) for name, value in values})
        size += len(line)
        if len(rows) == _ROWS or size > _BYTES:
            yield rows
            rows, size = [], 0
    if rows:
        yield rows


def _reader(column: Any, dialect: str) -> Any:
    def moment(value: str) -> datetime:
        stored = datetime.fromisoformat(value)
        return stored.replace(tzinfo=None) if dialect == "sqlite" else stored

    readers = ((LargeBinary, b64decode), (DateTime, moment), (Date, date.fromisoformat))
    read = next((reader for kind, reader in readers if isinstance(column.type, kind)), None)
    return lambda value: value if value is None or read is None else read(value)


def _continue_numbers(connection: Connection, table: Table) -> None:
    """PostgreSQL: new rows get numbers after those that were put back."""
    if connection.dialect.name != "postgresql" or "id" not in table.c:
        return
    sequence = connection.scalar(
        text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": f'"{table.name}"'}
    )
    if sequence is not None:
        highest = connection.scalar(select(func.max(table.c.id)))
        connection.execute(
            text("SELECT setval(CAST(:sequence AS regclass), :highest, :used)"),
            {"sequence": sequence, "highest": highest or 1, "used": highest is not None},
        )


def _note(connection: Connection, kept: Kept, before: tuple[int, str], stayed: list[str]) -> None:
    """What the trail says of a restore. The register was last backed up when this backup was made:
    whatever was backed up later is not in it."""
    after, made = trail.head(connection), kept.made_at.isoformat()
    is_it = _SETTINGS.c.key == settings.BACKED_UP
    known = connection.scalar(select(_SETTINGS.c.value).where(is_it))
    connection.execute(delete(_SETTINGS).where(is_it))
    connection.execute(insert(_SETTINGS).values(key=settings.BACKED_UP, value=made))
    named = trail.Change(
        What.CHANGED if known else What.ADDED,
        "setting",
        {"key": settings.BACKED_UP},
        {"value": [known, made]},
    )
    restored = trail.Change(
        What.CHANGED,
        "backup",
        {"sha256": kept.sha256},
        {
            "made_at": [None, made],
            "entries": [before[0], after[0]],
            "head": [before[1], after[1]],
            "stayed": [None, stayed],
        },
    )
    trail.record_on(connection, [named, restored], actor="dòng lệnh", act="restore")
