"""A workbook is looked at before it is read: what it would unpack to, and what is in its cells.

Nothing of a file is trusted: sizes are counted while inflating, entries are compared with what a
workbook holds, and each sheet's XML is walked through once for its extent, formulas and errors.
Only then does calamine read it."""

import zlib
from collections.abc import Iterator, Mapping, Set
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, fields
from pathlib import Path
from struct import unpack
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from sqlalchemy.orm import Session

from casemgmt import settings
from casemgmt.exchange.scanning import Limits, Parts, Places, Unreadable

_CHUNK = 1 << 18
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = b"PK\x05\x06"
_END_SIZE = 22
_BYTES_AN_ENTRY = 1024  # of the directory, far more than any program writes
_STORED, _DEFLATED = 0, 8

_BROKEN = "Tệp .xlsx hỏng hoặc bị cắt cụt: hãy mở bằng Excel và lưu lại."
_NO_WORKBOOK = (
    "Tệp không phải là sổ .xlsx (có thể là .csv, .ods, trang web hay tệp khác đổi đuôi): hãy mở"
    " bằng Excel và lưu lại thành .xlsx."
)
_OLD = (
    "Tệp là .xls kiểu cũ hoặc có mật khẩu: hãy mở bằng Excel, bỏ mật khẩu và lưu lại thành .xlsx."
)
_BINARY = "Tệp là .xlsb: hãy mở bằng Excel và lưu lại thành .xlsx."
_MACRO = "Tệp có macro: hãy lưu lại thành .xlsx (không macro)."
_STRANGE = "Tệp .xlsx có thành phần lạ hoặc trùng tên: hãy mở bằng Excel và lưu lại."
_TOO_LARGE = "Tệp quá lớn: khi mở ra vượt quá {} byte. Hãy chia thành nhiều tệp."
_TOO_MANY = "Tệp có quá nhiều thành phần (hơn {}): hãy chép dữ liệu sang một sổ mới."


def limits(session: Session) -> Limits:
    """The limits of this register: its settings `import_rows`, `import_unpacked` …, else the
    defaults."""
    chosen = {one.name: settings.read(session, f"import_{one.name}") for one in fields(Limits)}
    return Limits(**{name: int(value) for name, value in chosen.items() if value})


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that may be read. `marks`: for each sheet, the formulas and errors in it by (row,
    column), both from 1; `hidden`: the rows of each sheet that Excel does not show."""

    marks: Mapping[str, Places] = field(default_factory=dict)
    hidden: Mapping[str, Set[int]] = field(default_factory=dict)


def examine(source: Path | BinaryIO, limits: Limits) -> Examined:
    """Look through a file, or one that is in memory, without reading it. Raises Unreadable with
    the reason."""
    name = source.name if isinstance(source, Path) else ""
    try:
        with _opened(source) as file:
            _begins_as_zip(file)
            _directory_is_small(file, limits)
            with ZipFile(file) as archive:
                entries = _entries(archive.infolist(), limits)
            _count(file, entries, limits)
            return _scan(file, entries, limits)
    except FileNotFoundError:
        raise Unreadable(f"Không có tệp {name}.") from None
    except OSError as wrong:
        raise Unreadable(f"Không đọc được tệp {name}: {wrong.strerror}.") from wrong
    except (BadZipFile, zlib.error, ValueError, NotImplementedError):
        raise Unreadable(_BROKEN) from None


def _opened(source: Path | BinaryIO) -> AbstractContextManager[BinaryIO]:
    return source.open("rb") if isinstance(source, Path) else nullcontext(source)


def _begins_as_zip(file: BinaryIO) -> None:
    head = file.read(8)
    if not head:
        raise Unreadable("Tệp rỗng (0 byte).")
    if head == _OLE:
        raise Unreadable(_OLD)
    if not head.startswith(b"PK"):
        raise Unreadable(_NO_WORKBOOK)


def _directory_is_small(file: BinaryIO, limits: Limits) -> None:
    """The directory stands at the very end (where every reader finds the same one) and lists few
    entries: it is read into memory whole."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_SIZE))
    end = file.read(_END_SIZE)
    if len(end) < _END_SIZE or not end.startswith(_END):
        raise Unreadable(_BROKEN)
    count, length, _start, comment = unpack("<HLLH", end[10:])
    if comment:
        raise Unreadable(_BROKEN)
    if count > limits.entries or length > limits.entries * _BYTES_AN_ENTRY:
        raise Unreadable(_TOO_MANY.format(limits.entries))


