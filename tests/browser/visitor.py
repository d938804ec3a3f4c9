"""Somebody at a real browser: what they do, and what must be true of every page they see."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import tests.browser.chromium  # noqa: F401 first: it leaves the leg out where there is none

# isort: split
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response

DESK = (1366, 768)
PHONE = (360, 640)
SIZES = (DESK, PHONE)
FORM_AGAIN = 422
_ANSWERS = "Failed to load resource"  # a refusal is an answer; `went` looks at those
_AXE = "axe.run({resultTypes: ['violations']}).then(({violations}) => ({violations}))"
_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Visitor:
    """A browser window at the site `at`. `touch`: a finger, not a mouse; `taps`: how often it has
    touched the glass (typing not counted). `problems`: what the browser complained about."""

    page: Page
    at: str
    touch: bool = False
    taps: int = 0
    problems: list[str] = field(default_factory=list)

    # --- What they do ---

    def open(self, path: str, status: int = 200) -> None:
        """Type an address."""
        assert self.answer(path) == status, path

    def sign_in(self, name: str, password: str) -> None:
        """Sign in by the form."""
        self.open("/login")
        self.sign_in_here(name, password)

    def sign_in_here(self, name: str, password: str) -> None:
        """Sign in by the form that is shown."""
        self.fill("Tên đăng nhập", name)
        self.fill("Mật khẩu", password)
        self.press("Đăng nhập")

    def fill(self, label: str, text: str) -> None:
        """Type into the box that has this label."""
        box = self.page.get_by_label(label, exact=True)
        self._hit(box)
        box.fill(text)

    def choose(self, label: str, option: str) -> None:
        """Choose from the list that has this label."""
        self.taps += 2  # the list, and the choice
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def tick(self, label: str) -> None:
        """Tick a box, or one of a few, by its label."""
        self._hit(self.page.get_by_label(label, exact=True))

    def press(self, label: str, status: int = 200) -> None:
        """Press a button; it sends a form."""
        self._go(self.page.get_by_role("button", name=label, exact=True), status)

    def go_to(self, label: str) -> None:
        """Click a place of the menu."""
        self._go(self.page.locator("nav.menu").get_by_role("link", name=label, exact=True))

    def search(self, text: str) -> None:
        """Type into the search box of the frame, and send it."""
        self.fill("Tìm hộ", text)
        self.press("Tìm")

    def sign_out(self) -> None:
        """Open what is said about one's own account, and sign out."""
        self._hit(self.page.locator(".who summary"))
        self.press("Đăng xuất")

    def follow(self, text: str) -> None:
        """Click the first link of the page's content that begins with this text."""
        begins = re.compile(f"^{re.escape(text)}")
        link = self.page.locator("main").get_by_role("link", name=begins)
        self._go(link.first)

    def click(self, selector: str) -> None:
        """Click a link by its selector."""
        self._go(self.page.locator(selector))

    def _hit(self, what: Locator) -> None:
        self.taps += 1
        if self.touch:
            what.tap()
        else:
            what.click()

    def _go(self, what: Locator, status: int = 200) -> None:
        with self.page.expect_navigation() as went:
            self._hit(what)
        assert went.value is not None
        assert went.value.status == status, went.value.url

    # --- What they see ---

    def text(self, selector: str) -> str:
        """The text of the one element that this selects, as shown."""
        return self.page.locator(selector).inner_text()

    def texts(self, selector: str) -> list[str]:
        """The text of each element that this selects."""
        return self.page.locator(selector).all_inner_texts()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the window."""
        size = self.page.viewport_size
        assert size is not None
        return size["width"], size["height"]

    @property
    def heading(self) -> str:
        """The page's one h1."""
        return self.text("h1")

    @property
    def notice(self) -> str:
        """What the page says was done."""
        return self.text(".notice[role=status]")

    def number(self, cell: str) -> int:
        """A cell of the table on this page: its row and column, as in its address."""
        return int(self.text(_cell(cell)).replace(".", ""))

    def open_cell(self, cell: str) -> list[str]:
        """Click the number of a cell: the codes of the households listed, on all pages."""
        self.click(_cell(cell))
        codes = self.texts("tbody td:nth-of-type(1)")
        while self.page.locator("a[rel=next]").count():
            self.click("a[rel=next]")
            codes += self.texts("tbody td:nth-of-type(1)")
        return codes

    def answer(self, path: str) -> int:
        """Type an address: the status of the answer."""
        answer = self.page.goto(self.at + path)
        assert answer is not None
        return answer.status

    def shows(self, *, sizes: Sequence[tuple[int, int]] = SIZES) -> None:
        """What must be true of every page, at these sizes of the window."""
        faults = [fault for size in sizes for fault in self.faults(size)]
        assert faults == [], "\n".join(faults)

    def faults(self, size: tuple[int, int], *, axe: bool = True) -> list[str]:
        """What is wrong with the page at a size of the window: not just one heading, something
        wider than the window, something that axe finds."""
        address = f"{self.page.url.removeprefix(self.at)} at {size[0]}"
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        found = []
        if (headings := self.page.locator("h1").count()) != 1:
            found.append(f"{address}: {headings} h1")
        if (more := self.page.evaluate(_OVERFLOW)) > 0:
            found.append(f"{address}: {more} px wider")
        if axe:
            if not self.page.evaluate("'axe' in window"):
                self.page.evaluate(AXE_SCRIPT)
            for one in self.page.evaluate(_AXE)["violations"]:
                where = [node["html"][:120] for node in one["nodes"][:2]]
                found.append(f"{address}: {one['id']}, {one['help']} {where}")
        return found


def _cell(cell: str) -> str:
    return f"td a[href*='/cells/{cell}?']"


@contextmanager
def visiting(
    browser: Browser,
    at: str,
    *,
    size: tuple[int, int] = DESK,
    script: bool = True,
    touch: bool = False,
) -> Iterator[Visitor]:
    """A new window without cookies; `script`: whether JavaScript is on; `touch`: on a phone of
    this size. Whatever the browser
    complained about meanwhile (a breach of the content policy, an error, a file that is not
    there or not ours) fails the test."""
    wide, high = size
    context = browser.new_context(
        viewport={"width": wide, "height": high},
        java_script_enabled=script,
        has_touch=touch,
        is_mobile=touch,
        locale="vi-VN",
    )
    context.set_default_timeout(10_000)
    visitor = Visitor(context.new_page(), at, touch)
    _listen(visitor)
    yield visitor
    context.close()
    assert visitor.problems == []


def _listen(visitor: Visitor) -> None:
    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_ANSWERS):
            visitor.problems.append(message.text)

    def asked(request: Request) -> None:
        if not request.url.startswith((visitor.at, "data:")):
            visitor.problems.append(f"asked elsewhere: {request.url}")

    def answered(response: Response) -> None:
        page = response.request.is_navigation_request()
        if response.status >= (500 if page else 400):
            visitor.problems.append(f"{response.status} {response.url}")

    def failed(error: Any) -> None:
        visitor.problems.append(str(error))

    visitor.page.on("console", said)
    visitor.page.on("request", asked)
    visitor.page.on("response", answered)
    visitor.page.on("pageerror", failed)
