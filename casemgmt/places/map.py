"""The map of a day: which units lie within which, derived from the units' periods."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from casemgmt.db import FOREVER
from casemgmt.errors import RuleBroken
from casemgmt.places.models import Lies, Tier, UnitPeriod

_DEPTH = 8  # a ladder has four rungs; more means a circle


@dataclass(frozen=True, slots=True)
class Period:
    """One period of a unit, as the map needs it; `last_day` inclusive, None: still holds."""

    unit: int
    starts: date
    last_day: date | None
    tier: Tier
    parent: int | None


@dataclass(frozen=True, slots=True)
class Within:
    """`unit` lies within `within` from `starts` until `ends` (exclusive)."""

    within: int
    within_tier: Tier
    unit: int
    tier: Tier
    starts: date
    ends: date


def lies(periods: Iterable[Period]) -> list[Within]:
    """Every unit within itself and within each unit above it, for as long as both stand.
    Raises RuleBroken where units lie in a circle."""
    own: dict[int, list[tuple[Period, date]]] = defaultdict(list)
    for period in sorted(periods, key=lambda period: (period.unit, period.starts)):
        if held := own[period.unit]:
            before, ends = held[-1]
            held[-1] = (before, min(ends, period.starts))
        own[period.unit].append((period, _after(period.last_day)))
    return [row for unit in own for row in _above(unit, own)]


def _after(last_day: date | None) -> date:
    if last_day is None or last_day >= FOREVER:
        return FOREVER
    return last_day + timedelta(days=1)


def _above(unit: int, own: dict[int, list[tuple[Period, date]]]) -> list[Within]:
    """The rows of one unit: itself, then its ladder upwards, cut to what stands at each rung."""
    found: list[Within] = []
    climbing = [
        Within(unit, period.tier, unit, period.tier, period.starts, ends)
        for period, ends in own[unit]
    ]
    for _rung in range(_DEPTH):
        found += climbing
        climbing = [higher for row in climbing for higher in _parents(row, own)]
        if not climbing:
            return found
    raise RuleBroken("Các đơn vị nằm trong nhau thành vòng: hãy sửa Mã cấp trên.", field="parent")


def _parents(row: Within, own: dict[int, list[tuple[Period, date]]]) -> Iterable[Within]:
    for period, ends in own[row.within]:
        starts, until = max(row.starts, period.starts), min(row.ends, ends)
        if starts >= until or period.parent is None:
            continue
        for above, above_ends in own.get(period.parent, ()):
            first, last = max(starts, above.starts), min(until, above_ends)
            if first < last:
                yield Within(above.unit, above.tier, row.unit, row.tier, first, last)


def periods(session: Session) -> Sequence[Period]:
    """The periods of all units."""
    rows = session.execute(
        select(
            UnitPeriod.unit_id,
            UnitPeriod.starts,
            UnitPeriod.last_day,
            UnitPeriod.level,
            UnitPeriod.parent_id,
        )
    )
    return [
        Period(unit, starts, last_day, level.tier, parent)
        for unit, starts, last_day, level, parent in rows
    ]


def redraw(session: Session) -> None:
    """Derive the whole map anew. Called by every act that changes a unit's periods."""
    session.flush()
    session.execute(delete(Lies))
    rows = [
        {
            "within_id": row.within,
            "within_tier": row.within_tier,
            "unit_id": row.unit,
            "tier": row.tier,
            "starts": row.starts,
            "ends": row.ends,
        }
        for row in lies(periods(session))
    ]
    if rows:
        session.execute(insert(Lies), rows)
