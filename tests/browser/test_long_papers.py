"""A paper of many households on a phone: asked for, seen to grow, left, found again, fetched."""

import re
import time

import pytest

from tests.browser.visitor import PHONE, Visitor

WHERE = "/case-files?class=near_poor&unit=CAM-TUYEN"


def _sees_it_grow(visitor: Visitor) -> None:
    """The page says twice how far it is, and something else the second time."""
    seen: set[str] = set()
    until = time.monotonic() + 60
    while len(seen) < 2:
        assert time.monotonic() < until, seen
        seen |= set(re.findall(r"Đã lập \d+ trong \d+ hộ", visitor.page.content()))
        time.sleep(0.2)


@pytest.mark.parametrize("script", [True, False])
def test_a_long_paper_is_asked_for_and_fetched(visit, script: bool) -> None:  # type: ignore[no-untyped-def]
    """With JavaScript the page follows by itself; without, the browser loads it anew."""
    officer = visit("huyen-camlo", size=PHONE, script=script)
    officer.open(WHERE)
    officer.press("Lập tệp")
    if script:
        officer.shows(sizes=[PHONE])
    _sees_it_grow(officer)
    officer.open("/households")  # it is made all the same
    officer.open("/")
    officer.page.locator("details.who summary").click()
    officer.follow("Tệp đang lập")
    if script:
        officer.shows(sizes=[PHONE])
    officer.page.locator("tbody a").first.click()
    link = officer.page.get_by_role("link", name="Tải tệp về")
    link.wait_for(timeout=120_000)
    with officer.page.expect_download() as fetched:
        link.click()
    assert fetched.value.suggested_filename.startswith("Phiếu theo dõi")
