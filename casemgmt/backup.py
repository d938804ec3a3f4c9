"""Backup and restore: one archive for both databases.

A backup is a zip of every table, row by row as JSON, read in one snapshot while the site runs,
with a manifest of counts and hashes. Sealed values stay sealed; the key is not inside, only its
fingerprint. Restore verifies all of it before it replaces anything, in one transaction."""

import hashlib
import json
import os
import tempfile
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import (
    Connection,
    Date,
    DateTime,
    Engine,
    LargeBinary,
    MetaData,
    Table,
    func,
    insert,
    select,
    text,
)

from casemgmt import clock, revision, sealing
from casemgmt.audit import guards, trail
from casemgmt.db import reading
from casemgmt.errors import RuleBroken

FORM = "casemgmt-backup-1"
_CHUNK = 2000
_BROKEN = "Tệp sao lưu không nguyên vẹn"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a backup holds."""

    tables: int
    rows: int


def back_up(engine: Engine, path: Path) -> Kept:
    """Write a consistent copy of the register to a file (which appears only when whole)."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                kept = _write_tables(engine, archive)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return kept


def _write_tables(engine: Engine, archive: zipfile.ZipFile) -> Kept:
    held: dict[str, dict[str, Any]] = {}
    with reading(), _snapshot(engine) as connection:
        stands = revision.current(connection)
        for table in _tables(connection):
            digest, rows = hashlib.sha256(), 0
            with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as member:
                for line in _lines(connection, table):
                    digest.update(line)
                    member.write(line)
                    rows += 1
            held[table.name] = {"rows": rows, "sha256": digest.hexdigest()}
        number, newest = trail.head(connection)
    manifest = {
        "form": FORM,
        "made_at": clock.now().isoformat(timespec="seconds"),
        "revision": stands,
        "key": sealing.digest("backup", "fingerprint"),
        "audit": {"entries": number, "head": newest},
        "tables": held,
    }
    archive.writestr("manifest.json", json.dumps(manifest, indent=1, sort_keys=True))
    return Kept(len(held), sum(table["rows"] for table in held.values()))


def _snapshot(engine: Engine) -> Connection:
    connection = engine.connect()
    if engine.dialect.name == "postgresql":
        return connection.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    return connection


def _tables(connection: Connection) -> list[Table]:
    """Every table as the database has it (sealed values stay sealed), parents first."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    query = select(table).order_by(*table.primary_key)
    rows = connection.execution_options(yield_per=_CHUNK).execute(query)
    for row in rows:
        yield json.dumps([_plain(value) for value in row], ensure_ascii=False).encode() + b"\n"


def _plain(value: Any) -> Any:
    match value:
        case bytes() | memoryview():
            return b64encode(bytes(value)).decode()
        case datetime():
            stored = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
            return stored.isoformat()
        case date():
            return value.isoformat()
        case _:
            return value


def restore(engine: Engine, path: Path) -> Kept:
    """Replace the register by what a backup holds. Raises RuleBroken, with nothing changed, where
    the file is not whole, is of another revision, or was sealed with another key."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _verified(archive)
            with engine.begin() as connection:
                _replace(connection, archive, manifest)
    except (zipfile.BadZipFile, KeyError, json.JSONDecodeError, UnicodeDecodeError) as broken:
        raise RuleBroken(f"{_BROKEN}: {broken}.") from broken
    tables = manifest["tables"]
    return Kept(len(tables), sum(table["rows"] for table in tables.values()))


def _verified(archive: zipfile.ZipFile) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
    if manifest.get("form") != FORM:
        raise RuleBroken("Đây không phải tệp sao lưu của casemgmt.")
    if manifest["revision"] != revision.newest():
        raise RuleBroken(
            f"Tệp sao lưu thuộc phiên bản {manifest['revision']}, chương trình cần"
            f" {revision.newest()}: hãy dùng đúng bản chương trình."
        )
    if manifest["key"] != sealing.digest("backup", "fingerprint"):
        raise RuleBroken(
            f"Tệp sao lưu được mã hóa bằng khóa khác: hãy chép tệp {sealing.KEY_FILE} của sổ ấy"
            " vào CASEMGMT_HOME trước."
        )
    for name, held in manifest["tables"].items():
        digest = hashlib.sha256()
        with archive.open(f"{name}.jsonl") as member:
            for line in member:
                digest.update(line)
        if digest.hexdigest() != held["sha256"]:
            raise RuleBroken(f"{_BROKEN}: bảng {name} đã bị đổi.")
    return manifest


def _replace(connection: Connection, archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    tables = _tables(connection)
    if {table.name for table in tables} != set(manifest["tables"]):
        raise RuleBroken(f"{_BROKEN}: các bảng không giống sổ này.")
    guards.lift(connection)
    for table in reversed(tables):
        connection.execute(table.delete())
    for table in tables:
        with archive.open(f"{table.name}.jsonl") as member:
            for rows in _chunks(member, table, connection.dialect.name):
                connection.execute(insert(table), rows)
        _continue_numbers(connection, table)
    guards.place(connection)
    _entries, broken = trail.verify(connection)
    if broken is not None:
        raise RuleBroken(f"{_BROKEN}: nhật ký đứt ở mục {broken.entry}.")


def _chunks(member: IO[bytes], table: Table, dialect: str) -> Iterator[list[dict[str, Any]]]:
    readers = [_reader(column, dialect) for column in table.columns]
    names = [column.name for column in table.columns]
    rows: list[dict[str, Any]] = []
    for line in member:
        values = json.loads(line)
        rows.append(
            {name: read(value) for name, read, value in zip(names, readers, values, strict=True)}
        )
        if len(rows) == _CHUNK:
            yield rows
            rows = []
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
