"""The frame of a page: the menu of each role, the search box, whose page it is."""

import re
from collections.abc import Iterator

import pytest

from casemgmt.access.policy import Act, Role
from casemgmt.app import MENU, create_app
from casemgmt.web import frame
from tests.browsing import Site, site

MENUS = {
    "commune": ["Hôm nay", "Hộ", "Đỡ đầu", "Rà soát", "Các bảng", "Chỉ tiêu", "Nhập phiếu"],
    "hoi": ["Việc của tôi", "Hộ", "Chưa có đơn vị", "Đề nghị", "Báo cáo Hội", "Các bảng"],
    "district": [
        "Hàng đợi duyệt",
        "Theo dõi xã",
        "Hộ",
        "Rà soát",
        "Các bảng",
        "Đối chiếu",
        "Chỉ tiêu",
    ],
    "viewer": ["Tổng quan", "Các bảng", "Chỉ tiêu"],
    "admin": [
        "Tài khoản",
        "Đơn vị",
        "Tổ chức",
        "Loại hỗ trợ",
        "Chuẩn nghèo",
        "Các bảng",
        "Chỉ tiêu",
    ],
}
_MENU = re.compile(r'<nav class="menu".*?</nav>', re.DOTALL)
_LINK = re.compile(r'<a href="([^"]+)"( aria-current="true")?>([^<]+)</a>')


@pytest.fixture
def there(sqlite_url: str) -> Iterator[Site]:
    with site(sqlite_url) as made:
        yield made


def menu(page: str) -> list[tuple[str, bool, str]]:
    """The places of a page's menu: address, whether the page lies there, label."""
    (found,) = _MENU.findall(page)
    return [(url, bool(here), label) for url, here, label in _LINK.findall(found)]


@pytest.mark.parametrize("name", MENUS)
def test_each_role_has_its_menu_and_may_open_all_of_it(there: Site, name: str) -> None:
    person = there.client(name)
    places = menu(person.page("/tables"))
    assert [label for _url, _here, label in places] == MENUS[name]
    for url, _here, label in places:
        page = person.browser.get(url, follow_redirects=True)
        assert page.status_code == 200, url
        assert [at for at, here, _label in menu(page.text) if here] == [url], label


def test_no_menu_is_longer_than_can_be_taken_in(there: Site) -> None:
    items = [*MENU, frame.Item("Hộ đã rời sổ", "household.departed", Act.MOVE_HOUSEHOLD)]
    with pytest.raises(RuntimeError, match="more than 7 places"):
        frame.offer(there.app, items)


@pytest.mark.parametrize(
    ("path", "at"),
    [
        ("/households/H1", "/households"),
        ("/tables/bieu-2", "/tables"),
        ("/tables/bieu-2/reconcile", "/tables/bieu-2/reconcile"),
        ("/departed", ""),
    ],
)
def test_a_page_lies_under_the_nearest_place(there: Site, path: str, at: str) -> None:
    places = menu(there.client("district").page(path))
    assert [url for url, here, _label in places if here] == ([at] if at else [])


@pytest.mark.parametrize(
    ("name", "serves", "role"),
    [
        ("commune", "Xã Cam Tuyền", "Cán bộ xã"),
        ("district", "Huyện Cam Lộ", "Cấp rà soát"),
        ("hoi", "Tổ chức HND", "Hội, đoàn thể"),
        ("viewer", None, "Người xem số liệu"),
    ],
)
def test_the_head_says_who_is_here_for_whom_and_which_day(
    there: Site, name: str, serves: str | None, role: str
) -> None:
    page = there.client(name).page("/tables")
    head = page.partition("</header>")[0]
    assert f'<span class="user">{name}</span> <span class="role">{role}</span>' in head
    assert "<span>20/10/2022</span>" in head
    if serves:
        assert f"<strong>{serves}</strong>" in head
    else:
        assert "<strong>" not in head


def test_who_sees_households_can_search_from_every_page(there: Site) -> None:
    for name in ("commune", "district", "hoi"):
        assert 'id="find" name="q"' in there.client(name).page("/tables")
    for name in ("viewer", "admin"):
        assert 'id="find"' not in there.client(name).page("/tables")


def test_a_search_keeps_the_day_that_is_looked_at(there: Site) -> None:
    form = there.client("commune").page("/tables?as_of=01/03/2022").partition('class="find"')[2]
    assert '<input type="hidden" name="as_of" value="01/03/2022">' in form.partition("</form>")[0]


@pytest.mark.parametrize("q", ["Tân Hòa", "tan hoa", "thôn tân hoà", "THON TAN HOA"])
def test_a_village_is_found_by_its_name(there: Site, q: str) -> None:
    page = there.client("commune").page(f"/households?q={q}")
    assert set(re.findall(r'<th scope="row"><a href="/households/(\w+)"', page)) == {"H1", "H3"}


def test_part_of_a_villages_name_finds_people_alone(there: Site) -> None:
    assert "Không có hộ nào khớp" in there.client("commune").page("/households?q=tân")


def test_every_item_of_the_menu_is_somebodys(sqlite_url: str) -> None:
    app = create_app({"SQLALCHEMY_DATABASE_URI": sqlite_url})
    for item in MENU:
        assert any(frame.shown(app, role, item) for role in Role), item
