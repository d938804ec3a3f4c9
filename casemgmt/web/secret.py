"""The key that signs session cookies and form tokens."""

import contextlib
import os

from casemgmt import paths
from casemgmt.errors import RuleBroken

KEY_FILE = "secret.key"
_BYTES = 32


def secret_key() -> bytes:
    """The 32 random bytes of this register's site, made (readable by its owner alone) at first
    use. Raises RuleBroken where the file is there but is not a key."""
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
    return key
