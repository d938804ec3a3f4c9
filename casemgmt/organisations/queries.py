"""The organisations, and which lie under which."""

from sqlalchemy import Select, select

from casemgmt.organisations.models import Kind, Organisation


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
