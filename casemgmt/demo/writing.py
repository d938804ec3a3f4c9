"""Rows that the register workbook has no sheet for, into the database in bulk, with their audit
entries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.orm import Session

from casemgmt.audit import trail
from casemgmt.db import Base
from casemgmt.exchange.bulk import new_ids
from casemgmt.exchange.recording import added
from casemgmt.organisations.models import Organisation
from casemgmt.places.models import Unit
from casemgmt.register.models import Household
from casemgmt.support.models import SupportAction

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ids:
    """The numbers in the database of what has a code."""

    households: Mapping[str, int]
    organisations: Mapping[str, int]
    units: Mapping[str, int]
    actions: Mapping[str, int]


def ids(connection: Connection) -> Ids:
    """Those of everything that is in the register now."""
    models = (Household, Organisation, Unit, SupportAction)
    return Ids(*(_by_code(connection, model) for model in models))


def _by_code(connection: Connection, model: type[Base]) -> dict[str, int]:
    table = model.__table__
    return {code: number for code, number in connection.execute(select(table.c.code, table.c.id))}


def write(
    session: Session,
    model: type[Base],
    rows: Sequence[Values],
    *,
    about: Sequence[int] | None = None,
) -> list[int]:
    """Insert rows (all with the same columns); gives their numbers, where the table has any.
    `about`: the household that each row is about, where the table does not name it itself."""
    table, connection = model.__table__, session.connection()
    numbers = new_ids(connection, table, len(rows)) if "id" in table.c else []
    for row, number in zip(rows, numbers, strict=False):
        row["id"] = number
    if "version" in table.c:
        for row in rows:
            row["version"] = 1
    if rows:
        connection.execute(insert(table), rows)
        changes = added(table, rows)
        if about is not None:
            changes = map(_about, changes, about)
        trail.record(session, changes)
    return numbers


def _about(change: trail.Change, household: int) -> trail.Change:
    return replace(change, household_id=household)
