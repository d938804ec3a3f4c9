"""Who is signed in: Flask-Login around our accounts, read with one light statement a request."""

import secrets
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Flask, g
from flask import session as cookie
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import make_transient_to_detached

from casemgmt.access.models import User
from casemgmt.audit.models import AuditEntry
from casemgmt.settings import TODAY, Setting
from casemgmt.web.database import session
from casemgmt.web.language import COOKIE as LANGUAGE

_COLUMNS = [column for column in User.__table__.columns if column.key != "password_hash"]


class SignedIn:
    """An account as Flask-Login wants to see it. The id in the cookie carries the account's
    `epoch`: when that grows, every open session of the account has ended."""

    is_authenticated = True
    is_anonymous = False

    def __init__(self, user: User) -> None:
        self.user = user

    @property
    def is_active(self) -> bool:
        """A disabled account does not sign in."""
        return self.user.active

    def get_id(self) -> str:
        """What the cookie holds."""
        return f"{self.user.id}:{self.user.epoch}"


@dataclass(frozen=True, slots=True)
class Moment:
    """What is read together with the account: the register's own today (text, None: it has none)
    and its version, the hash of its newest audit entry. Whatever changes the register leaves an
    entry, so what was worked out at one version holds for as long as the version stands."""

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
    newest = select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
    own_today = select(Setting.value).where(Setting.key == TODAY)
    return select(
        *_COLUMNS,
        own_today.scalar_subquery().label("own_today"),
        newest.scalar_subquery().label("version"),
    ).where(User.__table__.c.id == bindparam("number"))


def _load(cookie_id: str) -> SignedIn | None:
    number, _, epoch = cookie_id.partition(":")
    if not (number.isdecimal() and epoch.isdecimal()):
        return None
    row = session().connection().execute(_statement(), {"number": int(number)}).first()
    if row is None or not row.active or row.epoch != int(epoch):
        return None
    g.moment = Moment(row.own_today, row.version)
    return SignedIn(_attached(row))


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


def sign_in(user: User) -> None:
    """Open a session for an account whose password has been checked: a new cookie with a token of
    its own, whatever this browser held before."""
    language = cookie.get(LANGUAGE)
    cookie.clear()
    cookie.permanent = True
    if language:
        cookie[LANGUAGE] = language
    cookie["csrf_token"] = secrets.token_hex(20)
    g.pop("csrf_token", None)  # one that was made for the session before
    login_user(SignedIn(user))
    g.user = user


def sign_out() -> None:
    """End the session of this browser."""
    logout_user()
    cookie.clear()
    g.user = None
