"""Every page that a role can reach, read in English: no Vietnamese is left on it but names and
what people have written."""

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import String, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from casemgmt import schema, sealing
from casemgmt.app import create_app
from casemgmt.db import Words, open_engine
from casemgmt.places.models import UnitPeriod
from casemgmt.places.queries import named
from casemgmt.web.database import db
from tests import demonstration
from tests.browsing import Person
from tests.whole.catalogue import LETTER

EACH = 2  # pages of one address, with other arguments
SHOWN = ("placeholder", "title", "aria-label", "alt")
# Words of the programme that stand on English pages as they are.
TERMS = ("Tiếng Việt",)


class Reader(HTMLParser):
    """The words that a page shows, but those that say that they are Vietnamese; and its links."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.links: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "a" and told.get("href"):
            self.links.append(str(told["href"]))
        vietnamese = told.get("lang") == "vi" or any(inside for _tag, inside in self._open)
        if not vietnamese:
            self.words += [str(told[name]) for name in SHOWN if told.get(name)]
        if tag not in ("input", "meta", "link", "br", "img", "hr", "path", "rect", "line"):
            self._open.append((tag, vietnamese))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(inside for _tag, inside in self._open):
            self.words.append(" ".join(data.split()))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Mapping[str, str]]]:
    """The demonstration, served; names of the accounts with their passwords."""
    folder = tmp_path_factory.mktemp("english")
    url = f"sqlite:///{folder}/register.db"
    engine = open_engine(url)
    schema.upgrade(engine)
    engine.dispose()
    accounts = demonstration.build(url, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASEMGMT_HOME", str(folder))
        sealing.forget_keys()
        app = create_app({"SQLALCHEMY_DATABASE_URI": url})
        yield app, {one.name: one.password for one in accounts}
        with app.app_context():
            db.engine.dispose()
    sealing.forget_keys()


@lru_cache
def _data(app: Flask) -> tuple[str, ...]:
    """What the register holds as text, the longest first."""
    found = set(TERMS)
    with app.app_context(), Session(db.engine) as session:
        for table in schema.metadata().sorted_tables:
            texts = [c for c in table.c if isinstance(c.type, (String, Words, sealing.Sealed))]
            if texts and table.name != "audit_entry":
                for row in session.connection().execute(select(*texts)):
                    found.update(value for value in row if isinstance(value, str))
        for level, name in session.execute(select(UnitPeriod.level, UnitPeriod.name)):
            found.add(named(level, name))
    return tuple(sorted((one for one in found if LETTER.search(one)), key=len, reverse=True))


def _left(app: Flask, words: str) -> str:
    """The words without what the register holds."""
    if not LETTER.search(words):
        return ""
    for value in _data(app):
        if value in words:
            words = words.replace(value, "")
            if not LETTER.search(words):
                return ""
    return words


def _pages(app: Flask, person: Person) -> Iterator[tuple[str, Reader]]:
    """The pages that links lead to from the first one, some of each address."""
    adapter = app.url_map.bind("")
    seen: Counter[str] = Counter()
    waiting, known = deque(["/"]), {"/"}
    while waiting:
        path = waiting.popleft()
        try:
            endpoint, _arguments = adapter.match(urlsplit(path).path, method="GET")
        except HTTPException:
            continue
        seen[endpoint] += 1
        if seen[endpoint] > EACH:
            continue
        answer = person.browser.get(path, follow_redirects=True)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        reader = Reader()
        reader.feed(answer.text)
        yield path, reader
        for link in reader.links:
            target = link.split("#")[0]
            if target.startswith("/") and target not in known:
                known.add(target)
                waiting.append(target)


@pytest.mark.parametrize(
    "name",
    [
        "quantri",
        "huyen-camlo",
        "xa-camtuyen",
        "phunu-huyen",
        "nongdan-camtuyen",
        "xemsolieu",
    ],
)
def test_no_vietnamese_is_left_in_english(home: tuple[Flask, Mapping[str, str]], name: str) -> None:
    app, passwords = home
    person = Person(app.test_client())
    person.post("/login", username=name, password=passwords[name])
    person.send("/language", language="en")
    left = {
        (path, found)
        for path, page in _pages(app, person)
        for words in page.words
        if (found := _left(app, words))
    }
    assert sorted(left) == []
