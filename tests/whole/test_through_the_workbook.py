"""Random registers taken in as workbook sheets give the very figures that the facts imply, and a
second time nothing changes."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casemgmt.audit.models import AuditEntry
from casemgmt.exchange.importing import load
from tests.whole.as_workbook import sheets
from tests.whole.comparing import compare
from tests.whole.histories import History


@pytest.mark.parametrize("seed", range(101, 107))
def test_the_figures_are_those_of_the_facts(session: Session, seed: int) -> None:
    history = History(seed)
    written = sheets(history)
    report = load(session, written)
    assert report.ok, report.errors[:5]
    assert report.applied
    entries = session.scalar(select(func.count()).select_from(AuditEntry))
    for _ in range(4):
        compare(session, history)
    again = load(session, written)
    assert {
        (name, counts["created"], counts["updated"])
        for name, counts in again.as_json()["sheets"].items()
    } == {(name, 0, 0) for name in written}
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == entries
