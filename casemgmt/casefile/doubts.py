"""What is doubtful in the data of the households in one's scope, as `casemgmt check` finds it."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from casemgmt.register import doubts
from casemgmt.register.findings import Finding
from casemgmt.register.lens import Lens
from casemgmt.register.models import Household


def in_scope(session: Session, lens: Lens) -> Iterator[Finding]:
    """Each doubt about households in scope on the lens's day. Those without a lead sponsor are no
    doubt here: they have a list of their own."""
    connection, today, within = session.connection(), lens.scope_day, lens.sees(Household.id)
    yield from doubts.citizens_twice(connection, today, within)
    yield from doubts.heads(connection, today, within)
    yield from doubts.scores(session, within)
    yield from doubts.merit(connection, today, within)
    yield from doubts.overlapping(connection, within)
    yield from doubts.outlasting(connection, within)
    yield from doubts.without_members(connection, today, within)
