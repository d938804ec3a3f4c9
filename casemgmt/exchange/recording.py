"""The audit entries of rows written in bulk: the same as a flush of the models would write."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Table

from casemgmt.audit import trail
from casemgmt.audit.models import What
from casemgmt.exchange.planning import Values


def _shown(table: Table, name: str, value: Any) -> Any:
    return trail.HIDDEN if value is not None and table.c[name].info.get("secret") else value


def _audited(table: Table) -> list[str]:
    return [column.name for column in table.columns if not column.info.get("unaudited")]


def _pick(table: Table, row: Values) -> tuple[Values, int | None]:
    key = {column.name: row[column.name] for column in table.primary_key}
    return key, row["id"] if table.name == "household" else row.get("household_id")


def added(table: Table, rows: Iterable[Values]) -> Iterator[trail.Change]:
    """Entries of rows that were inserted."""
    names = _audited(table)
    for row in rows:
        key, household = _pick(table, row)
        values = {
            name: [None, _shown(table, name, row[name])]
            for name in names
            if row.get(name) is not None
        }
        yield trail.Change(What.ADDED, table.name, key, values, household)


def removed(table: Table, rows: Iterable[Values]) -> Iterator[trail.Change]:
    """Entries of rows that were deleted."""
    for row in rows:
        key, household = _pick(table, row)
        values = {name: [value, None] for name, value in row.items()}
        yield trail.Change(What.REMOVED, table.name, key, values, household)


def changed(table: Table, key: Values, old: Values, new: Values) -> Iterator[trail.Change]:
    """The entry of a row that was updated, if it changed in anything that the trail keeps.
    `key` names the row, `old` and `new` are its changed columns."""
    names = [name for name in _audited(table) if name in new and old.get(name) != new[name]]
    if names:
        primary, household = _pick(table, key)
        values = {
            name: [_shown(table, name, old.get(name)), _shown(table, name, new[name])]
            for name in names
        }
        yield trail.Change(What.CHANGED, table.name, primary, values, household)
