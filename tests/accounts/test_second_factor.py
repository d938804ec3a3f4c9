"""The second factor: set up, asked for, used once, recovered, taken off, demanded."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from html import unescape
from threading import Barrier

import pyotp
import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from casemgmt import clock
from casemgmt.access.models import RecoveryCode, SecondFactor, User
from casemgmt.access.second_factor import CODES, STEP
from casemgmt.audit.models import AuditEntry, What
from tests.browsing import PASSWORD, Person, Site, site
from tests.test_cli import run
from tests.web.test_once import fields

WRONG = "Mã không đúng hoặc đã được dùng."
EDIT = "/households/H1/edit"
ADD, OFF = "/account/second-factor/add", "/account/second-factor/take-off"


@pytest.fixture
def there(url: str) -> Iterator[Site]:
    with site(url) as made:
        yield made


@pytest.fixture
def here(sqlite_url: str) -> Iterator[Site]:
    with site(sqlite_url) as made:
        yield made


@pytest.fixture(autouse=True)
def steps(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Time stands in the middle of a step; let some steps pass."""
    middle = int(clock.now().timestamp()) // STEP * STEP + STEP // 2
    passed = [0]

    def now() -> datetime:
        return datetime.fromtimestamp(middle + passed[0] * STEP, clock.UTC)

    monkeypatch.setattr(clock, "now", now)

    def let_pass(some: int) -> None:
        passed[0] += some

    return let_pass


def code(secret: str, ago: int = 0) -> str:
    """What the app shows now, or showed some steps ago."""
    return pyotp.TOTP(secret).at(clock.now() - timedelta(seconds=ago * STEP))


def set_up(person: Person) -> tuple[str, list[str]]:
    """The secret, and the codes to recover with."""
    page = person.page(ADD)
    found = re.search(r'second-factor-key">([A-Z2-7 ]+)<', page)
    assert found is not None
    secret = found[1].replace(" ", "")
    hidden = fields_of(page)
    data = {name: hidden[name] for name in ("csrf_token", "once", "sealed")}
    done = person.browser.post(ADD, data={**data, "code": code(secret)})
    assert done.status_code == 200, done.text
    return secret, re.findall(r"<li><code>([a-z0-9-]+)</code>", done.text)


def fields_of(page: str) -> dict[str, str]:
    found = re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


def second_page(there: Site, name: str) -> tuple[Person, dict[str, str]]:
    """A new browser that has given the password; what its page sends."""
    person = Person(there.app.test_client())
    page = person.post("/login", username=name, password=PASSWORD)
    assert page.status_code == 200, page.text
    assert "Nhập mã" in page.text
    assert person.get("/tables").status_code == 302  # the password alone opens nothing
    hidden = fields_of(page.text)
    return person, {name: hidden[name] for name in ("csrf_token", "waiting")}


def give(there: Site, name: str, said: str) -> TestResponse:
    person, form = second_page(there, name)
    return person.browser.post("/login", data={**form, "code": said})


def test_set_up_and_asked_for(there: Site, steps: Callable[[int], None]) -> None:
    person, other = there.client("viewer"), there.client("viewer")
    secret, codes = set_up(person)
    assert len(set(codes)) == CODES
    assert person.get("/tables").status_code == 200
    assert other.get("/tables").status_code == 302  # other sessions have ended
    for shown in (secret, *codes):
        assert shown not in person.page("/account")
    steps(1)
    assert give(there, "viewer", code(secret)).status_code == 302
    there.client("commune")  # who has none is not asked
    with there.session() as session:
        stored = session.connection().exec_driver_sql("SELECT secret FROM second_factor").scalar()
        assert secret.encode() not in bytes(stored)
        entries = [entry.changes for entry in session.scalars(select(AuditEntry))]
        assert any("second_factor_since" in changes for changes in entries)
        assert not any(secret in changes for changes in entries)


def test_a_code_counts_once(there: Site, steps: Callable[[int], None]) -> None:
    secret, _codes = set_up(there.client("viewer"))
    assert WRONG in give(there, "viewer", code(secret)).text  # it was used to set it up
    steps(1)
    shown = code(secret)
    assert give(there, "viewer", shown).status_code == 302
    for again in (shown, f" {shown} ", f"{shown[:3]} {shown[3:]}", f"0{shown}"):
        answer = give(there, "viewer", again)
        assert answer.status_code == 422
        assert WRONG in answer.text
    assert WRONG in give(there, "viewer", code(secret, ago=1)).text  # nor an earlier one


