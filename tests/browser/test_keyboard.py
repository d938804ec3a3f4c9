"""Nothing but a keyboard: every stop can be seen, and a day's acts are done with it."""

import pytest

from tests.browser.visitor import DESK, Visitor

_HERE = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  return [(one.innerText || one.getAttribute('aria-label') || one.id || one.name || '').trim(),
    one.tagName, style.outlineStyle !== 'none' || style.boxShadow !== 'none'
      || one.type === 'checkbox' || one.type === 'radio' || one.type === 'file',
    box.right > 0 && box.width > 0];
}"""
MOST_STOPS = 150


def _stop(visitor: Visitor, key: str = "Tab") -> tuple[str, str]:
    """Press a key that moves the focus: what has it now. It must be seen."""
    visitor.page.keyboard.press(key)
    name, tag, marked, there = visitor.page.evaluate(_HERE)
    assert tag == "BODY" or (marked and there), f"{name} ({tag}) has the focus unseen"
    return name, tag


def _tab_to(visitor: Visitor, wanted: str, *tags: str) -> None:
    """Tab on until what begins with this (one of these elements) has the focus."""
    for _ in range(MOST_STOPS):
        name, tag = _stop(visitor)
        if name.startswith(wanted) and tag in (tags or (tag,)):
            return
    raise AssertionError(f"{wanted} is not reached with Tab")


def _enter(visitor: Visitor) -> None:
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")


def test_the_frame(visit) -> None:
    visitor = visit("xa-camtuyen", size=DESK)
    visitor.open("/")
    assert _stop(visitor)[0] == "Đến nội dung"
    visitor.page.keyboard.press("Enter")
    assert visitor.page.evaluate("document.activeElement.id") == "main"
    visitor.open("/")
    _tab_to(visitor, "find")
    visitor.page.keyboard.type("an my")
    _enter(visitor)
    assert set(visitor.texts("tbody .where")) == {"An Mỹ"}
    _tab_to(visitor, "Rà soát")
    _enter(visitor)
    assert visitor.heading == "Rà soát"


@pytest.mark.parametrize("name", ["nongdan-camtuyen", "xa-camtuyen", "huyen-camlo", "quantri"])
def test_every_stop_of_home_is_seen(visit, name: str) -> None:
    visitor = visit(name, size=DESK)
    visitor.open("/")
    stops = 0
    while _stop(visitor)[1] != "BODY":
        stops += 1
        assert stops < MOST_STOPS
    assert stops > 8


def test_a_visit_is_logged(visit_apart) -> None:
    visitor = visit_apart("nongdan-camtuyen", size=DESK)
    _tab_to(visitor, "Ghi thăm")
    _enter(visitor)
    _tab_to(visitor, "met")
    visitor.page.keyboard.type("ông nội")
    _stop(visitor)
    visitor.page.keyboard.press("ArrowUp")
    _tab_to(visitor, "Ghi lần thăm")
    _enter(visitor)
    assert visitor.notice == "Đã ghi lần thăm."
    assert "ông nội" in visitor.text("main")
    assert "Khá lên" in visitor.text("main .card-line >> nth=0")


def test_a_proposal_is_accepted(visit_apart) -> None:
    visitor = visit_apart("huyen-camlo", size=DESK)
    _tab_to(visitor, "Hàng đợi duyệt")
    _enter(visitor)
    waiting = visitor.texts("tbody th a")
    _tab_to(visitor, waiting[0], "A")
    _enter(visitor)
    for name, text in {
        "decision_number": "21/QĐ-UBND",
        "decision_date": "20/10/2023",
        "starts": "20/10/2023",
    }.items():
        _tab_to(visitor, name)
        visitor.page.keyboard.type(text)
    _tab_to(visitor, "Duyệt đề nghị này")
    _enter(visitor)
    assert visitor.notice.startswith("Đã duyệt.")
    visitor.open("/queue")
    assert waiting[0] not in visitor.texts("tbody th a")[:1]
