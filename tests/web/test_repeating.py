"""Pages that are made once, and never outlive what they show."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import event, select

from casemgmt.access.models import User
from casemgmt.households.classifying import classify
from casemgmt.register.models import Class
from casemgmt.settings import TODAY as TODAY_KEY
from casemgmt.settings import Setting
from casemgmt.web.database import db
from casemgmt.web.keeping import MOST, Kept
from tests.browsing import TOKEN, Person, Site, site


@pytest.fixture
def there(url: str) -> Iterator[Site]:
    with site(url) as made:
        yield made


def statements(there: Site, person: Person, path: str) -> int:
    """How many statements a page takes."""
    seen: list[str] = []
    with there.app.app_context():
        engine = db.engine

    def count(*args: object) -> None:
        seen.append(str(args[2]))

    event.listen(engine, "before_cursor_execute", count)
    person.page(path)
    event.remove(engine, "before_cursor_execute", count)
    return len([statement for statement in seen if not statement.startswith("BEGIN")])


@pytest.mark.parametrize("path", ["/", "/households", "/tables/bieu-2", "/tables/bieu-3?unit=465"])
def test_a_page_is_made_once(there: Site, path: str) -> None:
    person = there.client("commune")
    first = person.page(path)
    assert statements(there, person, path) == 1
    assert person.page(path) == first


def test_a_page_outlives_that_somebody_looked_came_or_went(there: Site) -> None:
    person = there.client("commune")
    person.page("/households")
    other = there.client("district")
    other.page("/households/H1")
    other.post("/logout")
    assert statements(there, person, "/households") == 1


def test_what_is_written_is_seen_at_once(there: Site) -> None:
    person = there.client("commune")
    path = "/tables/bieu-2/cells/total/poor"
    assert "Hồ Thị Cúc" not in person.page(path)
    with there.session() as session:
        household = there.household(session, "H3")
        classify(session, household, starts=date(2022, 10, 1), class_=Class.POOR)
        session.commit()
    assert "Hồ Thị Cúc" in person.page(path)


def test_a_new_name_is_seen_at_once(there: Site) -> None:
    person = there.client("commune")
    assert "An Văn Mới" not in person.page("/households")
    with there.session() as session:
        there.household(session, "H2").head_name = "An Văn Mới"
        session.commit()
    assert "An Văn Mới" in person.page("/households")


def test_another_day_begins(there: Site) -> None:
    person = there.client("commune")
    assert "20/10/2022" in person.page("/")
    with there.session() as session:
        session.get(Setting, TODAY_KEY).value = "2022-10-21"
        session.commit()
    assert "21/10/2022" in person.page("/")


def test_a_page_is_of_one_session_alone(there: Site) -> None:
    one, other, town = there.client("commune"), there.client("commune"), there.client("town")
    pages = [person.get("/households").text for person in (one, other, town)]
    tokens = {TOKEN.search(page)[1] for page in pages}
    assert len(tokens) == 3
    assert "Đặng Thị Ước" in pages[1]
    assert "Đặng Thị Ước" not in pages[2]
    for person in (one, other, town):
        assert TOKEN.search(person.get("/households").text)[1] in tokens


def test_a_kept_page_is_not_shown_to_who_may_not_see_it(there: Site) -> None:
    person = there.client("commune")
    person.page("/households")
    with there.session() as session:
        session.scalars(select(User).where(User.name == "commune")).one().active = False
        session.commit()
    assert person.get("/households").status_code == 302


def test_what_was_done_is_said_once(there: Site) -> None:
    admin = there.client("admin")
    admin.page("/")
    with there.session() as session:
        number = session.scalars(select(User.id).where(User.name == "viewer")).one()
    admin.send(f"/accounts/{number}/disable")
    assert "Đã khóa tài khoản viewer." in admin.page("/")
    assert "Đã khóa" not in admin.page("/")


def test_another_version_is_never_found() -> None:
    kept = Kept()
    kept.keep("a", "page", "old")
    assert kept.find("a", "page") == "old"
    assert kept.find("b", "page") is None


def test_the_least_used_is_forgotten_first() -> None:
    kept = Kept()
    for number in range(MOST):
        kept.keep("a", number, "x")
    assert kept.find("a", 0) == "x"
    kept.keep("a", MOST, "x")
    assert kept.find("a", 0) == "x"
    assert kept.find("a", 1) is None
