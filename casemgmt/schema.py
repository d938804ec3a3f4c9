"""All tables, and how a database gets them: the migrations and the guards after them."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, MetaData, inspect, text

from casemgmt import paths, settings
from casemgmt.access import models as access_models
from casemgmt.audit import models as audit_models
from casemgmt.db import Base
from casemgmt.programme import models as programme_models
from casemgmt.register import models as register_models
from casemgmt.support import models as support_models

if TYPE_CHECKING:
    from alembic.config import Config

MODELS = (
    settings,
    access_models,
    audit_models,
    register_models,
    support_models,
    programme_models,
)


def metadata() -> MetaData:
    """Every table of the product."""
    return Base.metadata


def belongs_on(connection: Connection) -> Callable[..., bool]:
    """For Alembic's comparison: whether a constraint or index is meant for this database."""

    def belongs(item: Any, *_rest: object) -> bool:
        only = getattr(item, "_ddl_if", None)
        return only is None or only.dialect == connection.dialect.name

    return belongs


def alembic_config(engine: Engine) -> "Config":
    """Alembic's configuration for this database and our migrations."""
    from alembic.config import Config  # noqa: PLC0415 heavy

    config = Config()
    config.set_main_option("script_location", str(Path(paths.shipped("migrations"))))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Create the database or bring it to a revision; at the newest already: nothing happens."""
    from alembic import command  # noqa: PLC0415 heavy

    if engine.dialect.name == "sqlite" and engine.url.database:
        Path(engine.url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    command.upgrade(alembic_config(engine), revision)


def current(connection: Connection) -> str | None:
    """The revision that the database stands at; None before the first migration."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
