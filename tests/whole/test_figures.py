"""Every cell of every table, on random registers with random histories: equal to a plain fold of
the facts, and equal to the list that it opens. On both databases.

CASEMGMT_REGISTERS chooses how many registers are drawn (default 8 on each database)."""

import os
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from casemgmt.register.models import Class
from casemgmt.tables.definitions import Basis, Flow
from casemgmt.tables.figures import TOTAL, Figures, asked, figures, household_ids
from tests.whole import fold
from tests.whole.histories import LAST, History

SEEDS = range(int(os.environ.get("CASEMGMT_REGISTERS", "8")))
DATES = 20
EMPTY_LISTS = 0.1  # the share of the many empty cells whose (empty) list is opened too
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
AS_OF = (
    ("bieu-2", Basis.SPONSOR, fold.bieu_2),
    ("bieu-3", Basis.SPONSOR, fold.bieu_3(Class.POOR, "lead_kind")),
    ("bieu-3", Basis.MEMBERSHIP, fold.bieu_3(Class.POOR, "member_of")),
    ("bieu-3-can-ngheo", Basis.SPONSOR, fold.bieu_3(Class.NEAR_POOR, "lead_kind")),
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
            _compare(session, history)
        session.rollback()


def _compare(session: Session, history: History) -> None:
    day, other = sorted([history.day(), history.day()])
    unit = history.random.choice([None, 1, 2, 3, 4, 6])
    code = f"U{unit}" if unit else None
    map_date = history.random.choice([None, None, other])
    year = history.random.choice([None, 2021])
    for name, basis, columns in AS_OF:
        wanted = asked(name, as_of=day, unit=code, map_date=map_date, basis=basis, year=year)
        shown = figures(session.connection(), wanted)
        expected = {
            row: fold.as_of(history, row, day, wanted.map_day, columns)
            for row in history.rows(unit, wanted.map_day)
        }
        _hold(session, history, shown, expected)
        if name == "bieu-2":
            _hold_inputs(history, shown)
    for name, counted in (("dien-bien", Class.POOR), ("dien-bien-can-ngheo", Class.NEAR_POOR)):
        shown = figures(session.connection(), asked(name, start=day, end=other, unit=code))
        expected = {
            row: fold.movement(history, row, day, other, counted)
            for row in history.rows(unit, other)
        }
        _hold(session, history, shown, expected)
        _hold_identity(shown)
    wanted = asked("thoat-ngheo", as_of=day, unit=code)
    start, end = date(day.year - 1, 12, 31), min(day, LAST)
    expected = {
        row: fold.movement(history, row, start, end, Class.POOR, day.year)
        for row in history.rows(unit, end)
    }
    _hold(session, history, figures(session.connection(), wanted), expected)


def _hold(
    session: Session, history: History, shown: Figures, expected: dict[int, dict[str, set[int]]]
) -> None:
    what = (history.seed, shown.asked)
    assert [row.unit.id for row in shown.rows] == list(expected), what
    for column in _counted(shown):
        total: set[int] = set()
        for row in shown.rows:
            households = expected[row.unit.id].get(column, set())
            total |= households
            assert row.cells[column] == len(households), (column, row.unit.id, *what)
            if not households and history.random.random() > EMPTY_LISTS:
                continue
            assert sorted(_behind(session, shown, row.unit.code, column)) == sorted(households), (
                column,
                *what,
            )
        assert shown.total[column] == len(total), (column, *what)
        assert sorted(_behind(session, shown, TOTAL, column)) == sorted(total), (column, *what)


def _counted(shown: Figures) -> Iterator[str]:
    table = shown.asked.table
    return (c.key for c in (*table.measures, *(c for c in table.columns if isinstance(c, Flow))))


def _behind(session: Session, shown: Figures, row: str, column: str) -> list[int]:
    return household_ids(session.connection(), shown.asked, row, column)


def _hold_inputs(history: History, shown: Figures) -> None:
    wanted = shown.asked
    columns = ("resident_households", "ethnic_minority_households", "exit_target")
    for row in shown.rows:
        declared = fold.inputs(history, row.unit.id, wanted.as_of, wanted.map_day, wanted.the_year)
        assert {key: row.cells[key] for key in columns} == declared, (history.seed, wanted, row)
        residents = declared["resident_households"]
        assert row.cells["poor_rate"] == fold.rate(row.cells["poor"], residents)
        target = declared["exit_target"]
        planned = None if target is None else row.cells["poor"] - target
        assert row.cells["poor_year_end_planned"] == planned
    for key in columns:
        known = [row.cells[key] for row in shown.rows if row.cells[key] is not None]
        assert shown.total[key] == (sum(known) if known else None)
    lacking = any(row.cells["resident_households"] is None for row in shown.rows)
    assert shown.total["poor_rate"] == (
        None if lacking else fold.rate(shown.total["poor"], shown.total["resident_households"])
    )


def _hold_identity(shown: Figures) -> None:
    """closing = opening − the three ways out + the four ways in, in every row and the total."""
    keys = [column.key for column in shown.asked.table.columns]
    out, into = keys[1:4], keys[4:8]
    for cells in [*(row.cells for row in shown.rows), shown.total]:
        flows = sum(cells[key] for key in into) - sum(cells[key] for key in out)
        assert cells["closing"] == cells["opening"] + flows, (shown.asked, cells)


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
