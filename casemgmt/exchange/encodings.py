"""In which encoding the text of a column is, by its cells; each cell then read as it is."""

import unicodedata
from collections.abc import Iterable

from casemgmt.exchange.listing import Encoding
from casemgmt.vietnamese import clean, from_old, old_encoding


def encoding_of(texts: Iterable[str], of_sheet: Encoding = "nfc") -> Encoding:
    """The encoding of a column. A column whose own words could be either (`Hé`) is taken as the
    rest of its sheet is."""
    telling = [text for text in texts if not text.isascii()]
    if found := old_encoding(telling):
        return found
    if of_sheet in ("tcvn3", "vni") and telling and not any(map(_is_unicode, telling)):
        return of_sheet
    decomposed = any(unicodedata.normalize("NFC", text) != text for text in telling)
    return "nfd" if decomposed else "nfc"


def _is_unicode(text: str) -> bool:
    return any(ord(letter) > 0xFF and letter.isalpha() for letter in text)


def decoded(text: str, encoding: Encoding) -> str:
    """A cell of such a column as the register keeps it."""
    return clean(from_old(text, encoding) if encoding in ("tcvn3", "vni") else text)
