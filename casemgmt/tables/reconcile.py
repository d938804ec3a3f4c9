"""Holding a signed table against the records and against its own arithmetic, cell by cell.

A cell is wrong where it differs from what the records give on the day. A blank equals zero and
unknown. A printed total is wrong, too, where the records confirm it but the table itself does
not: its column adds up to something else, because of a wrong figure that other printed figures
were reckoned with. Each wrong cell has one finding."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from casemgmt.errors import RuleBroken
from casemgmt.places.queries import named
from casemgmt.tables import explaining
from casemgmt.tables.comparison import compared
from casemgmt.tables.declared import UNIT, Declared, DeclaredRow
from casemgmt.tables.figures import TOTAL, Asked, Cell, Figures, figures
from casemgmt.tables.inputs import RowUnit
from casemgmt.tables.layout import TOTAL as TOTAL_NAME
from casemgmt.tables.layout import column_name
from casemgmt.tables.naming import units_meant
from casemgmt.tables.sheets import number
from casemgmt.words import _

RECONCILABLE = ("bieu-2", "bieu-3")


@dataclass(frozen=True, slots=True)
class Finding:
    """One wrong cell, or one row whose unit is not clear (column `unit`).

    `unit`: a code or `total`; the text as printed where it names no unit. `declared`: as printed
    (None: blank). `derived`: what the records give, or the printed table itself where they have
    nothing. `kind`, a closed set:
    - `unit`: the row names no unit of the table, several, one that had a row before, or is absent
    - `missing`: a blank where there is a number
    - `unknown`: a number that the records have no figure for
    - `rate`: a rate that does not follow from the counts
    - `arithmetic`: a count that contradicts the sums of the printed table itself
    - `records`: right by the printed table, wrong by the records
    `explanation` is one sentence in Vietnamese. `unit_name` and `column_label` are for people."""

    unit: str
    column: str
    declared: Cell | str
    derived: Cell | str
    kind: str
    explanation: str
    unit_name: str
    column_label: str


def reconcile(
    connection: Connection, declared: Declared, wanted: Asked, other: Declared | None = None
) -> list[Finding]:
    """What is wrong in a printed Biểu 2 or Biểu 3 as of the day asked for, in the table's order.
    `other`: the other printed table of the same day, to be cited. Raises RuleBroken."""
    if wanted.table.key not in RECONCILABLE:
        raise RuleBroken(
            _(
                "Chỉ đối chiếu được {first} và {second}, không có {table}.",
                first=RECONCILABLE[0],
                second=RECONCILABLE[1],
                table=wanted.table.key,
            ),
            field="table",
        )
    return hold(figures(connection, wanted), declared, other)


def hold(stand: Figures, declared: Declared, other: Declared | None = None) -> list[Finding]:
    """The same with figures already taken."""
    rows, findings = _matched(stand, declared)
    held = compared(stand, declared, rows)
    elsewhere = explaining.Elsewhere(other, _matched(stand, other)[0]) if other else None
    for row in [*(row.unit.code for row in stand.rows), TOTAL]:
        for key in declared.columns:
            if (row, key) in held.wrong:
                kind, sentence = explaining.explain(held, (row, key), elsewhere)
                findings.append(
                    Finding(
                        row,
                        key,
                        rows[row].cells[key],
                        None if kind == "unknown" else held.right[row, key],
                        kind,
                        sentence,
                        held.names[row],
                        column_name(declared.table.columns, key),
                    )
                )
    return findings


# --- Rows and their units ----------------------------------------------------------------------


def _matched(stand: Figures, declared: Declared) -> tuple[dict[str, DeclaredRow], list[Finding]]:
    """The printed row of each unit's code and of `total`; and what is wrong with the rows."""
    units = [row.unit for row in stand.rows]
    meant: dict[str, list[DeclaredRow]] = defaultdict(list)
    findings = []
    for row in declared.rows:
        candidates = units_meant(row.unit, units)
        if len(candidates) == 1:
            meant[candidates[0].code].append(row)
        else:
            findings.append(_unclear(row, candidates))
    meant[TOTAL] += declared.totals
    for unit in units:
        name = named(unit.level, unit.name)
        findings += _not_one(meant.get(unit.code, []), unit.code, name)
    findings += _not_one(meant[TOTAL], TOTAL, TOTAL_NAME)
    return {code: rows[0] for code, rows in meant.items() if rows}, findings


def _unclear(row: DeclaredRow, candidates: Sequence[RowUnit]) -> Finding:
    if candidates:
        names = ", ".join(f"{named(unit.level, unit.name)} ({unit.code})" for unit in candidates)
        why = f"“{row.unit}” có thể là {names}: hãy ghi rõ cấp hoặc ghi mã"
    elif row.unit:
        why = f"“{row.unit}” không phải tên hay mã của đơn vị nào trong bảng"
    else:
        why = "không ghi tên đơn vị"
    return _unit_finding(row.unit, row.unit, None, f"Dòng {row.line}: {why}.", row.unit)


def _not_one(rows: Sequence[DeclaredRow], code: str, name: str) -> list[Finding]:
    if not rows:
        return [_unit_finding(code, None, name, f"Bảng in không có dòng {name}.", name)]
    return [
        _unit_finding(
            code,
            row.unit,
            name,
            f"Dòng {row.line}: {name} đã có ở dòng {rows[0].line}; dòng sau không được xét.",
            name,
        )
        for row in rows[1:]
    ]


def _unit_finding(
    unit: str, declared: str | None, derived: str | None, sentence: str, name: str
) -> Finding:
    return Finding(unit, UNIT, declared, derived, "unit", sentence, name, "Đơn vị")


# --- Writing findings down -----------------------------------------------------------------------


def as_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """The findings as the public contract shapes them."""
    return {
        "findings": [
            {
                "unit": finding.unit,
                "column": finding.column,
                "declared": _value(finding.declared),
                "derived": _value(finding.derived),
                "kind": finding.kind,
                "explanation": finding.explanation,
            }
            for finding in findings
        ]
    }


def _value(value: Cell | str) -> int | float | str | None:
    return value if isinstance(value, str) else number(value)


def as_text(findings: Sequence[Finding]) -> str:
    """The findings for a terminal, one paragraph each."""
    if not findings:
        return "Bảng in khớp với sổ bộ và tự khớp trong bảng.\n"
    lines = [f"{len(findings)} chỗ không khớp:"]
    for place, finding in enumerate(findings, 1):
        lines.append(f"{place}. {finding.unit_name} – {finding.column_label} [{finding.column}]")
        lines.append(f"   {finding.explanation}")
    return "\n".join(lines) + "\n"
