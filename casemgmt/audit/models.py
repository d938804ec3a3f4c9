"""The audit trail: entries that are only ever added, chained by hash."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, Index, String, Text, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from casemgmt.db import Base, Moment, one_of


class What(StrEnum):
    """What happened to the subject."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    READ = "read"
    EXPORTED = "exported"
    REFUSED = "refused"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"


# What may have changed what is shown: not that somebody looked, came or went. Said with its values,
# as an index that holds these rows alone must be.
CHANGING: ColumnElement[bool] = literal_column("what NOT IN ('read', 'signed_in', 'signed_out')")


class AuditEntry(Base):
    """One entry. `hash` covers all its other columns and `previous`, the hash before it, so that
    no entry can be changed, left out or slipped in unnoticed. Triggers refuse UPDATE, DELETE and
    REPLACE on both databases (audit.guards)."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Moment())
    actor: Mapped[str] = mapped_column(String(80))
    act: Mapped[str] = mapped_column(String(80))
    what: Mapped[What] = mapped_column(one_of(What, "what"))
    subject: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(Text())  # canonical JSON of the row's primary key
    household_id: Mapped[int | None] = mapped_column(index=True)
    changes: Mapped[str] = mapped_column(Text())  # canonical JSON {column: [old, new]}
    previous: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)

    __table_args__ = (
        CheckConstraint("id > 0", name="numbered_from_one"),
        Index("ix_audit_entry_actor_at", "actor", "at"),
        Index("ix_audit_entry_at", "at"),
        Index("ix_audit_entry_changing", "id", sqlite_where=CHANGING, postgresql_where=CHANGING),
    )
