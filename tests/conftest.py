"""A real database for every test, on SQLite and on PostgreSQL.

Each worker builds one migrated database of each kind; a test gets its own copy: a copied file on
SQLite, a database made from a template on PostgreSQL. CASEMGMT_TEST_POSTGRESQL names a running
server to use instead of the embedded one."""

import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from casemgmt import demo, schema, sealing
from casemgmt.audit import trail
from casemgmt.db import open_engine
from tests import counting
from tests.demonstration import build
from tests.postgresql import database, running

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
CHANGES = "changes that the database counted and the audit trail holds"
_numbers = count()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A CASEMGMT_HOME of its own for every test; no database URL from outside; the fonts that the
    package brings along, whatever is installed."""
    folder = tmp_path / "home"
    monkeypatch.setenv("CASEMGMT_HOME", str(folder))
    monkeypatch.setenv("CASEMGMT_FONTS", "embedded")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    sealing.forget_keys()
    return folder


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = open_engine(f"sqlite:///{path}")
    schema.upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def sqlite_counting(sqlite_template: Path) -> Path:
    """The same, whose every change of an audited row the database counts."""
    path = sqlite_template.with_name("counting.db")
    shutil.copyfile(sqlite_template, path)
    _begin_counting(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of the maintenance database of a PostgreSQL server."""
    if given := os.environ.get("CASEMGMT_TEST_POSTGRESQL"):
        yield given
        return
    # Not in pytest's own folder: each new pytest process closes that to other system users, and
    # under root the server is one.
    with (
        TemporaryDirectory(prefix="casemgmt-", ignore_cleanup_errors=True) as folder,
        running(Path(folder) / "postgresql") as url,
    ):
        yield url


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str, worker_id: str) -> str:
    name = f"template_{worker_id}"
    _postgresql(postgresql_server, f'CREATE DATABASE "{name}"')
    engine = open_engine(database(postgresql_server, name))
    schema.upgrade(engine)
    engine.dispose()
    return name


@pytest.fixture(scope="session")
def postgresql_counting(postgresql_server: str, postgresql_template: str) -> str:
    """The same, whose every change of an audited row the database counts."""
    name = f"{postgresql_template}_counting"
    _postgresql(postgresql_server, f'CREATE DATABASE "{name}" TEMPLATE "{postgresql_template}"')
    _begin_counting(database(postgresql_server, name))
    return name


def _begin_counting(url: str) -> None:
    engine = open_engine(url)
    counting.begin(engine)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home that holds the keys of the demonstration."""
    return tmp_path_factory.mktemp("demonstration")


@pytest.fixture(scope="session")
def on_sqlite(
    sqlite_template: Path, demo_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, list[demo.Account]]:
    """The URL of a SQLite database that holds the demonstration, only to be read; its accounts."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    shutil.copyfile(sqlite_template, path)
    url = f"sqlite:///{path}"
    return url, build(url, demo_home)


@pytest.fixture(scope="session")
def on_postgresql(
    postgresql_server: str, postgresql_template: str, demo_home: Path, worker_id: str
) -> tuple[str, list[demo.Account]]:
    """The same on PostgreSQL."""
    name = f"demo_{worker_id}"
    _postgresql(postgresql_server, f'CREATE DATABASE "{name}" TEMPLATE "{postgresql_template}"')
    url = database(postgresql_server, name)
    return url, build(url, demo_home)


@pytest.fixture(params=["sqlite", "postgresql"])
def own_demonstration(
    request: pytest.FixtureRequest, tmp_path: Path, demo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The URL of a database that holds the demonstration, for one test to change."""
    url, _accounts = request.getfixturevalue(f"on_{request.param}")
    monkeypatch.setenv("CASEMGMT_HOME", str(demo_home))
    sealing.forget_keys()
    if request.param == "sqlite":
        path = tmp_path / "demo.db"
        shutil.copyfile(url.removeprefix("sqlite:///"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgresql_server")
    name = f"own_{request.getfixturevalue('worker_id')}_{next(_numbers)}"
    built = url.rpartition("/")[2].partition("?")[0]
    _postgresql(server, f'CREATE DATABASE "{name}" TEMPLATE "{built}"')
    yield database(server, name)
    _postgresql(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The name of this pytest worker."""
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


def _postgresql(server: str, statement: str) -> None:
    engine = open_engine(server)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a migrated, empty database: the test runs once on each kind."""
    fixture = "sqlite_url" if request.param == "sqlite" else "postgresql_url"
    return request.getfixturevalue(fixture)


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty SQLite database."""
    path = tmp_path / "register.db"
    shutil.copyfile(request.getfixturevalue(f"sqlite_{_kind(request)}"), path)
    yield f"sqlite:///{path}"
    _counted(request, f"sqlite:///{path}")


@pytest.fixture
def postgresql_url(
    request: pytest.FixtureRequest, postgresql_server: str, worker_id: str
) -> Iterator[str]:
    """A migrated, empty PostgreSQL database."""
    template = request.getfixturevalue(f"postgresql_{_kind(request)}")
    name = f"test_{worker_id}_{next(_numbers)}"
    _postgresql(postgresql_server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield database(postgresql_server, name)
    _counted(request, database(postgresql_server, name))
    _postgresql(postgresql_server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _kind(request: pytest.FixtureRequest) -> str:
    """Nothing is counted where a test writes into the database behind the product's back, or has
    all its tables, and says so (`behind_its_back`)."""
    return "template" if request.node.get_closest_marker("behind_its_back") else "counting"


def _counted(request: pytest.FixtureRequest, url: str) -> None:
    """What the database counted in this test are the entries of its trail."""
    if _kind(request) == "counting":
        engine = open_engine(url)
        with engine.connect() as connection:
            _hold(request, connection)
        engine.dispose()


def _hold(request: pytest.FixtureRequest, connection: Connection) -> None:
    counted, entries = counting.counts(connection)
    assert counted == entries, dict((counted - entries) | (entries - counted))
    request.node.user_properties.append((CHANGES, counted.total()))


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """An engine on a migrated, empty database."""
    engine = open_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(request: pytest.FixtureRequest, engine: Engine) -> Iterator[Session]:
    """A session on a migrated, empty database, acting in the name of the tests. What it has not
    committed is held against the audit trail too."""
    with Session(engine) as session:
        trail.act_as(session, actor="test", act="test")
        yield session
        if _kind(request) == "counting" and session.in_transaction() and session.is_active:
            with suppress(DBAPIError):  # a transaction that failed has changed nothing
                _hold(request, session.connection())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where CASEMGMT_NO_SKIPS is set, a leg that was left out is a failure."""
    return _not_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file of tests that is left out."""
    return _not_skipped((yield))


def _not_skipped(report: Report) -> Report:
    if report.skipped and os.environ.get("CASEMGMT_NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many changes were held against the audit trail; loudly, what was left out."""
    ended = [one for one in terminalreporter.stats.get("", []) if one.when == "teardown"]
    told = [value for one in ended for name, value in one.user_properties if name == CHANGES]
    terminalreporter.write_line(f"{sum(told)} {CHANGES}, in {len(told)} tests")
    for report in terminalreporter.stats.get("skipped", []):
        terminalreporter.write_line(f"SKIPPED LEG: {report.nodeid}", yellow=True, bold=True)
