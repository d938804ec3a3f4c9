"""Open sessions: each has a number of its own, and what ends them ends them at once."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import select, update

from casemgmt import clock
from casemgmt.access import actions, sessions
from casemgmt.access.models import OpenSession, User
from casemgmt.access.policy import Role
from casemgmt.web import devices
from tests.browsing import PASSWORD, Person, Site, site
from tests.web.test_once import fields

EDIT = "/households/H1/edit"
NEW = "bốn mùa trồng cây 23"
PHONE = (
    "Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Mobile Safari/537.36"
)


@pytest.fixture
def there(url: str) -> Iterator[Site]:
    with site(url) as made:
        yield made


@pytest.fixture
def here(sqlite_url: str) -> Iterator[Site]:
    with site(sqlite_url) as made:
        yield made


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Let time pass."""
    passed = [timedelta()]
    now = clock.now

    def later() -> datetime:
        return now() + passed[0]

    monkeypatch.setattr(clock, "now", later)

    def let_pass(how_long: timedelta) -> None:
        passed[0] += how_long

    return let_pass


def cookie_of(person: Person) -> str:
    cookie = person.browser.get_cookie("casemgmt")
    assert cookie is not None
    return cookie.value


def somebody_with(there: Site, cookie: str) -> Person:
    """A browser that holds this cookie."""
    browser = there.app.test_client()
    browser.set_cookie("casemgmt", cookie)
    return Person(browser)


def number_of(there: Site, name: str) -> int:
    with there.session() as session:
        return session.scalars(select(User.id).where(User.name == name)).one()


def marks(there: Site) -> set[str]:
    with there.session() as session:
        return set(session.scalars(select(OpenSession.hash)))


def signed_in(person: Person) -> bool:
    return person.get("/tables").status_code == 200


def test_the_database_keeps_no_number_that_a_browser_holds(there: Site) -> None:
    person = there.client("commune")
    with person.browser.session_transaction() as cookie:
        number = cookie["_user_id"]
    assert len(number) == 43  # 256 bits
    assert marks(there) == {sessions.fingerprint(number)}
    with person.browser.session_transaction() as cookie:
        cookie["_user_id"] = sessions.fingerprint(number)
    assert not signed_in(person)
    for guess in ("1", "1:0", "", "x" * 2000):
        with person.browser.session_transaction() as cookie:
            cookie["_user_id"] = guess
        assert not signed_in(person)


def test_signing_in_again_is_another_session_and_ends_the_one_before(there: Site) -> None:
    person = there.client("commune")
    before = cookie_of(person)
    (mark,) = marks(there)
    person.post("/login", username="town", password=PASSWORD)
    assert mark not in marks(there)
    assert signed_in(person)
    assert not signed_in(somebody_with(there, before))


def test_a_number_that_was_put_into_a_browser_is_dead_after_signing_in(there: Site) -> None:
    """Fixation: who planted the cookie learns nothing of the session that follows."""
    planted = Person(there.app.test_client())
    planted.get("/login")
    with planted.browser.session_transaction() as cookie:
        cookie["_user_id"] = "known to somebody"
    seen_before = cookie_of(planted)
    assert planted.post("/login", username="commune", password=PASSWORD).status_code == 302
    assert signed_in(planted)
    assert not signed_in(somebody_with(there, seen_before))
    assert sessions.fingerprint("known to somebody") not in marks(there)


def test_a_cookie_replayed_after_signing_out_is_refused(there: Site) -> None:
    person = there.client("commune")
    kept = cookie_of(person)
    other = there.client("commune")
    person.send("/logout")
    assert not signed_in(somebody_with(there, kept))
    assert signed_in(other)  # another browser goes on


def by_admin(path: str) -> Callable[[Site], object]:
    def act(there: Site) -> object:
        number = number_of(there, "commune")
        return there.client("admin").send(f"/accounts/{number}/{path}")

    return act


def change_password(there: Site) -> object:
    return there.client("commune").post("/account/password", old=PASSWORD, password=NEW, again=NEW)


def change_role(there: Site) -> object:
    number = number_of(there, "commune")
    answer = there.client("admin").post(f"/accounts/{number}", role="viewer", unit="")
    assert answer.status_code == 303, answer.text
    return answer


def end_others(there: Site) -> object:
    return there.client("commune").send("/account/sessions/end")


@pytest.mark.parametrize(
    "event",
    [
        change_password,
        change_role,
        end_others,
        by_admin("password"),
        by_admin("disable"),
        by_admin("sessions/end"),
    ],
)
def test_what_ends_sessions_ends_them_at_once(there: Site, event: Callable[[Site], object]) -> None:
    first, second = there.client("commune"), there.client("commune")
    bystander = there.client("town")
    assert signed_in(first)
    assert signed_in(second)
    event(there)
    assert not signed_in(first)
    assert not signed_in(second)
    assert signed_in(bystander)


