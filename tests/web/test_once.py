"""A form that is sent again counts once, whatever the moment."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from casemgmt import clock
from casemgmt.access.models import SentForm, User
from casemgmt.access.policy import Act
from casemgmt.organisations.models import Organisation
from casemgmt.register.lens import Lens
from casemgmt.register.models import Household
from casemgmt.web import once
from casemgmt.web.asking import needs
from casemgmt.web.database import session as request_session
from casemgmt.web.repeating import same_until_changed
from tests.browsing import TODAY, Person, Site, site

TIMES = 20
ADD = "/add-household"
NEW = {"head_name": "Lê Thị Gửi", "village": "CT-TT", "starts": "01/10/2022", "sex": "Nữ"}
AGAIN = "đã được ghi trước đó"


@pytest.fixture
def here(sqlite_url: str) -> Iterator[Site]:
    with site(sqlite_url) as made:
        yield made


@pytest.fixture
def there(url: str) -> Iterator[Site]:
    with site(url) as made:
        yield made


def fields(person: Person, path: str) -> dict[str, str]:
    """The hidden fields of a page's form."""
    page = person.get(path).text
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    found += re.findall(r'<input id="[^"]+" name="([^"]+)" type="hidden" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


def households(session: Session, head_name: str) -> int:
    query = select(func.count(Household.id)).where(Household.head_name == head_name)
    return session.scalar(Lens.everyone(TODAY).scoped(query)) or 0


def at_once(there: Site, person: Person, path: str, form: dict[str, str]) -> list[TestResponse]:
    """The answers to one form, sent many times at one moment from one browser."""
    cookie = person.browser.get_cookie("casemgmt")
    assert cookie is not None
    begin = Barrier(TIMES)

    def send(_number: int) -> TestResponse:
        browser = there.app.test_client()
        browser.set_cookie("casemgmt", cookie.value)
        begin.wait()
        return browser.post(path, data=form)

    with ThreadPoolExecutor(TIMES) as threads:
        return list(threads.map(send, range(TIMES)))


def test_a_form_sent_twenty_times_at_once_is_one_record(there: Site) -> None:
    person = there.client("commune")
    answers = at_once(there, person, ADD, {**NEW, **fields(person, ADD)})
    assert {answer.status_code for answer in answers} == {303}
    (place,) = {answer.headers["Location"] for answer in answers}
    assert NEW["head_name"] in person.page(place)
    with there.session() as session:
        assert households(session, NEW["head_name"]) == 1
        assert session.scalar(select(func.count()).select_from(SentForm)) == 1


def test_a_second_tap_leads_where_the_first_led_and_says_so(there: Site) -> None:
    person = there.client("commune")
    form = {**NEW, **fields(person, ADD)}
    first = person.send(ADD, **form)
    assert AGAIN not in person.page(first.headers["Location"])
    second = person.send(ADD, **form)
    assert (second.status_code, second.headers["Location"]) == (303, first.headers["Location"])
    assert AGAIN in person.page(second.headers["Location"])
    with there.session() as session:
        assert households(session, NEW["head_name"]) == 1


def test_each_form_that_is_shown_has_a_key_of_its_own(here: Site) -> None:
    person = here.client("commune")
    keys = {fields(person, ADD)["once"] for _ in range(3)}
    assert len(keys) == 3
    for _ in range(2):
        sure = person.send(ADD, **NEW, **fields(person, ADD), confirmed="y")
        assert sure.status_code == 303, sure.text
    with here.session() as session:
        assert households(session, NEW["head_name"]) == 2


def test_a_form_that_comes_back_keeps_its_key_and_may_be_sent(there: Site) -> None:
    person = there.client("commune")
    form = fields(person, ADD)
    wrong = person.send(ADD, **{**NEW, **form, "starts": "31/02/2022"})
    assert wrong.status_code == 422
    assert f'name="once" value="{form["once"]}"' in wrong.text
    refused = person.send(ADD, **{**NEW, **form, "starts": "01/10/2032"})  # a rule of the act
    assert refused.status_code == 422
    with there.session() as session:
        assert session.scalar(select(func.count()).select_from(SentForm)) == 0
    assert person.send(ADD, **NEW, **form).status_code == 303


def test_a_key_counts_for_its_sender_alone(here: Site) -> None:
    commune, district = here.client("commune"), here.client("district")
    key = fields(commune, ADD)["once"]
    for number, person in enumerate((commune, district)):
        form = {**NEW, **fields(person, ADD), "head_name": f"Lê Thị {number}", "once": key}
        assert person.send(ADD, **form).status_code == 303
    with here.session() as session:
        assert households(session, "Lê Thị 0") == households(session, "Lê Thị 1") == 1


def test_a_step_on_the_way_takes_no_key(here: Site) -> None:
    person = here.client("district")
    path = "/households/H3/class"
    form = {**fields(person, path), "starts": "01/10/2022", "class_": "poor", "reason": "xét"}
    for _ in range(2):
        assert person.send(path, **form, propose="1").status_code == 200
    assert person.send(path, **form).status_code == 303


def test_a_button_counts_once_and_each_button_by_itself(here: Site) -> None:
    admin = here.client("admin")
    keys = re.findall(r'name="once" value="([^"]+)"', admin.page("/accounts"))
    assert len(keys) == len(set(keys)) > 2
    with here.session() as session:
        number = session.scalar(select(User.id).where(User.name == "viewer"))
    first = admin.send(f"/accounts/{number}/password", once=keys[0])
    assert first.status_code == 200
    again = admin.send(f"/accounts/{number}/password", once=keys[0])
    assert (again.status_code, again.headers["Location"]) == (303, "/")
    assert admin.send(f"/accounts/{number}/disable", once=keys[1]).status_code == 302
    assert admin.send(f"/accounts/{number}/enable", once=keys[2]).status_code == 302
    assert admin.send(f"/accounts/{number}/disable", once=keys[1]).status_code == 303
    with here.session() as session:
        assert session.scalar(select(User.active).where(User.name == "viewer"))


def test_a_failure_gives_the_key_back(there: Site) -> None:
    broken = [True]

    @needs(Act.OWN_ACCOUNT)
    def act() -> str:
        row = Organisation(code="NEW", name="Mới", kind="office", unit_id=1)
        request_session().add(row)
        request_session().flush()
        if broken.pop():
            raise LookupError("on purpose")
        return "x"

    there.app.add_url_rule("/try", view_func=act, methods=["POST"])
    person = there.client("viewer")
    assert person.send("/try", once="k" * 20).status_code == 500
    broken.append(False)
    assert person.send("/try", once="k" * 20).status_code == 200
    assert person.send("/try", once="k" * 20).status_code == 303


def test_old_keys_are_forgotten(here: Site) -> None:
    person = here.client("commune")
    now = clock.now()
    with here.session() as session:
        user = session.scalar(select(User.id).where(User.name == "commune"))
        for name, age in (("old", once.KEPT + timedelta(hours=1)), ("young", timedelta(days=6))):
            session.add(SentForm(key=name, user_id=user, at=now - age, led_to="/"))
        session.commit()
    person.send(ADD, **NEW, **fields(person, ADD))
    with here.session() as session:
        kept = set(session.scalars(select(SentForm.key)))
    assert "old" not in kept
    assert "young" in kept
    assert len(kept) == 2


def test_a_page_with_a_key_is_not_kept_for_another_time(here: Site) -> None:
    @needs(Act.OWN_ACCOUNT)
    @same_until_changed
    def page() -> str:
        return str(once.once())

    here.app.add_url_rule("/try", view_func=page)
    person = here.client("viewer")
    assert len({person.page("/try") for _ in range(3)}) == 3


@pytest.mark.parametrize("key", ["", "x" * 201, "1.a", "1.a.b", "…", "1..", "\x00"])
def test_what_is_no_key_is_nobodys(here: Site, key: str) -> None:
    with here.app.test_request_context():
        assert once.typed_by(key) is None
