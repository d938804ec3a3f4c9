"""Every cell of every table, on random registers with random histories: equal to a plain fold of
the facts, and equal to the list that it opens. On both databases.

CASEMGMT_REGISTERS chooses how many registers are drawn (default 8 on each database)."""

import os
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from casemgmt.tables.figures import asked, figures
from tests.whole.comparing import compare
from tests.whole.histories import History

SEEDS = range(int(os.environ.get("CASEMGMT_REGISTERS", "8")))
DATES = 20
TABLES = (
    "DELETE FROM span",
    "DELETE FROM lies",
    "DELETE FROM supporter",
    "DELETE FROM lead",
    "DELETE FROM classification",
    "DELETE FROM stay",
    "DELETE FROM registered_exit",
    "DELETE FROM target",
    "DELETE FROM resident_households",
    "DELETE FROM household",
    "DELETE FROM organisation",
    "DELETE FROM unit_period",
    "DELETE FROM unit",
)


def test_every_cell_equals_the_fold_and_its_list(session: Session) -> None:
    for seed in SEEDS:
        for statement in TABLES:
            session.execute(text(statement))
        history = History(seed)
        history.store(session)
        for number in range(DATES):
            if number % 4 == 3:
                history.restore(session, history.change())
            compare(session, history)
        session.rollback()


@pytest.mark.parametrize("name", ["bieu-3", "bieu-3-can-ngheo"])
def test_each_poor_household_stands_in_exactly_one_column_of_bieu_3(
    session: Session, name: str
) -> None:
    history = History(7)
    history.store(session)
    shown = figures(session.connection(), asked(name, as_of=date(2021, 6, 1)))
    counted, *parts = [column.key for column in shown.asked.table.columns]
    for cells in [*(row.cells for row in shown.rows), shown.total]:
        assert cells[counted] == sum(cells[key] for key in parts[:5])
        assert cells["other"] == cells["other_organisation"] + cells["unassigned"]
