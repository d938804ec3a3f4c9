"""Registers of any size, straight into the database; kept in a folder for the next run.

Household ids are in order of arrival, not of commune: the honest, bad case. Households 1 to 453
are district 1, with the same facts in a register of any size."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from sqlalchemy import Engine, Table, make_url

from bench.histories import History, history, members
from bench.places import COMMUNES, KINDS, Country, kind_of
from casemgmt import schema, settings, vietnamese
from casemgmt.db import open_engine
from casemgmt.register import timeline

DISTRICT = "H1"
COMMUNE = "X1"
HOUSEHOLDS_OF_DISTRICT_1 = 453
_BATCH = 20_000
_EVERY_ROW = {"audit_entry", "alembic_version", "standard", "indicator", "support_kind"}


@dataclass(frozen=True, slots=True)
class Size:
    """How many households and districts; `people`: with members and support, for the pages."""

    households: int
    districts: int
    people: bool = False

    @property
    def name(self) -> str:
        return f"{self.households}{'p' if self.people else ''}"


SIZES = (Size(453, 1), Size(20_000, 44), Size(2_000_000, 1250))
SITE_SIZES = (Size(453, 1, people=True), Size(100_000, 44, people=True))


def sqlite_engine(size: Size, folder: Path) -> Engine:
    """The register on SQLite, built where it is not there yet."""
    path = folder / f"register-{size.name}.db"
    if not path.exists():
        making = path.with_suffix(".making")
        making.unlink(missing_ok=True)
        _build(size, making)
        making.rename(path)
    return open_engine(f"sqlite:///{path}")


def _build(size: Size, path: Path) -> None:
    print(f"building {path.stem} …", flush=True)
    engine = open_engine(f"sqlite:///{path}")
    schema.upgrade(engine)
    engine.dispose()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for setting in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1500000"):
            connection.execute(f"PRAGMA {setting}")
        connection.execute("BEGIN")
        _fill(size, connection)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=WAL")


def _fill(size: Size, connection: sqlite3.Connection) -> None:
    country = Country(size.districts)
    for table, rows in (
        ("unit", country.units),
        ("unit_period", country.periods),
        ("lies", country.map()),
        ("resident_households", country.residents()),
        ("target", country.targets()),
        ("organisation", country.organisations()),
    ):
        _insert(connection, table, rows)
    if size.people:  # today, for the pages: its units still stand
        _insert(connection, "setting", [{"key": settings.TODAY, "value": "2022-12-31"}])
    # The timeline is clustered by village: put it in that order once all of it is there.
    connection.execute("CREATE TEMP TABLE drawn AS SELECT * FROM span WHERE false")
    arrivals = list(range(1, size.households + 1))
    Random(0).shuffle(arrivals)
    for start in range(0, len(arrivals), _BATCH):
        _households(connection, size, country, start, arrivals[start : start + _BATCH])
    connection.execute(
        "INSERT INTO span SELECT * FROM drawn ORDER BY village_id, household_id, starts"
    )
    connection.execute("DROP TABLE drawn")


def _households(
    connection: sqlite3.Connection, size: Size, country: Country, start: int, numbers: list[int]
) -> None:
    rows: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("household", "stay", "classification", "lead", "drawn")
    }
    if size.people:
        rows |= {"member": [], "support_action": []}
    for identity, number in enumerate(numbers, start + 1):
        life = _history(number, country)
        for table, found in _rows(identity, number, life).items():
            rows[table] += found
        if size.people:
            _add_people(rows, identity, number, life)
    for table, found in rows.items():
        _insert(connection, table, found)


def _history(number: int, country: Country) -> History:
    others = len(country.districts) - 1
    place = 0 if number <= HOUSEHOLDS_OF_DISTRICT_1 else 1 + number * 7919 % others
    first = place * COMMUNES * len(KINDS) + 1
    sponsors = range(first, first + COMMUNES * len(KINDS))
    return history(number, country.districts[place].villages, sponsors)


def _rows(identity: int, number: int, life: History) -> dict[str, list[dict[str, Any]]]:
    key = {"household_id": identity}
    search, order = _name_keys(life.head)
    stretches = timeline.spans(life.stays, life.classifications, life.leads, kind_of)
    return {
        "household": [
            {
                "id": identity,
                "code": f"H{number:07}",
                "head_name": life.head,
                "head_search": search,
                "head_order": order,
                "version": 1,
            }
        ],
        "stay": [
            key | _pick(fact, "starts", "last_day", "village_id", "arrival", "departure")
            for fact in life.stays
        ],
        "classification": [
            key
            | _pick(fact, "starts", "minority", "social_protection", "merit", "member_of")
            | {"class": fact.class_}
            for fact in life.classifications
        ],
        "lead": [key | _pick(fact, "starts", "last_day", "organisation_id") for fact in life.leads],
        "drawn": [timeline.row(identity, stretch) for stretch in stretches],
    }


def _pick(fact: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(fact, name) for name in names}


@cache
def _name_keys(name: str) -> tuple[str, bytes]:
    return vietnamese.fold(name), vietnamese.name_key(name)


def _add_people(
    rows: dict[str, list[dict[str, Any]]], identity: int, number: int, life: History
) -> None:
    for person in members(number, life.head):
        rows["member"].append(
            {"household_id": identity, "name_search": _name_keys(person["name"])[0], **person}
        )
    for order, on in enumerate((date(2021, 2, 1), date(2022, 1, 20))):
        rows["support_action"].append(
            {
                "code": f"HT{number:07}-{order}",
                "household_id": identity,
                "given_on": on,
                "kind_name": "Quà Tết",
                "value": 500_000,
                "recorded_by": "bench",
                "recorded_at": datetime(2022, 2, 1, tzinfo=UTC).replace(tzinfo=None),
                "version": 1,
            }
        )


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[dict[str, Any]]) -> None:
    rows = iter(rows)
    if (first := next(rows, None)) is None:
        return
    columns = ", ".join(first)
    values = ", ".join("?" * len(first))
    connection.executemany(
        f"INSERT INTO {table} ({columns}) VALUES ({values})",
        (tuple(map(_plain, row.values())) for row in _chain(first, rows)),
    )


def _chain(first: dict[str, Any], rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield first
    yield from rows


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, date) else value


def postgresql_engine(size: Size, folder: Path, server: str) -> Engine:
    """The same register on PostgreSQL, copied from that on SQLite where it is not there yet."""
    name = f"register_{size.name}"
    admin = make_url(server)
    plain = admin.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        built = there.fetchone() is not None
        if not built:
            connection.execute("DROP DATABASE IF EXISTS making")
            connection.execute("CREATE DATABASE making")
            _copy(size, folder, admin.set(database="making").render_as_string(False))
            connection.execute(f"ALTER DATABASE making RENAME TO {name}")
    return open_engine(admin.set(database=name).render_as_string(hide_password=False))


def _copy(size: Size, folder: Path, url: str) -> None:
    source = sqlite_engine(size, folder)
    print(f"copying register-{size.name} to PostgreSQL …", flush=True)
    engine = open_engine(url)
    schema.upgrade(engine)
    engine.dispose()
    path = source.url.database or ""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(sqlite3.connect(path)) as old, psycopg.connect(plain) as new:
        new.execute("SET session_replication_role = replica")  # the rows were checked on SQLite
        new.execute("SET maintenance_work_mem = '512MB'")
        for table in schema.metadata().sorted_tables:
            if table.name not in _EVERY_ROW:
                _copy_table(old, new, table)
    with psycopg.connect(plain, autocommit=True) as new:
        new.execute("VACUUM ANALYZE")
    source.dispose()


def _copy_table(old: sqlite3.Connection, new: psycopg.Connection[Any], table: Table) -> None:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    rows = old.execute(f"SELECT {columns} FROM {table.name}")
    with new.cursor().copy(f"COPY {table.name} ({columns}) FROM STDIN") as copying:
        for row in rows:
            copying.write_row(row)
    for column in table.primary_key.columns:
        if column.autoincrement is True or (column.name == "id"):
            new.execute(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'),"
                f" coalesce(max(id), 1)) FROM {table.name}"
            )
