"""The frame at a real browser: one tap to the search box, targets large enough for a thumb, lists
that come back as they were, paper."""

import pytest

from tests.browser.visitor import PHONE, SIZES, Visitor

THUMB = 44  # px
_SMALL = """(least) => [...document.querySelectorAll(
    'header a, header button, header summary, header input:not([type=hidden]), '
    + '.home-acts a, .main-acts a, .buttons .btn')]
  .map(one => [one.getBoundingClientRect(), one.innerText || one.id || one.className])
  .filter(([box]) => box.width > 0 && box.height < least)
  .map(([box, name]) => `${name}: ${box.height}`)"""


def _small(visitor: Visitor) -> list[str]:
    found: list[str] = visitor.page.evaluate(_SMALL, THUMB)
    return found


@pytest.mark.parametrize("name", ["nongdan-camtuyen", "xa-camtuyen"])
def test_a_thumb_hits_what_it_aims_at(visit, name: str) -> None:
    visitor = visit(name, size=PHONE)
    assert _small(visitor) == []
    visitor.open("/households/CAM-TUYEN-0152" if name.startswith("xa") else "/")
    assert _small(visitor) == []


@pytest.mark.parametrize("size", SIZES)
def test_the_search_box_is_in_sight_on_every_page(visit, size: tuple[int, int]) -> None:
    visitor = visit("xa-camtuyen", size=size)
    for path in ("/", "/households", "/tables/bieu-2", "/requests"):
        visitor.open(path)
        box = visitor.page.get_by_label("Tìm hộ", exact=True).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 120
        assert box["width"] > 150
    visitor.search("An Mỹ")
    assert set(visitor.texts("tbody .where")) == {"An Mỹ"}
    assert len(visitor.texts("tbody th")) > 5


def test_a_list_comes_back_with_filter_and_page(visit) -> None:
    visitor = visit("xa-camtuyen")
    visitor.open("/households?class=poor")
    visitor.click("a[rel=next]")
    codes, address = visitor.texts("tbody .code"), visitor.page.url
    visitor.page.locator("tbody th a").nth(3).click()
    visitor.page.wait_for_url("**/households/*")
    visitor.page.go_back()
    assert visitor.page.url == address
    assert visitor.texts("tbody .code") == codes
    assert visitor.text("#class option:checked") == "Hộ nghèo"


def test_on_paper_there_is_the_list_and_nothing_around_it(visit) -> None:
    visitor = visit("xa-camtuyen")
    visitor.open("/households?class=poor")
    visitor.page.emulate_media(media="print")
    assert visitor.page.locator("table.list").is_visible()
    for around in (".site-head", ".site-foot", ".pager"):
        assert not visitor.page.locator(around).first.is_visible(), around


def test_the_places_above_a_household_lead_to_their_lists(visit) -> None:
    visitor = visit("huyen-camlo")
    visitor.open("/households/CAM-TUYEN-0152")
    assert visitor.texts(".crumbs li")[:2] == ["Huyện Cam Lộ", "Xã Cam Tuyền"]
    village = visitor.texts(".crumbs li")[2]
    visitor.click(".crumbs li:nth-child(3) a")
    assert all(village.endswith(place) for place in visitor.texts("tbody .where"))
