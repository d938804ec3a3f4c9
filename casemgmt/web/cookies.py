"""The session cookie: signed, renewed only now and then."""

from functools import lru_cache
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

from casemgmt import clock

_RENEWED = "renewed"
_EVERY = 24 * 60 * 60  # seconds


class Cookies(SecureCookieSessionInterface):
    """Flask's own cookie, whose signer is made once, and which slides on by the day rather
    than being signed and sent anew with every page."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The signer of this application's cookies."""
        return _signer(self, app, app.secret_key)

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Where something was kept in it, or it is time to renew it: a browser is known for as
        long as it is used."""
        if session.permanent and _now() - session.get(_RENEWED, 0) > _EVERY:
            session[_RENEWED] = _now()
        return session.modified

    def make(self, app: Flask) -> URLSafeTimedSerializer | None:
        """A new signer."""
        return super().get_signing_serializer(app)


@lru_cache(maxsize=8)
def _signer(cookies: Cookies, app: Flask, _key: Any) -> URLSafeTimedSerializer | None:
    return cookies.make(app)


def _now() -> int:
    return int(clock.now().timestamp())
