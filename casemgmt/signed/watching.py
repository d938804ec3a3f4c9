"""Before a correction of the past is written: which signed cells it would make drift."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from casemgmt.audit import trail
from casemgmt.register.models import Household
from casemgmt.signed import queries
from casemgmt.signed.actions import wanted_of
from casemgmt.signed.content import Frozen
from casemgmt.signed.models import SignedTable
from casemgmt.tables.figures import placed

_FACTS = frozenset({"stay", "classification", "lead", "registered_exit"})


@dataclass(frozen=True, slots=True)
class Drifting:
    """A signed cell that would differ, with the household that would come in or leave."""

    signed: SignedTable
    row: str
    column: str
    code: str
    came: bool


def would_drift(session: Session) -> list[Drifting]:
    """The signed cells that this transaction's changes would make differ from what was signed.
    Nothing where it changes only what is dated after every signed table."""
    return drifting(session, _touched(session))


def drifting(
    session: Session, touched: Mapping[int, date], gone: Mapping[int, str] | None = None
) -> list[Drifting]:
    """The same where these households have changed, each from its day on. `gone`: the codes of
    those among them that the register holds no more."""
    if not touched:
        return []
    found: list[Drifting] = []
    codes = {**(gone or {}), **dict(session.execute(_codes(sorted(touched))).all())}
    for signed in session.scalars(queries.in_force()):
        near = {household for household, day in touched.items() if day <= signed.as_of}
        if near:
            found += _against(session, signed, {one: codes[one] for one in near})
    return found


def _touched(session: Session) -> dict[int, date]:
    """The households whose dated facts were changed, and the first day that the change reaches."""
    days: dict[int, date] = {}
    for change in trail.flushed(session):
        if change.subject in _FACTS and change.household_id is not None:
            day = _first_day(change)
            days[change.household_id] = min(day, days.get(change.household_id, day))
    return days


def _first_day(change: trail.Change) -> date:
    """A fact that is added or taken away reaches from its start; one whose end alone is written
    from that end; the registration of a year from its first day."""
    if "year" in change.key:
        return date(int(change.key["year"]), 1, 1)
    starts = _date(change.key["starts"])
    ends = [_date(day) for day in change.changes.get("last_day", ()) if day is not None]
    only_its_end = set(change.changes) <= {
        "last_day",
        "end_reason",
        "departure",
        "left_for_id",
        "reason",
    }
    return min(ends) if only_its_end and ends else starts


def _date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _codes(ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    # They were changed in this very transaction, so whoever asks may see them.
    query = select(Household.id, Household.code).where(Household.id.in_(ids))
    return query.execution_options(lens="changed in this transaction")


def _against(session: Session, signed: SignedTable, near: Mapping[int, str]) -> list[Drifting]:
    frozen, wanted = Frozen.read(signed.content), wanted_of(session, signed)
    connection = session.connection()
    rows = [row["unit"]["code"] for row in frozen.told["rows"]]
    found = []
    codes = set(near.values())
    for column in sorted(frozen.counted):
        now: dict[str, set[str]] = {}
        for one in placed(connection, wanted, column, sorted(near)):
            now.setdefault(one.row, set()).add(one.code)
        for row in rows:
            stand = now.get(row, set())
            moved = (frozen.households(row, column) & codes) ^ stand
            found += [Drifting(signed, row, column, code, code in stand) for code in sorted(moved)]
    return found