def test_a_used_code_stays_used_after_a_failure(there: Site, steps: Callable[[int], None]) -> None:
    secret, _codes = set_up(there.client("viewer"))
    steps(1)
    shown = code(secret)
    assert give(there, "viewer", shown).status_code == 302
    assert WRONG in give(there, "viewer", "000000").text
    assert WRONG in give(there, "viewer", shown).text


def test_clocks_may_be_one_step_apart(there: Site, steps: Callable[[int], None]) -> None:
    secret, _codes = set_up(there.client("viewer"))
    steps(4)
    assert WRONG in give(there, "viewer", code(secret, ago=2)).text
    assert WRONG in give(there, "viewer", code(secret, ago=-1)).text
    assert give(there, "viewer", code(secret, ago=1)).status_code == 302


def test_of_two_at_one_moment_one_is_let_in(there: Site, steps: Callable[[int], None]) -> None:
    secret, _codes = set_up(there.client("viewer"))
    steps(1)
    shown = code(secret)
    pages = [second_page(there, "viewer") for _ in range(4)]
    begin = Barrier(len(pages))

    def send(page: tuple[Person, dict[str, str]]) -> int:
        person, form = page
        begin.wait()
        return person.browser.post("/login", data={**form, "code": shown}).status_code

    with ThreadPoolExecutor(len(pages)) as threads:
        assert sorted(threads.map(send, pages)) == [302, 422, 422, 422]


def test_each_recovery_code_counts_once(there: Site) -> None:
    _secret, codes = set_up(there.client("viewer"))
    assert give(there, "viewer", codes[0].upper().replace("-", " ")).status_code == 302
    assert WRONG in give(there, "viewer", codes[0]).text
    assert give(there, "viewer", codes[1]).status_code == 302
    with there.session() as session:
        kept = session.scalars(select(RecoveryCode)).all()
        assert len([one for one in kept if one.used_at]) == 2
        assert not {one.hash for one in kept} & set(codes)


def test_another_accounts_code_opens_nothing(there: Site, steps: Callable[[int], None]) -> None:
    set_up(there.client("viewer"))
    secret, codes = set_up(there.client("town"))
    steps(1)
    for said in (code(secret), codes[0]):
        assert WRONG in give(there, "viewer", said).text


def test_codes_cannot_be_guessed_without_end(there: Site, steps: Callable[[int], None]) -> None:
    secret, _codes = set_up(there.client("viewer"))
    steps(1)
    for _ in range(5):
        # The right password between two guesses forgives nothing.
        assert WRONG in give(there, "viewer", "000000").text
    person = Person(there.app.test_client())
    answer = person.post("/login", username="viewer", password=PASSWORD)
    assert "Hãy đợi" in answer.text
    with there.session() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.subject == "second_factor"))
        assert [entry.what for entry in entries] == [What.REFUSED] * 5
    assert code(secret)


def test_the_second_page_waits_for_five_minutes(there: Site, steps: Callable[[int], None]) -> None:
    secret, _codes = set_up(there.client("viewer"))
    person, form = second_page(there, "viewer")
    steps(11)
    late = person.browser.post("/login", data={**form, "code": code(secret)})
    assert "quá năm phút" in late.text
    assert person.get("/tables").status_code == 302
    forged = {**form, "waiting": form["waiting"][:-6] + "AAAAA="}
    assert person.browser.post("/login", data={**forged, "code": code(secret)}).status_code == 200
    assert person.get("/tables").status_code == 302


def test_a_password_changed_meanwhile_takes_the_second_page_away(
    there: Site, steps: Callable[[int], None]
) -> None:
    secret, _codes = set_up(there.client("viewer"))
    steps(1)
    person, form = second_page(there, "viewer")
    with there.session() as session:
        session.scalars(select(User).where(User.name == "viewer")).one().epoch += 1
        session.commit()
    person.browser.post("/login", data={**form, "code": code(secret)})
    assert person.get("/tables").status_code == 302


