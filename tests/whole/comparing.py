"""Holds the tables against the plain fold of a random register: every cell and its list."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from casemgmt.register.models import Class
from casemgmt.tables.definitions import Basis, Flow
from casemgmt.tables.figures import TOTAL, Figures, asked, figures, household_codes
from tests.whole import fold
from tests.whole.histories import LAST, History

EMPTY_LISTS = 0.1  # the share of the many empty cells whose (empty) list is opened too
AS_OF = (
    ("bieu-2", Basis.SPONSOR, fold.bieu_2),
    ("bieu-3", Basis.SPONSOR, fold.bieu_3(Class.POOR, "lead_kind")),
    ("bieu-3", Basis.MEMBERSHIP, fold.bieu_3(Class.POOR, "member_of")),
    ("bieu-3-can-ngheo", Basis.SPONSOR, fold.bieu_3(Class.NEAR_POOR, "lead_kind")),
)


def compare(session: Session, history: History) -> None:
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
        hold_identity(shown)
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
    assert [_number(row.unit.code) for row in shown.rows] == list(expected), what
    for column in _counted(shown):
        total: set[int] = set()
        for row in shown.rows:
            households = expected[_number(row.unit.code)].get(column, set())
            total |= households
            assert row.cells[column] == len(households), (column, _number(row.unit.code), *what)
            if not households and history.random.random() > EMPTY_LISTS:
                continue
            assert _behind(session, shown, row.unit.code, column) == sorted(households), (
                column,
                *what,
            )
        assert shown.total[column] == len(total), (column, *what)
        assert _behind(session, shown, TOTAL, column) == sorted(total), (column, *what)


def _counted(shown: Figures) -> Iterator[str]:
    table = shown.asked.table
    return (c.key for c in (*table.measures, *(c for c in table.columns if isinstance(c, Flow))))


def _behind(session: Session, shown: Figures, row: str, column: str) -> list[int]:
    codes = household_codes(session.connection(), shown.asked, row, column)
    return sorted(_number(code) for code in codes)


def _number(code: str) -> int:
    """The history's number of a unit (U12) or household (H7)."""
    return int(code[1:])


def _hold_inputs(history: History, shown: Figures) -> None:
    wanted = shown.asked
    columns = ("resident_households", "ethnic_minority_households", "exit_target")
    for row in shown.rows:
        declared = fold.inputs(
            history, _number(row.unit.code), wanted.as_of, wanted.map_day, wanted.the_year
        )
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


def hold_bieu_3(bieu_2: Figures, bieu_3: Figures) -> None:
    """The columns of Biểu 3 add up to the poor of Biểu 2, in every row and the total."""
    keys = [column.key for column in bieu_3.asked.table.columns]
    for two, three in zip(_lines(bieu_2), _lines(bieu_3), strict=True):
        assert two["poor"] == three["poor"] == sum(three[key] for key in keys[1:6]), (two, three)


def _lines(shown: Figures) -> list[Mapping[str, Any]]:
    return [*(row.cells for row in shown.rows), shown.total]


def hold_identity(shown: Figures) -> None:
    """closing = opening − the three ways out + the four ways in, in every row and the total."""
    keys = [column.key for column in shown.asked.table.columns]
    out, into = keys[1:4], keys[4:8]
    for cells in _lines(shown):
        flows = sum(cells[key] for key in into) - sum(cells[key] for key in out)
        assert cells["closing"] == cells["opening"] + flows, (shown.asked, cells)
