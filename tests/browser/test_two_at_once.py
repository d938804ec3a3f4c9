"""Two people at one household, a login that ran out, a form that is sent again: nothing is lost
and nothing is counted twice."""

import pytest

import tests.browser.chromium  # noqa: F401 first: it leaves the leg out where there is none

# isort: split
from playwright.sync_api import expect

from tests.browser.visitor import PHONE, SIZES, Visitor

CODE = "CAM-TUYEN-0152"
BOTH = 409
MINE, THEIRS = "xóm Trên, cạnh cầu", "xóm Dưới, sau trường"
PHONE_NUMBER = "0905 000 777"


def _edit(visitor: Visitor) -> None:
    visitor.open(f"/households/{CODE}/edit")


@pytest.mark.parametrize("size", SIZES)
def test_two_windows_edit_one_household(visit_apart, size: tuple[int, int]) -> None:
    first, second = visit_apart("xa-camtuyen", size=size), visit_apart("huyen-camlo", size=size)
    _edit(first)
    _edit(second)
    first.fill("Địa chỉ (không bắt buộc)", THEIRS)
    first.press("Ghi")
    second.fill("Địa chỉ (không bắt buộc)", MINE)
    second.fill("Điện thoại (không bắt buộc)", PHONE_NUMBER)
    second.press("Ghi", status=BOTH)

    assert second.heading == "Người khác vừa sửa cùng nội dung này"
    page = second.text("main")
    assert all(text in page for text in (MINE, THEIRS, PHONE_NUMBER, "xa-camtuyen"))
    second.shows(sizes=[size])
    first.open(f"/households/{CODE}")
    assert THEIRS in first.text("main")
    assert MINE not in first.text("main")

    second.tick(f"Bản của bạn: {MINE}")
    second.press("Ghi những gì đã chọn")
    first.open(f"/households/{CODE}")
    assert MINE in first.text("main")
    assert PHONE_NUMBER.replace(" ", "") in first.text("main").replace(" ", "")


def test_a_login_that_ran_out_comes_back_to_the_form(visit_apart, served_apart) -> None:
    wishes = "muốn vay vốn nuôi bò “lai” & trồng cỏ"
    visitor = visit_apart("nongdan-camtuyen", size=PHONE, touch=True)
    visitor.follow("Ghi thăm")
    form = visitor.page.url
    visitor.tick("Khó khăn hơn")
    visitor.fill("Vướng mắc, nguyện vọng (không bắt buộc)", wishes)
    visitor.page.context.clear_cookies()
    visitor.press("Ghi lần thăm", status=401)
    assert visitor.heading == "Đăng nhập"
    assert "Những gì đã gõ vẫn còn" in visitor.text("main")
    visitor.shows(sizes=[PHONE])

    visitor.sign_in_here("nongdan-camtuyen", served_apart.passwords["nongdan-camtuyen"])
    assert visitor.page.url == form
    assert visitor.page.get_by_label("Khó khăn hơn", exact=True).is_checked()
    box = visitor.page.get_by_label("Vướng mắc, nguyện vọng (không bắt buộc)", exact=True)
    assert box.input_value() == wishes
    visitor.press("Ghi lần thăm")
    assert visitor.notice == "Đã ghi lần thăm."
    assert visitor.text("main").count(wishes) == 1


def test_a_button_pressed_twice_counts_once(visit_apart) -> None:
    visitor = visit_apart("xa-camtuyen")
    visitor.open(f"/households/{CODE}/support/add")
    visitor.choose("Hình thức", "Ngày công giúp đỡ")
    visitor.fill("Nội dung (không bắt buộc)", "gặt giúp một ngày")
    visitor.page.get_by_role("button", name="Ghi", exact=True).dblclick()
    # Asked again and again, not waited for: the second press ends the first one's navigation.
    expect(visitor.page).to_have_url(f"{visitor.at}/households/{CODE}")
    visitor.page.wait_for_load_state("networkidle")  # both answers have come
    visitor.open(f"/households/{CODE}")
    given = visitor.texts("section[aria-labelledby=given] tbody tr")
    assert len([row for row in given if "gặt giúp một ngày" in row]) == 1
