"""What has moved since a table was signed: for each cell the households that came in or out, by
which entry of the trail, and whether that is late news or a correction of the past.

A correction of the past is dated on or before the table's day: the table of that day would be
another one if it were made now. Late news is dated after it: the table of its day still holds,
that of today differs."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from casemgmt.audit.models import AuditEntry
from casemgmt.register.models import Household
from casemgmt.signed.actions import wanted_of
from casemgmt.signed.content import Cells, Frozen, cell_households, whole
from casemgmt.signed.models import SignedTable
from casemgmt.tables.figures import TOTAL, Asked, figures
from casemgmt.words import N_, _

_FACTS = ("stay", "classification", "lead", "unit_period", "organisation")
_CHUNK = 500


class News(StrEnum):
    """What kind of change moved a household."""

    LATE = "late"
    CORRECTION = "correction"

    @property
    def label(self) -> str:
        """The words of screens and papers."""
        return _(NEWS[self])


NEWS = {News.LATE: N_("Tin mới (sau ngày của bảng)"), News.CORRECTION: N_("Sửa lại quá khứ")}


@dataclass(frozen=True, slots=True)
class Entry:
    """The entry of the trail that moved a household."""

    id: int
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class Move:
    """A household that came into a cell or left it."""

    code: str
    came: bool
    news: News
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class CellDrift:
    """One cell: as signed, as its day's records say now, as today's say, and who moved. A cell
    without households (a declared figure, a rate) has its numbers alone."""

    row: str
    column: str
    signed: int | None
    then: int | None
    today: int | None
    moves: Sequence[Move]


def drift(session: Session, signed: SignedTable, *, today: date) -> list[CellDrift]:
    """The cells that have moved, by row and column as the table prints them, the total last."""
    frozen, wanted = Frozen.read(signed.content), wanted_of(session, signed)
    then = _standing(session, wanted)
    now = _standing(session, _as_of_today(wanted, today)) if _looks_on(wanted) else then
    found = [
        cell
        for row, columns in frozen.told_cells().items()
        for column, value in columns.items()
        if (cell := _cell(frozen, then, now, row, column, value)) is not None
    ]
    return _with_entries(session, found, signed.as_of)


def moved(frozen: Frozen, then: Cells, now: Cells, row: str, column: str) -> list[Move]:
    """The households that moved in one cell."""
    was = frozen.households(row, column)
    on_its_day, by_now = _in(then, row, column), _in(now, row, column)
    corrections = [
        Move(code, code in on_its_day, News.CORRECTION) for code in sorted(was ^ on_its_day)
    ]
    late = [Move(code, code in by_now, News.LATE) for code in sorted(on_its_day ^ by_now)]
    return corrections + late


@dataclass(frozen=True, slots=True)
class _Standing:
    cells: Mapping[str, Mapping[str, int | None]]
    households: Cells


def _standing(session: Session, wanted: Asked) -> _Standing:
    found = figures(session.connection(), wanted)
    cells = {row.unit.code: row.cells for row in found.rows} | {TOTAL: found.total}
    return _Standing(
        {row: {key: whole(value) for key, value in of.items()} for row, of in cells.items()},
        cell_households(session.connection(), found),
    )


def _looks_on(wanted: Asked) -> bool:
    """Whether the table of today can be held against it: one of two days or of a year is of its
    own period alone."""
    return not (wanted.table.between_days or wanted.table.by_year)


def _as_of_today(wanted: Asked, today: date) -> Asked:
    return replace(wanted, as_of=today, year=wanted.the_year, map_date=wanted.map_day)


def _in(cells: Cells, row: str, column: str) -> frozenset[str]:
    if row != TOTAL:
        return cells.get(row, {}).get(column, frozenset())
    return frozenset(code for columns in cells.values() for code in columns.get(column, ()))


def _cell(
    frozen: Frozen, then: _Standing, now: _Standing, row: str, column: str, value: int | None
) -> CellDrift | None:
    counted = column in frozen.counted
    moves = moved(frozen, then.households, now.households, row, column) if counted else []
    on_its_day = then.cells.get(row, {}).get(column)
    if not moves and (counted or on_its_day == value):
        return None
    return CellDrift(row, column, value, on_its_day, now.cells.get(row, {}).get(column), moves)


def _with_entries(session: Session, found: Sequence[CellDrift], day: date) -> list[CellDrift]:
    codes = {move.code for cell in found for move in cell.moves}
    entries = _entries(session, codes)
    return [
        replace(
            cell,
            moves=[
                replace(move, entry=_newest(entries.get(move.code, ()), move.news, day))
                for move in cell.moves
            ],
        )
        for cell in found
    ]


_Found = tuple[Entry, str]  # and its key


def _entries(session: Session, codes: Iterable[str]) -> dict[str, list[_Found]]:
    """The entries about the facts of these households, newest first."""
    found: dict[str, list[_Found]] = {}
    wanted = sorted(codes)
    for start in range(0, len(wanted), _CHUNK):
        for row in session.connection().execute(_about(wanted[start : start + _CHUNK])):
            entry = Entry(row.id, row.at, row.actor)
            found.setdefault(row.code, []).append((entry, row.key))
    return found


def _about(codes: Sequence[str]) -> Select[*tuple[Any, ...]]:
    entry, household = AuditEntry.__table__.c, Household.__table__.c
    return (
        select(entry.id, entry.at, entry.actor, entry.key, household.code)
        .join(Household.__table__, household.id == entry.household_id)
        .where(household.code.in_(codes), entry.subject.in_(_FACTS))
        .order_by(entry.id.desc())
    )


def _newest(entries: Sequence[_Found], news: News, day: date) -> Entry | None:
    """The newest entry on a fact that begins on the side of the day which the news is on; where
    there is none (an end was written on an older fact), the newest of all."""
    for entry, key in entries:
        starts = json.loads(key).get("starts")
        if starts is not None and (date.fromisoformat(starts) > day) is (news is News.LATE):
            return entry
    return entries[0][0] if entries else None