def test_a_form_goes_along_through_both_pages(there: Site, steps: Callable[[int], None]) -> None:
    person = there.client("commune")
    secret, _codes = set_up(person)
    steps(1)
    form = fields(person, EDIT)
    person.browser.delete_cookie("casemgmt")
    typed = {"head_name": "Đặng Thị Ước", "address": "Xóm nửa chừng"}
    page = person.browser.post(EDIT, data={**form, **typed})
    first = {**hidden(page), "username": "commune", "password": PASSWORD}
    page = person.browser.post(EDIT, data=first)
    assert page.status_code == 401
    assert "Nhập mã" in page.text
    wrong = person.browser.post(EDIT, data={**hidden(page), "code": "000000"})
    assert WRONG in wrong.text
    shown = code(secret)
    again = person.browser.post(EDIT, data={**hidden(wrong), "code": shown})
    assert again.status_code == 200
    assert "Xóm nửa chừng" in again.text
    assert person.get("/tables").status_code == 200
    assert WRONG in give(there, "commune", shown).text  # used, though nothing was kept


def hidden(page: TestResponse) -> dict[str, str]:
    wanted = ("csrf_token", "carried", "waiting")
    return {name: value for name, value in fields_of(page.text).items() if name in wanted}


def test_taken_off_by_oneself_with_a_code(there: Site, steps: Callable[[int], None]) -> None:
    person = there.client("viewer")
    secret, codes = set_up(person)
    other = Person(there.app.test_client())
    steps(1)
    assert WRONG in person.post(OFF, code="000000").text
    assert person.post(OFF, code=codes[0]).status_code == 303
    assert person.get("/tables").status_code == 200
    with there.session() as session:
        assert session.scalars(select(SecondFactor)).all() == []
        assert session.scalars(select(RecoveryCode)).all() == []
    assert other.post("/login", username="viewer", password=PASSWORD).status_code == 302
    assert person.get(OFF).status_code == 404
    set_up(person)
    assert person.get(ADD).status_code == 404
    assert secret


def test_an_administrator_takes_off_what_was_lost_and_never_sees_it(there: Site) -> None:
    person = there.client("viewer")
    secret, _codes = set_up(person)
    admin, number = there.client("admin"), user(there, "viewer").id
    assert secret not in admin.page(f"/accounts/{number}")
    path = f"/accounts/{number}/second-factor/take-off"
    assert there.client("commune").send(path).status_code == 403
    assert admin.send(path).status_code == 303
    assert person.get("/tables").status_code == 302
    with there.session() as session:
        newest = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (newest.actor, newest.subject) == ("admin", "user_account")
        assert "second_factor_since" in newest.changes
    there.client("viewer")
    assert admin.send(path).status_code == 400


def user(there: Site, name: str) -> User:
    with there.session() as session:
        return session.scalars(select(User).where(User.name == name)).one()


@pytest.mark.parametrize("name", ["admin", "district", "viewer", "commune"])
def test_whom_the_site_demands_it_of(there: Site, name: str) -> None:
    if name == "commune":
        with there.session() as session:
            session.scalars(select(User).where(User.name == name)).one().signs = True
            session.commit()
    person = there.client(name)
    assert person.get("/tables").status_code == 200
    there.app.config["REQUIRE_TOTP"] = True
    if name == "viewer":
        assert person.get("/tables").status_code == 200
        return
    for path in ("/", "/tables", "/account", "/account/password"):
        assert person.get(path).headers["Location"] == ADD, path
    assert person.send("/account/sessions/end", csrf_token=token(person)).headers["Location"] == ADD
    set_up(person)
    assert person.get("/tables").status_code == 200


def token(person: Person) -> str:
    return fields_of(person.page(ADD))["csrf_token"]


def test_a_wrong_code_does_not_set_it_up(there: Site) -> None:
    person = there.client("viewer")
    answer = person.post(ADD, code="000000")
    assert answer.status_code == 422
    assert "Mã không đúng" in answer.text
    again = re.search(r'second-factor-key">([A-Z2-7 ]+)<', answer.text)
    assert again is not None  # the same secret, so that the picture need not be scanned again
    assert user(there, "viewer").second_factor_since is None
    mine = fields_of(person.page(ADD))
    stranger = there.client("town")
    taken = {**mine, "csrf_token": token(stranger), "code": "000000"}
    assert stranger.browser.post(ADD, data=taken).status_code == 400


def test_the_command_line_resets_an_account(url: str) -> None:
    with site(url) as there:
        set_up(there.client("viewer"))
        done = run("user", "reset", "viewer", "--second-factor", url=url)
        assert done.returncode == 0, done.stderr
        first = done.stdout.rpartition(": ")[2].strip()
        person = Person(there.app.test_client())
        answer = person.post("/login", username="viewer", password=first)
        assert answer.headers["Location"] == "/"
        assert person.get("/tables").headers["Location"] == "/account/password"
        assert run("user", "reset", "nobody", url=url).returncode == 1
