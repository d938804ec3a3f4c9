"""The password, asked for again before what matters most: managing accounts, taking files of
households out. A session that was left open, or stolen, gets neither.

Within half an hour of signing in, or of the last time, nothing is asked. (A signature on a table
asks each time, by itself.)"""

from datetime import timedelta
from functools import partial

from flask import Flask, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField

from casemgmt import clock
from casemgmt.access import passwords, sessions
from casemgmt.access.policy import Act
from casemgmt.access.throttle import Wrong
from casemgmt.audit.models import What
from casemgmt.web.asking import SAFE, act_of, afterwards, me, note, page_behind, shown_only
from casemgmt.web.forms import Form, at_most, required
from casemgmt.web.guessing import slowed
from casemgmt.web.signing import opened
from casemgmt.words import _

INTERVAL = timedelta(minutes=30)
ACTS = frozenset({Act.EXPORT_HOUSEHOLDS, Act.MANAGE_ACCOUNTS})
_FIELD = "password_again"


class AgainForm(Form):
    """The password of who is signed in."""

    password_again = PasswordField(
        "Mật khẩu của bạn", [required("Cần điền mật khẩu."), at_most(passwords.MOST)]
    )


def watch(app: Flask) -> None:
    """Hook the question onto the application, after its check of tokens."""
    app.before_request(_ask)


def _ask() -> ResponseReturnValue | None:
    if request.endpoint is None or act_of(current_app, request.endpoint) not in ACTS:
        return None
    return ask_password_again()


def ask_password_again() -> ResponseReturnValue | None:
    """None where the password was given lately, or comes with this request; else the page that
    asks for it. What a form sent is carried through that page, its files are not."""
    here = opened()
    if here is None or shown_only() or clock.now() - here.proved_at <= INTERVAL:
        return None
    if request.method in SAFE:
        return redirect(url_for("own.again", next=page_behind()))
    answered = _FIELD in request.form
    form = AgainForm() if answered else AgainForm(None)
    if answered and prove(form):
        return None
    left_out = {_FIELD, "csrf_token", "once"}
    carried = [pair for pair in request.form.items(multi=True) if pair[0] not in left_out]
    form.once.data = request.form.get("once")
    return render_template("accounts/again.html", form=form, carried=carried)


def prove(form: AgainForm) -> bool:
    """Whether the form brings the right password; that is kept with the session."""
    user, here = me(), opened()
    if here is None or not form.sent():
        return False
    with form.showing_rules():
        with slowed(user.name):
            if not passwords.matches(user.password_hash, str(form.password_again.data)):
                note(What.REFUSED, "user_account", {"id": user.id})
                raise Wrong(_("Mật khẩu không đúng."), field=_FIELD)
        afterwards(partial(sessions.note_proved, mark=here.mark))
    return not form.errors
