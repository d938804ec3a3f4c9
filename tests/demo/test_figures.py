"""What the tables say of the demonstration, on both databases."""

import csv
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection

from casemgmt import demo
from casemgmt.demo.reading import SIGNED
from casemgmt.tables.definitions import Basis, Flow, Rate
from casemgmt.tables.figures import Figures, asked, figures, household_codes
from casemgmt.tables.reconcile import reconcile
from casemgmt.typed import parse_rate, parse_whole

BASELINE = date(2022, 2, 15)
# The cells of the signed Biểu 2 that are wrong, with what is right.
WRONG: dict[tuple[str, str], Any] = {
    ("Cam Tuyền", "poor_rate"): Decimal("7.36"),
    ("Cam Tuyền", "poor_ethnic_minority_rate"): Decimal("2.84"),
    ("Cam Tuyền", "poor_able_to_exit"): 56,
    ("Cam Tuyền", "poor_able_to_exit_rate"): Decimal("3.78"),
    ("Cam Thành", "poor_social_protection_rate"): Decimal("1.48"),
    ("Tổng", "poor_ethnic_minority_rate"): Decimal("0.28"),
    ("Tổng", "poor_year_end_planned_rate"): Decimal("2.88"),
}


def _ask(connection: Connection, name: str, **asking: Any) -> Figures:
    return figures(connection, asked(name, **asking))


