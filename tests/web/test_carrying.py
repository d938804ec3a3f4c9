"""A session that has ended takes nothing of what was typed with it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from casemgmt import clock
from casemgmt.access.models import User
from casemgmt.access.policy import Act, Role, may
from casemgmt.audit.models import AuditEntry, What
from casemgmt.web import asking, carrying
from casemgmt.web.asking import needs
from tests.browsing import PASSWORD, Person, Site, site
from tests.web.test_asking import _content, address
from tests.web.test_once import fields

EDIT = "/households/H1/edit"
TYPED = {"head_name": 'Đặng "Thị" <b>Gõ</b>', "address": "Xóm nửa chừng", "phone": "0905000222"}
ENDED = "Phiên đăng nhập đã hết"
CHECK = "Nội dung đã gõ còn nguyên"


@pytest.fixture
def here(sqlite_url: str) -> Iterator[Site]:
    with site(sqlite_url) as made:
        yield made


@pytest.fixture
def there(url: str) -> Iterator[Site]:
    with site(url) as made:
        yield made


def hidden(page: TestResponse) -> dict[str, str]:
    found = re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.text)
    names = set(re.findall(r'<input[^>]*name="([^"]+)"[^>]*type="hidden"', page.text))
    names |= set(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"', page.text))
    return {name: unescape(value) for name, value in found if name in names}


def ended(person: Person) -> None:
    """The browser lets go of a cookie whose time is over."""
    person.browser.delete_cookie("casemgmt")


def sign_in_again(
    person: Person, page: TestResponse, path: str, name: str, password: str = PASSWORD
) -> TestResponse:
    answers = {"username": name, "password": password}
    return person.browser.post(path, data={**hidden(page), **answers})


def address_of(there: Site) -> str | None:
    with there.session() as session:
        return there.household(session, "H1").address


@pytest.mark.parametrize("way", ["the cookie is gone", "the account's sessions were ended"])
def test_what_was_typed_is_shown_again_after_signing_in(there: Site, way: str) -> None:
    person = there.client("commune")
    form = fields(person, EDIT)
    if way == "the cookie is gone":
        ended(person)
    else:
        with there.session() as session:
            session.scalars(select(User).where(User.name == "commune")).one().epoch += 1
            session.commit()
    page = person.browser.post(EDIT, data={**form, **TYPED})
    assert page.status_code == 401
    assert ENDED in page.text
    assert "nửa chừng" not in page.text  # sealed: whoever sits at the browser now cannot read it
    again = sign_in_again(person, page, EDIT, "commune")
    assert again.status_code == 200
    for value in ("Xóm nửa chừng", "0905000222", "Đặng &#34;Thị&#34; &lt;b&gt;Gõ&lt;/b&gt;"):
        assert value in again.text
    assert CHECK in again.text
    assert address_of(there) == "Xóm Trên"  # nothing is kept yet
    with there.session() as session:
        newest = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (newest.what, newest.actor) == (What.SIGNED_IN, "commune")
    sent = person.browser.post(EDIT, data={**hidden(again), **TYPED})
    assert sent.status_code == 303, sent.text
    assert address_of(there) == "Xóm nửa chừng"


def test_a_wrong_password_loses_nothing(here: Site) -> None:
    person = here.client("commune")
    form = fields(person, EDIT)
    ended(person)
    page = person.browser.post(EDIT, data={**form, **TYPED})
    wrong = sign_in_again(person, page, EDIT, "commune", "sai rồi")
    assert wrong.status_code == 401
    assert "mật khẩu không đúng" in wrong.text
    assert "Xóm nửa chừng" in sign_in_again(person, wrong, EDIT, "commune").text


def test_another_account_does_not_see_it(there: Site) -> None:
    person = there.client("commune")
    form = fields(person, EDIT)
    ended(person)
    page = person.browser.post(EDIT, data={**form, **TYPED})
    answer = sign_in_again(person, page, EDIT, "district")
    assert (answer.status_code, answer.headers["Location"]) == (303, EDIT)
    shown = person.page(EDIT)
    assert "thuộc tài khoản khác" in shown
    assert "nửa chừng" not in shown
    assert address_of(there) == "Xóm Trên"


def test_several_answers_to_one_question_are_kept(here: Site) -> None:
    person = here.client("commune")
    path = "/households/H1/class"
    boxes = re.findall(r'name="deprivations"[^>]*value="([^"]+)"', person.page(path))[:3]
    form = {**fields(person, path), "starts": "01/10/2022", "deprivations": boxes, "class_": "poor"}
    ended(person)
    page = person.browser.post(path, data=form)
    again = sign_in_again(person, page, path, "commune").text
    assert len(boxes) == 3
    for box in boxes:
        (tag,) = re.findall(rf'<input[^>]*name="deprivations"[^>]*value="{box}"[^>]*>', again)
        assert "checked" in tag


def test_files_are_not_kept_and_that_is_said(here: Site) -> None:
    person = here.client("district")
    path = "/tables/bieu-2/reconcile"
    form = fields(person, path)
    ended(person)
    data = {**form, "declared": (BytesIO(b"x"), "bang.csv")}
    page = person.browser.post(path, data=data, content_type="multipart/form-data")
    assert page.status_code == 401
    again = sign_in_again(person, page, path, "district")
    assert again.status_code == 200
    assert "hãy chọn lại tệp" in again.text


def test_a_token_of_the_session_before_does_not_lose_the_form(there: Site) -> None:
    person = there.client("commune")
    form = fields(person, EDIT)
    ended(person)
    person.post("/login", username="commune", password=PASSWORD)  # in another tab
    again = person.browser.post(EDIT, data={**form, **TYPED})
    assert again.status_code == 200
    assert "Xóm nửa chừng" in again.text
    assert CHECK in again.text
    assert address_of(there) == "Xóm Trên"
    assert person.browser.post(EDIT, data={**hidden(again), **TYPED}).status_code == 303


def test_who_signed_in_elsewhere_meanwhile_need_not_again(here: Site) -> None:
    person = here.client("commune")
    form = fields(person, EDIT)
    ended(person)
    page = person.browser.post(EDIT, data={**form, **TYPED})
    person.post("/login", username="commune", password=PASSWORD)
    assert "Xóm nửa chừng" in sign_in_again(person, page, EDIT, "commune").text
    person.send("/logout")
    person.post("/login", username="town", password=PASSWORD)
    other = sign_in_again(person, page, EDIT, "commune")
    assert other.status_code == 303
    assert address_of(here) == "Xóm Trên"


def test_a_form_from_elsewhere_is_never_filled_in(here: Site) -> None:
    """Another site's form reaches us without a cookie (SameSite) or without a token."""
    mine = fields(here.client("town"), "/add-household")["once"]
    for key in ({}, {"once": "made.up.key"}, {"once": mine}):
        victim = here.client("commune")
        assert victim.browser.post(EDIT, data={**TYPED, **key}).status_code == 400
        ended(victim)
        answer = victim.browser.post(EDIT, data={**TYPED, **key})
        if key.get("once") == mine:
            page = sign_in_again(victim, answer, EDIT, "commune")
            assert page.status_code == 303
            assert "nửa chừng" not in victim.page(EDIT)
        else:
            assert (answer.status_code, answer.headers["Location"]) == (302, "/login")
    assert address_of(here) == "Xóm Trên"


