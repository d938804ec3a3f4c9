"""What a judged file would do to the register: rows to add, rows to change, and how."""

from dataclasses import dataclass, field
from typing import Any

from casemgmt.exchange.reading import File, Row
from casemgmt.exchange.report import Report
from casemgmt.vietnamese import clean

Values = dict[str, Any]


@dataclass(slots=True)
class Plan:
    """What a file would do: rows to add, and rows to change with their new values."""

    added: dict[str, list[Row]] = field(default_factory=dict)
    changed: dict[str, list[tuple[Row, Values]]] = field(default_factory=dict)

    def size(self) -> int:
        """How many rows are written."""
        return sum(map(len, self.added.values())) + sum(map(len, self.changed.values()))


def plan(file: File, report: Report) -> Plan:
    """Sort the rows into added, changed and unchanged; the report counts them."""
    found = Plan()
    for name, rows in file.items():
        tally = report.sheets[name]
        found.added[name] = [row for row in rows if row.current is None]
        found.changed[name] = [
            (row, changes) for row in rows if row.current and (changes := changes_of(row))
        ]
        tally.created, tally.updated = len(found.added[name]), len(found.changed[name])
        tally.unchanged = tally.rows - tally.created - tally.updated
    return found


def changes_of(row: Row) -> Values:
    """What a row of a file would change in its row of the register: the new values."""
    current = row.current or {}
    if current.get("_voided"):
        return {}
    return {key: value for key, value in row.values.items() if not _equal(current[key], value)}


def _equal(old: Any, new: Any) -> bool:
    if old == new:
        return True
    # Notes are kept as they were typed, lines and all; a workbook holds them in one line.
    return isinstance(old, str) and isinstance(new, str) and clean(old) == new
