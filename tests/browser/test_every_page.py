"""Every page that somebody may open, as they see it: sound on a phone, at 200 % zoom and, where it
is a table, on a desk; no inline script or style; and its form says at the field what is wrong."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from casemgmt.access.policy import POLICY, Act, Role
from casemgmt.app import create_app
from casemgmt.web.asking import act_of
from tests.browser.addresses import BY_WALKING, LED_TO_OTHERWISE, NO_PAGES, PAGES, addresses
from tests.browser.visitor import DESK, FORM_AGAIN, PHONE, Visitor

ZOOMED = (683, 384)  # a desk's window of 1366x768 at 200 %
ACCOUNTS = {
    "quantri": Role.ADMIN,
    "huyen-camlo": Role.DISTRICT,
    "xa-camtuyen": Role.COMMUNE,
    "nongdan-camtuyen": Role.ORGANISATION,
    "xemsolieu": Role.VIEWER,
}
# Looked at on a desk too.
TABLES = {
    *("tables.show", "tables.cell", "declared.compare", "communes.index", "board.show"),
    *("report.show", "overview.show", "deciding.queue", "households.index", "accounts.index"),
    *("lists.units", "reviews.show", "programme.targets", "casefile.show"),
}
# Each question of these may be left blank.
BLANK_IS_AN_ANSWER = {"signed.prepare", "requests.ask", "accounts.edit"}

_INLINE = """() => [...document.querySelectorAll('style, script:not([src]), [style]')]
  .map(one => one.outerHTML.slice(0, 80))
  .concat([...document.querySelectorAll('*')].flatMap(one => [...one.attributes]
    .filter(a => a.name.startsWith('on')).map(a => `${one.tagName} ${a.name}`)))"""
_FORM = """() => {
  const here = location.pathname;
  const form = [...document.querySelectorAll('main form[method=post]')].find(form =>
    !form.classList.contains('inline') && new URL(form.action).pathname === here);
  if (!form) return null;
  for (const one of form.elements) {
    if (['hidden', 'submit', 'file'].includes(one.type) || one.name === 'codes') continue;
    if (one.type === 'checkbox' || one.type === 'radio') one.checked = false;
    else if (one.tagName === 'SELECT') one.selectedIndex = one.multiple ? -1 : 0;
    else one.value = one.placeholder === 'dd/mm/yyyy' ? '31/02/2023'
      : one.inputMode === 'decimal' ? 'mười' : '';
  }
  const sends = form.querySelector('.btn-primary[type=submit], .btn-danger[type=submit]');
  sends.setAttribute('data-send', '');
  return true;
}"""
# What asks for the focus gets it when the page is drawn.
_UNLINKED = """async () => {
  await new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const said = [];
  for (const link of document.querySelectorAll('.error-summary a')) {
    const at = link.getAttribute('href');
    const field = document.querySelector(`main [id="${at.slice(1)}"]`);
    if (!field) { said.push(`${at} leads nowhere`); continue; }
    const about = (field.getAttribute('aria-describedby') || '').split(' ').filter(Boolean);
    if (!about.includes(`${field.id}-error`)) said.push(`${at} does not name its error`);
    for (const id of about) if (!document.getElementById(id)) said.push(`no ${id}`);
    const told = document.getElementById(`${field.id}-error`);
    if (!told || !told.innerText.trim()) said.push(`${at} says nothing`);
    if (field.tagName !== 'FIELDSET' && field.getAttribute('aria-invalid') !== 'true')
      said.push(`${at} is not called wrong`);
  }
  if (!document.querySelector('.error-summary li')) said.push('no summary');
  if (document.activeElement.className !== 'error-summary') said.push('the focus is elsewhere');
  return said;
}"""


@pytest.fixture(scope="module")
def app() -> Flask:
    """The site, for its list of addresses."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        return create_app({"SQLALCHEMY_DATABASE_URI": "sqlite://", "SECRET_KEY": "-"})


def _pages(app: Flask) -> dict[str, Act | None]:
    """The endpoints that answer GET, and the act that each takes."""
    return {
        rule.endpoint: act_of(app, rule.endpoint)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
    }


def test_no_page_is_left_out(app: Flask) -> None:
    named = set(PAGES) | BY_WALKING | NO_PAGES
    assert set(_pages(app)) == named
    assert not BY_WALKING & set(PAGES)
    assert not NO_PAGES & (set(PAGES) | BY_WALKING)


def _sound(visitor: Visitor, endpoint: str, faults: list[str]) -> None:
    """Everything that must be true of the page that is open."""
    address = visitor.page.url.removeprefix(visitor.at)
    if inline := visitor.page.evaluate(_INLINE):
        faults.append(f"{address} inline: {inline}")
    for size in [PHONE, *([DESK] if endpoint in TABLES else [])]:
        faults += visitor.faults(size)
    faults += visitor.faults(ZOOMED, axe=False)
    visitor.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})


def _linked(app: Flask, visitor: Visitor) -> set[str]:
    """The endpoints that the page that is open leads to."""
    hrefs = visitor.page.evaluate("[...document.links].map(one => one.getAttribute('href'))")
    site, found = app.url_map.bind("site"), set()
    for href in hrefs:
        if href.startswith("/"):
            found.add(site.match(href.split("?")[0].split("#")[0], method="GET")[0])
    return found


def _mine(app: Flask, name: str) -> list[str]:
    """The endpoints that an account may open."""
    acts = POLICY[ACCOUNTS[name]]
    pages = _pages(app)
    return [one for one in PAGES if pages[one] is None or pages[one] in acts]


@pytest.mark.parametrize("name", ACCOUNTS)
def test_every_page_is_sound(
    app: Flask, visit: Any, demonstration: Path, name: str, record_property: Any
) -> None:
    visitor, known, faults, seen = visit(name, size=PHONE), addresses(demonstration), [], 0
    linked: set[str] = set()
    for endpoint in _mine(app, name):
        for path in known[endpoint]:
            if (status := visitor.answer(path)) != 200:
                faults.append(f"{path} ({endpoint}): {status}")
                continue
            seen += 1
            linked |= _linked(app, visitor)
            _sound(visitor, endpoint, faults)
    lost = set(_mine(app, name)) - linked - LED_TO_OTHERWISE
    faults += [f"nothing leads to {one}" for one in sorted(lost)]
    record_property("pages", seen)
    assert faults == [], "\n".join(faults)


@pytest.mark.parametrize("name", ["quantri", "huyen-camlo", "xa-camtuyen", "nongdan-camtuyen"])
def test_every_form_says_at_the_field_what_is_wrong(
    app: Flask, visit_apart: Any, demonstration: Path, name: str, record_property: Any
) -> None:
    visitor, known, faults, sent = visit_apart(name, size=PHONE), addresses(demonstration), [], 0
    for endpoint in _mine(app, name):
        path = known[endpoint][0]
        if endpoint in BLANK_IS_AN_ANSWER or visitor.answer(path) != 200:
            continue
        if not visitor.page.evaluate(_FORM):
            continue
        sent += 1
        with visitor.page.expect_navigation() as went:
            visitor.page.locator("[data-send]").click()
        if went.value is None or went.value.status != FORM_AGAIN:
            faults.append(f"{path} ({endpoint}): {went.value and went.value.status}")
            continue
        faults += [f"{path}: {said}" for said in visitor.page.evaluate(_UNLINKED)]
        if not re.match("(Lỗi|Error):", visitor.page.title()):
            faults.append(f"{path}: the title does not say so")
        _sound(visitor, "", faults)
    record_property("forms", sent)
    assert sent > 3
    assert faults == [], "\n".join(faults)
