"""The demonstration, built once on each kind of database and only read by the tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from casemgmt import demo, sealing
from casemgmt.audit import trail
from casemgmt.db import open_engine
from casemgmt.demo import register
from casemgmt.demo.reading import Row

Sheets = dict[str, list[Row]]


@pytest.fixture(scope="session")
def sheets() -> Sheets:
    """The rows of the demonstration."""
    return register.sheets()


@pytest.fixture(params=["on_sqlite", "on_postgresql"])
def built(request: pytest.FixtureRequest) -> tuple[str, list[demo.Account]]:
    """The URL of a database that holds the demonstration, and its accounts."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def connection(
    built: tuple[str, list[demo.Account]], demo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Connection]:
    """A connection to the demonstration."""
    monkeypatch.setenv("CASEMGMT_HOME", str(demo_home))
    sealing.forget_keys()
    engine = open_engine(built[0])
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def sqlite_session(sqlite_url: str) -> Iterator[Session]:
    """A session on an empty SQLite database."""
    engine = open_engine(sqlite_url)
    with Session(engine) as session:
        trail.act_as(session, actor="test", act="test")
        yield session
    engine.dispose()