def test_ending_the_others_goes_on_here_with_another_number(there: Site) -> None:
    person, other = there.client("commune"), there.client("commune")
    before = cookie_of(person)
    assert person.page("/account").count("Phiên này") == 1
    person.send("/account/sessions/end")
    assert signed_in(person)
    assert not signed_in(other)
    assert not signed_in(somebody_with(there, before))


def test_a_request_that_began_before_signing_out_does_not_revive(
    there: Site, wait: Callable[[timedelta], None]
) -> None:
    person = there.client("commune")
    wait(sessions.NOTED_EVERY + timedelta(seconds=1))
    kept = cookie_of(person)

    def meanwhile() -> None:
        """Signs out in another window, once this request has found the session open."""
        hooks.remove(meanwhile)
        with there.session() as session:
            session.connection().execute(OpenSession.__table__.delete())
            session.commit()

    hooks = there.app.before_request_funcs[None]
    hooks.append(meanwhile)
    assert signed_in(somebody_with(there, kept))  # it had begun
    assert meanwhile not in hooks
    assert marks(there) == set()
    assert not signed_in(person)


def test_it_ends_when_nothing_is_asked_for_half_an_hour(
    there: Site, wait: Callable[[timedelta], None]
) -> None:
    person = there.client("commune")
    for _ in range(4):
        wait(sessions.IDLE - timedelta(minutes=1))
        assert signed_in(person)
    wait(sessions.IDLE + timedelta(seconds=1))
    assert not signed_in(person)


def test_it_ends_after_half_a_day(there: Site, wait: Callable[[timedelta], None]) -> None:
    person = there.client("commune")
    step = timedelta(minutes=20)
    for _ in range(sessions.LONGEST // step - 1):
        wait(step)
        assert signed_in(person)
    wait(step + timedelta(seconds=1))
    assert not signed_in(person)
    there.client("town")
    assert len(marks(there)) == 1  # what is over is forgotten when the next one opens


def test_it_is_noted_now_and_then_that_somebody_is_there(
    here: Site, wait: Callable[[timedelta], None]
) -> None:
    person = here.client("commune")

    def seen() -> datetime:
        with here.session() as session:
            return session.scalars(select(OpenSession.seen_at)).one()

    first = seen()
    person.page("/tables")
    assert seen() == first
    wait(sessions.NOTED_EVERY + timedelta(seconds=1))
    person.page("/tables")
    assert seen() > first


def test_a_form_outlives_the_session(there: Site, wait: Callable[[timedelta], None]) -> None:
    person = there.client("commune")
    form = fields(person, EDIT)
    wait(sessions.IDLE + timedelta(seconds=1))
    typed = {"head_name": "Đặng Thị Ước", "address": "Xóm nửa chừng"}
    page = person.browser.post(EDIT, data={**form, **typed})
    assert page.status_code == 401
    hidden = {
        name: value
        for name, value in fields_of(page.text).items()
        if name in ("csrf_token", "once", "carried")
    }
    again = person.browser.post(EDIT, data={**hidden, "username": "commune", "password": PASSWORD})
    assert again.status_code == 200
    assert "Xóm nửa chừng" in again.text
    assert signed_in(person)


def fields_of(page: str) -> dict[str, str]:
    found = re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


def test_what_a_person_sees_of_their_sessions(here: Site) -> None:
    phone = Person(here.app.test_client())
    phone.browser.environ_base["HTTP_USER_AGENT"] = PHONE
    phone.post("/login", username="commune", password=PASSWORD)
    page = here.client("commune").page("/account")
    assert "Chrome, Android" in page
    assert "127.0.0.1" not in page
    assert here.client("town").page("/account").count('<th scope="row">') == 1


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (PHONE, "Chrome, Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18 Safari/604.1", "Safari, iPhone"),
        ("curl/8", ""),
    ],
)
def test_browsers_are_told_apart_in_few_words(agent: str, said: str) -> None:
    assert devices.named(agent) == said


def test_the_administrator_edits_an_account(there: Site) -> None:
    admin, number = there.client("admin"), number_of(there, "commune")
    answer = admin.post(f"/accounts/{number}", role="district", unit="465", signs="y")
    assert answer.status_code == 303, answer.text
    with there.session() as session:
        user = session.get_one(User, number)
        assert (user.role, user.unit.code, user.signs) == (Role.DISTRICT, "465", True)
    wrong = admin.post(f"/accounts/{number}", role="commune", unit="465")
    assert wrong.status_code == 422
    assert "cần một đơn vị cấp xã" in wrong.text
    alone = number_of(there, "admin")
    assert "ít nhất một quản trị" in admin.post(f"/accounts/{alone}", role="viewer").text
    assert admin.get("/accounts/999").status_code == 404
    assert there.client("viewer").get(f"/accounts/{number}").status_code == 403


