"""What the trail tells about one row."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, inspect, select

from casemgmt.audit import trail
from casemgmt.audit.models import CHANGING, AuditEntry, What


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


def version() -> Select[str]:
    """The hash of the newest entry that may have changed what is shown."""
    return select(AuditEntry.hash).where(CHANGING).order_by(AuditEntry.id.desc()).limit(1)


def entries(
    *,
    since: datetime | None = None,
    before: datetime | None = None,
    actor: str = "",
    what: What | None = None,
    household: int | None = None,
) -> Select[*tuple[Any, ...]]:
    """Entries of the trail, the newest first: from a moment (inclusive) to another (exclusive), of
    one account, of one kind, about one household."""
    table = AuditEntry.__table__.c
    query = select(*table).order_by(table.id.desc())
    if since is not None:
        query = query.where(table.at >= since)
    if before is not None:
        query = query.where(table.at < before)
    if actor:
        query = query.where(table.actor == actor)
    if what is not None:
        query = query.where(table.what == what)
    if household is not None:
        query = query.where(table.household_id == household)
    return query
