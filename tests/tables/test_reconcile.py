"""Holding printed tables against the records and against their own arithmetic."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from sqlalchemy.orm import Session

from casemgmt.errors import RuleBroken
from casemgmt.tables import reconcile, sheets
from casemgmt.tables.definitions import Basis, Rate, table_named
from casemgmt.tables.figures import Figures, asked, rate
from casemgmt.tables.reconcile import Finding, hold
from tests import seed
from tests.tables.conftest import printed, signed

Stand = Callable[..., Figures]
Grid = dict[str, dict[str, str]]


def grid_of(figures: Figures) -> Grid:
    """A right table as cells of text, by unit and key."""
    rows = csv.DictReader(io.StringIO(sheets.as_csv(figures).removeprefix("\ufeff")))
    return {row["unit"]: row for row in rows}


def held(figures: Figures, grid: Grid) -> list[Finding]:
    out = io.StringIO()
    writer = csv.DictWriter(out, next(iter(grid.values())).keys())
    writer.writeheader()
    writer.writerows(grid.values())
    return hold(figures, printed(figures.asked.table.key, out.getvalue()))


def places(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.unit, finding.column) for finding in findings]


def changed(figures: Figures, **cells: str) -> list[Finding]:
    """What is found after cells `unit__key` of the right table were changed."""
    grid = grid_of(figures)
    for name, text in cells.items():
        unit, key = name.split("__")
        grid[{"total": "Tổng"}.get(unit, unit.replace("_", "-"))][key] = text
    return held(figures, grid)


# --- The signed tables of 2022 ------------------------------------------------------------------

EIGHT = {
    ("cam-thanh", "poor_social_protection_rate"): ("rate", "1.49", "1.48", "1,4845"),
    ("cam-tuyen", "poor_rate"): ("rate", "3.76", "7.36", "đảo chữ số (3,76 ↔ 7,36)"),
    ("cam-tuyen", "poor_ethnic_minority_rate"): ("rate", "0.28", "2.84", "mẫu số của dòng Tổng"),
    ("cam-tuyen", "poor_able_to_exit"): ("arithmetic", "48", "56", "109 − 53 = 56"),
    ("cam-tuyen", "poor_able_to_exit_rate"): ("records", "3.24", "3.78", "tính đúng từ 48/1.481"),
    ("total", "poor_ethnic_minority_rate"): ("missing", None, "0.28", "thiếu tỷ lệ ở dòng Tổng"),
    ("total", "poor_able_to_exit"): ("arithmetic", "108", "108", "108 = 453 − 345"),
    ("total", "poor_year_end_planned_rate"): ("rate", "2.82", "2.88", "429/14.905 = 2,88"),
}


def test_the_signed_bieu_2_has_exactly_eight_wrong_cells(sown: Session) -> None:
    wanted = asked("bieu-2", as_of=seed.AS_OF, unit=seed.DISTRICT)
    findings = reconcile.reconcile(sown.connection(), signed("bieu-2"), wanted)
    assert places(findings) == list(EIGHT)
    for finding in findings:
        kind, declared, derived, cause = EIGHT[finding.unit, finding.column]
        assert finding.kind == kind
        assert finding.declared == (None if declared is None else Decimal(declared))
        assert finding.derived == Decimal(derived)
        assert cause in finding.explanation
        assert finding.explanation.endswith(".")
        assert finding.explanation.count("\n") == 0
    by_place = {(finding.unit, finding.column): finding.explanation for finding in findings}
    total = by_place["total", "poor_able_to_exit"]
    assert "cộng lại được 100" in total
    assert "Xã Cam Tuyền in 48 thay vì 56" in total
    assert "in nhầm ở dòng Xã Cam Tuyền" in by_place["total", "poor_ethnic_minority_rate"]
    assert "420 hộ" in by_place["total", "poor_year_end_planned_rate"]


@pytest.mark.parametrize("basis", list(Basis))
def test_the_signed_bieu_3_has_none(sown: Session, basis: Basis) -> None:
    wanted = asked("bieu-3", as_of=seed.AS_OF, unit=seed.DISTRICT, basis=basis)
    assert reconcile.reconcile(sown.connection(), signed("bieu-3"), wanted) == []


def test_other_tables_are_refused(sown: Session) -> None:
    wanted = asked("bieu-3-can-ngheo", as_of=seed.AS_OF)
    with pytest.raises(RuleBroken, match="bieu-2 và bieu-3"):
        reconcile.reconcile(sown.connection(), signed("bieu-3"), wanted)


def test_json_and_text(stand: Stand) -> None:
    findings = hold(stand("bieu-2"), signed("bieu-2"))
    written = json.loads(json.dumps(reconcile.as_json(findings)))
    assert list(written) == ["findings"]
    assert all(
        list(finding) == ["unit", "column", "declared", "derived", "kind", "explanation"]
        for finding in written["findings"]
    )
    first = written["findings"][1]
    assert first["unit"] == "cam-tuyen"
    assert (first["declared"], first["derived"]) == (3.76, 7.36)
    assert written["findings"][5]["declared"] is None
    text = reconcile.as_text(findings)
    assert text.startswith("8 chỗ không khớp")
    assert "Xã Cam Tuyền – Tỷ lệ % (Hộ nghèo DTTS) [poor_ethnic_minority_rate]" in text
    assert "khớp" in reconcile.as_text([])


# --- A right table, and one wrong cell in it ----------------------------------------------------


@pytest.mark.parametrize("name", ["bieu-2", "bieu-3"])
def test_a_table_written_here_has_no_finding(stand: Stand, name: str) -> None:
    for choices in ({}, {"unit": None}, {"unit": "cam-tuyen"}, {"as_of": seed.REVIEWED}):
        figures = stand(name, **choices)
        assert hold(figures, printed(name, sheets.as_csv(figures))) == []


def test_numbers_written_the_vietnamese_way_are_the_same(stand: Stand) -> None:
    figures = stand("bieu-2")
    grid = grid_of(figures)
    for row in grid.values():
        for key, text in row.items():
            if key.endswith("_rate"):
                row[key] = text.replace(".", ",")
            elif key not in ("unit", "name") and text:
                row[key] = f"{int(text):,}".replace(",", ".")
            row[key] = "" if row[key] in ("0", "0,00") else row[key]  # and blanks for zeros
    assert held(figures, grid) == []


def test_rates_with_more_decimals_are_rounded_half_up(stand: Stand) -> None:
    assert changed(stand("bieu-2"), cam_tuyen__poor_rate="7.3599") == []
    assert changed(stand("bieu-2"), cam_thanh__poor_social_protection_rate="1,4845") == []
    assert changed(stand("bieu-2"), cam_tuyen__poor_rate="7.3549") != []
    assert changed(stand("bieu-2"), cam_tuyen__poor_rate="7.3550") == []


def wrong_texts(figures: Figures, unit: str, key: str, text: str) -> Iterator[str]:
    """Ways to get a cell wrong."""
    column = figures.asked.table.column(key)
    right = Decimal(text)
    if right:
        yield ""
    step = Decimal("0.01") if isinstance(column, Rate) else Decimal(1)
    yield str(right + step)
    yield str(right + 3 * step)
    if right > 0:
        yield str(right - step)
        yield str(right * 10)
    digits = text.replace(".", "")
    for place, (one, other) in enumerate(pairwise(digits)):
        if one != other:
            swapped = digits[:place] + other + one + digits[place + 2 :]
            yield swapped if step == 1 else f"{swapped[:-2]}.{swapped[-2:]}"
    if isinstance(column, Rate):
        cells = next((row.cells for row in figures.rows if row.unit.code == unit), figures.total)
        of = cells[column.of]
        for over in (14905, cells["poor"], cells["ethnic_minority_households"]):
            value = rate(of, over)
            if value is not None and value != right:
                yield str(value)


@pytest.mark.parametrize("name", ["bieu-2", "bieu-3"])
def test_one_wrong_cell_is_the_one_that_is_named(stand: Stand, name: str) -> None:
    figures = stand(name)
    right = grid_of(figures)
    tried = 0
    for unit, row in right.items():
        for key, text in row.items():
            if key in ("unit", "name") or not text:
                continue
            for wrong in wrong_texts(figures, unit, key, text):
                grid = right | {unit: row | {key: wrong}}
                findings = held(figures, grid)
                code = "total" if unit == "Tổng" else unit
                assert places(findings) == [(code, key)], (wrong, findings)
                (finding,) = findings
                assert finding.derived == Decimal(text)
                assert finding.kind == ("missing" if wrong == "" else finding.kind)
                assert "  " not in finding.explanation
                tried += 1
    assert tried > 300


def test_a_number_where_the_records_know_nothing(stand: Stand) -> None:
    (finding,) = changed(stand("bieu-2"), thanh_an__ethnic_minority_households="5")
    assert (finding.unit, finding.kind, finding.derived) == ("thanh-an", "unknown", None)
    assert "sổ bộ chưa có" in finding.explanation


def test_a_total_of_partly_unknown_figures_may_follow_its_column(stand: Stand) -> None:
    findings = changed(
        stand("bieu-2"),
        thanh_an__ethnic_minority_households="5",
        total__ethnic_minority_households="106",
    )
    assert places(findings) == [("thanh-an", "ethnic_minority_households")]
    findings = changed(stand("bieu-2"), total__ethnic_minority_households="110")
    assert places(findings) == [("total", "ethnic_minority_households")]


# --- Causes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "text", "kind", "cause"),
    [
        ("cam_tuyen__poor", "190", "arithmetic", "53 + 56 = 109"),
        ("cam_tuyen__poor", "190", "arithmetic", "đảo chữ số (190 ↔ 109)"),
        ("cam_tuyen__resident_households", "1841", "arithmetic", "đảo chữ số (1.841 ↔ 1.481)"),
        ("cam_tuyen__resident_households", "148", "arithmetic", "thiếu một chữ số"),
        ("cam_tuyen__resident_households", "14810", "arithmetic", "thừa một chữ số"),
        ("cam_tuyen__resident_households", "1482", "arithmetic", "sai một chữ số"),
        ("cam_tuyen__exit_target", "", "missing", "thiếu số ở dòng Xã Cam Tuyền"),
        ("cam_tuyen__poor_ethnic_minority_rate", "41.58", "rate", "chia cho số hộ DTTS"),
        ("cam_tuyen__poor_ethnic_minority_rate", "38.53", "rate", "chia cho số hộ nghèo"),
        ("cam_tuyen__poor_rate", "73.60", "rate", "đặt sai dấu phẩy"),
        ("cam_tuyen__poor_rate", "0.73", "rate", "mẫu số của dòng Tổng"),
        ("cam_tuyen__poor_rate", "7.4", "rate", "một chữ số thập phân"),
        ("cam_tuyen__poor_rate", "6.68", "rate", "trùng với số của cột Tỷ lệ hộ nghèo cuối năm"),
        ("thanh_an__poor_rate", "3.93", "rate", "3,9361 làm tròn thành 3,94"),
        ("total__poor_rate", "24.96", "rate", "cộng các tỷ lệ"),
        ("total__poor_rate", "3.12", "rate", "lấy trung bình các tỷ lệ"),
        ("total__poor", "435", "arithmetic", "cột in ra cộng lại được 453"),
        ("total__poor", "435", "arithmetic", "hoặc có lẽ thiếu dòng Xã Cam Chính (18)"),
        ("total__poor", "490", "arithmetic", "cộng hai lần dòng Xã Cam Thành (37)"),
        ("total__poor_able_to_exit", "93", "arithmetic", "ít hơn 15 hộ"),
    ],
)
def test_likely_causes(stand: Stand, cell: str, text: str, kind: str, cause: str) -> None:
    (finding,) = changed(stand("bieu-2"), **{cell: text})
    assert cause in finding.explanation
    assert finding.kind == kind


def test_a_wrong_figure_that_the_row_was_reckoned_with_makes_its_total_wrong_too(
    stand: Stand,
) -> None:
    findings = changed(
        stand("bieu-2"),
        cam_hieu__exit_target="13",
        cam_hieu__poor_year_end_planned="31",
        cam_hieu__poor_year_end_planned_rate="1.73",
    )
    assert places(findings) == [
        ("cam-hieu", "exit_target"),
        ("cam-hieu", "poor_year_end_planned"),
        ("cam-hieu", "poor_year_end_planned_rate"),
        ("total", "exit_target"),
        ("total", "poor_year_end_planned"),
    ]
    assert {finding.kind for finding in findings[:2]} == {"arithmetic"}
    assert findings[2].kind == "records"
    assert findings[3].declared == findings[3].derived == 24
    assert "cộng lại được 34: dòng Xã Cam Hiếu in 13 thay vì 3" in findings[3].explanation


def test_a_total_that_adds_up_a_wrong_row_is_told_so(stand: Stand) -> None:
    findings = changed(
        stand("bieu-3"),
        thanh_an__farmers_union="5",
        thanh_an__other="85",
        total__farmers_union="40",
        total__other="331",
    )
    assert places(findings)[-2:] == [("total", "farmers_union"), ("total", "other")]
    assert "đúng bằng tổng của cột in ra, nhưng sổ bộ có 39" in findings[-2].explanation
    assert "dòng Xã Thanh An in 5 thay vì 4" in findings[-2].explanation


def test_what_the_printed_table_is_right_about_is_of_kind_records(stand: Stand) -> None:
    """The whole row is of other figures than the register's."""
    findings = changed(
        stand("bieu-3"),
        cam_hieu__poor="45",
        cam_hieu__other="31",
        cam_hieu__unassigned="5",
        total__poor="454",
        total__other="333",
        total__unassigned="45",
    )
    assert len(findings) == 6
    assert {finding.kind for finding in findings} == {"records"}