def _printed(name: str) -> list[dict[str, str]]:
    with (SIGNED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", ["bieu-2", "bieu-3"])
def test_the_tables_equal_the_signed_ones_where_these_are_right(
    connection: Connection, name: str
) -> None:
    shown = _ask(connection, name, as_of=BASELINE, unit="CAM-LO")
    rows = [row.cells for row in shown.rows] + [shown.total]
    printed = _printed(name)
    assert [row["unit"].removeprefix("TT ") for row in printed[:-1]] == [
        row.unit.name for row in shown.rows
    ]
    for line, cells in zip(printed, rows, strict=True):
        for column in shown.asked.table.columns:
            text = line.get(column.key, "")
            if (line["unit"], column.key) in WRONG:
                assert cells[column.key] == WRONG[line["unit"], column.key]
            elif text:
                read = parse_rate if isinstance(column, Rate) else parse_whole
                assert cells[column.key] == read(text), (line["unit"], column.key)
            else:
                assert cells[column.key] in (0, None) or column.key not in line


def test_the_signed_bieu_2_has_eight_wrong_cells_and_bieu_3_none(connection: Connection) -> None:
    (bieu_2, printed_2), (bieu_3, printed_3) = demo.signed_tables()
    found = {(finding.unit, finding.column) for finding in reconcile(connection, printed_2, bieu_2)}
    assert found == {
        ("CAM-TUYEN", "poor_rate"),
        ("CAM-TUYEN", "poor_ethnic_minority_rate"),
        ("CAM-TUYEN", "poor_able_to_exit"),
        ("CAM-TUYEN", "poor_able_to_exit_rate"),
        ("CAM-THANH", "poor_social_protection_rate"),
        ("total", "poor_ethnic_minority_rate"),
        ("total", "poor_able_to_exit"),
        ("total", "poor_year_end_planned_rate"),
    }
    assert reconcile(connection, printed_3, bieu_3) == []


def test_the_baseline_of_the_near_poor_and_of_the_minority(connection: Connection) -> None:
    near = _ask(connection, "bieu-3-can-ngheo", as_of=BASELINE, unit="CAM-LO")
    assert near.total["near_poor"] == 634
    minority = _ask(connection, "bieu-2", as_of=BASELINE, unit="CAM-LO")
    poor = {row.unit.code: row.cells["poor_ethnic_minority"] for row in minority.rows}
    assert {code: number for code, number in poor.items() if number} == {"CAM-TUYEN": 42}
    assert _near_poor_minority(connection, BASELINE) == 46


def _near_poor_minority(connection: Connection, day: date) -> int:
    return connection.exec_driver_sql(
        "SELECT count(*) FROM span WHERE class = 'near_poor' AND minority"
        f" AND starts <= '{day}' AND ends > '{day}'"
    ).scalar_one()


def test_the_332_others_are_parted(connection: Connection) -> None:
    shown = _ask(connection, "bieu-3", as_of=BASELINE)
    assert (shown.total["other_organisation"], shown.total["unassigned"]) == (133, 199)
    kinds = connection.exec_driver_sql(
        "SELECT lead_kind, count(*) FROM span WHERE class = 'poor'"
        f" AND starts <= '{BASELINE}' AND ends > '{BASELINE}' GROUP BY lead_kind"
    )
    assert {kind: number for kind, number in kinds} == {
        "farmers_union": 39,
        "womens_union": 52,
        "youth_union": 14,
        "veterans_association": 16,
        "fatherland_front": 52,
        "elderly_association": 38,
        "office": 28,
        "business": 15,
        "none": 199,
    }
    membership = _ask(connection, "bieu-3", as_of=BASELINE, basis=Basis.MEMBERSHIP)
    assert membership.total["poor"] == 453
    assert membership.total["other"] > 300


def test_on_its_own_today_the_review_has_not_yet_been_decided(connection: Connection) -> None:
    shown = _ask(connection, "bieu-2", as_of=date(2023, 10, 20), unit="CAM-LO")
    assert len(shown.rows) == 8
    assert shown.total["poor"] == 385
    assert _ask(connection, "bieu-3-can-ngheo", as_of=date(2023, 10, 20)).total["near_poor"] == 557
    end = _ask(connection, "bieu-2", as_of=date(2023, 12, 31), unit="CAM-LO")
    assert end.total == shown.total
    decided = connection.exec_driver_sql(
        "SELECT count(*) FROM classification WHERE starts > '2023-10-20'"
    ).scalar_one()
    assert decided == 0


@pytest.mark.parametrize("name", ["dien-bien", "dien-bien-can-ngheo"])
def test_each_way_in_and_out_was_taken_in_both_years_and_the_years_join_up(
    connection: Connection, name: str
) -> None:
    closing = None
    for days in (
        (date(2022, 1, 1), date(2022, 12, 31)),
        (date(2022, 12, 31), date(2023, 10, 20)),
        (date(2022, 12, 31), date(2023, 12, 31)),
    ):
        shown = _ask(connection, name, start=days[0], end=days[1])
        keys = [column.key for column in shown.asked.table.columns]
        assert all(isinstance(column, Flow) for column in shown.asked.table.columns)
        assert all(shown.total[key] > 0 for key in keys), (days, shown.total)
        for cells in [*(row.cells for row in shown.rows), shown.total]:
            flows = sum(cells[key] for key in keys[4:8]) - sum(cells[key] for key in keys[1:4])
            assert cells["closing"] == cells["opening"] + flows
        assert closing in (None, shown.total["opening"])
        closing = closing or shown.total["closing"]


def test_the_first_year_may_be_counted_from_its_last_day_before(connection: Connection) -> None:
    shown = _ask(connection, "dien-bien", start=date(2021, 12, 31), end=date(2022, 1, 1))
    assert {key: value for key, value in shown.total.items() if value} == {
        "opening": 453,
        "closing": 453,
    }


def test_the_exits_registered_by_name(connection: Connection) -> None:
    shown = _ask(connection, "thoat-ngheo", as_of=date(2022, 12, 31), unit="CAM-LO")
    assert shown.total["registered"] == 24
    for row in shown.rows:
        assert row.cells["registered"] == row.cells["exit_target"]
    assert 12 <= shown.total["registered_exits"] < 24
    assert shown.total["other_exits"] > 0
    assert shown.total["relapsed"] > 0
    end = _ask(connection, "thoat-ngheo", as_of=date(2023, 12, 31), unit="CAM-LO").total
    assert end["registered"] == end["exit_target"] == 48


def test_the_reform_of_2025_moves_every_count(connection: Connection) -> None:
    before, after = date(2025, 6, 30), date(2025, 7, 1)
    for name in ("bieu-2", "bieu-3", "bieu-3-can-ngheo"):
        eight = _ask(connection, name, as_of=before)
        two = _ask(connection, name, as_of=after)
        assert [row.unit.code for row in two.rows] == ["XA-CAM-LO", "HIEU-GIANG"]
        assert len(eight.rows) == 8
        assert two.total == eight.total
        for old, new in ((eight, after), (two, before)):
            other = _ask(connection, name, as_of=old.asked.as_of, map_date=new)
            counts = [column.key for column in old.asked.table.measures]
            shown = two if old is eight else eight
            assert [[row.cells[key] for key in counts] for row in other.rows] == [
                [row.cells[key] for key in counts] for row in shown.rows
            ]
    under = _ask(connection, "bieu-2", as_of=after, unit="QUANG-TRI-2025")
    assert under.total["poor"] == 385
    assert _ask(connection, "bieu-2", as_of=after, unit="CAM-LO").rows == []


def test_2022_on_the_map_of_2025(connection: Connection) -> None:
    shown = _ask(connection, "bieu-2", as_of=BASELINE, map_date=date(2025, 7, 1))
    cells = {row.unit.code: row.cells for row in shown.rows}
    columns = ("resident_households", "poor", "poor_rate", "poor_social_protection", "exit_target")
    assert [cells["XA-CAM-LO"][key] for key in columns] == [7451, 137, Decimal("1.84"), 112, 7]
    assert [cells["HIEU-GIANG"][key] for key in columns] == [7454, 316, Decimal("4.24"), 233, 17]
    kinds = _ask(connection, "bieu-3", as_of=BASELINE, map_date=date(2025, 7, 1))
    columns = (
        "farmers_union",
        "womens_union",
        "youth_union",
        "veterans_association",
        "other",
    )
    assert [[row.cells[key] for key in columns] for row in kinds.rows] == [
        [12, 18, 2, 13, 92],
        [27, 34, 12, 3, 240],
    ]


def test_the_villages_of_a_commune_add_up_to_it(connection: Connection) -> None:
    of_district = _ask(connection, "bieu-2", as_of=date(2023, 10, 20), unit="CAM-LO")
    for row in of_district.rows:
        villages = _ask(connection, "bieu-2", as_of=date(2023, 10, 20), unit=row.unit.code)
        for key in ("resident_households", "ethnic_minority_households", "poor"):
            assert villages.total[key] == row.cells[key], (row.unit.code, key)


def test_a_cell_opens_its_households(connection: Connection) -> None:
    wanted = asked("bieu-2", as_of=BASELINE, unit="CAM-LO")
    codes = household_codes(connection, wanted, "CAM-TUYEN", "poor_ethnic_minority")
    assert len(codes) == 42
    assert all(code.startswith("CAM-TUYEN-") for code in codes)
