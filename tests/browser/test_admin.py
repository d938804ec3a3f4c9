"""The administrator's day: an account with a printed first password, an organisation, a village, a
kind of support, a standard — and no household."""

import pytest

from tests.browser.accounts import add_account, change_first
from tests.browser.visitor import SIZES, Visitor

NEW = "canbo-cam-tuyen"
COMMUNE = "Xã Cam Tuyền"
UNION = "Hội Khuyến học xã Cam Tuyền"
VILLAGE = "Tân Quang"
KIND = "Xe đạp đến trường"


def _print_first_password(admin: Visitor) -> None:
    """The slip that is printed, and the account in the list."""
    admin.shows(sizes=[admin.size])
    admin.page.emulate_media(media="print")
    assert admin.page.locator(".slip").is_visible()
    assert not admin.page.locator(".site-head").is_visible()
    admin.page.emulate_media(media="screen")
    admin.follow("Đã chép xong")
    row = next(row for row in admin.texts("tbody tr") if row.startswith(NEW))
    assert COMMUNE in row
    assert "Chờ đổi mật khẩu" in row


def _add_lists(admin: Visitor) -> None:
    admin.go_to("Tổ chức")
    admin.follow("Thêm tổ chức")
    admin.fill("Mã", "KH-CAM-TUYEN")
    admin.fill("Tên", UNION)
    admin.choose("Loại", "Khác")
    admin.fill("Mã đơn vị", "CAM-TUYEN")
    admin.press("Ghi")
    assert admin.notice == "Đã thêm tổ chức."

    admin.go_to("Đơn vị")
    admin.follow("Thêm đơn vị")
    admin.fill("Mã", "CAM-TUYEN.TAN-QUANG")
    admin.fill("Tên", VILLAGE)
    admin.choose("Cấp", "thôn")
    admin.fill("Mã đơn vị cấp trên (không bắt buộc)", "CAM-TUYEN")
    admin.fill("Từ ngày (không bắt buộc)", "01/10/2023")
    admin.press("Ghi")

    admin.go_to("Loại hỗ trợ")
    admin.fill("Tên", KIND)
    admin.press("Thêm hình thức")
    assert KIND in admin.texts("tbody th")


def _add_standard(admin: Visitor) -> None:
    admin.go_to("Chuẩn nghèo")
    admin.follow("Thêm chuẩn nghèo sau")
    admin.fill("Mã", "S2031")
    admin.fill("Tên", "Chuẩn nghèo 2031–2035")
    admin.fill("Văn bản", "Nghị định (minh họa)")
    admin.fill("Từ ngày", "01/01/2031")
    admin.fill("Ngày cuối", "31/12/2035")
    admin.fill("Mức thu nhập, nông thôn (đồng/người/tháng)", "3.000.000")
    admin.fill("Mức thu nhập, thành thị (đồng/người/tháng)", "3.600.000")
    admin.fill("Lý do", "Chuẩn của giai đoạn sau.")
    admin.press("Ghi")
    assert "Chuẩn nghèo 2031–2035" in admin.texts("tbody th")


@pytest.mark.parametrize("size", SIZES)
def test_the_day_of_the_administrator(visit_apart, size: tuple[int, int]) -> None:
    admin = visit_apart("quantri", size=size)
    password = add_account(admin, NEW, COMMUNE)
    _print_first_password(admin)
    officer = visit_apart(NEW, password, size=size)
    change_first(officer, password)
    _add_lists(admin)
    _add_standard(admin)
    admin.open("/households", status=403)
    admin.open("/tables/bieu-2?unit=CAM-TUYEN")
    assert admin.page.locator("td a[href*='/cells/']").count() == 0

    officer.open("/tables/bieu-2?unit=CAM-TUYEN")
    assert f"Thôn {VILLAGE}" in officer.texts("tbody th")
    assert officer.number("CAM-TUYEN.TAN-QUANG/poor") == 0
    officer.open("/households/CAM-TUYEN-0152/lead")
    assert UNION in officer.texts("select[name=organisation] option")
    officer.open("/households/CAM-TUYEN-0152/support/add")
    assert KIND in officer.texts("select[name=kind] option")

    admin.go_to("Tài khoản")
    admin.page.locator("tr", has_text=NEW).get_by_role("button", name="Khóa").click()
    officer.open("/")
    assert officer.heading == "Đăng nhập"
