"""The audit entries of rows written in bulk: the same as a flush of the models would write."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Table

from casemgmt.audit import trail
from casemgmt.audit.models import What
from casemgmt.exchange.planning import Values


def _audited(table: Table) -> list[tuple[str, bool]]:
    """The columns that the trail keeps, and whether each is secret."""
    return [
        (column.name, bool(column.info.get("secret")))
        for column in table.columns
        if not column.info.get("unaudited")
    ]


def _shown(value: Any, secret: bool) -> Any:
    return trail.HIDDEN if secret and value is not None else value


def _pick(table: Table, row: Values) -> tuple[Values, int | None]:
    key = {column.name: row[column.name] for column in table.primary_key.columns}
    return key, row["id"] if table.name == "household" else row.get("household_id")


def added(table: Table, rows: Iterable[Values]) -> Iterator[trail.Change]:
    """Entries of rows that were inserted."""
    names = _audited(table)
    for row in rows:
        key, household = _pick(table, row)
        values = {
            name: [None, trail.HIDDEN if secret else value]
            for name, secret in names
            if (value := row.get(name)) is not None
        }
        yield trail.Change(What.ADDED, table.name, key, values, household)


def removed(table: Table, rows: Iterable[Values]) -> Iterator[trail.Change]:
    """Entries of rows that were deleted."""
    names = _audited(table)
    for row in rows:
        key, household = _pick(table, row)
        values = {
            name: [_shown(value, secret), None]
            for name, secret in names
            if (value := row.get(name)) is not None
        }
        yield trail.Change(What.REMOVED, table.name, key, values, household)


def changed(table: Table, key: Values, old: Values, new: Values) -> Iterator[trail.Change]:
    """The entry of a row that was updated, if it changed in anything that the trail keeps.
    `key` names the row, `old` and `new` are its changed columns."""
    values = {
        name: [_shown(old.get(name), secret), _shown(new[name], secret)]
        for name, secret in _audited(table)
        if name in new and old.get(name) != new[name]
    }
    if values:
        primary, household = _pick(table, key)
        yield trail.Change(What.CHANGED, table.name, primary, values, household)
