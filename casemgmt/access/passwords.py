"""Passwords: the rules, and how they are kept (argon2id)."""

import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from casemgmt.errors import RuleBroken
from casemgmt.words import _

LEAST, MOST = 12, 256
_hasher = PasswordHasher()
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


def rules(password: str, *, name: str = "") -> None:
    """Raise RuleBroken unless the password may be used."""
    if len(password) < LEAST:
        raise RuleBroken(_("Mật khẩu cần ít nhất {least} ký tự.", least=LEAST), field="password")
    if len(password) > MOST:
        raise RuleBroken(_("Mật khẩu dài nhất {most} ký tự.", most=MOST), field="password")
    if len(set(password)) < 5:
        raise RuleBroken("Mật khẩu quá đơn giản: hãy dùng nhiều ký tự khác nhau.", field="password")
    if name and name.casefold() in password.casefold():
        raise RuleBroken("Mật khẩu không được chứa tên đăng nhập.", field="password")


def hashed(password: str) -> str:
    """What is stored of a password."""
    return _hasher.hash(unicodedata.normalize("NFC", password))


def matches(stored: str, password: str) -> bool:
    """Whether this is the password; takes the same time for a wrong one."""
    try:
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
