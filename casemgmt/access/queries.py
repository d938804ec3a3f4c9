"""Accounts."""

from sqlalchemy import Select, func, select

from casemgmt.access.models import User
from casemgmt.places.models import UnitPeriod


def users() -> Select[User]:
    """All accounts by name."""
    return select(User).order_by(User.name)


def user_named(name: str) -> Select[User]:
    """The account of a name, whatever its case (names are ASCII)."""
    return select(User).where(func.lower(User.name) == name.strip().lower())


def place_names() -> Select[str]:
    """Every name that a unit has or had."""
    return select(UnitPeriod.name).distinct().order_by(UnitPeriod.name)
