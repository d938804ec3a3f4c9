"""The file: a zip of every table, row by row as JSON, read in one snapshot while the site runs,
with a manifest of counts and hashes.

Sealed values stay sealed; the sealing key is not inside, only its fingerprint. Rows are written and
read in portions, so that memory does not grow with the register."""

import errno
import hashlib
import io
import json
import os
import struct
import tempfile
import zipfile
import zlib
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, LargeBinary, MetaData, Table, select

from casemgmt import clock, paths, revision, sealing
from casemgmt.audit import trail
from casemgmt.backup.encrypting import MAGIC, Decrypting, Encrypting
from casemgmt.backup.surviving import PASSING
from casemgmt.db import reading
from casemgmt.errors import RuleBroken

FORM = "casemgmt-backup-1"
BROKEN = "Tệp sao lưu không nguyên vẹn"
_PORTION, _PORTION_OF_FILES = 2000, 50  # rows; a file that is kept in a row has up to 300 kB
# What a damaged zip makes its reader raise, beside BadZipFile.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    ValueError,
    OverflowError,
    RuntimeError,
)
_NOT_OURS = "Đây không phải tệp sao lưu của casemgmt."
_HAND_COPY = (
    "Đây là bản chép tay của tệp cơ sở dữ liệu SQLite, không phải tệp sao lưu. Bản chép lúc trang"
    " web đang chạy thường thiếu những gì vừa ghi hoặc bị hỏng. Hãy dùng tệp của «casemgmt backup»;"
    " nếu chỉ còn bản chép này thì đặt DATABASE_URL=sqlite:///ĐƯỜNG-DẪN-BẢN-CHÉP, chạy «casemgmt"
    " selfcheck» rồi «casemgmt backup», và khôi phục từ tệp vừa lập."
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a backup holds, when it was made, and the SHA-256 of its file."""

    tables: int
    rows: int
    made_at: datetime
    sha256: str


# --- Writing --------------------------------------------------------------------------------------


def back_up(engine: Engine, path: Path, key: bytes | None = None) -> Kept:
    """Write a consistent copy of the register to a file, encrypted where a key is given, and read
    it back. The file appears, readable by its owner alone, only when it is whole."""
    with reading(), snapshot(engine) as connection:
        return write(connection, path, key)


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the register as it is now, whatever is written meanwhile. Within
    `reading()`."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        yield connection


def write(connection: Connection, path: Path, key: bytes | None) -> Kept:
    """The same from a snapshot."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            _write(connection, file, key)
            file.flush()
            os.fsync(file.fileno())
        kept = check(Path(name), key)
        os.replace(name, path)
        _sync_folder(path.parent)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return kept


def _write(connection: Connection, file: IO[bytes], key: bytes | None) -> None:
    sealed = Encrypting(file, key) if key else None
    with zipfile.ZipFile(sealed or file, "w", zipfile.ZIP_DEFLATED) as archive:
        held = {}
        stands = revision.current(connection)
        for table in tables_of(connection):
            held[table.name] = _write_table(connection, archive, table)
        number, newest = trail.head(connection)
        manifest = {
            "form": FORM,
            "made_at": clock.now().isoformat(timespec="seconds"),
            "revision": stands,
            "key": sealing.fingerprint(),
            "audit": {"entries": number, "head": newest},
            "tables": held,
        }
        archive.writestr("manifest.json", json.dumps(manifest, indent=1, sort_keys=True))
    if sealed:
        sealed.finish()


def _write_table(connection: Connection, archive: zipfile.ZipFile, table: Table) -> dict[str, Any]:
    digest, rows = hashlib.sha256(), 0
    with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as member:
        for row in rows_of(connection, table):
            line = json.dumps(row, ensure_ascii=False).encode() + b"\n"
            digest.update(line)
            member.write(line)
            rows += 1
    names = [column.name for column in table.columns]
    return {"rows": rows, "sha256": digest.hexdigest(), "columns": names}


def _sync_folder(folder: Path) -> None:
    """Have the file's new name outlive a power cut. Windows opens no folders."""
    with suppress(PermissionError):
        descriptor = os.open(folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


def tables_of(connection: Connection) -> list[Table]:
    """Every table that a backup holds, as the database has it (sealed values stay sealed), parents
    first."""
    found = MetaData()
    found.reflect(connection)
    left_out = {"alembic_version", *PASSING}
    return [table for table in found.sorted_tables if table.name not in left_out]


def rows_of(connection: Connection, table: Table) -> Iterator[list[Any]]:
    """The rows of a table in the order of its key, as JSON has them."""
    files = any(isinstance(column.type, LargeBinary) for column in table.columns)
    query = select(table).order_by(*table.primary_key)
    portion = _PORTION_OF_FILES if files else _PORTION
    for row in connection.execution_options(yield_per=portion).execute(query):
        yield [_plain(value) for value in row]


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


# --- Reading --------------------------------------------------------------------------------------


@contextmanager
def opened(path: Path, key: bytes | None) -> Iterator[zipfile.ZipFile]:
    """A backup, open for reading. Raises RuleBroken where it is none, where it needs another key
    than this one, or where it is cut off."""
    with path.open("rb") as file:
        begins = file.read(len(MAGIC))
        if begins.startswith(b"SQLite format 3"):
            raise RuleBroken(_HAND_COPY)
        if begins == MAGIC and key is None:
            raise RuleBroken(
                "Tệp sao lưu này cần khóa: hãy thêm --key-file (hoặc đặt CASEMGMT_BACKUP_KEY)."
            )
        if begins != MAGIC and not begins.startswith(b"PK"):
            raise RuleBroken(_NOT_OURS)
        plain: Any = file
        if begins == MAGIC and key is not None:
            plain = io.BufferedReader(Decrypting(file, key), 1 << 16)
        with _only_sentences():
            archive = zipfile.ZipFile(plain)
        with archive:
            yield archive


@contextmanager
def _only_sentences() -> Iterator[None]:
    try:
        yield
    except (*_DAMAGED, OSError) as broken:
        if isinstance(broken, OSError) and broken.errno != errno.EINVAL:
            raise  # the disk's own troubles; EINVAL is a place before the beginning of the file
        raise RuleBroken(f"{BROKEN}: bị cắt ngắn hoặc đã bị đổi.") from broken


def verified(archive: zipfile.ZipFile) -> dict[str, Any]:
    """The manifest of a backup of which every row has been compared with it. Raises RuleBroken
    where something is not whole, the program is older than the backup, or the register was sealed
    with another key."""
    if "manifest.json" not in archive.namelist():
        raise RuleBroken(_NOT_OURS)
    with _only_sentences():
        manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
        if manifest.get("form") != FORM:
            raise RuleBroken(_NOT_OURS)
        _fits(manifest)
        for name, held in manifest["tables"].items():
            if _measured(archive, name) != (held["rows"], held["sha256"]):
                raise RuleBroken(f"{BROKEN}: bảng {name} đã bị đổi.")
    return manifest


def _fits(manifest: dict[str, Any]) -> None:
    if manifest["revision"] not in revision.known():
        raise RuleBroken(
            f"Tệp sao lưu thuộc phiên bản {manifest['revision']}, mới hơn chương trình này"
            f" ({revision.newest()}): hãy cài bản chương trình mới rồi khôi phục."
        )
    # Asked for a key that is not there, `sealing` would make one.
    there = (paths.home() / sealing.KEY_FILE).exists()
    if not there or manifest["key"] != sealing.fingerprint():
        raise RuleBroken(
            f"Dữ liệu trong tệp sao lưu được mã hóa bằng khóa khác: hãy chép tệp {sealing.KEY_FILE}"
            " của sổ ấy (nếu đã đổi khóa từ đó: tệp khóa cũ, dưới tên này) vào CASEMGMT_HOME trước."
        )


def _measured(archive: zipfile.ZipFile, table: str) -> tuple[int, str]:
    digest, rows = hashlib.sha256(), 0
    with archive.open(f"{table}.jsonl") as member:
        for line in member:
            digest.update(line)
            rows += 1
    return rows, digest.hexdigest()


def check(path: Path, key: bytes | None) -> Kept:
    """Read a backup from end to end. Raises RuleBroken as `opened` and `verified` do."""
    with opened(path, key) as archive:
        return described(path, verified(archive))


def described(path: Path, manifest: dict[str, Any]) -> Kept:
    """What a verified backup holds."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    tables = manifest["tables"]
    rows = sum(table["rows"] for table in tables.values())
    return Kept(len(tables), rows, datetime.fromisoformat(manifest["made_at"]), digest)