def _entries(listed: list[ZipInfo], limits: Limits) -> list[ZipInfo]:
    """The entries, after their names and ways of packing were judged."""
    if len(listed) > limits.entries:
        raise Unreadable(_TOO_MANY.format(limits.entries))
    names = [entry.filename.replace("\\", "/").casefold() for entry in listed]
    if any(map(_is_macro, names)):
        raise Unreadable(_MACRO)
    if "xl/workbook.bin" in names:
        raise Unreadable(_BINARY)
    if len(set(names)) < len(names) or any(map(_leads_out, names)):
        raise Unreadable(_STRANGE)
    if any(entry.flag_bits & 1 for entry in listed):
        raise Unreadable(_OLD)
    if any(entry.compress_type not in (_STORED, _DEFLATED) for entry in listed):
        raise Unreadable(_STRANGE)
    return listed


def _is_macro(name: str) -> bool:
    return name.endswith("vbaproject.bin") or "/macrosheets/" in name


def _leads_out(name: str) -> bool:
    return name.startswith("/") or ":" in name or ".." in name.split("/")


def _inflated(file: BinaryIO, entry: ZipInfo) -> Iterator[bytes]:
    """What an entry really holds, piece by piece, whatever size it declares."""
    file.seek(entry.header_offset)
    header = file.read(30)
    if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
        raise BadZipFile
    file.seek(sum(unpack("<HH", header[26:])), 1)
    packed = _packed(file, entry.compress_size)
    checksum, size = 0, 0
    for piece in packed if entry.compress_type == _STORED else _deflated(packed):
        checksum, size = zlib.crc32(piece, checksum), size + len(piece)
        yield piece
    if checksum != entry.CRC or size != entry.file_size:
        raise BadZipFile


def _packed(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0:
        piece = file.read(min(size, _CHUNK))
        if not piece:
            raise BadZipFile
        size -= len(piece)
        yield piece


def _deflated(packed: Iterator[bytes]) -> Iterator[bytes]:
    inflating = zlib.decompressobj(-15)
    for piece in packed:
        waiting = piece
        while waiting and not inflating.eof:
            yield inflating.decompress(waiting, _CHUNK)
            waiting = inflating.unconsumed_tail
    while not inflating.eof:
        rest = inflating.decompress(inflating.unconsumed_tail, _CHUNK)
        if not rest and not inflating.eof:
            raise BadZipFile
        yield rest


def _count(file: BinaryIO, entries: list[ZipInfo], limits: Limits) -> None:
    unpacked = 0
    for entry in entries:
        shared = 0
        for piece in _inflated(file, entry):
            unpacked += len(piece)
            shared += len(piece) if _is_shared(entry) else 0
            if unpacked > limits.unpacked:
                raise Unreadable(_TOO_LARGE.format(f"{limits.unpacked:,}".replace(",", ".")))
            if shared > limits.shared:
                raise Unreadable("Tệp có quá nhiều chữ: hãy chia thành nhiều tệp.")


def _is_shared(entry: ZipInfo) -> bool:
    return "sharedstrings" in entry.filename.casefold()


def _scan(file: BinaryIO, entries: list[ZipInfo], limits: Limits) -> Examined:
    parts = Parts(limits)
    # The shared strings first: the sheets' text is counted with their lengths.
    for entry in sorted(entries, key=lambda entry: not _is_shared(entry)):
        if entry.filename.casefold().endswith((".xml", ".rels")):
            parts.walk(entry.filename, _inflated(file, entry))
    if parts.workbook is None:
        raise Unreadable(_NO_WORKBOOK)
    found = parts.by_sheet()
    return Examined(
        {name: marks for name, (marks, _) in found.items()},
        {name: hidden for name, (_, hidden) in found.items()},
    )
