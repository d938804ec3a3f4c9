"""Vietnamese text: cleaning, search keys, sort keys and the old encodings TCVN3 and VNI.

Everything here takes text and gives text or bytes; nothing touches the database.
How people type dates, numbers and identity numbers is in `casemgmt.typed`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Literal, NamedTuple, TypeVar

# --- Cleaning ---------------------------------------------------------------------------------

# U+00D0/U+00F0 (Icelandic eth) stand in much Vietnamese data for the look-alike Đ/đ.
_ETH = {0x00D0: "Đ", 0x00F0: "đ"}
# Zero-width characters and direction marks; U+00AD is not among them: in TCVN3 it is the letter ư.
_INVISIBLE = {
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    0x2060,
    *range(0x2066, 0x206A),
    0xFEFF,
}
_CONTROLS = {*range(0x20), *range(0x7F, 0xA0)} - {
    code for code in range(0xA0) if chr(code).isspace()
}
_UNWRITABLE = {*range(0xD800, 0xE000), 0xFFFE, 0xFFFF}
_CLEANING: dict[int, str | None] = {
    **dict.fromkeys(_INVISIBLE | _CONTROLS | _UNWRITABLE, None),
    **_ETH,
}
_TO_CLEAN = re.compile("[" + "".join(map(re.escape, map(chr, sorted(_CLEANING)))) + "]")


def clean(text: str) -> str:
    """Text as it came in → text as we keep it: NFC, trimmed, single spaces.

    Control, zero-width and direction characters and lone surrogates disappear, Ð/ð become Đ/đ.
    Convert TCVN3 text with `from_tcvn3` before or after; its letters survive (é as Đ).
    """
    if _TO_CLEAN.search(text):
        text = text.translate(_CLEANING)
    return " ".join(unicodedata.normalize("NFC", text).split())


# --- Keys for search and for equality ---------------------------------------------------------

_T = TypeVar("_T")

# Words repeat, so what becomes of each is remembered; the words of longer texts (notes) are not.
_REMEMBERED_LENGTH = 200
_remember = lru_cache(1 << 14)


def _each(work: Callable[[str], _T], remembered: Callable[[str], _T], text: str) -> list[_T]:
    return list(map(remembered if len(text) <= _REMEMBERED_LENGTH else work, text.split()))


_BARRED = {ord("đ"): "d", ord("ð"): "d", ord("ɖ"): "d", ord("ƀ"): "b", 0x00AD: None}
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")

# The five tones in the order in which Vietnamese dictionaries list them.
HUYEN, HOI, NGA, SAC, NANG = "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"
_TONES = re.compile(f"[{HUYEN}{HOI}{NGA}{SAC}{NANG}]")
_WORD = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f])+")


def _fold_word(word: str) -> str:
    text = clean(word)
    for _ in range(2):  # twice: folding the case of a compatibility letter may give another one
        text = unicodedata.normalize("NFKD", text).casefold()
    letters = (letter for letter in text if not unicodedata.category(letter).startswith("M"))
    return _NOT_ALPHANUMERIC.sub(" ", "".join(letters).translate(_BARRED)).strip()


_folded = _remember(_fold_word)


def fold(text: str) -> str:
    """Any text → its search key: lower case, no diacritics, đ as d, one space between words.

    Dashes and punctuation separate words: `fold("Bru – Vân Kiều") == "bru van kieu"`.
    """
    return " ".join(filter(None, _each(_fold_word, _folded, text)))


def _tone_last(word: re.Match[str]) -> str:
    tones = "".join(_TONES.findall(word[0]))
    return _TONES.sub("", word[0]) + tones


def _same_word(word: str) -> str:
    letters = unicodedata.normalize("NFD", clean(word).casefold())
    return unicodedata.normalize("NFC", _WORD.sub(_tone_last, letters))


_sameness = _remember(_same_word)


def same(text: str) -> str:
    """Any text → a key that two texts share if they differ only in case, spaces and tone placement.

    `same("Uỷ ban") == same("ủy  BAN")`, but `same("uy ban")` is another. A key, not for showing.
    """
    return " ".join(filter(None, _each(_same_word, _sameness, text)))


# --- Keys for sorting -------------------------------------------------------------------------
# As in ICU's `vi` collation: first all the letters, then all the tones, then the case. Levels are
# separated by a byte that is less than any weight, so that a prefix sorts first.

_LEVEL, _PLAIN, _CAPITAL = b"\x01", b"\x02", b"\x03"
_SPACE_WEIGHT = b"\x02"
_ORDER = (
    " _-–—,;:!?.·'‘’\"“”«»()[]{}§@*/\\&#%•`^°+±÷×<=>|~$₫€"
    "\N{REPLACEMENT CHARACTER}"  # the place of all other signs
    "0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
)
_WEIGHTS = {letter: bytes([2 + place]) for place, letter in enumerate(_ORDER)}
_OTHER_SIGN, _OTHER_LETTER = _WEIGHTS["\N{REPLACEMENT CHARACTER}"], b"\xf0"
_MARK_WEIGHTS = {
    mark: bytes([3 + place]) for place, mark in enumerate((HUYEN, HOI, NGA, SAC, NANG))
}
_BASE_AND_MARKS = re.compile(r"(.)([\u0300-\u036f]*)", re.DOTALL)


def _mark_weight(mark: str) -> bytes:
    """A combining mark U+0300–U+036F → one byte; the five tones come first, in their order."""
    return _MARK_WEIGHTS.get(mark) or bytes([ord(mark) - 0x300 + 0x10])


def _letter_weight(letter: str, base: str) -> tuple[bytes, bool]:
    """A letter without its tone, and without any mark → weight, and whether the marks are in it."""
    if weight := _WEIGHTS.get(letter):
        return weight, True
    if weight := _WEIGHTS.get(base):
        return weight, False
    return (_OTHER_LETTER if base.isalnum() else _OTHER_SIGN) + base.encode(), False


class _Weights(NamedTuple):
    """A word's weights on the three levels."""

    letters: bytes
    marks: bytes  # per letter a plain weight, then its tone and other marks
    cases: bytes
    tones: bytes  # the marks alone, wherever they stand: enough within a name


