"""Who is signed in: Flask-Login around our accounts."""

from flask import Flask
from flask_login import LoginManager, current_user, login_user, logout_user

from casemgmt.access.models import User
from casemgmt.web.database import session


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


def watch(app: Flask) -> None:
    """Set up Flask-Login."""
    manager = LoginManager()
    manager.session_protection = "basic"  # "strong" would log out a phone that changes network
    manager.user_loader(_load)
    manager.init_app(app)


def _load(cookie_id: str) -> SignedIn | None:
    number, _, epoch = cookie_id.partition(":")
    if not (number.isdecimal() and epoch.isdecimal()):
        return None
    user = session().get(User, int(number))
    if user is None or not user.active or user.epoch != int(epoch):
        return None
    return SignedIn(user)


def signed_in() -> User | None:
    """The account of this request, None where nobody is signed in."""
    found = current_user._get_current_object()
    return found.user if isinstance(found, SignedIn) else None


def sign_in(user: User) -> None:
    """Open a session for an account whose password has been checked."""
    login_user(SignedIn(user))


def sign_out() -> None:
    """End the session of this browser."""
    logout_user()
