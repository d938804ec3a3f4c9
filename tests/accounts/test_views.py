"""Signing in, one's own password, and the accounts of the register."""

import re
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from casemgmt.access.models import User
from casemgmt.audit.models import AuditEntry, What
from tests.browsing import PASSWORD, Person, Site, site

WRONG = "Tên đăng nhập hoặc mật khẩu không đúng."
NEW = "bốn mùa trồng cây 23"


@pytest.fixture
def there(url: str) -> Iterator[Site]:
    with site(url) as made:
        yield made


@pytest.fixture
def here(sqlite_url: str) -> Iterator[Site]:
    with site(sqlite_url) as made:
        yield made


def newcomer(where: Site) -> Person:
    return Person(where.app.test_client())


def user(where: Site, name: str) -> User:
    with where.session() as session:
        return session.scalars(select(User).where(User.name == name)).one()


def last_entry(where: Site) -> AuditEntry:
    with where.session() as session:
        return session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()


# --- Signing in ---------------------------------------------------------------------------------


def test_signing_in_and_out(there: Site) -> None:
    person = newcomer(there)
    assert person.post("/login", username="commune", password=PASSWORD).status_code == 302
    entry = last_entry(there)
    assert (entry.what, entry.actor) == (What.SIGNED_IN, "commune")
    assert "Xã Cam Tuyền" in person.page("/")
    assert person.send("/logout").headers["Location"] == "/login"
    assert last_entry(there).what is What.SIGNED_OUT
    assert person.get("/").status_code == 302


@pytest.mark.parametrize(
    ("name", "password"), [("commune", "sai rồi"), ("nobody", PASSWORD), (PASSWORD, "commune")]
)
def test_a_wrong_name_or_password_answers_alike(there: Site, name: str, password: str) -> None:
    answer = newcomer(there).post("/login", username=name, password=password)
    assert answer.status_code == 422
    assert WRONG in answer.text
    entry = last_entry(there)
    assert entry.what is What.REFUSED
    assert ("commune" in entry.key) == (name == "commune")
    assert PASSWORD not in entry.key


def test_what_was_typed_stays_but_the_password(here: Site) -> None:
    answer = newcomer(here).post("/login", username="commune", password="sai rồi")
    assert 'value="commune"' in answer.text
    assert "sai rồi" not in answer.text


def test_blank_answers_are_named_at_their_fields(here: Site) -> None:
    answer = newcomer(here).post("/login", username="", password="")
    assert answer.status_code == 422
    assert 'href="#username"' in answer.text
    assert 'aria-describedby="username-error"' in answer.text
    assert 'id="username-error"' in answer.text


def test_the_name_is_taken_in_any_case(here: Site) -> None:
    assert newcomer(here).post("/login", username="COMMUNE ", password=PASSWORD).status_code == 302


def test_a_disabled_account_does_not_sign_in(here: Site) -> None:
    with here.session() as session:
        session.scalars(select(User).where(User.name == "viewer")).one().active = False
        session.commit()
    assert WRONG in newcomer(here).post("/login", username="viewer", password=PASSWORD).text


def test_guessing_slows_down(there: Site) -> None:
    person = newcomer(there)
    for _ in range(5):
        assert WRONG in person.post("/login", username="commune", password="sai rồi").text
    answer = person.post("/login", username="commune", password=PASSWORD)
    assert "Hãy đợi" in answer.text
    assert person.get("/").status_code == 302
    # Somebody else is not locked out by it.
    assert person.post("/login", username="town", password=PASSWORD).status_code == 302


def test_the_session_is_another_one_after_signing_in(here: Site) -> None:
    person = newcomer(here)
    before = person.token()
    person.post("/login", username="commune", password=PASSWORD)
    assert person.send("/logout", csrf_token=before).status_code == 400


def test_a_password_kept_in_an_older_way_is_kept_anew(here: Site) -> None:
    older = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with here.session() as session:
        session.scalars(select(User).where(User.name == "viewer")).one().password_hash = older
        session.commit()
    here.client("viewer")
    kept = user(here, "viewer").password_hash
    assert kept != older
    here.client("viewer")
    assert user(here, "viewer").password_hash == kept


# --- One's own password -------------------------------------------------------------------------


