"""One's own account at a real browser: a second factor from its picture to the codes that stand in
for a lost phone, and the administrator's page of an account."""

from typing import Any

import pyotp
import pytest

from tests.browser.visitor import SIZES, Visitor

OFFICER = "xa-camtuyen"


def _set_up(officer: Visitor) -> list[str]:
    """The codes to recover with, as they are shown once."""
    officer.page.locator(".who summary").click()
    officer.page.get_by_role("link", name="Tài khoản của tôi").click()
    officer.shows()
    assert "Phiên này" in officer.text("tbody")
    officer.follow("Cài yếu tố thứ hai")
    officer.shows()
    picture = officer.page.locator(".second-factor-code").bounding_box()
    assert picture is not None
    assert picture["width"] >= 200  # px: read by a phone from a desk's screen
    officer.fill("Mã", pyotp.TOTP(officer.text(".second-factor-key").replace(" ", "")).now())
    officer.press("Cài yếu tố thứ hai")
    officer.shows()
    return officer.texts(".recovery-codes code")


@pytest.mark.parametrize("size", SIZES)
def test_a_second_factor(visit_apart: Any, size: tuple[int, int]) -> None:
    officer = visit_apart(OFFICER, size=size)
    codes = _set_up(officer)
    assert len(codes) == 10
    officer.follow("Đã chép xong")
    officer.follow("Bỏ yếu tố thứ hai")
    officer.shows()
    officer.sign_out()
    again = visit_apart(OFFICER, size=size)
    assert again.heading == "Nhập mã"
    again.shows()
    again.fill("Mã", "123456")
    again.press("Tiếp tục", status=422)
    again.shows()
    again.fill("Mã", codes[0])
    again.press("Tiếp tục")
    assert again.heading == "Hôm nay"
    admin = visit_apart("quantri", size=size)
    admin.go_to("Tài khoản")
    admin.follow(OFFICER)
    admin.shows()
    admin.press("Kết thúc mọi phiên")
    again.open("/account")
    assert again.heading == "Đăng nhập"
    admin.press("Bỏ yếu tố thứ hai")
    assert OFFICER in admin.notice
    assert visit_apart(OFFICER, size=size).heading == "Hôm nay"