def _weigh(word: str) -> _Weights:
    letters, marks, cases = bytearray(), bytearray(), bytearray()
    text = clean(word).replace("\xad", "").replace("…", "...")  # as ICU reads them
    decomposed = unicodedata.normalize("NFD", text)
    for base, above in _BASE_AND_MARKS.findall(decomposed):
        shape = _TONES.sub("", above)
        letter = unicodedata.normalize("NFC", base + shape)
        weight, complete = _letter_weight(letter.lower(), base.lower())
        letters += weight
        marks += _PLAIN + b"".join(map(_mark_weight, _TONES.findall(above)))
        marks += b"" if complete else b"".join(map(_mark_weight, shape))
        cases += _PLAIN if letter == letter.lower() else _CAPITAL
    tones = marks.replace(_PLAIN, b"") + _PLAIN
    return _Weights(bytes(letters), bytes(marks), bytes(cases), bytes(tones))


_weighed = _remember(_weigh)


def letter_key(text: str) -> bytes:
    """Any text → bytes whose order is that of ICU's `vi` collation (space, signs, digits, letters).

    Bytes compare alike in Python, in an SQLite BLOB and in a PostgreSQL BYTEA.
    """
    words = [word for word in _each(_weigh, _weighed, text) if word.letters]
    letters = _SPACE_WEIGHT.join([word.letters for word in words])
    marks = _PLAIN.join([word.marks for word in words]).rstrip(_PLAIN)
    cases = _PLAIN.join([word.cases for word in words]).rstrip(_PLAIN)
    return _LEVEL.join((letters, marks, cases))


def name_key(text: str) -> bytes:
    """A person's name → bytes that sort as a Vietnamese roll: given, family, then middle names.

    Each part by its letters, then its tones; case only where all else is equal. Where the tone
    mark stands (Hoà, Hòa) makes no difference.
    """
    words = [word for word in _each(_weigh, _weighed, text) if word.letters]
    parts = (words[-1:], words[:-1][:1], words[1:-1])
    key: list[bytes] = []
    for part in parts:
        key.append(_SPACE_WEIGHT.join([word.letters for word in part]))
        key.append(b"".join([word.tones for word in part]).rstrip(_PLAIN))
    cases = _PLAIN.join([word.cases for part in parts for word in part]).rstrip(_PLAIN)
    return _LEVEL.join((*key, cases))


