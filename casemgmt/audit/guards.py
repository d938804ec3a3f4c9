"""Triggers that keep the trail append-only, on both databases.

Alembic's batch mode drops triggers silently, so every migration run ends with `place`, which
makes them again, and `missing`, which compares with this inventory."""

from sqlalchemy import Connection, inspect, text

# Each with what a row of it is known by: a new row that is like an old one in any of them would
# replace it.
APPEND_ONLY = {
    "audit_entry": ("id", "hash", "previous"),
    "signed_table": ("id", "prepared_id", "supersedes_id"),
    "signature": ("signed_id, place",),
    "declared_table": ("id", "supersedes_id"),
    "target_amendment": ("id",),
}


def _sqlite(table: str) -> dict[str, str]:
    like = " OR ".join(f"({keys}) = ({_new(keys)})" for keys in APPEND_ONLY[table])
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    return {
        f"{table}_no_update": f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"{table}_no_delete": f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        f"{table}_no_replace": (
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}"
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {like}) {refuse}"
        ),
    }


def _new(keys: str) -> str:
    return ", ".join(f"NEW.{key}" for key in keys.split(", "))


def _postgresql(table: str) -> dict[str, str]:
    return {
        f"{table}_no_{name}": (
            f"CREATE TRIGGER {table}_no_{name} BEFORE {event} ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        for name, event in (("update", "UPDATE"), ("delete", "DELETE"), ("truncate", "TRUNCATE"))
    }


_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$
"""


def inventory(connection: Connection) -> dict[str, str]:
    """Name and definition of every trigger that this database must have."""
    build = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    present = set(inspect(connection).get_table_names())
    return {
        name: statement
        for table in APPEND_ONLY
        if table in present
        for name, statement in build(table).items()
    }


def place(connection: Connection) -> None:
    """Make the triggers anew."""
    wanted = inventory(connection)
    if connection.dialect.name == "postgresql" and wanted:
        connection.execute(text(_FUNCTION))
    lift(connection)
    for statement in wanted.values():
        connection.execute(text(statement))


def lift(connection: Connection) -> None:
    """Take the triggers away, for a restore, which puts them back in the same transaction."""
    for name in inventory(connection):
        connection.execute(text(f"DROP TRIGGER IF EXISTS {name}{_on(connection, name)}"))


def _on(connection: Connection, name: str) -> str:
    return "" if connection.dialect.name == "sqlite" else f" ON {name.rsplit('_no_', 1)[0]}"


def missing(connection: Connection) -> set[str]:
    """The triggers of the inventory that the database does not have."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    return set(inventory(connection)) - set(connection.execute(text(query)).scalars())
