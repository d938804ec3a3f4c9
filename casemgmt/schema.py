"""All tables, and how a database gets them: the migrations and the guards after them."""

from collections.abc import Callable
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Index, MetaData, inspect, make_url, select, text

from casemgmt import paths, revision, settings
from casemgmt.access.models import User
from casemgmt.audit import guards
from casemgmt.audit.models import AuditEntry
from casemgmt.db import Base
from casemgmt.errors import RuleBroken
from casemgmt.exchange.batch_models import ImportBatch
from casemgmt.households.models import SavedFilter
from casemgmt.papers.job_models import Job
from casemgmt.places.models import Unit
from casemgmt.privacy.models import DataRequest
from casemgmt.programme.models import Target
from casemgmt.register.models import Household, Span
from casemgmt.reviews.models import Round
from casemgmt.signed.models import SignedTable
from casemgmt.sponsorship.models import SponsorRequest
from casemgmt.support.models import SupportAction
from casemgmt.tables.models import AcceptedFinding

if TYPE_CHECKING:
    from alembic.config import Config

# Naming one model of each module is what makes the metadata whole.
WHOLE = (
    settings.Setting,
    Unit,
    User,
    AuditEntry,
    Household,
    SavedFilter,
    SponsorRequest,
    SupportAction,
    Target,
    Round,
    AcceptedFinding,
    SignedTable,
    ImportBatch,
    Job,
    DataRequest,
)


@cache
def metadata() -> MetaData:
    """Every table of the product. PostgreSQL's covering index of the timeline joins it here, not
    in the model: naming an option of that database loads all of it, which takes a quick command
    on SQLite a tenth of its time."""
    covered = ("class", "minority", "social_protection", "member_of", "lead_kind")
    Index(
        "ix_span_village",
        Span.__table__.c.village_id,
        Span.__table__.c.starts,
        postgresql_include=["ends", "household_id", *covered],
    ).ddl_if(dialect="postgresql")
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


def upgrade(engine: Engine, to: str = "head") -> None:
    """Create the database or bring it to a revision; at the newest already: nothing happens."""
    from alembic import command  # noqa: PLC0415 heavy

    command.upgrade(alembic_config(engine), to)


def let_in(connection: Connection) -> None:
    """On PostgreSQL, where the owner of the tables (DATABASE_OWNER_URL) is not the role that serves
    (DATABASE_URL): give that role what serving takes and no more. It reads and writes rows; of what
    is append-only it only adds; it makes and drops nothing. Run after every migration, in its
    transaction. Raises RuleBroken where there is no such role."""
    serves = make_url(paths.database_url()).username
    if connection.dialect.name != "postgresql" or serves in (None, connection.engine.url.username):
        return
    known = text("SELECT count(*) FROM pg_roles WHERE rolname = :name")
    if not connection.scalar(known, {"name": serves}):
        raise RuleBroken(
            f"Máy chủ PostgreSQL chưa có vai trò {serves} mà DATABASE_URL dùng: hãy tạo trước"
            " (docs/deploy.md)."
        )
    role = connection.dialect.identifier_preparer.quote(str(serves))
    connection.execute(text(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"))
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {role}"))
    connection.execute(text(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"))
    connection.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}"))
    for table in sorted(set(inspect(connection).get_table_names()) - {"alembic_version"}):
        writes = "INSERT" if table in guards.APPEND_ONLY else "INSERT, UPDATE, DELETE"
        connection.execute(text(f"GRANT {writes} ON {table} TO {role}"))


class Standing(StrEnum):
    """What a database holds."""

    NOTHING = "nothing"
    DEMONSTRATION = "demonstration"
    REGISTER = "register"


def standing(engine: Engine) -> Standing:
    """What stands in this database: nothing yet, a demonstration, or somebody's register."""
    with engine.connect() as connection:
        if revision.current(connection) is None:
            tables = inspect(connection).get_table_names()
            return Standing.REGISTER if tables else Standing.NOTHING
        own = {row.key for row in connection.execute(select(settings.Setting.key))}
        if settings.DEMONSTRATION in own:
            return Standing.DEMONSTRATION
        empty = all(
            connection.execute(select(table).limit(1)).first() is None
            for table in (Unit.__table__, User.__table__)
        )
        return Standing.NOTHING if empty else Standing.REGISTER


def drop_everything(engine: Engine) -> None:
    """Take all tables away, whatever they hold: only for rebuilding a demonstration."""
    with engine.begin() as connection:
        guards.lift(connection)
        found = MetaData()
        found.reflect(connection)
        found.drop_all(connection)
