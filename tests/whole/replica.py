"""A database that is put back, after each try, to how it stood."""

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, text

from casemgmt.db import Base, open_engine

Dump = Mapping[str, list[tuple[Any, ...]]]
# Who is signed in, who tried a wrong password, which form has been sent: no content.
PASSING = frozenset({"open_session", "sign_in_failure", "sent_form"})


class Replica(Protocol):
    """A database and how it stood when this was made."""

    url: str

    def changed(self) -> bool:
        """Whether anything has been written since."""

    def dump(self) -> Dump:
        """Every row of every table."""

    def restore(self) -> None:
        """Put it back."""


def tables() -> list[str]:
    """All tables of the register."""
    return [table.name for table in Base.metadata.sorted_tables]


class OnSQLite:
    """A SQLite file, kept in memory as it stood. `busy` reads while others write."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.live = sqlite3.connect(Path(url.removeprefix("sqlite:///")), isolation_level=None)
        self.live.execute("PRAGMA synchronous = OFF")
        self.kept = sqlite3.connect(":memory:")
        self.live.backup(self.kept)
        self.seen = self._version()

    def _version(self) -> int:
        found: int = self.live.execute("PRAGMA data_version").fetchone()[0]
        return found

    def changed(self) -> bool:
        """Whether another connection has written."""
        return self._version() != self.seen

    def dump(self) -> Dump:
        """Every row of every table."""
        return {name: sorted(self.live.execute(f'SELECT * FROM "{name}"'), key=repr)
                for name in tables()}  # fmt: skip

    def restore(self) -> None:
        """Put it back."""
        self.kept.backup(self.live)
        self.seen = self._version()

    def close(self) -> None:
        """Let go of it."""
        self.live.close()
        self.kept.close()


class OnPostgreSQL:
    """A PostgreSQL database, kept as a schema of its own beside its tables: what has changed is put
    back table by table, without guards, in one call."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine: Engine = open_engine(url)
        with self.engine.begin() as connection:
            connection.execute(text("CREATE SCHEMA kept"))
            for name in tables():
                connection.execute(text(f'CREATE TABLE kept."{name}" AS TABLE public."{name}"'))
            body = "".join(self._one_put_back(connection))
            connection.execute(
                text(
                    "CREATE FUNCTION kept.put_back() RETURNS void LANGUAGE plpgsql"
                    f" AS $$ BEGIN {body} END $$"
                )
            )
        self.seen = self._written()

    def _one_put_back(self, connection: Connection) -> Iterator[str]:
        for name in tables():
            here, kept = f'TABLE public."{name}"', f'TABLE kept."{name}"'
            yield (
                f"IF EXISTS (({here} EXCEPT ALL {kept}) UNION ALL ({kept} EXCEPT ALL {here})) THEN"
                f' DELETE FROM public."{name}";'
                f' INSERT INTO public."{name}" OVERRIDING SYSTEM VALUE {kept}; END IF;'
            )
        every = "SELECT format('%I.%I', schemaname, sequencename) FROM pg_sequences"
        for name in connection.execute(text(every)).scalars():
            last, used = connection.execute(text(f"SELECT last_value, is_called FROM {name}")).one()
            yield f"PERFORM setval('{name}', {last}, {used});"

    def _written(self) -> int:
        with self.engine.connect() as connection:
            newest = "SELECT coalesce(max(id), 0) FROM audit_entry"
            return int(connection.execute(text(newest)).scalar_one())

    def changed(self) -> bool:
        """Whether something was written that leaves an entry."""
        return self._written() != self.seen

    def dump(self) -> Dump:
        """Every row of every table."""
        with self.engine.connect() as connection:
            return {
                name: sorted(
                    (tuple(row) for row in connection.execute(text(f'SELECT * FROM "{name}"'))),
                    key=repr,
                )
                for name in tables()
            }

    def restore(self) -> None:
        """Put it back."""
        with self.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text("SELECT kept.put_back()"))

    def close(self) -> None:
        """Let go of it."""
        self.engine.dispose()


def differences(before: Dump, after: Dump) -> dict[str, list[tuple[Any, ...]]]:
    """The rows that are not in both, by table; what passes left out."""
    found = {}
    for name in before:
        if name in PASSING or before[name] == after[name]:
            continue
        old, new = set(map(repr, before[name])), set(map(repr, after[name]))
        rows = [*before[name], *after[name]]
        found[name] = [row for row in rows if (repr(row) in old) != (repr(row) in new)]
    return found
