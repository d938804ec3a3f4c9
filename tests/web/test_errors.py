"""What every answer carries, and what a person gets when something does not go."""

from collections.abc import Iterator

import pytest
from flask import Response
from sqlalchemy import text

from casemgmt.app import create_app
from tests.browsing import Person, Site, site

PAGES = {
    "/login": 200,
    "/": 302,
    "/no-such-page": 404,
    "/logout": 405,
    "/healthz": 200,
    "/static/site.css": 200,
    "/static/no-such-file": 404,
    "/shipped/bootstrap.css": 200,
    "/login?next=/": 200,
}


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


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_says_what_a_browser_may_load(here: Site, path: str) -> None:
    answer = here.app.test_client().get(path, buffered=True)
    assert answer.status_code == PAGES[path]
    policy = answer.headers["Content-Security-Policy"]
    for part in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_only_shipped_files_may_be_kept(here: Site) -> None:
    person = here.client("district")
    paths = ("/", "/tables", "/tables/bieu-2", "/tables/bieu-2.csv", "/households", "/nothing")
    for path in paths:
        assert person.get(path).headers["Cache-Control"] == "no-store", path
    for path in ("/static/site.css", "/shipped/bootstrap.css"):
        assert (
            "max-age=31536000" in person.browser.get(path, buffered=True).headers["Cache-Control"]
        )


def test_pages_carry_nothing_inline(here: Site) -> None:
    person = here.client("district")
    for path in ("/", "/tables", "/tables/bieu-2", "/login", "/account/password", "/nothing"):
        page = person.get(path).text
        for inline in ("<script", "<style", " style=", " onclick=", "javascript:"):
            assert inline not in page, (path, inline)
        assert page.count("<h1") == 1, path


@pytest.mark.parametrize(
    ("path", "method", "code", "words"),
    [
        ("/nothing", "GET", 404, "Không tìm thấy trang này"),
        ("/tables/nothing", "GET", 404, "Không tìm thấy trang này"),
        ("/accounts", "GET", 403, "Vai trò của bạn không làm được việc này"),
        ("/logout", "GET", 405, "không nhận cách gửi"),
        ("/?as_of=x", "GET", 400, "Yêu cầu chưa đúng"),
    ],
)
def test_an_error_is_a_page_in_words(
    here: Site, path: str, method: str, code: int, words: str
) -> None:
    answer = here.client("commune").browser.open(path, method=method)
    assert answer.status_code == code
    assert words in answer.text
    assert "Về trang đầu" in answer.text
    assert answer.text.count("<h1") == 1


def test_405_says_what_it_would_take(here: Site) -> None:
    assert "POST" in here.app.test_client().get("/logout").headers["Allow"]


def test_too_much_is_refused(sqlite_url: str) -> None:
    app = create_app({"SQLALCHEMY_DATABASE_URI": sqlite_url, "MAX_CONTENT_LENGTH": 1000})
    answer = app.test_client().post("/login", data={"username": "x" * 2000})
    assert answer.status_code == 413
    assert "quá lớn" in answer.text


@pytest.mark.parametrize(
    "typed",
    ["a\x00b", "\ufffe", "\ud800".encode("utf-8", "surrogatepass"), "💧" * 50, "a\u202eb"],
    ids=["nul", "nonchar", "surrogate", "drops", "bidi"],
)
def test_no_character_is_too_much(there: Site, typed: str | bytes) -> None:
    person = Person(there.app.test_client())
    data = {"username": typed, "password": typed, "csrf_token": person.token()}
    answer = person.browser.post("/login", data=data)
    assert answer.status_code == 422
    assert "không đúng" in answer.text or "Cần điền" in answer.text


@pytest.mark.parametrize("path", ["/households/%00", "/households/a%00b", "/tables/%00"])
def test_an_unwritable_address_is_not_found(there: Site, path: str) -> None:
    assert there.client("commune").get(path).status_code == 404


@pytest.mark.parametrize(
    "value",
    ["%00", "%ED%A0%80", "%FF", "%F0%9F%92%A7", "x" * 5000],
    ids=["nul", "surrogate", "ff", "drop", "long"],
)
def test_parameters_of_any_kind(there: Site, value: str) -> None:
    person = there.client("district")
    for path in ("/households?q=", "/tables/bieu-2?unit=", "/tables/bieu-2?year=", "/?page="):
        assert person.get(path + value).status_code in (200, 400), path


def test_healthz_answers_for_the_database(here: Site) -> None:
    assert here.app.test_client().get("/healthz").text == "ok\n"
    with here.engine.begin() as connection:
        connection.execute(text("DROP TABLE setting"))
    answer = here.app.test_client().get("/healthz")
    assert answer.status_code == 503
    assert "Content-Security-Policy" in answer.headers


def test_a_page_that_was_made_is_answered_where_the_database_then_goes_away(
    postgresql_url: str,
) -> None:
    with site(postgresql_url) as made:
        person = made.client("district")

        def end_connections(answer: Response) -> Response:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
            with made.engine.connect() as connection:
                connection.execute(text(f"{others} current_database() AND pid <> pg_backend_pid()"))
            return answer

        # The last thing before the request ends: what was read is still to be rolled back.
        made.app.after_request_funcs[None].insert(0, end_connections)
        answer = person.get("/tables")
        assert answer.status_code == 200
        made.app.after_request_funcs[None].remove(end_connections)
        assert person.get("/tables").status_code == 200
