"""Those who try: their accounts, their browsers, and what each may see of the marked register. The
last is written down here by hand, so that it owes nothing to the product's own rule."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt import clock
from casemgmt.access.models import OpenSession, User
from casemgmt.access.policy import Role
from casemgmt.app import create_app
from casemgmt.audit import trail
from casemgmt.db import open_engine
from casemgmt.web.database import db
from tests.browsing import PASSWORD, TOKEN, password_hashed
from tests.whole.marked import Of, Register, Word, belongings, fill

_NAMED = frozenset({Of.NAMED})
_KNOWN = frozenset({Of.NAMED, Of.KNOWN})
_ALL = frozenset({Of.NAMED, Of.KNOWN, Of.PRIVATE})
_COMMUNE_1 = dict.fromkeys(("own", "next", "free"), _ALL)
_COMMUNE_2 = dict.fromkeys(("away", "other", "moved"), _ALL)
_DISTRICT_2 = dict.fromkeys(("far", "farfree", "last"), _ALL)


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody: role, unit or organisation, what they see of which household; `of`: the household
    of whose kind their own saved filter and paper are; `ends`: how their session ends."""

    name: str
    role: Role | None = None
    serves: str = ""
    sees: Mapping[str, frozenset[Of]] | None = None
    signs: bool = False
    of: str = ""
    ends: str = ""

    def may_read(self, word: Word) -> bool:
        """Whether this word may stand in what they get."""
        if self.ends or self.role is None:
            return False
        if word.about in (self.name, self.serves):  # a paper, a filter, a file of their own
            return True
        return word.of in (self.sees or {}).get(word.about, frozenset())

    def reaches(self, key: str) -> bool:
        """Whether a household is in their scope."""
        return Of.KNOWN in (self.sees or {}).get(key, frozenset())


PRINCIPALS = (
    Principal("nobody"),
    Principal("disabled", Role.COMMUNE, "A1", _COMMUNE_1, ends="disabled"),
    Principal("ended", Role.COMMUNE, "A1", _COMMUNE_1, ends="over"),
    Principal("officer", Role.COMMUNE, "A1", _COMMUNE_1, of="own"),
    Principal("signer", Role.COMMUNE, "A1", _COMMUNE_1, signs=True),
    Principal("neighbour", Role.COMMUNE, "A2", _COMMUNE_2, of="away"),
    Principal("farmost", Role.COMMUNE, "B1", dict.fromkeys(("far", "farfree"), _ALL)),
    Principal("union", Role.ORGANISATION, "hoi1", {"own": _KNOWN, "away": _KNOWN, "free": _NAMED},
              of="next"),
    Principal("union2", Role.ORGANISATION, "hoi2", {"other": _KNOWN, "moved": _NAMED}),
    Principal("reviewer", Role.DISTRICT, "DA", {**_COMMUNE_1, **_COMMUNE_2}),
    Principal("seal", Role.DISTRICT, "DA", {**_COMMUNE_1, **_COMMUNE_2}, signs=True),
    Principal("stranger", Role.DISTRICT, "DB", _DISTRICT_2, of="far"),
    Principal("looker", Role.VIEWER),
    Principal("keeper", Role.ADMIN),
)  # fmt: skip
NAMED = {principal.name: principal for principal in PRINCIPALS}
# The households that are tried: one's own; another organisation's in the same commune; the same
# organisation's in another commune; another district's.
SCOPES = ("own", "next", "away", "far")


@dataclass(slots=True)
class Ground:
    """The site on a marked register, with a browser for each principal."""

    app: Flask
    register: Register
    browsers: dict[str, FlaskClient]
    tokens: dict[str, str]
    cookies: dict[str, str]

    def sit_down_again(self, *names: str) -> None:
        """These (all, where none is named) have the session again in which they signed in, whatever
        they have done to it since."""
        for name in names or self.browsers:
            self.browsers[name].set_cookie(
                self.app.config["SESSION_COOKIE_NAME"], self.cookies[name]
            )

    def close(self) -> None:
        """Give all connections back."""
        with self.app.app_context():
            db.engine.dispose()


@contextmanager
def ground(url: str) -> Iterator[Ground]:
    """A marked register in this empty database; everybody has signed in."""
    engine = open_engine(url)
    with Session(engine, expire_on_commit=False) as session:
        trail.act_as(session, actor="test", act="test")
        register = fill(session)
        for principal in PRINCIPALS:
            _account(session, register, principal)
        session.commit()
    app = create_app({"SQLALCHEMY_DATABASE_URI": url})
    browsers = {principal.name: _browser(app, principal) for principal in PRINCIPALS}
    with Session(engine) as session:
        trail.act_as(session, actor="test", act="test")
        _end(session)
        session.commit()
    engine.dispose()
    tokens = {name: token_of(browser) for name, browser in browsers.items()}
    cookies = {name: _cookie(app, browser) for name, browser in browsers.items()}
    found = Ground(app, register, browsers, tokens, cookies)
    yield found
    found.close()


def _account(session: Session, register: Register, principal: Principal) -> None:
    if principal.role is None:
        return
    account = User(
        name=principal.name,
        role=principal.role,
        unit=register.units.get(principal.serves),
        organisation=register.organisations.get(principal.serves),
        signs=principal.signs,
        password_hash=password_hashed(),
        created_at=clock.now(),
    )
    session.add(account)
    session.flush()
    if principal.of:
        belongings(session, register, account, principal.of)


def _browser(app: Flask, principal: Principal) -> FlaskClient:
    browser = app.test_client()
    if principal.role is not None:
        told = {"username": principal.name, "password": PASSWORD, "csrf_token": token_of(browser)}
        assert browser.post("/login", data=told).status_code == 302, principal.name
    return browser


def _cookie(app: Flask, browser: FlaskClient) -> str:
    found = browser.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert found
    return found.value


def _end(session: Session) -> None:
    """One account has been disabled since it signed in, one session has lain still too long."""
    disabled = session.scalars(select(User).where(User.name == "disabled")).one()
    disabled.active, disabled.epoch = False, disabled.epoch + 1
    over = session.scalars(select(User).where(User.name == "ended")).one()
    opened = select(OpenSession).where(OpenSession.user_id == over.id)
    for one in session.scalars(opened):
        one.seen_at -= timedelta(days=1)


def token_of(browser: FlaskClient) -> str:
    """A token of this browser's session."""
    for path in ("/tables", "/login"):
        if found := TOKEN.search(browser.get(path).text):
            return found[1]
    raise AssertionError("no form")
