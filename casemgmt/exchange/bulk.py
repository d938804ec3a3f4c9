"""What a database needs to be told for a large import: taking turns, room, numbers of rows."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Table, func, select, text

from casemgmt.audit.models import AuditEntry

_LOCK = 4211902  # two imports take turns; SQLite has its one writer by itself
_PAGES = -64_000  # in KiB, as SQLite has it


def take_turn(connection: Connection) -> None:
    """Wait until no other import is under way, and keep others waiting until the transaction
    ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))


@contextmanager
def room(connection: Connection) -> Iterator[None]:
    """More memory for SQLite's pages: the hashes of the audit trail fall all over their indexes."""
    if connection.dialect.name != "sqlite":
        yield
        return
    before = connection.exec_driver_sql("PRAGMA cache_size").scalar()
    connection.exec_driver_sql(f"PRAGMA cache_size={_PAGES}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size={before}")


def new_ids(connection: Connection, table: Table, count: int) -> list[int]:
    """Numbers for this many new rows. On SQLite the write lock is held, so the next ones are
    free; on PostgreSQL the column's sequence gives them."""
    if not count:
        return []
    if connection.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, "id")
        drawn = select(func.nextval(sequence)).select_from(func.generate_series(1, count))
        return list(connection.scalars(drawn))
    newest = connection.scalar(select(func.max(table.c.id))) or 0
    if table.name == "household":
        # The number of one that was taken back is not given again: the trail knows it by it.
        entries = AuditEntry.__table__.c.household_id
        newest = max(newest, connection.scalar(select(func.max(entries))) or 0)
    return list(range(newest + 1, newest + 1 + count))
