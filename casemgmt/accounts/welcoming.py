"""Who is there: checking a name and a password, and what meets a form whose session has ended."""

from functools import partial
from math import ceil

from flask import Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue

from casemgmt.access import queries, throttle
from casemgmt.access.models import User
from casemgmt.accounts.actions import identified
from casemgmt.accounts.forms import SignInForm
from casemgmt.audit import trail
from casemgmt.audit.models import What
from casemgmt.errors import RuleBroken
from casemgmt.web import asking, carrying, signing
from casemgmt.web.asking import SAFE, afterwards, note
from casemgmt.web.database import session
from casemgmt.words import _

WITHOUT_SESSION = 401


def offer(app: Flask) -> None:
    """Meet whoever sends a form without being signed in any more."""
    app.extensions["welcome"] = welcome


def identify(name: str, password: str) -> User:
    """The account that may sign in. Raises RuleBroken; the failure is remembered, and forgotten
    where the password is right."""
    source = request.remote_addr or ""
    trail.act_as(session(), actor=name[:80], act="sign_in")
    if pause := throttle.wait(session(), account=name, source=source):
        minutes = ceil(pause.total_seconds() / 60)
        raise RuleBroken(
            _("Đã thử sai nhiều lần. Hãy đợi {minutes} phút rồi thử lại.", minutes=minutes)
        )
    user = identified(session(), name=name, password=password)
    if user is None:
        known = session().scalar(queries.user_named(name))
        # People type passwords where names belong: only a name that exists is written down.
        note(What.REFUSED, "user_account", {"name": known.name if known else trail.HIDDEN})
        afterwards(partial(throttle.note_failure, account=name, source=source))
        raise RuleBroken(_("Tên đăng nhập hoặc mật khẩu không đúng."))
    afterwards(partial(throttle.forget, account=name, source=source))
    return user


def begin(user: User) -> None:
    """Open a session; that is written down."""
    signing.sign_in(user)
    note(What.SIGNED_IN, "user_account", {"id": user.id})


def welcome() -> ResponseReturnValue | None:
    """Nobody is signed in: ask who is there. A form that was sent is kept, sealed in the page that
    asks, and shown again once its own account has signed in (None: the request goes on to it)."""
    if request.method in SAFE:
        return asking.ask_to_sign_in()
    sealed = request.form.get(carrying.FIELD)
    if sealed is not None and asking.opens_by_get():
        return _sign_in(sealed)
    sealed = carrying.sent_here()
    return asking.ask_to_sign_in() if sealed is None else _page(SignInForm(None), sealed)


def _sign_in(sealed: str) -> ResponseReturnValue | None:
    carrying.check_token()
    form = SignInForm()
    if form.sent():
        with form.showing_rules():
            user = identify(str(form.username.data), str(form.password.data))
            begin(user)
            known = carrying.shown_again(user.id, sealed)
            return None if known else redirect(request.full_path.rstrip("?"), 303)
    return _page(form, sealed)


def _page(form: SignInForm, sealed: str) -> ResponseReturnValue:
    page = render_template("accounts/sign_in.html", form=form, carried=sealed)
    return page, WITHOUT_SESSION