def test_changing_ones_password_ends_other_sessions(there: Site) -> None:
    here, other = there.client("commune"), there.client("commune")
    answer = here.post("/account/password", old=PASSWORD, password=NEW, again=NEW)
    assert answer.status_code == 302, answer.text
    assert here.get("/").status_code == 200
    assert other.get("/").status_code == 302
    assert WRONG in newcomer(there).post("/login", username="commune", password=PASSWORD).text
    assert newcomer(there).post("/login", username="commune", password=NEW).status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("sai rồi", NEW, NEW, "Mật khẩu hiện tại không đúng."),
        (PASSWORD, NEW, "khác", "không giống nhau"),
        (PASSWORD, "ngắn", "ngắn", "ít nhất 12 ký tự"),
        (PASSWORD, "commune commune", "commune commune", "chứa tên đăng nhập"),
    ],
)
def test_a_password_that_will_not_do(here: Site, old: str, new: str, again: str, said: str) -> None:
    kept = user(here, "commune").password_hash
    person = here.client("commune")
    answer = person.post("/account/password", old=old, password=new, again=again)
    assert answer.status_code == 422
    assert said in answer.text
    assert user(here, "commune").password_hash == kept


# --- The accounts -------------------------------------------------------------------------------


def shown_password(page: str) -> str:
    return re.findall(r"<code>([^<]+)</code>", page)[1]


def test_a_new_account_must_change_its_password(there: Site) -> None:
    admin = there.client("admin")
    answer = admin.post("/accounts/add", name="can.bo", role="commune", unit="19600")
    assert answer.status_code == 200, answer.text
    first = shown_password(answer.text)
    assert first not in admin.page("/accounts")
    person = newcomer(there)
    assert person.post("/login", username="can.bo", password=first).status_code == 302
    for path in ("/", "/households", "/tables/bieu-2"):
        assert person.get(path).headers["Location"] == "/account/password"
    person.post("/account/password", old=first, password=NEW, again=NEW)
    assert person.get("/households").status_code == 200
    with there.session() as session:
        stored = [entry.changes for entry in session.scalars(select(AuditEntry))]
    assert not any(first in changes or NEW in changes for changes in stored)


def test_a_role_needs_its_unit(here: Site) -> None:
    answer = here.client("admin").post("/accounts/add", name="can.bo", role="commune", unit="")
    assert answer.status_code == 422
    assert "cần một đơn vị cấp xã" in answer.text
    assert 'value="can.bo"' in answer.text


def test_a_choice_that_is_not_offered(here: Site) -> None:
    answer = here.client("admin").post("/accounts/add", name="x.y", role="king", unit="CT-TT")
    assert answer.status_code == 422
    assert answer.text.count("Lựa chọn không có trong danh sách.") >= 2


def test_resetting_a_password(there: Site) -> None:
    officer = there.client("commune")
    page = there.client("admin").send(f"/accounts/{user(there, 'commune').id}/password").text
    assert officer.get("/").status_code == 302
    person = newcomer(there)
    person.post("/login", username="commune", password=shown_password(page))
    assert person.get("/tables").headers["Location"] == "/account/password"


def test_locking_and_opening_an_account(there: Site) -> None:
    admin, officer = there.client("admin"), there.client("commune")
    number = user(there, "commune").id
    assert admin.send(f"/accounts/{number}/disable").status_code == 302
    assert officer.get("/").status_code == 302
    assert "Đã khóa" in admin.page("/accounts")
    assert admin.send(f"/accounts/{number}/disable").status_code == 400
    assert admin.send(f"/accounts/{number}/enable").status_code == 302
    there.client("commune")


def test_nobody_locks_themselves_out(here: Site) -> None:
    answer = here.client("admin").send(f"/accounts/{user(here, 'admin').id}/disable")
    assert answer.status_code == 400
    assert user(here, "admin").active


def test_an_account_that_is_not_there(here: Site) -> None:
    assert here.client("admin").send("/accounts/999/disable").status_code == 404


def test_only_a_language_of_the_site_is_kept(here: Site) -> None:
    person = here.client("viewer")
    answer = person.send("/language", language="xx", next="//evil.example")
    assert answer.headers["Location"] == "/"
    assert '<html lang="vi">' in person.page("/overview")
