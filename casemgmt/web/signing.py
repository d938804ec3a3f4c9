"""Who is signed in: Flask-Login around our accounts, read with one light statement a request.

The cookie carries a random number, the database its hash (`access.sessions`): what the cookie
says is signed, yet signs nobody in. It also keeps, for longer than a session, the language and
for which accounts this browser is known."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any

from flask import Flask, current_app, g, request
from flask import session as cookie
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, make_transient_to_detached

from casemgmt import clock, sealing
from casemgmt.access import second_factor, sessions
from casemgmt.access.models import OpenSession, User
from casemgmt.access.throttle import Attempt
from casemgmt.audit.queries import version
from casemgmt.settings import TODAY, Setting
from casemgmt.web.database import session
from casemgmt.web.devices import named
from casemgmt.web.language import COOKIE as LANGUAGE

_COLUMNS = [column for column in User.__table__.columns if column.key != "password_hash"]
_NUMBER, _DEVICE, _KNOWN = "_user_id", "device", "known"  # what the cookie calls them
_MOST_KNOWN = 8  # accounts at one browser


class SignedIn:
    """An account as Flask-Login wants to see it, with the number of its session."""

    is_authenticated = True
    is_anonymous = False

    def __init__(self, user: User, number: str) -> None:
        self.user = user
        self.number = number

    @property
    def is_active(self) -> bool:
        """A disabled account does not sign in."""
        return self.user.active

    def get_id(self) -> str:
        """What the cookie holds."""
        return self.number


@dataclass(frozen=True, slots=True)
class Opened:
    """The session of this request: what is kept of its number, when it was last noted that
    somebody is there, and when the password was last given."""

    mark: str
    seen_at: datetime
    proved_at: datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """What is read together with the account: the register's own today (text, None: it has none)
    and its version (see `audit.queries.version`). Whatever changes the register leaves an entry, so
    what was worked out at one version holds for as long as the version stands."""

    own_today: str | None
    version: str | None


def watch(app: Flask) -> None:
    """Set up Flask-Login."""
    manager = LoginManager()
    manager.session_protection = "basic"  # "strong" would log out a phone that changes network
    manager.user_loader(_load)
    # A page that says that the database is gone must not ask it who is there.
    manager.init_app(app, add_context_processor=False)


@cache
def _statement() -> Select[*tuple[Any, ...]]:
    own_today = select(Setting.value).where(Setting.key == TODAY)
    here = OpenSession.__table__.c
    return select(
        *_COLUMNS,
        here.epoch.label("opened_in"),
        here.opened_at,
        here.seen_at,
        here.proved_at,
        own_today.scalar_subquery().label("own_today"),
        version().scalar_subquery().label("version"),
    ).where(here.hash == bindparam("mark"), here.user_id == User.__table__.c.id)


def _load(number: str) -> SignedIn | None:
    mark = sessions.fingerprint(number)
    row = session().connection().execute(_statement(), {"mark": mark}).first()
    if row is None or not row.active or row.epoch != row.opened_in:
        return None
    if sessions.over(row.opened_at, row.seen_at):
        return None
    g.moment = Moment(row.own_today, row.version)
    g.opened = Opened(mark, row.seen_at, row.proved_at)
    return SignedIn(_attached(row), number)


def _attached(row: Any) -> User:
    """The account as a row of this session, as if the session had loaded it."""
    user = User(**{column.key: value for column, value in zip(_COLUMNS, row, strict=False)})
    make_transient_to_detached(user)
    session().add(user)
    return user


def signed_in() -> User | None:
    """The account of this request, None where nobody is signed in."""
    if "user" not in g:
        found = current_user._get_current_object()
        g.user = found.user if isinstance(found, SignedIn) else None
    return g.user  # type: ignore[no-any-return]


def moment() -> Moment | None:
    """What was read together with the account; None where nobody is signed in."""
    return g.moment if signed_in() and "moment" in g else None


def opened() -> Opened | None:
    """The session of this request; None where nobody is signed in."""
    return g.opened if signed_in() and "opened" in g else None


def first_of_all(user: User) -> str | None:
    """The page that an account must have been through before any other: its own password in place
    of one that was given, then a second factor where the site demands one; None: it is free."""
    if user.must_change:
        return "accounts.password"
    demanded = current_app.config["REQUIRE_TOTP"] and second_factor.demanded(user)
    return "own.set_up" if demanded and user.second_factor_since is None else None


def sign_in(user: User) -> Callable[[Session], None]:
    """Open a session for an account that has proved who it is: a new number and a token of its
    own, whatever this browser held before. Returns what writes it down (see `asking.afterwards`:
    it must happen whatever becomes of the request)."""
    number, before = secrets.token_urlsafe(32), cookie.get(_NUMBER)
    _empty_cookie()
    cookie.permanent = True
    _know(user)
    cookie["csrf_token"] = secrets.token_hex(20)
    g.pop("csrf_token", None)  # one that was made for the session before
    login_user(SignedIn(user, number))
    mark, now = sessions.fingerprint(number), clock.now()
    g.user, g.opened = user, Opened(mark, now, now)
    device = named(request.user_agent.string)
    begin = partial(sessions.begin, mark=mark, user_id=user.id, epoch=user.epoch, device=device)

    def write(short: Session) -> None:
        if before:
            sessions.end(short, before)
        begin(short)

    return write


def sign_out() -> None:
    """End the session of this browser."""
    if number := cookie.get(_NUMBER):
        sessions.end(session(), number)
    logout_user()
    _empty_cookie()
    g.user = None


def _empty_cookie() -> None:
    kept = {name: cookie[name] for name in (LANGUAGE, _DEVICE, _KNOWN) if name in cookie}
    cookie.clear()
    cookie.update(kept)


# --- Browsers that are known ----------------------------------------------------------------------


def attempt(name: str) -> Attempt:
    """What this request tries for an account: from this browser, where the account has signed in
    at it before, else from the address."""
    if _DEVICE in cookie and _print(name) in cookie.get(_KNOWN, ()):
        return Attempt(name, f"browser {cookie[_DEVICE]}", known=True)
    return Attempt(name, request.remote_addr or "")


def _know(user: User) -> None:
    cookie.setdefault(_DEVICE, secrets.token_hex(16))
    known = [one for one in cookie.get(_KNOWN, ()) if one != _print(user.name)]
    cookie[_KNOWN] = [*known, _print(user.name)][-_MOST_KNOWN:]


def _print(name: str) -> str:
    return sealing.digest(name.strip().casefold(), "known browser")[:16]
