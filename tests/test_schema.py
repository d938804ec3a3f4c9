"""The migrated database is the one that the models describe, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from casemgmt import schema
from casemgmt.audit import guards
from tests.counting import BEGUN, COUNTED


def test_head_equals_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_object": schema.belongs_on(connection),
                "include_name": lambda name, *_told: name not in (BEGUN, COUNTED),
            },
        )
        assert compare_metadata(context, schema.metadata()) == []


def test_every_guard_stands(engine: Engine) -> None:
    with engine.connect() as connection:
        assert guards.inventory(connection)
        assert guards.missing(connection) == set()
