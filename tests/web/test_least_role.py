"""On PostgreSQL the site serves as a role that makes and drops nothing, and only adds to what is
append-only."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from casemgmt import schema
from casemgmt.audit.guards import APPEND_ONLY
from casemgmt.db import open_engine
from casemgmt.errors import RuleBroken
from tests.browsing import NOTE, site
from tests.postgresql import database

SCRIPT = Path(__file__).parents[2] / "deploy" / "postgresql_roles.sql"


def as_role(url: str, name: str) -> str:
    return make_url(url).set(username=name).render_as_string(hide_password=False)


@pytest.fixture
def owned(postgresql_server: str, worker_id: str) -> Iterator[str]:
    """The URL of an empty database in which the script has been run, twice."""
    name = f"least_{worker_id}"
    server = create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = database(postgresql_server, name)
    superuser = create_engine(url, isolation_level="AUTOCOMMIT")
    with superuser.connect() as connection:
        for _ in range(2):
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute(SCRIPT.read_text(encoding="utf-8"))
    superuser.dispose()
    yield url
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def least(owned: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A register that its owner has migrated, opened by the role that serves."""
    monkeypatch.setenv("DATABASE_URL", as_role(owned, "casemgmt"))
    owner = open_engine(as_role(owned, "casemgmt_owner"))
    schema.upgrade(owner)
    schema.upgrade(owner)
    owner.dispose()
    engine = open_engine(as_role(owned, "casemgmt"))
    yield engine
    engine.dispose()


def test_the_whole_site_works_as_that_role(least: Engine) -> None:
    with site(least.url.render_as_string(hide_password=False)) as here:
        commune = here.client("commune")
        for path in ("/", "/households", "/households/H1", "/tables/bieu-2", "/import", "/reviews"):
            commune.page(path)
        assert NOTE in commune.page("/households/H1")
        added = commune.post(
            "/add-household",
            head_name="Hồ Thị Mới",
            village=_first(commune.page("/add-household"), "village"),
            starts="01/10/2022",
        )
        assert added.status_code == 303, added.text
        helped = commune.post(
            "/households/H1/support/add", on="19/10/2022", kind="Khác", content="Gạo"
        )
        assert helped.status_code == 303, helped.text
        district = here.client("district")
        prepared = district.post("/signed/prepare/bieu-2?as_of=20/10/2022")
        assert prepared.status_code in (303, 422), prepared.text
        for name, path in (("admin", "/accounts"), ("hoi", "/"), ("viewer", "/tables/bieu-3")):
            here.client(name).page(path)
        assert commune.post("/logout").status_code == 302


def _first(page: str, name: str) -> str:
    """The first answer that a choice offers."""
    choice = page.partition(f'name="{name}"')[2].partition("</select>")[0]
    found = [part.partition('"')[0] for part in choice.split('value="')[1:]]
    return next(value for value in found if value)


REFUSED = {
    "making": "CREATE TABLE mine (id integer)",
    "changing": "ALTER TABLE household ADD COLUMN mine integer",
    "dropping": "DROP TABLE setting",
    "a trigger off": "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
    "a trigger gone": "DROP TRIGGER audit_entry_no_update ON audit_entry",
    "a function": "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "emptying": "TRUNCATE household",
    "a revision": "UPDATE alembic_version SET version_num = '0001'",
    "a schema": "CREATE SCHEMA mine",
    "a temporary table": "CREATE TEMPORARY TABLE mine (id integer)",
    "replication off": "SET session_replication_role = replica",
    **{
        f"{way} {table}": statement.format(table, keys[0].partition(",")[0])
        for table, keys in APPEND_ONLY.items()
        for way, statement in (
            ("update", "UPDATE {0} SET {1} = {1}"),
            ("delete", "DELETE FROM {0}"),
            ("truncate", "TRUNCATE {0}"),
        )
    },
}


def test_what_serving_does_not_take_is_refused(least: Engine) -> None:
    for what, statement in REFUSED.items():
        with (
            pytest.raises(ProgrammingError, match=r"permission denied|must be owner") as refused,
            least.begin() as connection,
        ):
            connection.execute(text(statement))
        assert "append-only" not in str(refused.value), what


def test_a_new_table_is_let_in_by_the_next_migration(least: Engine, owned: str) -> None:
    owner = open_engine(as_role(owned, "casemgmt_owner"))
    with owner.begin() as connection:
        connection.execute(text("CREATE TABLE later (id serial PRIMARY KEY)"))
        schema.let_in(connection)
    owner.dispose()
    with least.begin() as connection:
        connection.execute(text("INSERT INTO later DEFAULT VALUES"))
        connection.execute(text("DELETE FROM later"))


def test_a_role_that_is_not_there_is_a_sentence(
    owned: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", as_role(owned, "khong_co"))
    owner = open_engine(as_role(owned, "casemgmt_owner"))
    with pytest.raises(RuleBroken, match=r"khong_co.*docs/deploy\.md"):
        schema.upgrade(owner)
    owner.dispose()
