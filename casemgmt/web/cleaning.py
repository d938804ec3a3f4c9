"""Text as it reaches us: no character comes in that a database would refuse."""

import re
import unicodedata
from io import BytesIO
from typing import IO, Any

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.datastructures.structures import iter_multi_items

# NUL and other controls (not tab and line ends), lone surrogates, two non-characters.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def scrub(text: str) -> str:
    """Typed text, line ends kept: NFC, without characters that cannot be stored."""
    return unicodedata.normalize("NFC", _UNWRITABLE.sub("", text))


def unwritable(text: str) -> bool:
    """Whether text holds a character that no database takes."""
    return _UNWRITABLE.search(text) is not None


def _scrubbed(value: Any) -> Any:
    return scrub(value) if isinstance(value, str) else value


class Scrubbed(ImmutableMultiDict[str, Any]):
    """Fields of a form or query, each scrubbed; files as they are."""

    def __init__(self, mapping: Any = ()) -> None:
        items = iter_multi_items(mapping) if mapping else ()
        super().__init__([(_scrubbed(key), _scrubbed(value)) for key, value in items])


class CleanRequest(Request):
    """A request whose `args` and `form` are scrubbed. Files that come with it stay in memory, as
    much as a request may hold: what they tell of people is left on no disk."""

    parameter_storage_class = Scrubbed

    def _get_file_stream(self, *_told: object, **_more: object) -> IO[bytes]:
        return BytesIO()
