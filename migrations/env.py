"""Runs the migrations on the engine it is given, then puts the guards back, checks them, and lets
the serving role in."""

from alembic import context
from sqlalchemy import Connection

from casemgmt import schema
from casemgmt.audit import guards

config = context.config


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=schema.metadata(),
        render_as_batch=True,
        compare_type=True,
        include_object=schema.belongs_on(connection),
    )
    with context.begin_transaction():
        context.run_migrations()
        guards.place(connection)
        if missing := guards.missing(connection):
            raise RuntimeError(f"guards are missing: {', '.join(sorted(missing))}")
        schema.let_in(connection)


with config.attributes["engine"].connect() as connection:
    run(connection)
    connection.commit()
