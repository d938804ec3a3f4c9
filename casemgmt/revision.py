"""The revision that a database stands at, and those that we ship."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from casemgmt import paths


def newest() -> str:
    """The revision that this version of the product works with."""
    return max(known())


def known() -> set[str]:
    """Every revision that this version of the product can start from."""
    return {path.name.partition("_")[0] for path in _versions()}


def _versions() -> list[Path]:
    return list((paths.shipped("migrations") / "versions").glob("[0-9]*_*.py"))


def current(connection: Connection) -> str | None:
    """The revision that the database stands at; None before the first migration."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
