"""Signing in: whose name and password these are."""

from functools import cache

from sqlalchemy.orm import Session

from casemgmt import clock
from casemgmt.access import passwords, queries
from casemgmt.access.models import User
from casemgmt.errors import RuleBroken
from casemgmt.words import _


def identified(session: Session, *, name: str, password: str) -> User | None:
    """The active account of this name and password. A name that does not exist takes as long as
    a wrong password, so that nobody learns which names exist. A password kept in an older way is
    kept anew. Raises RuleBroken where the password is right but was made up too long ago."""
    user = session.scalar(queries.user_named(name))
    right = passwords.matches(user.password_hash if user else _nobodys(), password)
    if user is None or not right or not user.active:
        return None
    if user.password_until is not None and user.password_until < clock.now():
        raise RuleBroken(
            _("Mật khẩu được cấp đã quá 72 giờ. Hãy nhờ người quản trị cấp mật khẩu mới.")
        )
    if passwords.outdated(user.password_hash):
        user.password_hash = passwords.hashed(password)
    return user


@cache
def _nobodys() -> str:
    return passwords.hashed(passwords.made_up())
