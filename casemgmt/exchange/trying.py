"""A file is applied on trial, and all of it taken back: which signed cells it would make drift."""

from collections.abc import Iterator
from contextvars import Context
from datetime import date
from typing import cast

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from casemgmt.exchange import batches, sheets
from casemgmt.exchange.batch_models import ImportBatch
from casemgmt.exchange.batches import Judged
from casemgmt.exchange.bounds import Bounds
from casemgmt.exchange.joined import household_code
from casemgmt.exchange.reading import Row
from casemgmt.exchange.stored import CHUNK
from casemgmt.exchange.writing import write
from casemgmt.register.models import Household
from casemgmt.signed import queries
from casemgmt.signed.watching import Drifting, drifting

_FACTS = (sheets.STAYS, sheets.CLASSIFICATIONS, sheets.SPONSORS, sheets.EXITS)
_Days = dict[str, date]


def would_drift(
    session: Session, batch: ImportBatch, bounds: Bounds, judged: Judged, reading: str
) -> list[Drifting]:
    """The signed cells that a faultless file would make differ. Nothing is written, and nothing is
    tried where every signed table is of an earlier day than all that the file changes. `reading`:
    the cells of the file, as `batches.judged` takes them."""
    days = _days(judged)
    if not days or not judged.report.ok or not _is_near(session, min(days.values())):
        return []
    # A page that only looks begins no transaction that writes: this one is begun beside it.
    return Context().run(_tried, cast(Engine, session.get_bind()), batch.id, bounds, reading)


def _is_near(session: Session, day: date) -> bool:
    return any(signed.as_of >= day for signed in session.scalars(queries.in_force()))


def _tried(engine: Engine, number: int, bounds: Bounds, reading: str) -> list[Drifting]:
    with Session(engine) as apart:
        batch = apart.get_one(ImportBatch, number)
        found = batches.judged(
            apart, batch, Bounds(apart, bounds.lens, bounds.reclassifies), reading
        )
        days = _days(found)
        write(apart, found.plan, found.standing)
        return drifting(apart, dict(_by_number(apart.connection(), days)))  # and no commit


def _days(judged: Judged) -> _Days:
    """The households whose dated facts the file changes, and the first day of those."""
    found: _Days = {}
    for row in _rows(judged):
        code, day = household_code(row), _first_day(row)
        if code is not None and isinstance(day, date):
            found[code] = min(day, found.get(code, day))
    return found


def _first_day(row: Row) -> object:
    year = row.values.get("year")  # of a registered exit
    return date(year, 1, 1) if isinstance(year, int) else row.values.get("starts")


def _rows(judged: Judged) -> Iterator[Row]:
    for sheet in _FACTS:
        yield from judged.plan.added.get(sheet.name, ())
        yield from (row for row, _new in judged.plan.changed.get(sheet.name, ()))


def _by_number(connection: Connection, days: _Days) -> Iterator[tuple[int, date]]:
    codes, known = sorted(days), Household.__table__.c
    for start in range(0, len(codes), CHUNK):
        query = select(known.id, known.code).where(known.code.in_(codes[start : start + CHUNK]))
        for number, code in connection.execute(query):
            yield number, days[code]
