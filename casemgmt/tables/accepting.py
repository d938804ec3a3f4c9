"""Findings on printed tables that were looked at: accepted with a note, taken back with a reason.

What is accepted is one cell as it was printed. Printed otherwise, or in a table of another day,
year of targets, map or basis, it is a finding again. A cell of the total of a unit's table is the
cell of that unit: the finding is accepted for every table in which the cell stands."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from casemgmt import clock
from casemgmt.access.models import User
from casemgmt.audit import trail
from casemgmt.errors import RuleBroken
from casemgmt.places import queries as places
from casemgmt.places.models import Unit
from casemgmt.tables.definitions import Basis
from casemgmt.tables.figures import TOTAL, Asked, asked
from casemgmt.tables.kept import serves
from casemgmt.tables.models import AcceptedFinding
from casemgmt.tables.reconcile import Finding
from casemgmt.vietnamese import clean
from casemgmt.words import _

LONGEST_NOTE = 1000
_LONGEST_ROW, _LONGEST_CELL = 40, 60  # of the columns that keep them
Key = tuple[str, str, str]  # row, column, as printed


def key_of(finding: Finding, wanted: Asked) -> Key:
    """By which cell, as printed, a finding is known again."""
    row = wanted.unit if finding.unit == TOTAL and wanted.unit else finding.unit
    declared = "" if finding.declared is None else str(finding.declared)
    return row[:_LONGEST_ROW], finding.column, declared[:_LONGEST_CELL]


def accepted(wanted: Asked) -> Select[AcceptedFinding]:
    """The accepted findings on a table, whichever unit it is of, in the order in which they were
    accepted."""
    return select(AcceptedFinding).filter_by(**_asked_of(wanted)).order_by(AcceptedFinding.id)


def _asked_of(wanted: Asked) -> dict[str, Any]:
    return {
        "table": wanted.table.key,
        "as_of": wanted.as_of,
        "year": wanted.the_year,
        "map_day": wanted.map_day,
        "basis": wanted.basis.value,
    }


def wanted_of(one: AcceptedFinding) -> Asked:
    """The table in which a finding was accepted, of the whole register."""
    return asked(
        one.table,
        as_of=one.as_of,
        year=None if one.year == one.as_of.year else one.year,
        map_date=None if one.map_day == one.as_of else one.map_day,
        basis=Basis(one.basis),
    )


def accept(session: Session, finding: Finding, wanted: Asked, *, note: str) -> AcceptedFinding:
    """Accept a finding: the note says why the printed cell stands. Each cell once."""
    note = clean(note)
    if not note:
        raise RuleBroken(_("Hãy ghi vì sao ghi nhận ô này."), field="note")
    if len(note) > LONGEST_NOTE:
        raise RuleBroken(_("Ghi chú dài tối đa {most} chữ.", most=LONGEST_NOTE), field="note")
    key = key_of(finding, wanted)
    if key in keys(session.scalars(accepted(wanted))):
        raise RuleBroken(
            _("Ô {column} của {unit} đã được ghi nhận.", **_words(finding)), field="note"
        )
    row, column, declared = key
    one = AcceptedFinding(
        **_asked_of(wanted),
        unit_id=unit_id(session, wanted.unit),
        row=row,
        column=column,
        declared=declared,
        note=note,
        accepted_by=trail.actor(session),
        accepted_at=clock.now(),
    )
    session.add(one)
    session.flush()
    return one


def _words(finding: Finding) -> dict[str, str]:
    return {"column": finding.column_label, "unit": finding.unit_name}


def ours(session: Session, user: User, unit: int | None) -> bool:
    """Whether findings in a table of a unit (None: of the whole register) are for an account to
    accept and to take back."""
    return serves(session, user, session.get(Unit, unit) if unit else None)


def unit_id(session: Session, code: str | None) -> int | None:
    """The number of a unit by its code; None: no unit was asked for."""
    unit = session.scalar(places.by_code(code)) if code else None
    return unit.id if unit else None


def keys(ones: Iterable[AcceptedFinding]) -> Collection[Key]:
    """By which cells these are known."""
    return {(one.row, one.column, one.declared) for one in ones}


def take_back(session: Session, one: AcceptedFinding, *, reason: str) -> None:
    """Withdraw an acceptance: the cell is a finding again. The audit trail keeps both."""
    if not clean(reason):
        raise RuleBroken(_("Hãy ghi lý do."), field="reason")
    with trail.because(session, clean(reason)):
        session.delete(one)
