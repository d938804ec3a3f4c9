"""The ground of all models: one Base, our column types, and how a database is opened.

SQLite and PostgreSQL hold the same rows under the same named constraints. A write transaction
on SQLite begins with BEGIN IMMEDIATE, so that what it has read stays true until it commits;
inside `reading()` it begins with a plain BEGIN."""

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Connection,
    Date,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    String,
    Table,
    create_engine,
    event,
)
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

from casemgmt import vietnamese

SINCE_ALWAYS = date(1, 1, 1)  # a start that was left blank
FOREVER = date(9999, 12, 31)  # the exclusive end of what still holds

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every model of the register."""

    metadata = MetaData(naming_convention=NAMING)
    if TYPE_CHECKING:
        __table__: ClassVar[Table]


class Audited:
    """Each flushed change of such a row becomes an entry of the audit trail."""


class Private:
    """Rows about people: a SELECT that reads them without a lens raises."""


class Words(TypeDecorator[str]):
    """Text as people write it: NFC, trimmed, single spaces."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else vietnamese.clean(value)


class Moment(TypeDecorator[datetime]):
    """A moment, stored in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Thousandths(TypeDecorator[Decimal]):
    """An exact number with up to three decimals, stored as whole thousandths."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        thousandths = Decimal(value) * 1000
        if thousandths % 1:
            raise ValueError(f"{value} has more than three decimals")
        return int(thousandths)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) / 1000


def one_of(words: type[StrEnum], name: str) -> Enum:
    """A column that holds one of the words of an enumeration; the database refuses others."""
    return Enum(
        words,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda kind: [word.value for word in kind],
    )


def real_days(*columns: str) -> list[CheckConstraint]:
    """SQLite keeps dates as text: refuse 31/02 and other text that is no calendar day, as
    PostgreSQL does by itself. Without a modifier, SQLite before 3.46 gives 31/02 back as it is."""
    return [
        CheckConstraint(f"date({column}, '+0 days') IS {column}", name=f"{column}_is_a_day").ddl_if(
            dialect="sqlite"
        )
        for column in columns
    ]


def whole(column: str, *, least: int = 0) -> list[CheckConstraint]:
    """A whole number of at least `least`."""
    return [
        CheckConstraint(f"{column} >= {least}", name=f"{column}_at_least_{least}"),
        *integers(column),
    ]


def integers(*columns: str) -> list[CheckConstraint]:
    """SQLite would also store text and fractions in these; PostgreSQL does not."""
    return [
        CheckConstraint(
            f"typeof({column}) IN ('integer', 'null')", name=f"{column}_is_whole"
        ).ddl_if(dialect="sqlite")
        for column in columns
    ]


def yes_or_no(*columns: str) -> list[CheckConstraint]:
    """SQLite keeps truth values as numbers: only 0 and 1 are any."""
    return [
        CheckConstraint(f"{column} IN (0, 1)", name=f"{column}_is_yes_or_no").ddl_if(
            dialect="sqlite"
        )
        for column in columns
    ]


def said(*columns: str) -> list[CheckConstraint]:
    """Text that must not be empty."""
    return [CheckConstraint(f"{column} <> ''", name=f"{column}_is_said") for column in columns]


Code = Annotated[str, mapped_column(String(40))]
Text = Annotated[str, mapped_column(Words())]
Day = Annotated[date, mapped_column(Date())]
At = Annotated[datetime, mapped_column(Moment())]
Dong = Annotated[int, mapped_column(BigInteger())]

_reading: ContextVar[bool] = ContextVar("reading", default=False)


@contextmanager
def reading() -> Iterator[None]:
    """Transactions begun inside only read: on SQLite they do not ask for the write lock."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


SQLITE_SETTINGS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: an acknowledged write survives a power cut
    "foreign_keys": 1,
    "recursive_triggers": 1,  # REPLACE must not walk around the guards of the audit trail
    "busy_timeout": 10000,
    "trusted_schema": 0,
}
POSTGRESQL_SETTINGS = {
    "statement_timeout": "1min",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "1min",
    "TimeZone": "UTC",
}


def engine_options(url: str) -> dict[str, Any]:
    """What create_engine needs for this database, beside the URL."""
    # A statement's values are people's names and numbers: no message or log ever repeats them.
    quiet = {"hide_parameters": True}
    if url.startswith("sqlite"):
        return {**quiet, "connect_args": {"timeout": 10}}
    options = " ".join(f"-c {name}={value}" for name, value in POSTGRESQL_SETTINGS.items())
    connect = {"options": options, "connect_timeout": 10}
    return {**quiet, "pool_pre_ping": True, "connect_args": connect}


def open_engine(url: str) -> Engine:
    """An engine whose connections are set as every part of the product relies on."""
    engine = create_engine(url, **engine_options(url))
    _keep_private(engine)
    prepare(engine)
    return engine


_LOOKED_THROUGH = 64 * 1024 * 1024  # bytes: a few seconds


def damage(engine: Engine) -> str:
    """What is wrong with an embedded database, as far as SQLite can tell: pages, the order of
    indexes, what constraints demand. "" where nothing is, where it is no SQLite, or where looking
    would take minutes: a very large file is left to the nightly check."""
    if engine.dialect.name != "sqlite":
        return ""
    try:
        with reading(), engine.connect() as connection:
            pages, size = (
                int(connection.exec_driver_sql(f"PRAGMA {name}").scalar() or 0)
                for name in ("page_count", "page_size")
            )
            if pages * size > _LOOKED_THROUGH:
                return ""
            said = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
    except DatabaseError as failed:
        return str(failed.orig)
    return "" if said == "ok" else said


def _keep_private(engine: Engine) -> None:
    """A database file that is not there yet begins as one that its owner alone reads; so do the
    files that SQLite puts beside it."""
    name = engine.url.database
    if engine.dialect.name == "sqlite" and name and Path(name).parent.is_dir():
        with contextlib.suppress(OSError):  # there already, or refused with a word when opened
            os.close(os.open(name, os.O_CREAT | os.O_EXCL, 0o600))


def prepare(engine: Engine) -> None:
    """Hook the settings onto an engine (also the one that Flask-SQLAlchemy made)."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _check_postgresql)


def _set_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN, not the driver
    for name, value in SQLITE_SETTINGS.items():
        connection.execute(f"PRAGMA {name}={value}")
    for name, value in SQLITE_SETTINGS.items():
        (stands,) = connection.execute(f"PRAGMA {name}").fetchone()
        if stands != value:
            raise RuntimeError(f"SQLite did not take {name}={value}: it says {stands}")


def _check_postgresql(connection: Any, _record: object) -> None:
    """A pooler between us and the server may drop what we ask for."""
    for name, value in POSTGRESQL_SETTINGS.items():
        (stands,) = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
        if stands != value:
            raise RuntimeError(f"PostgreSQL did not take {name}={value}: it says {stands}")
    connection.rollback()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")
