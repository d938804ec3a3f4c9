"""Each role signs in, lands on its home, and its pages are sound on a desk and on a phone."""

import pytest

from tests.browser.visitor import PHONE, SIZES

HOMES = {
    "quantri": ("Quản trị", [], "Trang đầu"),
    "huyen-camlo": ("Cấp rà soát", ["Huyện Cam Lộ"], "Việc chờ duyệt"),
    "xa-camtuyen": ("Cán bộ xã", ["Xã Cam Tuyền"], "Hôm nay"),
    "nongdan-camtuyen": ("Hội, đoàn thể", ["Hội Nông dân xã Cam Tuyền"], "Việc của tôi"),
    "xemsolieu": ("Người xem số liệu", [], "Số liệu chính"),
}
FILE = "/households/CAM-TUYEN-0001"
PAGES = {
    "quantri": ["/accounts", "/accounts/add", "/units", "/organisations", "/support-kinds"],
    "huyen-camlo": [
        "/tables/bieu-2?as_of=15/02/2022",
        "/tables/bieu-2/cells/total/poor?as_of=15/02/2022",
        "/tables/bieu-2/reconcile",
        "/targets",
    ],
    "xa-camtuyen": [
        "/households",
        FILE,
        f"{FILE}/visits",
        "/unvisited",
        "/doubts",
        f"{FILE}/class",
        f"{FILE}/split",
        f"{FILE}/support/add",
        "/add-household",
        "/assign-lead?codes=CAM-TUYEN-0001&codes=CAM-TUYEN-0002",
        "/tables/bieu-3",
        "/registered-exits",
    ],
    "nongdan-camtuyen": ["/households", "/unsponsored", "/tables/bieu-3"],
    "xemsolieu": ["/tables", "/tables/dien-bien", "/tables/thoat-ngheo?unit=CAM-TUYEN"],
}


@pytest.mark.parametrize("name", HOMES)
def test_signing_in_leads_home_and_every_page_is_sound(visit, name: str) -> None:
    role, serves, heading = HOMES[name]
    visitor = visit(name)
    assert visitor.page.url == visitor.at + ("/overview" if name == "xemsolieu" else "/")
    assert visitor.heading.startswith(heading)
    assert visitor.texts(".serves strong") == serves
    assert visitor.text(".who .user") == name
    assert visitor.text(".who .role") == role
    visitor.shows()
    for path in PAGES[name]:
        visitor.open(path)
        visitor.shows()


@pytest.mark.parametrize("size", SIZES)
def test_signing_out(visit, size: tuple[int, int]) -> None:
    visitor = visit("xemsolieu", size=size)
    visitor.sign_out()
    visitor.open("/")
    assert visitor.heading == "Đăng nhập"


def test_pages_for_nobody_and_of_refusal_are_sound(visit) -> None:
    visitor = visit(size=PHONE)
    visitor.open("/login")
    visitor.shows()
    visitor.fill("Tên đăng nhập", "xemsolieu")
    visitor.fill("Mật khẩu", "không phải mật khẩu này")
    visitor.press("Đăng nhập", status=422)
    visitor.shows()
    refused = visit("xemsolieu", size=PHONE)
    refused.open("/households", status=403)
    refused.shows()
    refused.open("/không-có", status=404)
    refused.shows()
