"""The reviewing level: a table as of a day, the households behind a number, and what a signed
table says against the records."""

from pathlib import Path

import pytest

from tests.browser.visitor import SIZES

SIGNED = Path(__file__).parent.parent / "data" / "bieu-2.csv"
SIGNED_ON = "15/02/2022"


@pytest.mark.parametrize("size", SIZES)
def test_a_number_of_bieu_2_opens_its_households(visit, size: tuple[int, int]) -> None:
    visitor = visit("huyen-camlo", size=size)
    visitor.open("/")
    visitor.go_to("Các bảng")
    visitor.follow("Biểu 2: Chỉ tiêu giảm hộ nghèo")
    visitor.fill("Số liệu ngày", SIGNED_ON)
    visitor.press("Xem")
    assert visitor.number("CAM-TUYEN/poor") == 109
    assert visitor.number("total/poor") == 453
    codes = visitor.open_cell("CAM-TUYEN/poor")
    assert visitor.heading == "Xã Cam Tuyền: Hộ nghèo"
    assert len(codes) == len(set(codes)) == 109


@pytest.mark.parametrize("size", SIZES)
def test_the_signed_bieu_2_has_eight_findings(visit, size: tuple[int, int]) -> None:
    visitor = visit("huyen-camlo", size=size)
    visitor.open(f"/tables/bieu-2?as_of={SIGNED_ON}&unit=CAM-LO")
    visitor.follow("Đối chiếu với bảng đã ký")
    assert visitor.text("#unit option:checked") == "Huyện Cam Lộ"
    visitor.page.locator("input[type=file]").set_input_files(SIGNED)
    visitor.press("Đối chiếu")
    assert visitor.texts("h2") == ["7 ô không khớp", f"Đã ghi nhận, ngày số liệu {SIGNED_ON}"]
    units = visitor.texts("tbody th")
    assert len(units) == 8
    assert units.count("Xã Cam Tuyền") == 4
    why = visitor.page.locator("table").first.locator("tbody td:nth-of-type(4)")
    assert all(text.endswith(".") for text in why.all_inner_texts())
    visitor.shows(sizes=[size])
