"""The key that signs session cookies and form tokens."""

import contextlib
import os

from casemgmt import paths
from casemgmt.errors import RuleBroken

KEY_FILE = "secret.key"
_BYTES = 32
_DISTINCT = 12  # 32 random bytes, however they are written, have more
_KNOWN = (b"change", b"secret", b"password", b"example", b"casemgmt", b"default", b"12345678")


def secret_key() -> bytes:
    """The key of this register's site: SECRET_KEY of the environment, else the 32 random bytes in
    its home, made (readable by their owner alone) at first use. Raises RuleBroken where either
    could be guessed or is no key."""
    if given := os.environ.get("SECRET_KEY"):
        return _strong(given.encode(), "SECRET_KEY")
    path = paths.home() / KEY_FILE
    if not path.exists():
        paths.made_home()
        with contextlib.suppress(FileExistsError):
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(os.urandom(_BYTES).hex())
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        raise RuleBroken(
            f"Tệp khóa {path.name} hỏng: hãy xóa tệp này, mọi người sẽ phải đăng nhập lại."
        )
    return _strong(key, path.name)


def _strong(key: bytes, name: str) -> bytes:
    guessed = any(word in key.lower() for word in _KNOWN)
    if guessed or len(key) < _BYTES or len(set(key)) < _DISTINCT:
        raise RuleBroken(
            f"Khóa {name} ngắn hoặc dễ đoán: hãy bỏ đi để trang web tự tạo khóa trong"
            f" CASEMGMT_HOME/{KEY_FILE}, hoặc đặt ít nhất {_BYTES} byte ngẫu nhiên."
        )
    return key
