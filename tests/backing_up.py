"""A register with a row in every table, and all rows of a database, for the tests of backups."""

import hashlib
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, select, update
from sqlalchemy.orm import Session

from casemgmt.audit import guards, trail
from casemgmt.backup.surviving import PASSING
from casemgmt.signed.models import Signature, SignedTable
from casemgmt.support.models import Attachment
from tests.whole import every_table

OWN = {"alembic_version", *PASSING}  # what a backup does not hold


def fill(engine: Engine) -> Engine:
    """Sealed values, attachments, signed tables, audit entries and all the rest."""
    with Session(engine) as session:
        trail.act_as(session, actor="test", act="test")
        every_table.fill(session)
        session.flush()
        _name_by_hash(session.connection())
        session.commit()
    return engine


def _name_by_hash(connection: Connection) -> None:
    """The real hashes of what is kept with one."""
    guards.lift(connection)
    for model, content, digest in (
        (SignedTable, "content", "hash"),
        (Signature, "document", "document_hash"),
        (Attachment, "content", "sha256"),
    ):
        table = model.__table__
        for stored in connection.scalars(select(table.c[content]).distinct()):
            data = stored.encode() if isinstance(stored, str) else bytes(stored)
            values = {digest: hashlib.sha256(data).hexdigest()}
            same = table.c[content] == stored
            connection.execute(update(table).where(same).values(values))
    guards.place(connection)


def rows(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables that a backup holds, as they are stored."""
    found = MetaData()
    with engine.connect() as connection:
        found.reflect(connection)
        return {
            table.name: [
                tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))
            ]
            for table in found.sorted_tables
            if table.name not in OWN
        }