def test_the_other_printed_table_is_cited(stand: Stand) -> None:
    grid = grid_of(stand("bieu-3"))
    grid["cam-tuyen"]["poor"] = "190"
    text = "unit,poor\n" + "\n".join(f"{unit},{row['poor']}" for unit, row in grid.items())
    (finding,) = hold(stand("bieu-3"), printed("bieu-3", text), signed("bieu-2"))
    assert finding.explanation.endswith("; Biểu 2 in 109.")


# --- Rows and units -----------------------------------------------------------------------------


def test_rows_without_a_unit_of_the_table(stand: Stand) -> None:
    grid = grid_of(stand("bieu-3"))
    grid["cam-hieu"]["unit"] = "Xã Cam Hiệu"
    findings = held(stand("bieu-3"), grid)
    assert [(finding.unit, finding.column, finding.kind) for finding in findings] == [
        ("Xã Cam Hiệu", "unit", "unit"),
        ("cam-hieu", "unit", "unit"),
    ]
    assert findings[0].declared == "Xã Cam Hiệu"
    assert "Dòng 9" in findings[0].explanation
    assert findings[1].declared is None
    assert findings[1].derived == "Xã Cam Hiếu"


def test_a_unit_twice_and_a_row_without_a_name_and_no_total(stand: Stand) -> None:
    grid = grid_of(stand("bieu-3"))
    del grid["Tổng"]
    grid["again"] = grid["cam-hieu"] | {"unit": "X. Cam Hiếu", "poor": "1"}
    grid["nameless"] = grid["cam-hieu"] | {"unit": ""}
    findings = held(stand("bieu-3"), grid)
    assert [(finding.unit, finding.kind) for finding in findings] == [
        ("", "unit"),
        ("cam-hieu", "unit"),
        ("total", "unit"),
    ]
    assert "không ghi tên" in findings[0].explanation
    assert "đã có ở dòng 9" in findings[1].explanation


