"""Migrations with data: down and up again leaves schema, guards, rows and tables as they were;
a downgrade that would lose rows of the register is refused and says which."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, inspect, select, text
from sqlalchemy.orm import Session

from casemgmt import revision, schema, settings
from casemgmt.audit import guards, trail
from casemgmt.db import open_engine
from casemgmt.tables.figures import asked, figures
from casemgmt.tables.sheets import as_json
from tests.whole.histories import History


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """A database with a register in it."""
    with Session(engine) as session:
        trail.act_as(session, actor="test", act="test")
        History(3).store(session)
        session.add(settings.Setting(key=settings.TODAY, value="2023-10-20"))  # an audited row
        session.commit()
    return engine


@pytest.fixture
def demonstration(own_demonstration: str) -> Iterator[Engine]:
    """A database with the demonstration in it."""
    engine = open_engine(own_demonstration)
    yield engine
    engine.dispose()


def _revisions() -> list[str]:
    """All revisions, oldest first."""
    scripts = ScriptDirectory(str(schema.paths.shipped("migrations")))
    return [script.revision for script in reversed(list(scripts.walk_revisions()))]


def _introduced(revision: str) -> tuple[str, ...]:
    """The tables that a revision brings, in the order in which their rows can go."""
    scripts = ScriptDirectory(str(schema.paths.shipped("migrations")))
    return getattr(scripts.get_revision(revision).module, "TABLES", ())


def _empty(engine: Engine, *tables: str) -> None:
    """Without the product, which never would."""
    with engine.begin() as connection:
        guards.lift(connection)
        for table in tables:
            connection.execute(text(f"DELETE FROM {table}"))
        guards.place(connection)


def _picture(connection: Connection) -> dict[str, Any]:
    """Schema, guards and every row of a database."""
    found = MetaData()
    found.reflect(connection)
    look = inspect(connection)
    return {
        "guards": guards.missing(connection),
        "revision": revision.current(connection),
        "tables": {
            table.name: {
                "columns": [(c.name, str(c.type), c.nullable) for c in table.columns],
                "checks": sorted(check["name"] for check in look.get_check_constraints(table.name)),
                "indexes": sorted(str(index["name"]) for index in look.get_indexes(table.name)),
                "foreign": sorted(str(key["name"]) for key in look.get_foreign_keys(table.name)),
                "rows": [
                    tuple(row)
                    for row in connection.execute(select(table).order_by(*table.primary_key))
                ],
            }
            for table in found.sorted_tables
        },
    }


def _tables(connection: Connection) -> dict[str, Any]:
    """The tables of the programme, as of the day it was signed."""
    return {
        name: as_json(figures(connection, asked(name, as_of=date(2022, 2, 15))))
        for name in ("bieu-2", "bieu-3", "thoat-ngheo")
    }


@pytest.mark.parametrize("revision", _revisions()[1:])
def test_down_and_up_again_changes_nothing(demonstration: Engine, revision: str) -> None:
    revisions = _revisions()
    config = schema.alembic_config(demonstration)
    for later in reversed(revisions[revisions.index(revision) :]):
        _empty(demonstration, *_introduced(later))
    command.downgrade(config, revision)
    with demonstration.connect() as connection:
        before, tables = _picture(connection), _tables(connection)
    assert tables["bieu-2"]["total"]["poor"] == 453
    assert before["guards"] == set()
    assert len(before["tables"]["audit_entry"]["rows"]) > 20_000
    command.downgrade(config, revisions[revisions.index(revision) - 1])
    command.upgrade(config, revision)
    with demonstration.connect() as connection:
        assert _picture(connection) == before
        assert _tables(connection) == tables


_OTHERS = {  # what the demonstration does not hold
    "attachment": "INSERT INTO attachment (id, household_id, name, media_type, content, sha256,"
    " added_by, added_at) VALUES (1, 1, 'a', 'image/jpeg', '', 'x', 'test', '2023-10-20')",
    "proposal_paper": "INSERT INTO proposal_paper (proposal_id, attachment_id) VALUES (1, 1)",
    "joined_record": "INSERT INTO joined_record (household_id, into_id, joined_on, reason)"
    " VALUES (1, 2, '2023-10-20', 'trùng')",
    "saved_filter": "INSERT INTO saved_filter (id, user_id, name, query) VALUES (1, 1, 'a', '')",
    "sent_form": "INSERT INTO sent_form (key, user_id, at) VALUES ('k', 1, '2023-10-20')",
}
_FORGOTTEN = {"saved_filter", "sent_form"}  # may go: nothing of the register


def test_each_table_of_the_working_days_refuses_to_be_lost(demonstration: Engine) -> None:
    tables = _introduced("0003")
    command.downgrade(schema.alembic_config(demonstration), "0003")  # what came later is empty
    with demonstration.begin() as connection:
        for statement in _OTHERS.values():
            connection.execute(text(statement))
    with demonstration.connect() as connection:
        before = _picture(connection)
    assert all(before["tables"][table]["rows"] for table in tables)
    refused = []
    for _attempt in range(len(tables) - len(_FORGOTTEN)):
        with pytest.raises(RuntimeError, match="còn dữ liệu") as wrong:
            command.downgrade(schema.alembic_config(demonstration), "0002")
        with demonstration.connect() as connection:
            assert revision.current(connection) == "0003"
            if not refused:
                assert _picture(connection) == before
        [table] = re.findall(r"bảng (\w+) còn", str(wrong.value))
        refused.append(table)
        _empty(demonstration, table)
    assert refused == [table for table in tables if table not in _FORGOTTEN]
    command.downgrade(schema.alembic_config(demonstration), "0002")
    with demonstration.connect() as connection:
        after = _picture(connection)
    assert set(before["tables"]) - set(after["tables"]) == set(tables)
    assert after["guards"] == set()
    for name, table in after["tables"].items():
        assert table == before["tables"][name] or name == "alembic_version"


def test_a_cell_accepted_in_two_tables_is_not_made_one(demonstration: Engine) -> None:
    columns = "table_name, unit_id, as_of, year, map_day, row_code, column_key, declared, note"
    columns = f"{columns}, accepted_by, accepted_at"
    with demonstration.begin() as connection:
        connection.execute(
            text(
                f"INSERT INTO accepted_finding (id, basis, {columns})"
                f" SELECT 99, 'membership', {columns} FROM accepted_finding"
            )
        )
    with pytest.raises(RuntimeError, match="accepted_finding còn dữ liệu"):
        command.downgrade(schema.alembic_config(demonstration), "0011")
    with demonstration.connect() as connection:
        assert revision.current(connection) == "0012"
        assert connection.scalar(text("SELECT count(*) FROM accepted_finding")) == 2


@pytest.mark.behind_its_back
def test_a_downgrade_that_would_lose_the_register_is_refused(filled: Engine) -> None:
    with filled.connect() as connection:
        before = _picture(connection)
    with pytest.raises(RuntimeError, match="còn dữ liệu"):
        command.downgrade(schema.alembic_config(filled), "base")
    command.upgrade(schema.alembic_config(filled), "head")
    with filled.connect() as connection:
        assert _picture(connection) == before


@pytest.mark.behind_its_back
def test_an_empty_register_goes_down_to_nothing_and_up_again(engine: Engine) -> None:
    with engine.connect() as connection:
        before = _picture(connection)
    command.downgrade(schema.alembic_config(engine), "base")
    with engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    schema.upgrade(engine)
    with engine.connect() as connection:
        assert _picture(connection) == before
        assert connection.scalar(text("SELECT count(*) FROM indicator")) > 0
