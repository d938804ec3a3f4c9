"""Who may ask for what, and what a request leaves behind."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import abort
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from casemgmt import clock
from casemgmt.access.models import User
from casemgmt.access.policy import POLICY, Act, Role
from casemgmt.app import create_app
from casemgmt.audit.models import AuditEntry, What
from casemgmt.db import Base
from casemgmt.organisations.models import Organisation
from casemgmt.places import map as places_map
from casemgmt.web import asking
from casemgmt.web.asking import needs, safe_target
from casemgmt.web.database import db
from casemgmt.web.database import session as request_session
from tests.browsing import PASSWORD, TODAY, USERS, Person, Site, site

ROLES = {name: role for name, role in zip(USERS, (
    Role.COMMUNE, Role.COMMUNE, Role.DISTRICT, Role.ORGANISATION, Role.VIEWER, Role.ADMIN,
), strict=True)}  # fmt: skip


@pytest.fixture
def here(sqlite_url: str) -> Iterator[Site]:
    """The site on SQLite, where one database is enough."""
    with site(sqlite_url) as made:
        yield made


@pytest.fixture
def there(url: str) -> Iterator[Site]:
    """The site on each database."""
    with site(url) as made:
        yield made


def address(rule: Rule) -> str:
    """An address of a rule, its parts filled with what may or may not exist."""
    path = re.sub(r"<any\('?([^,')]+)[^>]*>", r"\1", rule.rule)
    return re.sub(r"<int:[^>]+>", "1000000", re.sub(r"<(?:string:)?\w+>", "H1", path))


def rules(app: Site, methods: set[str]) -> Iterator[tuple[str, str, Act | None]]:
    for rule in app.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & methods):
            if rule.endpoint != "static":
                yield method, address(rule), asking.act_of(app.app, rule.endpoint)


# --- Tags ---------------------------------------------------------------------------------------


def test_an_untagged_view_keeps_the_site_from_starting(sqlite_url: str) -> None:
    app = create_app({"SQLALCHEMY_DATABASE_URI": sqlite_url})
    app.add_url_rule("/forgotten", "forgotten", lambda: "x")
    with pytest.raises(RuntimeError, match="forgotten"):
        asking.require_tags(app)


@pytest.mark.parametrize("name", USERS)
def test_every_address_obeys_the_policy(here: Site, name: str) -> None:
    person = here.client(name)
    token = person.token()
    tried = 0
    for method, path, act in rules(here, {"GET", "POST"}):
        if path in ("/logout", "/login"):
            continue
        answer = person.browser.open(path, method=method, data={"csrf_token": token}, buffered=True)
        refused = act is not None and act not in POLICY[ROLES[name]]
        assert (answer.status_code == 403) == refused, (method, path, answer.status_code)
        assert answer.status_code < 500, (method, path)
        tried += 1
    assert tried > 60


def test_nobody_sees_anything_without_signing_in(here: Site) -> None:
    person = Person(here.app.test_client())
    token = person.token()
    for method, path, act in rules(here, {"GET", "POST"}):
        answer = person.browser.open(path, method=method, data={"csrf_token": token}, buffered=True)
        if act is not None:
            assert answer.status_code == 302, (method, path)
            assert answer.headers["Location"].startswith("/login"), path
            assert len(answer.data) < 500


def test_a_page_is_asked_for_again_after_signing_in(here: Site) -> None:
    browser = here.app.test_client()
    answer = browser.get("/tables/bieu-2?as_of=15/02/2022&unit=465")
    assert answer.headers["Location"] == (
        "/login?next=/tables/bieu-2?as_of%3D15/02/2022%26unit%3D465"
    )
    person = Person(browser)
    done = person.post(answer.headers["Location"], username="district", password=PASSWORD)
    assert done.headers["Location"] == "/tables/bieu-2?as_of=15/02/2022&unit=465"
    assert person.get(done.headers["Location"]).status_code == 200


def test_an_act_is_not_asked_for_again(here: Site) -> None:
    person = Person(here.app.test_client())
    answer = person.send("/households/H1/edit", csrf_token=person.token())
    assert answer.headers["Location"] == "/login"


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "///evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil",
        "",
        None,
    ],
)
def test_no_way_out_of_the_site(target: str | None) -> None:
    assert safe_target(target) is None


def test_ways_within_the_site() -> None:
    assert safe_target("/tables/bieu-2?as_of=15/02/2022") == "/tables/bieu-2?as_of=15/02/2022"


def test_signing_in_leads_to_this_site_alone(here: Site) -> None:
    person = Person(here.app.test_client())
    answer = person.post("/login?next=https://evil.example/", username="commune", password=PASSWORD)
    assert answer.headers["Location"] == "/"


# --- Tokens -------------------------------------------------------------------------------------


def test_without_its_token_nothing_is_done(here: Site) -> None:
    person = here.client("admin")
    for method, path, act in rules(here, {"POST"}):
        if act is None or act in POLICY[Role.ADMIN]:
            answer = person.browser.open(path, method=method)
            assert answer.status_code == 400, path
            assert "hết hiệu lực" in answer.text


def test_the_token_of_another_session_does_not_count(here: Site) -> None:
    other = here.client("viewer").token()
    answer = here.client("admin").send("/logout", csrf_token=other)
    assert answer.status_code == 400


# --- Commit, roll back, leave behind ------------------------------------------------------------


def _writes(status: int) -> object:
    def view() -> tuple[str, int]:
        request_session().add(Organisation(code=f"O{status}", name="Mới", kind="office", unit_id=1))
        request_session().flush()
        return "x", status

    view.__name__ = f"writes_{status}"
    return needs(Act.OWN_ACCOUNT)(view)


@pytest.mark.parametrize(
    ("method", "status", "kept"),
    [("POST", 200, True), ("POST", 302, True), ("POST", 400, False), ("GET", 200, False)],
)
def test_what_is_kept(there: Site, method: str, status: int, kept: bool) -> None:
    there.app.add_url_rule("/try", view_func=_writes(status), methods=[method])
    person = there.client("viewer")
    answer = person.browser.open("/try", method=method, data={"csrf_token": person.token()})
    assert answer.status_code == status
    with there.session() as session:
        found = session.scalar(select(Organisation).where(Organisation.code == f"O{status}"))
        assert (found is not None) == kept
        entries = session.scalars(select(AuditEntry).where(AuditEntry.subject == "organisation"))
        mine = [entry for entry in entries if entry.actor == "viewer"]
        assert [entry.act for entry in mine] == (["own_account"] if kept else [])


def test_a_view_that_fails_leaves_nothing(here: Site) -> None:
    @needs(Act.OWN_ACCOUNT)
    def fails() -> str:
        request_session().add(Organisation(code="OX", name="Mới", kind="office", unit_id=1))
        request_session().flush()
        raise LookupError("on purpose")

    here.app.add_url_rule("/try", view_func=fails, methods=["POST"])
    person = here.client("viewer")
    answer = person.send("/try")
    assert answer.status_code == 500
    assert "chưa có gì được ghi" in answer.text
    assert "on purpose" not in answer.text
    with here.session() as session:
        assert session.scalar(select(Organisation).where(Organisation.code == "OX")) is None


def _content(session: Session) -> dict[str, list[tuple[object, ...]]]:
    connection = session.connection()
    return {
        table.name: sorted(map(tuple, connection.execute(select(table))), key=str)
        for table in Base.metadata.tables.values()
        if table.name not in ("audit_entry", "sign_in_failure")
    }


def test_looking_changes_nothing(here: Site) -> None:
    people = [here.client(name) for name in ("commune", "hoi", "admin")]
    with here.session() as session:
        before = _content(session)
    for person in people:
        for _method, path, _act in rules(here, {"GET"}):
            for query in ("", "?as_of=01/03/2022"):
                person.browser.get(path + query, buffered=True)
    with here.session() as session:
        assert _content(session) == before


def test_refusals_are_written_down(there: Site) -> None:
    assert there.client("viewer").get("/accounts").status_code == 403
    with there.session() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.what, entry.actor, entry.act) == (What.REFUSED, "viewer", "manage_accounts")
        assert "accounts.index" in entry.key


def test_nothing_is_shown_where_it_cannot_be_written_down(there: Site) -> None:
    person = there.client("district")
    refuses = (
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        if there.engine.dialect.name == "postgresql"
        else "BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    with there.engine.begin() as connection:
        connection.execute(text(f"CREATE TRIGGER no_more BEFORE INSERT ON audit_entry {refuses}"))
    answer = person.get("/tables/bieu-2.csv?as_of=15/02/2022")
    assert answer.status_code == 503
    assert "poor" not in answer.text
    assert "Content-Disposition" not in answer.headers
    newcomer = Person(there.app.test_client())
    assert newcomer.post("/login", username="commune", password=PASSWORD).status_code == 503
    assert newcomer.get("/").status_code == 302


def test_a_busy_database_is_a_sentence(here: Site) -> None:
    with here.app.app_context():
        engine = db.engine

    @event.listens_for(engine, "connect")
    def impatient(connection: object, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout=1")  # type: ignore[attr-defined]

    here.app.add_url_rule("/try", view_func=_writes(200), methods=["POST"])
    person = here.client("viewer")
    token = person.token()
    with here.engine.connect() as other:
        other.execute(text("SELECT 1"))  # BEGIN IMMEDIATE
        answer = person.send("/try", csrf_token=token)
    assert answer.status_code == 503
    assert "đang bận" in answer.text
    assert person.send("/try", csrf_token=token).status_code == 200


def test_a_stale_row_is_a_conflict(there: Site) -> None:
    @needs(Act.EDIT_HOUSEHOLD)
    def edit() -> str:
        household = there.household(request_session(), "H1")
        changed = text("UPDATE household SET version = version + 1")
        request_session().connection().execute(changed)
        household.address = "Xóm Dưới"
        return "x"

    there.app.add_url_rule("/try", view_func=edit, methods=["POST"])
    answer = there.client("commune").send("/try")
    assert answer.status_code == 409
    assert "Người khác vừa sửa" in answer.text


def test_a_wall_of_the_database_is_a_sentence(there: Site) -> None:
    @needs(Act.OWN_ACCOUNT)
    def twice() -> str:
        request_session().add(Organisation(code="HPN", name="Mới", kind="office", unit_id=1))
        return "x"

    there.app.add_url_rule("/try", view_func=twice, methods=["POST"])
    answer = there.client("viewer").send("/try")
    assert answer.status_code == 409
    assert "trái với dữ liệu" in answer.text


# --- The day ------------------------------------------------------------------------------------


def test_the_demonstration_says_what_day_it_is(here: Site) -> None:
    page = here.client("commune").page("/")
    assert "hôm nay là 20/10/2022" in page
    assert "Đang xem số liệu" not in page


def test_another_day_is_said_and_kept(here: Site) -> None:
    page = here.client("commune").page("/?as_of=2022-03-01")
    assert "Đang xem số liệu ngày 01/03/2022." in page
    assert 'href="/tables?as_of=01/03/2022"' in page
    assert re.search(r'href="/">\s*Về hôm nay', page)


@pytest.mark.parametrize("day", ["31/02/2022", "x", "02/2022", "2022", "1/13/2022", "0000-00-00"])
def test_a_bad_day_is_a_sentence(here: Site, day: str) -> None:
    for name, path in (("commune", "/"), ("viewer", "/tables/bieu-3"), ("admin", "/accounts")):
        answer = here.client(name).get(f"{path}?as_of={day}")
        assert answer.status_code == 400
        assert f"Ngày “{day}” không đọc được" in answer.text


def test_scope_to_write_ignores_the_day_looked_at(here: Site) -> None:
    seen = {}

    @needs(Act.EDIT_HOUSEHOLD)
    def look() -> str:
        seen["looked"] = asking.lens().as_of
        seen["to_write"] = asking.lens_to_write().as_of
        return "x"

    here.app.add_url_rule("/try", view_func=look)
    here.client("commune").get("/try?as_of=01/03/2022")
    assert seen == {"looked": TODAY.replace(month=3, day=1), "to_write": TODAY}


def test_an_account_of_an_ended_unit_sees_figures_only(here: Site) -> None:
    with here.session() as session:
        user = session.scalars(select(User).where(User.name == "commune")).one()
        assert user.unit is not None
        period = user.unit.periods[0]
        period.last_day = TODAY - timedelta(days=1)
        places_map.redraw(session)
        session.commit()
    person = here.client("commune")
    assert "đã kết thúc" in person.page("/")
    assert person.get("/households/H1").status_code == 404
    assert person.get("/tables/bieu-2").status_code == 200


# --- Keys and cookies ---------------------------------------------------------------------------


def test_the_key_is_made_once_and_for_its_owner_alone(sqlite_url: str, home: Path) -> None:
    first = create_app({"SQLALCHEMY_DATABASE_URI": sqlite_url}).secret_key
    file = home / "secret.key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert isinstance(first, bytes)
    assert len(first) == 32
    assert create_app({"SQLALCHEMY_DATABASE_URI": sqlite_url}).secret_key == first


def test_the_cookie_is_out_of_reach_of_scripts(here: Site) -> None:
    person = Person(here.app.test_client())
    answer = person.post("/login", username="commune", password=PASSWORD)
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_an_account_disabled_or_changed_is_signed_out(here: Site) -> None:
    people = {name: here.client(name) for name in ("commune", "district")}
    with here.session() as session:
        for user in session.scalars(select(User).where(User.name.in_(people))):
            if user.name == "commune":
                user.active = False
            else:
                user.epoch += 1
        session.commit()
    for person in people.values():
        assert person.get("/").headers["Location"].startswith("/login")


def test_the_clock_of_the_machine_is_not_asked(sqlite_url: str) -> None:
    with create_app({"SQLALCHEMY_DATABASE_URI": sqlite_url}).test_request_context():
        assert asking.today() == clock.today()


def test_nothing_may_be_read_as_another_role(here: Site) -> None:
    @needs(Act.SEE_FIGURES)
    def hidden() -> str:
        abort(404)

    here.app.add_url_rule("/try", view_func=hidden)
    assert here.client("viewer").get("/try").status_code == 404
