"""Those who look at figures: the leader's one page, where small numbers are hidden; and a table
that the commune prepares and the district signs."""

import pytest

from tests.browser.accounts import OWN_PASSWORD, add_account, change_first
from tests.browser.visitor import DESK, SIZES, Visitor

BIEU_2 = "/tables/bieu-2?as_of=20/10/2023&unit=CAM-TUYEN"


@pytest.mark.parametrize("size", SIZES)
def test_the_day_of_a_leader(visit, size: tuple[int, int]) -> None:
    leader = visit("xemsolieu", size=size)
    assert leader.heading.startswith("Số liệu chính")
    leader.open("/overview?as_of=15/02/2022")
    row = next(row for row in leader.texts("tbody tr") if "Xã Cam Tuyền" in row)
    assert "109" in row
    assert "7,36" in row
    leader.shows(sizes=[size])
    leader.follow("Xã Cam Tuyền")
    leader.shows(sizes=[size])

    leader.go_to("Các bảng")
    leader.follow("Biểu 3: Hộ nghèo theo tổ chức hội, đoàn thể")
    leader.open("/tables/bieu-3?as_of=15/02/2022&unit=CAM-TUYEN")
    cells = leader.texts("table.figures tbody tr:not(.total) td")
    assert "<5" in cells
    assert not {"1", "2", "3", "4"} & set(cells)
    assert leader.page.locator("td a[href*='/cells/']").count() == 0
    leader.shows(sizes=[size])
    leader.open("/tables/bieu-3/cells/CAM-TUYEN/farmers_union", status=403)


def test_a_table_is_prepared_and_signed_twice(visit_apart, served_apart) -> None:
    commune, district = visit_apart("xa-camtuyen", size=DESK), visit_apart("huyen-camlo", size=DESK)
    password = add_account(visit_apart("quantri"), "chutich-camtuyen", "Xã Cam Tuyền", signs=True)
    chair = visit_apart("chutich-camtuyen", password, size=DESK)
    change_first(chair, password)

    commune.open(BIEU_2)
    commune.follow("Lập để ký")
    commune.shows(sizes=[DESK])
    commune.fill("Số văn bản (không bắt buộc)", "07/BC-UBND")
    commune.press("Lập bảng")
    assert commune.notice == "Đã lập bảng, chờ người khác ký."

    _open_signed(chair)
    chair.shows(sizes=[DESK])
    chair.fill("Mật khẩu của bạn", OWN_PASSWORD)
    chair.press("Ký bảng này")
    assert "87" in chair.texts("tr.total td")
    assert "07/BC-UBND" in chair.text("main .of")
    assert "Ký bởi chutich-camtuyen" in chair.text("main")

    _open_signed(district)
    district.fill("Mật khẩu của bạn", served_apart.passwords["huyen-camlo"])
    district.press("Ký bảng này")
    assert "Ký bởi huyen-camlo" in district.text("main")
    assert "Không có ô nào khác" in district.text("main")
    district.shows()
    with district.page.expect_download() as got:
        district.page.locator("main a[href*='.pdf']").first.click()
    assert got.value.suggested_filename.endswith(".pdf")


def _open_signed(visitor: Visitor) -> None:
    visitor.open("/")
    visitor.go_to("Các bảng")
    visitor.follow("Bảng đã ký")
    visitor.follow("Biểu 2: Chỉ tiêu giảm hộ nghèo")
