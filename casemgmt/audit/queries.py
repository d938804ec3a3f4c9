"""What the trail tells about one row."""

from typing import Any

from sqlalchemy import Select, inspect, select

from casemgmt.audit import trail
from casemgmt.audit.models import AuditEntry, What


def key_of(row: Any) -> dict[str, Any]:
    """The primary key of a stored row, as its entries name it."""
    mapper = inspect(type(row))
    values = inspect(row).identity or ()
    return {column.name: value for column, value in zip(mapper.primary_key, values, strict=True)}


def last_saved(row: Any) -> Select[*tuple[Any, ...]]:
    """Who saved a row last, and when: actor, at."""
    query = select(AuditEntry.actor, AuditEntry.at).where(
        AuditEntry.subject == row.__tablename__,
        AuditEntry.key == trail.canonical(key_of(row)),
        AuditEntry.what.in_((What.ADDED, What.CHANGED)),
    )
    household = trail.household_of(row)
    if household is not None:
        query = query.where(AuditEntry.household_id == household)
    return query.order_by(AuditEntry.id.desc()).limit(1)
