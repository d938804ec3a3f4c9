"""The marked ground on a database that can be put back, on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import text

from casemgmt.db import open_engine
from tests.postgresql import database
from tests.whole.principals import Ground, ground
from tests.whole.replica import OnPostgreSQL, OnSQLite, Replica

_numbers = count()


@contextmanager
def replicated(url: str) -> Iterator[tuple[Ground, Replica]]:
    """On this migrated, empty database."""
    with ground(url) as found:
        replica = OnSQLite(url) if url.startswith("sqlite") else OnPostgreSQL(url)
        yield found, replica
        replica.close()


@contextmanager
def on_sqlite(request: pytest.FixtureRequest, folder: Path) -> Iterator[tuple[Ground, Replica]]:
    """On a SQLite file in this folder."""
    path = folder / "marked.db"
    shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
    with replicated(f"sqlite:///{path}") as found:
        yield found


@contextmanager
def on_postgresql(
    request: pytest.FixtureRequest, _folder: Path
) -> Iterator[tuple[Ground, Replica]]:
    """On a database of the tests' server."""
    server = request.getfixturevalue("postgresql_server")
    template = request.getfixturevalue("postgresql_template")
    name = f"marked_{request.getfixturevalue('worker_id')}_{next(_numbers)}"
    _run(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    with replicated(database(server, name)) as found:
        yield found
    _run(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _run(server: str, statement: str) -> None:
    engine = open_engine(server)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    engine.dispose()