# --- TCVN3, the encoding of the fonts .VnTime, .VnArial … ---------------------------------------

# The 74 letters by their byte; the programs of the time show that byte as its Latin-1 character.
_TCVN3 = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
    0xB5: "àảãáạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậè",
    0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù",
    0xF1: "ủũúụừửữứựỳỷỹýỵ",
}
_FROM_TCVN3 = {
    first + place: letter for first, run in _TCVN3.items() for place, letter in enumerate(run)
}
_CLEANED_ETH = str.maketrans("Đ", "\xd0")  # what `clean` makes of the TCVN3 letter é
_TCVN3_WORD = re.compile("[A-Za-z\xc0-\xff" + "".join(map(re.escape, map(chr, _FROM_TCVN3))) + "]+")
_SYLLABLE = re.compile(
    r"(?:b|ch?|d|đ|gh?|gi|h|kh?|l|m|nh?|ngh?|ph?|qu|r|s|th?|tr|v|x)?"
    r"(?:i[êe]u?|y[êe]u?|u[ôơaêyâ]?[uiy]?|uya|uyê|ư[ơa]?[ui]?|oa[oiy]?|oă|oe[o]?|oo|ôô"
    r"|a[iouy]?|ă|â[uy]?|eo?|êu?|ia|iu?|y|oi?|ôi?|ơi?)"
    r"(?:ch?|m|ng?|nh|p|t)?"
)


def _is_syllable(word: str) -> bool:
    """Could this word be Vietnamese: not of mixed case, one syllable, one tone at most?"""
    if not (word.islower() or word.isupper() or word.istitle()):
        return False
    letters = unicodedata.normalize("NFD", word.lower())
    toneless, tones = _TONES.subn("", letters)
    shape = unicodedata.normalize("NFC", toneless)
    return tones <= 1 and _SYLLABLE.fullmatch(shape) is not None


