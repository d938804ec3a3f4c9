"""What the database itself counts: triggers on every audited table write one row for each row that
is added, changed in what the trail keeps, or removed. At the end of a test the trail must have
grown by as many entries of each kind."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import Connection, Engine, Table, inspect, text

from casemgmt import schema
from casemgmt.audit.models import What
from casemgmt.db import Audited, Base

COUNTED, BEGUN = "counted_change", "counted_from"
_WHENS = {What.ADDED: "INSERT", What.CHANGED: "UPDATE", What.REMOVED: "DELETE"}

Counts = Counter[tuple[str, str]]  # (table, what)


def audited() -> list[Table]:
    """The tables of which every change leaves an entry."""
    schema.metadata()
    models = (mapper.class_ for mapper in Base.registry.mappers)
    return sorted(
        (one.__table__ for one in models if issubclass(one, Audited)), key=lambda table: table.name
    )


def begin(engine: Engine) -> None:
    """Have the database count from now on."""
    with engine.begin() as connection:
        newest = "SELECT coalesce(max(id), 0) AS entry FROM audit_entry"
        connection.execute(text(f"CREATE TABLE {BEGUN} AS {newest}"))
        connection.execute(text(f"CREATE TABLE {COUNTED} (subject TEXT, what TEXT)"))
        for table in audited():
            for what in _WHENS:
                for statement in _trigger(connection, table, what):
                    connection.execute(text(statement))


def begin_again(connection: Connection) -> None:
    """Count from here on, where anything is counted: what was written so far went past the product
    on purpose."""
    if inspect(connection).has_table(COUNTED):
        newest = "SELECT coalesce(max(id), 0) FROM audit_entry"
        connection.execute(text(f"UPDATE {BEGUN} SET entry = ({newest})"))
        connection.execute(text(f"DELETE FROM {COUNTED}"))


def _trigger(connection: Connection, table: Table, what: What) -> Iterator[str]:
    name = f"count_{table.name}_{what}"
    insert = f"INSERT INTO {COUNTED} VALUES ('{table.name}', '{what}')"
    when = f"AFTER {_WHENS[what]} ON {table.name} FOR EACH ROW{_changed(connection, table, what)}"
    if connection.dialect.name == "sqlite":
        yield f"CREATE TRIGGER {name} {when} BEGIN {insert}; END"
        return
    yield (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN {insert}; RETURN NULL; END $$"
    )
    yield f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {name}()"


def _changed(connection: Connection, table: Table, what: What) -> str:
    """Only where something changed that the trail keeps."""
    if what is not What.CHANGED:
        return ""
    differs = "IS NOT" if connection.dialect.name == "sqlite" else "IS DISTINCT FROM"
    quote = connection.dialect.identifier_preparer.quote
    kept = [quote(one.name) for one in table.columns if not one.info.get("unaudited")]
    return f" WHEN ({' OR '.join(f'OLD.{one} {differs} NEW.{one}' for one in kept)})"


def counts(connection: Connection) -> tuple[Counts, Counts]:
    """By table and kind: the changes that the database counted, the entries of the trail."""
    known = {(table.name, what.value) for table in audited() for what in _WHENS}
    counted = _by_kind(connection, COUNTED)
    entries = _by_kind(connection, f"audit_entry WHERE id > (SELECT entry FROM {BEGUN})")
    return counted, Counter({key: found for key, found in entries.items() if key in known})


def _by_kind(connection: Connection, source: str) -> Counts:
    query = f"SELECT subject, what, count(*) FROM {source} GROUP BY subject, what"
    return Counter({(subject, what): n for subject, what, n in connection.execute(text(query))})
