"""A paper of many households on a phone: asked for, seen to grow, left, found again, fetched."""

import time

import pytest

from tests.browser.visitor import PHONE, Visitor

WHERE = "/case-files?class=near_poor&unit=CAM-TUYEN"


def _sees_it_move(visitor: Visitor) -> None:
    """The page says by itself that it is further than it was."""
    before = visitor.text("#job")
    until = time.monotonic() + 60
    while visitor.text("#job") == before:
        assert time.monotonic() < until, before
        time.sleep(0.2)


@pytest.mark.parametrize("script", [True, False])
def test_a_long_paper_is_asked_for_and_fetched(visit, script: bool) -> None:  # type: ignore[no-untyped-def]
    """With JavaScript the page follows by itself; without, the browser loads it anew."""
    officer = visit("huyen-camlo", size=PHONE, script=script)
    officer.open(WHERE)
    officer.press("Lập tệp")
    if script:
        officer.shows(sizes=[PHONE])
    _sees_it_move(officer)
    officer.open("/households")  # it is made all the same
    officer.open("/")
    officer.page.locator("details.who summary").click()
    officer.click(".who a[href='/jobs']")
    if script:
        officer.shows(sizes=[PHONE])
    officer.page.locator("tbody a").first.click()
    link = officer.page.get_by_role("link", name="Tải tệp về")
    link.wait_for(timeout=120_000)
    with officer.page.expect_download() as fetched:
        link.click()
    assert fetched.value.suggested_filename.startswith("Phiếu theo dõi")