def test_two_administrators_do_not_overwrite_each_other(here: Site) -> None:
    admin, number = here.client("admin"), number_of(here, "commune")
    path = f"/accounts/{number}"
    form = fields_of(admin.page(path))
    kept = {name: form[name] for name in ("csrf_token", "once", "version")}
    with here.session() as session:
        actions.edit_user(session, session.get_one(User, number), role=Role.VIEWER)
        session.commit()
    answer = admin.browser.post(path, data={**kept, "role": "commune", "unit": "19600"})
    assert answer.status_code == 409


def test_a_password_that_was_made_up_lasts_three_days(
    there: Site, wait: Callable[[timedelta], None]
) -> None:
    with there.session() as session:
        user = session.scalars(select(User).where(User.name == "commune")).one()
        first = actions.reset_password(session, user)
        session.commit()
    wait(actions.FIRST_LASTS - timedelta(minutes=1))
    person = Person(there.app.test_client())
    assert person.post("/login", username="commune", password=first).status_code == 302
    wait(timedelta(minutes=2))
    late = Person(there.app.test_client())
    answer = late.post("/login", username="commune", password=first)
    assert answer.status_code == 422
    assert "quá 72 giờ" in answer.text
    assert "không đúng" in late.post("/login", username="commune", password="sai rồi").text
    # Once it is one's own, it stays.
    person.post("/account/password", old=first, password=NEW, again=NEW)
    wait(actions.FIRST_LASTS)
    assert late.post("/login", username="commune", password=NEW).status_code == 302


# --- The password asked for again ---------------------------------------------------------------


HOUR = timedelta(minutes=20), timedelta(minutes=20)


def test_files_of_households_ask_for_the_password_again(
    there: Site, wait: Callable[[timedelta], None]
) -> None:
    person = there.client("commune")
    path = "/households.csv?class=poor"
    assert person.get(path).status_code == 200
    for some in HOUR:
        wait(some)
        assert signed_in(person)
    answer = person.get(path)
    assert answer.status_code == 302
    again = answer.headers["Location"]
    assert again.startswith("/account/again?next=/households.csv")
    assert person.get("/households").status_code == 200  # what is only shown is not asked about
    wrong = person.post(again, password_again="sai rồi")
    assert wrong.status_code == 422
    assert "Mật khẩu không đúng." in wrong.text
    assert person.get(path).status_code == 302
    right = person.post(again, password_again=PASSWORD)
    assert right.headers["Location"] == path
    assert person.get(path).status_code == 200


def test_the_password_is_asked_again_before_a_second_factor_that_is_demanded(
    there: Site, wait: Callable[[timedelta], None]
) -> None:
    person, add = there.client("admin"), "/account/second-factor/add"
    there.app.config["REQUIRE_TOTP"] = True
    wait(HOUR[0])
    assert person.get("/").headers["Location"] == add
    assert person.get(add).status_code == 200
    wait(HOUR[1])
    again = person.get(add).headers["Location"]
    assert again == f"/account/again?next={add}"
    assert person.post(again, password_again=PASSWORD).headers["Location"] == add
    assert person.get(add).status_code == 200


def test_an_act_on_an_account_goes_on_after_the_password(
    there: Site, wait: Callable[[timedelta], None]
) -> None:
    admin, number = there.client("admin"), number_of(there, "commune")
    path = f"/accounts/{number}"
    form = fields_of(admin.page(path))
    kept = {name: form[name] for name in ("csrf_token", "once", "version")}
    typed = {**kept, "role": "district", "unit": "465"}
    for some in HOUR:
        wait(some)
        assert signed_in(admin)
    asked = admin.browser.post(path, data=typed)
    assert (asked.status_code, "Nhập lại mật khẩu" in asked.text) == (200, True)
    carried = {**fields_of(asked.text)}
    assert carried["unit"] == "465"
    wrong = admin.browser.post(path, data={**carried, "password_again": "sai rồi"})
    assert wrong.status_code == 422
    with there.session() as session:
        assert session.get_one(User, number).role is Role.COMMUNE
    done = admin.browser.post(path, data={**carried, "password_again": PASSWORD})
    assert done.status_code == 303, done.text
    with there.session() as session:
        assert session.get_one(User, number).role is Role.DISTRICT
    assert admin.get("/accounts").status_code == 200


def test_the_password_given_again_cannot_be_guessed_without_end(
    here: Site, wait: Callable[[timedelta], None]
) -> None:
    person = here.client("commune")
    for _ in range(5):
        person.post("/account/again", password_again="sai rồi")
    assert "Hãy đợi" in person.post("/account/again", password_again=PASSWORD).text
    path = {"old": PASSWORD, "password": NEW, "again": NEW}
    assert "Hãy đợi" in person.post("/account/password", **path).text


@pytest.mark.behind_its_back
def test_an_account_whose_epoch_moves_by_raw_sql_is_signed_out(there: Site) -> None:
    person = there.client("commune")
    with there.engine.begin() as connection:
        connection.execute(update(User.__table__).values(epoch=User.__table__.c.epoch + 1))
    assert not signed_in(person)
