"""Migrations with data: down and up again leaves schema, guards, rows and tables as they were;
a downgrade that would lose rows of the register is refused."""

from datetime import date
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, inspect, select, text
from sqlalchemy.orm import Session

from casemgmt import demo, revision, schema, settings
from casemgmt.audit import guards, trail
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
def demonstration(engine: Engine) -> Engine:
    """A database with the demonstration in it."""
    with Session(engine) as session:
        trail.act_as(session, actor="test", act="demo")
        demo.build(session)
        session.commit()
    return engine


def _revisions() -> list[str]:
    """All revisions, oldest first."""
    scripts = ScriptDirectory(str(schema.paths.shipped("migrations")))
    return [script.revision for script in reversed(list(scripts.walk_revisions()))]


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
    command.downgrade(config, revision)
    with demonstration.connect() as connection:
        before, tables = _picture(connection), _tables(connection)
    assert tables["bieu-2"]["total"]["poor"] == 453
    command.downgrade(config, revisions[revisions.index(revision) - 1])
    command.upgrade(config, revision)
    with demonstration.connect() as connection:
        assert _picture(connection) == before
        assert _tables(connection) == tables


def test_a_downgrade_that_would_lose_the_register_is_refused(filled: Engine) -> None:
    with filled.connect() as connection:
        before = _picture(connection)
    with pytest.raises(RuntimeError, match="còn dữ liệu"):
        command.downgrade(schema.alembic_config(filled), "base")
    command.upgrade(schema.alembic_config(filled), "head")
    with filled.connect() as connection:
        assert _picture(connection) == before


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
