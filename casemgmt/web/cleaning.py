"""Text as it reaches us: no character comes in that a database would refuse."""

import re
import unicodedata
from collections.abc import Callable
from io import BytesIO
from typing import IO, Any, TypeVar

from flask import Request, current_app
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


View = TypeVar("View", bound=Callable[..., Any])


def takes_files(view: View) -> View:
    """Tag a view to which files may be sent: its requests may hold MAX_FILE_LENGTH bytes instead
    of MAX_CONTENT_LENGTH."""
    vars(view)["takes_files"] = True
    return view


class CleanRequest(Request):
    """A request whose `args` and `form` are scrubbed. Files that come with it stay in memory, as
    much as a request may hold: what they tell of people is left on no disk."""

    parameter_storage_class = Scrubbed

    @property
    def max_content_length(self) -> int | None:
        """How many bytes the address that is asked takes, whatever they hold."""
        if self._max_content_length is not None:
            return self._max_content_length
        view = current_app.view_functions.get(self.endpoint or "")
        takes = view is not None and "takes_files" in vars(view)
        length: int = current_app.config["MAX_FILE_LENGTH" if takes else "MAX_CONTENT_LENGTH"]
        return length

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        self._max_content_length = value

    def _get_file_stream(self, *_told: object, **_more: object) -> IO[bytes]:
        return BytesIO()