def test_the_page_that_asks_takes_its_own_token(here: Site) -> None:
    person = here.client("commune")
    form = fields(person, EDIT)
    ended(person)
    page = person.browser.post(EDIT, data={**form, **TYPED})
    stranger = here.app.test_client()
    data = {**hidden(page), "username": "commune", "password": PASSWORD}
    assert stranger.post(EDIT, data=data).status_code == 400
    assert stranger.get("/").status_code == 302


def test_what_is_sealed_ages_and_stays_with_its_page(
    here: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = here.client("commune")
    form = fields(person, EDIT)
    ended(person)
    page = person.browser.post(EDIT, data={**form, **TYPED})
    elsewhere = sign_in_again(person, page, "/households/H2/edit", "commune")
    assert elsewhere.status_code == 303
    assert "không còn giữ được" in person.page("/households/H2/edit")
    ended(person)
    page = person.browser.post(EDIT, data={**form, **TYPED})
    monkeypatch.setattr(carrying, "LIFETIME", timedelta(0))
    assert sign_in_again(person, page, EDIT, "commune").status_code == 303
    assert "nửa chừng" not in person.page(EDIT)


def test_what_is_too_long_is_said_before_it_is_lost(here: Site) -> None:
    person = here.client("commune")
    form = fields(person, EDIT)
    ended(person)
    page = person.browser.post(EDIT, data={**form, **TYPED, "note": "x" * carrying.LONGEST})
    assert page.status_code == 401
    assert "quá dài nên không giữ lại được" in page.text
    assert sign_in_again(person, page, EDIT, "commune").status_code == 303


def test_a_password_is_never_carried(here: Site) -> None:
    person = here.client("commune")
    path = "/account/password"
    form = fields(person, path)
    ended(person)
    data = {**form, "old": PASSWORD, "password": "x" * 20, "again": "x" * 20}
    answer = person.browser.post(path, data=data)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/login")


def test_a_button_leads_back_to_its_page(here: Site) -> None:
    person = here.client("admin")
    form = fields(person, "/accounts")
    ended(person)
    came_from = {"Referer": "http://localhost/accounts"}
    answer = person.browser.post("/accounts/1/disable", data=form, headers=came_from)
    assert answer.headers["Location"] == "/login?next=/accounts"
    elsewhere = {"Referer": "https://evil.example/accounts"}
    answer = person.browser.post("/accounts/1/disable", data=form, headers=elsewhere)
    assert answer.headers["Location"] == "/login"


def test_a_form_that_is_shown_again_can_do_nothing(here: Site) -> None:
    """Every page with a form, filled in by a form whose session has ended: nothing is written."""
    roles = {"commune": Role.COMMUNE, "admin": Role.ADMIN, "hoi": Role.ORGANISATION}
    people = {name: here.client(name) for name in roles}
    with here.session() as session:
        before = _content(session)
    tried = 0
    for name, person in people.items():
        key = fields(person, "/add-household" if name == "commune" else "/account/password")["once"]
        for rule in here.app.url_map.iter_rules():
            act = asking.act_of(here.app, rule.endpoint)
            both = {"GET", "POST"} <= (rule.methods or set())
            if both and act and may(roles[name], act):
                data = {**TYPED, "once": key, "reason": "x", "csrf_token": "of another session"}
                answer = person.browser.post(address(rule), data=data)
                assert answer.status_code < 500, rule
                tried += 1
    assert tried > 25
    with here.session() as session:
        assert _content(session) == before


def test_a_view_that_writes_by_itself_is_rolled_back(here: Site) -> None:
    @needs(Act.EDIT_HOUSEHOLD)
    def act() -> str:
        here.household(asking.session(), "H1").address = "ghi thẳng"
        return "x"

    here.app.add_url_rule("/try", view_func=act, methods=["GET", "POST"])
    person = here.client("commune")
    key = fields(person, EDIT)["once"]
    data = {"once": key, "csrf_token": "of another session"}
    assert person.browser.post("/try", data=data).status_code == 200
    assert address_of(here) == "Xóm Trên"


def test_a_phone_that_changes_network_stays_signed_in(here: Site) -> None:
    person = here.client("commune")
    form = fields(person, EDIT)
    person.browser.environ_base.update(
        REMOTE_ADDR="203.0.113.77", HTTP_USER_AGENT="Mozilla/5.0 (Android 15; Mobile) Chrome/999.1"
    )
    assert "Đặng Thị Ước" in person.page("/households/H1")
    assert person.browser.post(EDIT, data={**form, **TYPED}).status_code == 303
    assert address_of(here) == "Xóm nửa chừng"


def test_an_open_session_slides_on(here: Site) -> None:
    person = here.client("commune")
    cookie = person.browser.get_cookie("casemgmt")
    assert cookie is not None
    assert cookie.expires - clock.now() > timedelta(hours=11, minutes=59)
