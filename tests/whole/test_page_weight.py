"""How much a phone loads, as it goes over the wire: the first page with its style sheets and
pictures, and each page after it. Pages of the demonstration, whose lists are full (fifty rows)."""

import gzip
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from casemgmt import demo, sealing
from casemgmt.app import create_app
from casemgmt.web.database import db
from tests.browsing import Person

FIRST = 60_000  # bytes, with all that a browser does not have yet
NEXT = 15_000

PAGES = {
    "xa-camtuyen": [
        "/households",
        "/households?unit=CAM-TUYEN&class=poor",
        "/households/CAM-TUYEN-0152",
        "/households/CAM-TUYEN-0152/visits/add",
        "/unvisited",
        "/sponsorship",
        "/requests",
        "/reviews",
        "/paper-visits",
        "/add-household",
        "/tables/bieu-2",
    ],
    "nongdan-camtuyen": ["/households", "/unsponsored", "/requests", "/tables/bieu-3"],
    "huyen-camlo": ["/queue", "/households", "/reviews", "/tables/dien-bien", "/targets"],
    "xemsolieu": ["/tables", "/tables/bieu-2", "/targets"],
    "quantri": ["/accounts", "/units", "/organisations", "/support-kinds"],
}
_SHIPPED = re.compile(r'(?:href|src)="(/(?:static|shipped)/[^"]+)"')


@pytest.fixture(scope="module")
def people(
    on_sqlite: tuple[str, list[demo.Account]],
    demo_home: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, FlaskClient]]:
    """A browser with each account of the demonstration signed in."""
    url, accounts = on_sqlite
    copy = tmp_path_factory.mktemp("weighed") / "demo.db"
    shutil.copyfile(url.removeprefix("sqlite:///"), copy)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASEMGMT_HOME", str(demo_home))
        sealing.forget_keys()
        app = create_app({"SQLALCHEMY_DATABASE_URI": f"sqlite:///{copy}"})
        found = {}
        for account in accounts:
            person = Person(app.test_client())
            person.post("/login", username=account.name, password=account.password)
            found[account.name] = person.browser
        yield found
        with app.app_context():
            db.engine.dispose()
    sealing.forget_keys()


@pytest.fixture(autouse=True)
def keys(home: Path, demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demonstration's own keys, in place of those of a test's home."""
    assert home != demo_home
    monkeypatch.setenv("CASEMGMT_HOME", str(demo_home))
    sealing.forget_keys()


def weight(browser: FlaskClient, path: str) -> tuple[int, str]:
    """The bytes of a page as a browser gets it, and its text."""
    how = {"headers": {"Accept-Encoding": "gzip"}, "follow_redirects": True, "buffered": True}
    answer = browser.get(path, **how)
    assert answer.status_code == 200, path
    packed = answer.headers.get("Content-Encoding") == "gzip"
    return len(answer.data), (gzip.decompress(answer.data) if packed else answer.data).decode()


@pytest.mark.parametrize("name", PAGES)
def test_the_first_page_with_everything_it_needs(people: dict[str, FlaskClient], name: str) -> None:
    bytes_of_page, text = weight(people[name], "/")
    parts = set(_SHIPPED.findall(text))
    assert len(parts) >= 3
    total = bytes_of_page + sum(weight(people[name], part)[0] for part in parts)
    assert total <= FIRST, total


@pytest.mark.parametrize("name", PAGES)
def test_every_page_after_it(people: dict[str, FlaskClient], name: str) -> None:
    weights = {path: weight(people[name], path)[0] for path in ["/", *PAGES[name]]}
    assert {path: size for path, size in weights.items() if size > NEXT} == {}


def test_a_list_that_is_weighed_is_full(people: dict[str, FlaskClient]) -> None:
    _size, text = weight(people["xa-camtuyen"], "/households")
    assert text.count('<th scope="row">') == 50
