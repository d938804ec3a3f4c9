"""What has been worked out, kept for as long as the register stays as it is."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Any

MOST = 400  # pages of some 30 kB, and small things


class Kept:
    """Values worked out at one version of the register, the least used ones forgotten first.
    What was worked out at another version is never found."""

    def __init__(self) -> None:
        self._values: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def find(self, version: str, key: Hashable) -> Any:
        """The value of a key at a version; None where none is kept."""
        with self._lock:
            value = self._values.get((version, key))
            if value is not None:
                self._values.move_to_end((version, key))
            return value

    def keep(self, version: str, key: Hashable, value: Any) -> None:
        """Keep a value for a while."""
        with self._lock:
            self._values[version, key] = value
            if len(self._values) > MOST:
                self._values.popitem(last=False)