def _tcvn3_bytes(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    only_latin = not any(ord(letter) > 0xFF and letter != "Đ" for letter in text)
    return text.translate(_CLEANED_ETH) if only_latin else text


def from_tcvn3(text: str) -> str:
    """TCVN3 text (shown as Latin-1) → Unicode: `Hé nghÌo` → `Hộ nghèo`.

    The soft hyphen U+00AD is ư. Text of a capitals font (.VnTimeH) comes out in small letters.
    Works on text that has been through `clean`. Converts unconditionally: ask first whether the
    column `looks_like_tcvn3`.
    """
    return _tcvn3_bytes(text).translate(_FROM_TCVN3)


def looks_like_tcvn3(text: str) -> bool:
    """Any text → whether it reads as Vietnamese only after `from_tcvn3`.

    Words that could be either (`Hé`) and words in plain ASCII do not count, nor do words with Đ
    (`QĐ` would be `Qé`), so judge by the cells of a whole column. Text with a letter that TCVN3
    cannot hold (ộ, ư …) is Unicode already.
    """
    return old_encoding([text]) == "tcvn3"


def _tcvn3_balance(text: str) -> int:
    """How many more words are Vietnamese syllables after `from_tcvn3` than before."""
    text = _tcvn3_bytes(text)
    balance = 0
    for word in _TCVN3_WORD.findall(text) if _is_latin_1(text) else ():
        if not word.isascii() and "\xd0" not in word and len(word) > 1:
            balance += _is_syllable(word.translate(_FROM_TCVN3)) - _is_syllable(word)
    return balance


# --- VNI, the encoding of the fonts VNI-Times, VNI-Helve … --------------------------------------

# A letter with a mark is written as two characters, the letter and a mark; a few are one.
_VNI_TONES = dict(zip("ùøûõï", (SAC, HUYEN, HOI, NGA, NANG), strict=True))
_VNI_HATS = dict(zip("áàåãä", (SAC, HUYEN, HOI, NGA, NANG), strict=True))
_VNI_BREVES = dict(zip("éèúüë", (SAC, HUYEN, HOI, NGA, NANG), strict=True))
_VNI_ALONE = {"ô": "ơ", "ö": "ư", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ñ": "đ"}
_HAT, _BREVE = "\u0302", "\u0306"


def _vni_pairs() -> dict[str, str]:
    pairs = {
        letter + mark: letter + tone for letter in "aeouy" for mark, tone in _VNI_TONES.items()
    }
    for letter in "ôö":
        plain = _VNI_ALONE[letter]
        pairs |= {letter + mark: plain + tone for mark, tone in _VNI_TONES.items()}
    for letter in "aeo":
        pairs |= {letter + mark: letter + _HAT + tone for mark, tone in _VNI_HATS.items()}
        pairs[letter + "â"] = letter + _HAT
    pairs |= {"a" + mark: "a" + _BREVE + tone for mark, tone in _VNI_BREVES.items()}
    pairs["aê"] = "a" + _BREVE
    return {pair: unicodedata.normalize("NFC", letter) for pair, letter in pairs.items()}


_FROM_VNI = _vni_pairs() | _VNI_ALONE
_VNI = re.compile("|".join(sorted(_FROM_VNI, key=len, reverse=True)), re.IGNORECASE)
_VNI_WORD = re.compile("[A-Za-z\xc0-\xff]+")


def _vni_letter(found: re.Match[str]) -> str:
    letter = _FROM_VNI[found[0].lower()]
    return letter if found[0][0].islower() else letter.upper()


def _is_latin_1(text: str) -> bool:
    return not any(ord(letter) > 0xFF and letter.isalpha() for letter in text)


def from_vni(text: str) -> str:
    """VNI text (shown as Latin-1) → Unicode: `Hoä ngheøo` → `Hộ nghèo`.

    Converts unconditionally: ask first whether the column `looks_like_vni`. Text with a letter
    that VNI cannot hold is Unicode already and stays.
    """
    text = unicodedata.normalize("NFC", text)
    return _VNI.sub(_vni_letter, text) if _is_latin_1(text) else text


def looks_like_vni(text: str) -> bool:
    """Any text → whether it reads as Vietnamese only after `from_vni`.

    Words that could be either (`Thò`: Thò or Thị) and words in plain ASCII do not count, so judge
    by the cells of a whole column.
    """
    return old_encoding([text]) == "vni"


def _vni_balance(text: str) -> int:
    """How many more words are Vietnamese syllables after `from_vni` than before."""
    text = unicodedata.normalize("NFC", text)
    balance = 0
    for word in _VNI_WORD.findall(text) if _is_latin_1(text) else ():
        if not word.isascii():
            balance += _is_syllable(from_vni(word)) - _is_syllable(word)
    return balance


def old_encoding(texts: Iterable[str]) -> Literal["tcvn3", "vni"] | None:
    """The cells of a column → the encoding in which they read as Vietnamese, None for Unicode.

    A few words are Vietnamese in both (`khuû`); the more cells, the surer.
    """
    tcvn3 = vni = 0
    for text in texts:
        if not text.isascii():
            tcvn3, vni = tcvn3 + _tcvn3_balance(text), vni + _vni_balance(text)
    if max(tcvn3, vni) <= 0:
        return None
    return "tcvn3" if tcvn3 >= vni else "vni"


def from_old(text: str, encoding: Literal["tcvn3", "vni"]) -> str:
    """A cell of a column in an old encoding → Unicode; a cell that is Unicode already stays.

    Of a text whose plain letters are all capitals (a capitals font) all letters become capitals.
    """
    if text.isascii() or not _is_latin_1(text):
        return text
    if encoding == "vni":
        return text if _vni_balance(text) < 0 else from_vni(text)
    if _tcvn3_balance(text) < 0:
        return text
    plain = [letter for letter in text if letter.isascii() and letter.isalpha()]
    capitals = len(plain) > 1 and all(map(str.isupper, plain))
    return from_tcvn3(text).upper() if capitals else from_tcvn3(text)
