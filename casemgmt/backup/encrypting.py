"""A file behind a key: AES-256-GCM in pieces, so that neither writing nor reading holds more than a
piece in memory, and so that a reader may jump.

Every file has a key of its own, derived from ours and a random salt (HKDF-SHA256). The nonce of a
piece is its number and whether it is the last: pieces can be neither swapped nor left out, and a
file that was cut off has no last piece. This is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár, 2015).
"""

import io
import os
import stat
from pathlib import Path
from typing import IO, Any

from casemgmt.errors import RuleBroken

MAGIC = b"casemgmt-encrypted-1\n"
CUT_OR_CHANGED = "Tệp sao lưu bị cắt ngắn hoặc đã bị đổi."
_SALT, _CHECK, _TAG = 32, 16, 16
_HEAD = len(MAGIC) + _SALT + _CHECK
_PIECE = 65536


def make_key(path: Path) -> None:
    """Write a new key, 32 random bytes in hex, to a file that only its owner may read. Raises
    FileExistsError where there is a file already: a key is never overwritten."""
    write_key(path, os.urandom(32))


def write_key(path: Path, key: bytes) -> None:
    """The same with a key that there is."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_key(path: Path) -> bytes:
    """The key in a file. Raises RuleBroken where it holds none, or others may read it (POSIX)."""
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise RuleBroken(f"Người khác trên máy đọc được tệp khóa: hãy chạy «chmod 600 {path}».")
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) != 32:
        raise RuleBroken(f"{path} không phải tệp khóa sao lưu: hãy lập bằng «casemgmt backup-key».")
    return key


class Encrypting:
    """Writes a file: `write` what it is to hold, then `finish`, which alone makes it whole."""

    def __init__(self, file: IO[bytes], key: bytes) -> None:
        salt = os.urandom(_SALT)
        self._cipher, check = _derived(key, salt)
        self._file, self._waiting, self._number = file, bytearray(), 0
        file.write(MAGIC + salt + check)

    def write(self, data: Any) -> int:
        """Take bytes; what fills a piece goes into the file."""
        self._waiting += data
        while len(self._waiting) > _PIECE:
            self._piece(bytes(self._waiting[:_PIECE]), last=False)
            del self._waiting[:_PIECE]
        return len(data)

    def flush(self) -> None:
        """Nothing: a piece is written when it is full."""

    def close(self) -> None:
        """Nothing: whoever opened the file closes it."""

    def finish(self) -> None:
        """Write what is left as the last piece."""
        self._piece(bytes(self._waiting), last=True)

    def _piece(self, data: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last=last), data, None))
        self._number += 1


class Decrypting(io.RawIOBase):
    """Reads such a file, from any place. Raises RuleBroken where the key is another one, or where
    a piece is not what was written."""

    def __init__(self, file: IO[bytes], key: bytes) -> None:
        file.seek(0)
        head = file.read(_HEAD)
        self._cipher, check = _derived(key, head[len(MAGIC) : len(MAGIC) + _SALT])
        if len(head) < _HEAD:
            raise RuleBroken(CUT_OR_CHANGED)
        if check != head[-_CHECK:]:
            raise RuleBroken(
                "Khóa sao lưu không đúng với tệp này: hãy dùng khóa lúc tệp được lập (nếu khóa đúng"
                " thì phần đầu tệp đã bị đổi)."
            )
        length = file.seek(0, os.SEEK_END) - _HEAD
        self._file, self._at, self._known = file, 0, (-1, b"")
        self._pieces = -(-length // (_PIECE + _TAG))
        self._length = length - self._pieces * _TAG
        if self._pieces == 0:
            raise RuleBroken(CUT_OR_CHANGED)
        self._read_piece(self._pieces - 1)  # a file that was cut off is found at once

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place in what was written."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._length}[whence]
        if base + offset < 0:
            raise ValueError("before the beginning")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        """The next bytes, at most to the end of a piece."""
        if self._at >= self._length:
            return 0
        number, start = divmod(self._at, _PIECE)
        found = self._read_piece(number)[start : start + len(buffer)]
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)

    def _read_piece(self, number: int) -> bytes:
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 heavy

        if self._known[0] != number:
            self._file.seek(_HEAD + number * (_PIECE + _TAG))
            sealed = self._file.read(_PIECE + _TAG)
            try:
                nonce = _nonce(number, last=number == self._pieces - 1)
                self._known = (number, self._cipher.decrypt(nonce, sealed, None))
            except (InvalidTag, ValueError) as wrong:
                raise RuleBroken(CUT_OR_CHANGED) from wrong
        return self._known[1]


def _derived(key: bytes, salt: bytes) -> tuple[Any, bytes]:
    """The cipher of a file, and what tells the right key from another."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 heavy
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 heavy
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415 heavy

    made = HKDF(algorithm=SHA256(), length=32 + _CHECK, salt=salt, info=MAGIC).derive(key)
    return AESGCM(made[:32]), made[32:]


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
