"""Who is there: checking a name, a password and a second factor, and what meets a form whose
session has ended."""

import base64
import binascii
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

from flask import Flask, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from casemgmt import clock, sealing
from casemgmt.access import queries, second_factor, sessions
from casemgmt.access.models import User
from casemgmt.access.throttle import Wrong
from casemgmt.accounts.actions import identified
from casemgmt.accounts.forms import CodeForm, SignInForm
from casemgmt.accounts.queries import numbered
from casemgmt.audit import trail
from casemgmt.audit.models import What
from casemgmt.errors import RuleBroken
from casemgmt.web import asking, carrying, signing
from casemgmt.web.asking import SAFE, afterwards, note
from casemgmt.web.database import db, session
from casemgmt.web.guessing import forgiven, slowed
from casemgmt.words import N_, _

WITHOUT_SESSION = 401
WAITING = "waiting"
FOR_THE_CODE = timedelta(minutes=5)
_PURPOSE = "second step"
_LATE = N_("Đã quá năm phút từ khi nhập mật khẩu. Hãy đăng nhập lại từ đầu.")


def offer(app: Flask) -> None:
    """Meet whoever sends a form without being signed in any more, and note who is still there."""
    app.extensions["welcome"] = welcome
    app.before_request(_note_seen)


def _note_seen() -> None:
    here = signing.opened() if "user" in g else None
    if here is not None and clock.now() - here.seen_at > sessions.NOTED_EVERY:
        afterwards(partial(sessions.note_seen, mark=here.mark), must=False)


def identify(name: str, password: str) -> User:
    """The account of this name and password. Raises RuleBroken; the failure is remembered."""
    trail.act_as(session(), actor=name[:80], act="sign_in")
    with slowed(name):
        user = identified(session(), name=name, password=password)
        if user is None:
            known = session().scalar(queries.user_named(name))
            # People type passwords where names belong: only a name that exists is written down.
            note(What.REFUSED, "user_account", {"name": known.name if known else trail.HIDDEN})
            raise Wrong(_("Tên đăng nhập hoặc mật khẩu không đúng."))
    return user


def begin(user: User) -> User:
    """Open a session; that is written down, and what failed before is forgotten."""
    forgiven(user.name)
    afterwards(signing.sign_in(user))
    note(What.SIGNED_IN, "user_account", {"id": user.id})
    return user


def begin_again(user: User) -> None:
    """Open this browser's session anew: the account's other ones have just ended, in the same
    transaction, so that where this fails everybody stays signed in."""
    signing.sign_in(user)(session())


def let_in(carried: str | None = None) -> User | str:
    """The account that has just proved who it is, its session open; else the page that asks for
    its name and password, or for the code of its second factor. `carried`: a sealed form that
    goes along from page to page."""
    if (waiting := request.form.get(WAITING)) is not None:
        return _second_step(waiting, carried)
    form = SignInForm()
    if form.sent():
        with form.showing_rules():
            user = identify(str(form.username.data), str(form.password.data))
            if user.second_factor_since is None:
                return begin(user)
            return _ask_code(CodeForm(None), _sealed(user), carried)
    return _ask_name(form, carried)


def _second_step(waiting: str, carried: str | None) -> User | str:
    form, user = CodeForm(), _opened(waiting)
    if user is None:
        flash(_(_LATE), "wait")
        return _ask_name(SignInForm(None), carried)
    if form.sent():
        with form.showing_rules():
            _spend(user, str(form.code.data))
            return begin(user)
    return _ask_code(form, waiting, carried)


def _spend(user: User, code: str) -> None:
    """Use up a code of the account's second factor, whatever becomes of this request. Raises
    RuleBroken; the failure is remembered."""
    name, number = user.name, user.id
    trail.act_as(session(), actor=name, act="sign_in")
    with code_tried(user):
        session().rollback()  # what the request holds would keep the short transaction waiting
        with Session(db.engine) as short, short.begin():
            second_factor.spend(short, short.get_one(User, number), code)


@contextmanager
def code_tried(user: User) -> Iterator[None]:
    """A code of the account's second factor is tried inside: a wrong one is written down, and
    slows the next."""
    number = user.id  # what is tried may end the transaction that knows the account
    with slowed(user.name):
        try:
            yield
        except Wrong:
            note(What.REFUSED, "second_factor", {"user_id": number})
            raise


def _ask_name(form: SignInForm, carried: str | None) -> str:
    return render_template("accounts/sign_in.html", form=form, carried=carried)


def _ask_code(form: CodeForm, waiting: str, carried: str | None) -> str:
    return render_template("accounts/code.html", form=form, waiting=waiting, carried=carried)


def _sealed(user: User) -> str:
    """Whose password has just been right, for the page that asks for the code."""
    plain = json.dumps([user.id, user.epoch, clock.now().isoformat()])
    return base64.urlsafe_b64encode(sealing.seal(plain, _PURPOSE)).decode("ascii")


def _opened(waiting: str) -> User | None:
    try:
        plain = sealing.unseal(base64.urlsafe_b64decode(waiting.encode()), _PURPOSE)
    except (RuleBroken, ValueError, binascii.Error):
        return None
    number, epoch, at = json.loads(plain)
    if clock.now() - datetime.fromisoformat(at) > FOR_THE_CODE:
        return None
    user = session().scalar(numbered(number))
    return user if user is not None and user.active and user.epoch == epoch else None


def welcome() -> ResponseReturnValue | None:
    """Nobody is signed in: ask who is there. A form that was sent is kept, sealed in the page that
    asks, and shown again once its own account has signed in (None: the request goes on to it)."""
    if request.method in SAFE:
        return asking.ask_to_sign_in()
    sealed = request.form.get(carrying.FIELD)
    if sealed is not None and asking.opens_by_get():
        carrying.check_token()
        return _welcomed(let_in(sealed), sealed)
    sealed = carrying.sent_here()
    if sealed is None:
        return asking.ask_to_sign_in()
    return _ask_name(SignInForm(None), sealed), WITHOUT_SESSION


def _welcomed(found: User | str, sealed: str) -> ResponseReturnValue | None:
    if isinstance(found, str):
        return found, WITHOUT_SESSION
    known = carrying.shown_again(found.id, sealed)
    return None if known else redirect(request.full_path.rstrip("?"), 303)
