"""Accounts as their list shows them."""

from datetime import date
from typing import Any

from sqlalchemy import Select, select

from casemgmt.access.models import User
from casemgmt.organisations.models import Organisation
from casemgmt.places.queries import level_on, name_on


def listed(day: date) -> Select[*tuple[Any, ...]]:
    """All accounts, those in use first: id, name, role, active, must_change, signs, and the level
    and name of the unit (on a day) or the name of the organisation that each serves."""
    return (
        select(
            User.id,
            User.name,
            User.role,
            User.active,
            User.must_change,
            User.signs,
            level_on(User.unit_id, day).label("level"),
            name_on(User.unit_id, day).label("unit"),
            Organisation.name.label("organisation"),
        )
        .outerjoin(Organisation, Organisation.id == User.organisation_id)
        .order_by(User.active.desc(), User.name)
    )


def numbered(number: int) -> Select[User]:
    """The account of a number."""
    return select(User).where(User.id == number)