def test_two_units_of_one_name(stand: Stand) -> None:
    figures = stand("bieu-3")
    rows = [
        replace(row, unit=replace(row.unit, name="Cam Lộ")) if row.unit.code == "cam-hieu" else row
        for row in figures.rows
    ]
    grid = grid_of(figures)
    grid["cam-hieu"]["unit"] = "Cam Lộ"
    findings = held(replace(figures, rows=rows), grid)
    assert [finding.unit for finding in findings] == ["Cam Lộ", "cam-hieu"]
    assert "Thị trấn Cam Lộ (tt-cam-lo), Xã Cam Lộ (cam-hieu)" in findings[0].explanation
    grid["cam-hieu"]["unit"] = "X. Cam Lộ"
    assert held(replace(figures, rows=rows), grid) == []


def test_columns_that_are_not_printed_are_not_asked_for(stand: Stand) -> None:
    assert hold(stand("bieu-2"), printed("bieu-2", "unit,exit_target\ntotal,24")) != []
    rows = "\n".join(f"{row.unit.code},{row.cells['poor']}" for row in stand("bieu-2").rows)
    assert hold(stand("bieu-2"), printed("bieu-2", f"unit,poor\n{rows}\nTổng,453")) == []


# --- Figures that the records lack --------------------------------------------------------------


