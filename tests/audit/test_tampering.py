"""A thousand random tampers of the audit trail, one at a time, by somebody who owns the database
file: each is found. What a chain alone cannot tell (its newest entries cut off, all of it written
anew) is told by a head that was printed before."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from casemgmt.audit import guards, trail
from casemgmt.audit.models import AuditEntry, What
from casemgmt.db import open_engine

ENTRIES, TAMPERS = 20, 1000
TABLE = AuditEntry.__table__
Row = dict[str, Any]


@pytest.mark.behind_its_back
def test_every_tamper_is_found(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    with engine.begin() as connection:
        _fill(connection)
        number, printed = trail.head(connection)
        guards.lift(connection)
        as_written = [dict(row) for row in connection.execute(_all()).mappings()]
    random = Random(1)
    for tamper in range(TAMPERS):
        with engine.connect() as connection:
            rows = _tampered(random, [dict(row) for row in as_written])
            connection.execute(TABLE.delete())
            try:
                connection.execute(insert(TABLE), rows)
            except IntegrityError:  # two entries after one: the database itself refuses
                continue
            _entries, broken = trail.verify(connection)
            assert broken is not None, tamper
    with engine.connect() as connection:
        assert trail.verify(connection) == (number, None)
        connection.execute(TABLE.delete().where(TABLE.c.id == number))
        assert trail.verify(connection) == (number - 1, None)  # the chain alone does not tell
        assert trail.head(connection) != (number, printed)  # a printed head does
    engine.dispose()


def _all() -> Any:
    return select(TABLE).order_by(TABLE.c.id)


def _fill(connection: Connection) -> None:
    for number in range(ENTRIES):
        change = trail.Change(
            What.CHANGED, "household", {"id": number % 7}, {"phone": [None, f"09{number}"]}, 1
        )
        trail.record_on(connection, [change], actor=f"người {number % 3}", act="edit_household")


def _tampered(random: Random, rows: list[Row]) -> list[Row]:
    """The rows with one of them edited, removed or put in, or two exchanged; not the newest, whose
    removal is another matter."""
    place = random.randrange(len(rows) - 1)
    match random.choice(("edit", "remove", "put in", "exchange")):
        case "edit":
            return _edited(random, rows, place)
        case "remove":
            return rows[:place] + rows[place + 1 :]
        case "put in":
            return _put_in(random, rows, place)
        case _:
            other = random.choice([at for at in range(len(rows)) if at != place])
            for name in ("actor", "act", "what", "key", "changes", "at"):
                rows[place][name], rows[other][name] = rows[other][name], rows[place][name]
            return rows


def _edited(random: Random, rows: list[Row], place: int) -> list[Row]:
    row = rows[place]
    name = random.choice(("at", "actor", "act", "what", "subject", "key", "household_id",
                          "changes", "previous", "hash"))  # fmt: skip
    row[name] = {
        "at": row["at"] + timedelta(seconds=1),
        "what": What.READ,
        "household_id": None,
        "previous": random.randbytes(32).hex(),
        "hash": random.randbytes(32).hex(),
    }.get(name, f"{row[name]} ")
    if name != "hash" and random.random() < 0.5:  # by somebody who knows how hashes are made
        row["hash"] = trail._hash(row)
    return rows


def _put_in(random: Random, rows: list[Row], place: int) -> list[Row]:
    """A forged entry with a right hash of its own; those after it are numbered on, and half of the
    time the next one is made to follow it."""
    forged = {**rows[place], "actor": "kẻ khác", "previous": rows[place]["hash"]}
    forged["id"] = rows[place]["id"] + 1
    forged["hash"] = trail._hash(forged)
    after = [{**row, "id": row["id"] + 1} for row in rows[place + 1 :]]
    if random.random() < 0.5:
        after[0]["previous"] = forged["hash"]
    return [*rows[: place + 1], forged, *after]
