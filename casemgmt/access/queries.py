"""Accounts."""

from sqlalchemy import Select, func, select

from casemgmt.access.models import User


def users() -> Select[User]:
    """All accounts by name."""
    return select(User).order_by(User.name)


def user_named(name: str) -> Select[User]:
    """The account of a name, whatever its case (names are ASCII)."""
    return select(User).where(func.lower(User.name) == name.strip().lower())