def without(figures: Figures, *keys: str) -> Figures:
    """The same figures of a register that never was told these, nor what follows from them."""
    rows = [replace(row, cells=row.cells | dict.fromkeys(keys)) for row in figures.rows]
    return replace(figures, rows=rows, total=figures.total | dict.fromkeys(keys))


PLAN = ("exit_target", "poor_year_end_planned", "poor_year_end_planned_rate")


def test_a_plan_that_the_register_lacks_is_one_finding_a_row(stand: Stand) -> None:
    right = stand("bieu-2")
    findings = held(without(right, *PLAN), grid_of(right))
    assert {(finding.column, finding.kind) for finding in findings} == {("exit_target", "unknown")}
    assert len(findings) == 8


def test_a_plan_that_the_register_lacks_must_still_be_reckoned_right(stand: Stand) -> None:
    right = stand("bieu-2")
    grid = grid_of(right)
    grid["cam-hieu"]["poor_year_end_planned_rate"] = "2.92"
    grid["cam-chinh"]["poor_year_end_planned"] = "81"
    grid["Tổng"]["exit_target"] = "42"
    findings = [
        finding for finding in held(without(right, *PLAN), grid) if finding.kind != "unknown"
    ]
    assert [(finding.unit, finding.column, finding.derived) for finding in findings] == [
        ("cam-chinh", "poor_year_end_planned", 18),
        ("cam-hieu", "poor_year_end_planned_rate", Decimal("2.29")),
        ("total", "exit_target", 24),
    ]
    assert "đảo chữ số" in findings[1].explanation


def test_a_table_of_no_rows(stand: Stand) -> None:
    figures = replace(stand("bieu-3"), rows=[], total=dict.fromkeys(stand("bieu-3").total, 0))
    assert hold(figures, printed("bieu-3", "unit,poor\nTổng,0")) == []
    assert table_named("bieu-3").key == figures.asked.table.key
