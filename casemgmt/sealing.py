"""Values that are encrypted at rest, and the keyed indexes that find them again.

The key lies in `CASEMGMT_HOME`, outside the database: a copy of the database alone reveals
neither CCCD nor private notes."""

import hashlib
import hmac
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from casemgmt import paths
from casemgmt.errors import RuleBroken

KEY_FILE = "sealing.key"
WAITING_KEY = "sealing.key.new"  # while the key is being changed
_NONCE = 12
_another: ContextVar[bytes | None] = ContextVar("another key", default=None)


def key() -> bytes:
    """The register's 32-byte key, made at first use. Raises RuleBroken where the file is there
    but is not a key."""
    return _another.get() or _key(paths.home() / KEY_FILE)


@contextmanager
def using(another: bytes) -> Iterator[None]:
    """Inside, another key in place of the register's."""
    token = _another.set(another)
    try:
        yield
    finally:
        _another.reset(token)


def fingerprint() -> str:
    """What the key is known by (hex); it tells nothing of the key."""
    return digest("backup", "fingerprint")


@lru_cache(maxsize=8)
def _key(path: Path) -> bytes:
    if not path.exists():
        paths.made_home()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(os.urandom(32).hex())
            file.flush()
            os.fsync(file.fileno())
    try:
        value = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        value = b""
    if len(value) != 32:
        raise RuleBroken(f"Tệp khóa {path.name} hỏng: hãy chép lại từ bản sao lưu của khóa.")
    return value


def forget_keys() -> None:
    """Read the key file again at next use (after a restore, or when the home changes)."""
    _key.cache_clear()


def seal(text: str, purpose: str) -> bytes:
    """Encrypt (AES-256-GCM). `purpose` is bound in, so that a value cannot be moved from one
    column to another."""
    return seal_bytes(text.encode(), purpose)


def seal_bytes(plain: bytes, purpose: str) -> bytes:
    """The same for what is no text: a file."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 heavy

    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key()).encrypt(nonce, plain, purpose.encode())


def unseal(sealed: bytes, purpose: str) -> str:
    """Decrypt what `seal` made. Raises RuleBroken where this key did not make it."""
    return unseal_bytes(sealed, purpose).decode()


def unseal_bytes(sealed: bytes, purpose: str) -> bytes:
    """The same for what `seal_bytes` made."""
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 heavy
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 heavy

    try:
        return AESGCM(key()).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
    except InvalidTag as wrong:
        raise RuleBroken(
            "Khóa mã hóa không khớp với dữ liệu: hãy đặt đúng tệp khóa của sổ này."
        ) from wrong


def digest(text: str, purpose: str) -> str:
    """A keyed fingerprint (HMAC-SHA256, hex): equal texts of one purpose have equal ones."""
    return hmac.new(key(), f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()


class Sealed(TypeDecorator[str]):
    """A text column that is encrypted in the database and plain in Python."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else seal(value, self.purpose)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else unseal(bytes(value), self.purpose)


class SealedFile(TypeDecorator[bytes]):
    """The bytes of a file, encrypted in the database and plain in Python."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> Any:
        return None if value is None else seal_bytes(value, self.purpose)

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else unseal_bytes(bytes(value), self.purpose)
