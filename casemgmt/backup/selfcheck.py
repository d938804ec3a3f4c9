"""The nightly drill: a backup is made, put back into a scratch database, and everything compared.

The register's side of the comparison is taken in the very snapshot that the backup is made from, so
that whatever is written meanwhile changes nothing."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Table, select, text
from sqlalchemy.orm import Session

from casemgmt import settings
from casemgmt.audit import trail
from casemgmt.backup.archive import opened, rows_of, snapshot, tables_of, verified, write
from casemgmt.backup.restoring import load, private_folder, scratch
from casemgmt.db import reading
from casemgmt.signed.models import Signature, SignedTable
from casemgmt.support.models import Attachment
from casemgmt.tables.figures import asked, figures
from casemgmt.tables.sheets import as_json

_TABLES = ("bieu-2", "bieu-3")


@dataclass(frozen=True, slots=True)
class Picture:
    """What a register holds: rows of each table with the sum of their hashes, whatever their order,
    the tables of some days, and the head of the chain."""

    rows: Mapping[str, tuple[int, int]]
    figures: Mapping[str, Any]
    head: tuple[int, str]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a self-check has compared, and a sentence for everything that is not as it should be."""

    tables: int
    rows: int
    days: list[date]
    wrong: list[str]


def self_check(engine: Engine, key: bytes | None = None) -> Checked:
    """Back up, restore into a scratch database, compare. The backup is removed again."""
    with private_folder() as folder:
        path = folder / "backup.zip"
        with reading(), snapshot(engine) as connection:
            days = _days(connection)
            if wrong := list(_damage(connection)):
                return Checked(0, 0, days, wrong)  # what is damaged cannot be read to its end
            wrong += _stored_otherwise(connection)
            write(connection, path, key)
            before = picture(connection, days)
        with opened(path, key) as archive, scratch() as other:
            manifest = verified(archive)
            with other.begin() as connection:
                load(connection, archive, manifest)
            with reading(), other.connect() as connection:
                after = picture(connection, days)
                wrong += [
                    f"bản khôi phục: {one}"
                    for one in (*_damage(connection), *_stored_otherwise(connection))
                ]
    wrong += differences(before, after)
    return Checked(len(before.rows), sum(rows for rows, _ in before.rows.values()), days, wrong)


def _days(connection: Connection) -> list[date]:
    """Today and the last days of the four quarters before."""
    with Session(connection) as session:
        days = [settings.today(session)]
    for _quarter in range(4):
        last = days[-1]
        days.append(date(last.year, (last.month - 1) // 3 * 3 + 1, 1) - timedelta(days=1))
    return days


def picture(connection: Connection, days: list[date]) -> Picture:
    """Look at a register."""
    rows = {table.name: _summed(connection, table) for table in tables_of(connection)}
    found = {
        f"{name} {day:%d/%m/%Y}": as_json(figures(connection, asked(name, as_of=day)))
        for name in _TABLES
        for day in days
    }
    return Picture(rows, found, trail.head(connection))


def _summed(connection: Connection, table: Table) -> tuple[int, int]:
    """The two databases sort text differently, and may have columns in another order."""
    names = [column.name for column in table.columns]
    count = total = 0
    for row in rows_of(connection, table):
        line = json.dumps(dict(zip(names, row, strict=True)), sort_keys=True)
        total += int.from_bytes(hashlib.sha256(line.encode()).digest(), "big")
        count += 1
    return count, total % 2**256


def differences(before: Picture, after: Picture) -> Iterator[str]:
    """A sentence for everything in which two registers differ."""
    for name in sorted({*before.rows, *after.rows}):
        (mine, my_sum), (theirs, their_sum) = (
            side.rows.get(name, (0, 0)) for side in (before, after)
        )
        if mine != theirs:
            yield f"bảng {name}: sổ có {mine} dòng, bản khôi phục có {theirs}"
        elif my_sum != their_sum:
            yield f"bảng {name}: nội dung của bản khôi phục khác sổ"
    for name, found in before.figures.items():
        if found != after.figures.get(name):
            yield f"{name}: số liệu của bản khôi phục khác sổ"
    if before.head != after.head:
        yield f"nhật ký: sổ ở mục {before.head[0]}, bản khôi phục ở mục {after.head[0]}"


def _damage(connection: Connection) -> Iterator[str]:
    """What SQLite says of its own file, and else what the chain says of itself."""
    if connection.dialect.name == "sqlite":
        found = [f"tệp cơ sở dữ liệu hỏng: {line}" for line in _integrity(connection)]
        for row in connection.execute(text("PRAGMA foreign_key_check")) if not found else ():
            found.append(f"bảng {row[0]}: dòng {row[1]} trỏ tới dòng không có của bảng {row[2]}")
        if found:
            yield from found
            return
    _entries, broken = trail.verify(connection)
    if broken is not None:
        yield f"nhật ký đứt ở mục {broken.entry}: {broken.why}"


def _integrity(connection: Connection) -> list[str]:
    lines = connection.execute(text("PRAGMA integrity_check")).scalars()
    return [line for line in lines if line != "ok"]


def _stored_otherwise(connection: Connection) -> Iterator[str]:
    """What is kept with its own hash: signed tables, their papers, attachments."""
    signed, paper, file = (one.__table__.c for one in (SignedTable, Signature, Attachment))
    for what, number, content, said in (
        ("bảng đã ký", signed.id, signed.content, signed.hash),
        ("bản in của bảng đã ký", paper.signed_id, paper.document, paper.document_hash),
        ("tệp đính kèm", file.id, file.content, file.sha256),
    ):
        query = select(number, content, said).execution_options(yield_per=50)
        for key, stored, declared in connection.execute(query):
            data = stored.encode() if isinstance(stored, str) else bytes(stored)
            if hashlib.sha256(data).hexdigest() != declared:
                yield f"{what} {key}: nội dung không còn như mã băm của nó"
