"""The organisations, and which lie under which."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from sqlalchemy import Select, select

from casemgmt.organisations.models import Kind, Organisation
from casemgmt.vietnamese import letter_key


class _Called(Protocol):
    @property
    def code(self) -> str: ...

    @property
    def name(self) -> str: ...


Named = TypeVar("Named", bound=_Called)


def organisations(*, kind: Kind | None = None, unit: int | None = None) -> Select[Organisation]:
    """The organisations by code; of a kind, at a unit."""
    query = select(Organisation).order_by(Organisation.code)
    if kind is not None:
        query = query.where(Organisation.kind == kind)
    return query if unit is None else query.where(Organisation.unit_id == unit)


def by_code(code: str) -> Select[Organisation]:
    """The organisation of a code."""
    return select(Organisation).where(Organisation.code == code)


def under(organisation: int) -> Select[Organisation]:
    """The organisations directly under another, by code."""
    return organisations().where(Organisation.parent_id == organisation)


def by_name(found: Iterable[Named]) -> list[Named]:
    """Organisations (or rows with their name and code) as a Vietnamese dictionary orders them: what
    a database orders by depends on its collation."""
    return sorted(found, key=lambda one: (letter_key(one.name), one.code))
