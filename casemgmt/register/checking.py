"""`casemgmt check`: every invariant and every doubt over a whole register.

An invariant is what the product promises; where one is broken, somebody has written past the
product. A doubt is data that a person should look at. Households are read some at a time; the map
of all units, and the codes that one finding names, are in memory whole."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Session

from casemgmt.register import doubts, invariants
from casemgmt.register.findings import Finding, as_json

__all__ = ["Finding", "as_json", "check", "findings"]


def check(session: Session, *, today: date) -> list[Finding]:
    """All findings, broken invariants first. Reads only."""
    return list(findings(session, today=today))


def findings(session: Session, *, today: date) -> Iterator[Finding]:
    """The same one by one, for registers whose findings would fill the memory."""
    session.flush()
    connection = session.connection()
    yield from invariants.guarded(connection)
    yield from invariants.stored_soundly(connection)
    yield from invariants.pointing_somewhere(connection)
    yield from invariants.chained(connection)
    yield from invariants.mapped(session)
    yield from invariants.derived(session)
    yield from invariants.keyed(connection)
    yield from doubts.overlapping(connection)
    yield from doubts.outlasting(connection)
    yield from doubts.heads(connection, today)
    yield from doubts.without_members(connection, today)
    yield from doubts.citizens_twice(connection, today)
    yield from doubts.scores(session)
    yield from doubts.merit(connection, today)
    yield from doubts.without_lead(connection, today)
