"""Biểu 2, Biểu 3 and diễn biến on paper: headed as the programme prints them, and their text is the
table."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from casemgmt.paper.captions import Caption
from casemgmt.paper.page import Made
from casemgmt.tables import layout
from casemgmt.tables.figures import Figures
from casemgmt.tables.papers import Look, as_pdf
from tests import seed
from tests.paper.reading import flat, lines, pages
from tests.tables.conftest import signed

Stand = Callable[..., Figures]
MADE = Made(
    "canbo", datetime(2022, 10, 20, 2, 30, tzinfo=UTC), "https://so.example.vn/tables/bieu-2"
)


def moved(stand: Stand, name: str) -> Figures:
    return stand(name, as_of=None, start=date(2022, 1, 1), end=seed.AS_OF)


def test_bieu_2_is_headed_as_the_programme_prints_it(stand: Stand) -> None:
    text = flat(as_pdf(stand("bieu-2")))
    assert text.startswith(
        "Biểu số 2: CHỈ TIÊU GIẢM NGHÈO NĂM 2022 (Kèm theo Chương trình phối hợp số /CTr-PHLN"
        " ngày tháng năm 2022) Huyện Cam Lộ. Số liệu ngày 15/02/2022."
    )
    for head in (
        "Đơn vị Dân cư (Hộ) Hộ DTTS Hộ nghèo Tỷ lệ %",
        "Chỉ tiêu giảm hộ nghèo giai đoạn 2022 - 2025",
        "Chỉ tiêu giảm hộ nghèo năm 2022",
        "HNDTTS Tỷ lệ % Hộ BTXH Tỷ lệ % Hộ có khả năng thoát nghèo Tỷ lệ %",
        "Số hộ Hộ nghèo cuối năm 2022 Tỷ lệ hộ nghèo cuối năm 2022",
        "A 1 2 3 4=3/1 5 6=5/1 7 8=7/1 9 10=9/1 11 12=3-11 13=12/1",
        "Cột 12, 13: kế hoạch, tính từ số ngày 15/02/2022.",
    ):
        assert head in text, head


def test_bieu_3_on_paper_is_the_signed_table(stand: Stand) -> None:
    """Row by row, as the programme printed it in 2022."""
    text = flat(as_pdf(stand("bieu-3")))
    assert "Biểu số 3: SỐ HỘ NGHÈO THUỘC CÁC HỘI ĐOÀN THỂ NĂM 2022" in text
    heads = "Hội Nông dân Hội Liên hiệp Phụ nữ Đoàn Thanh niên Hội Cựu chiến binh Khác"
    assert f"{heads} Tổ chức khác Chưa có" in text
    assert "Stt Đơn vị Tổng số hộ nghèo Phân theo Hội, đoàn thể Trong đó (Khác)" in text
    printed = signed("bieu-3")
    keys = ("poor", "farmers_union", "womens_union", "youth_union", "veterans_association", "other")
    assert len(printed.rows) == 8
    for number, row in enumerate(printed.rows, 1):
        values = " ".join(str(row.cells[key]) for key in keys)
        assert _row_of(row.unit, number, values) in text, row.unit
    assert "Tổng cộng 453 39 52 14 16 332" in text


def _row_of(name: str, number: int, values: str) -> str:
    town = name.removeprefix("TT ")
    return f"{number} {'Thị trấn' if town != name else 'Xã'} {town} {values}"


@pytest.mark.parametrize("name", ["dien-bien", "dien-bien-can-ngheo"])
def test_a_movement_has_the_columns_of_the_reviews_form(stand: Stand, name: str) -> None:
    figures = moved(stand, name)
    text = flat(as_pdf(figures))
    assert "(Kèm theo Báo cáo số /BC-UBND ngày tháng năm 2022)" in text
    assert "Từ ngày 01/01/2022 đến ngày 15/02/2022." in text
    assert "A B 1 2 3 4 5 6 7 8 9=1-2-3-4 +5+6+7+8" in text
    for column in figures.asked.table.columns:
        assert column.label in text
    for over, _first, _last in figures.asked.table.bands:
        assert over in text
    total = " ".join(layout.shown(figures.total[c.key]) for c in figures.asked.table.columns)
    assert f"Tổng cộng {total}" in text


def test_rates_have_a_comma_or_the_programmes_dot(stand: Stand) -> None:
    figures = stand("bieu-2")
    assert "3,04" in lines(as_pdf(figures))
    dotted = lines(as_pdf(figures, look=Look(decimal=".")))
    assert "3.04" in dotted
    assert "3,04" not in dotted
    assert "14.905" in dotted


def test_an_annex_is_headed_as_the_decree_has_it(stand: Stand) -> None:
    look = Look(Caption.PHU_LUC)
    assert flat(as_pdf(stand("bieu-2"), look=look)).startswith("Phụ lục II CHỈ TIÊU GIẢM NGHÈO")
    assert flat(as_pdf(moved(stand, "dien-bien"), look=look)).startswith(
        "Phụ lục DIỄN BIẾN HỘ NGHÈO"
    )


def test_each_page_says_its_day_its_maker_and_opens_its_figures(stand: Stand) -> None:
    for text in pages(as_pdf(stand("bieu-2"), made=MADE)):
        assert "Huyện Cam Lộ. Số liệu ngày 15/02/2022." in text
        assert "Lập lúc 09:30 ngày 20/10/2022; người lập: canbo." in text
    other = Made(MADE.by, MADE.at, MADE.address + "&unit=x")
    assert as_pdf(stand("bieu-2"), made=MADE) != as_pdf(stand("bieu-2"), made=other)
    bare = as_pdf(stand("bieu-2"))
    assert "Lập bằng casemgmt." in flat(bare)
    assert bare == as_pdf(stand("bieu-2"))


def test_notes_stand_under_the_table(stand: Stand) -> None:
    got = lines(as_pdf(stand("bieu-2"), ["Mã bảng đã ký (SHA-256): 00ff"]))
    assert got.index("Tổng") < got.index("Mã bảng đã ký (SHA-256): 00ff")


def test_the_programmes_years_follow_the_year(stand: Stand) -> None:
    for day, stage in ((date(2022, 2, 15), "2022 - 2025"), (date(2027, 1, 1), "2026 - 2030")):
        assert f"giai đoạn {stage}" in flat(as_pdf(stand("bieu-2", as_of=day)))
