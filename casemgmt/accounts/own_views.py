"""One's own account: where one is signed in, the second factor, the password given again."""

import base64
import binascii

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casemgmt import sealing
from casemgmt.access import actions, second_factor, sessions
from casemgmt.access.policy import Act
from casemgmt.accounts.forms import CodeForm, SetUpForm
from casemgmt.accounts.welcoming import begin_again, code_tried
from casemgmt.errors import RuleBroken
from casemgmt.paper import code as picture
from casemgmt.web import fresh
from casemgmt.web.asking import me, needs, safe_target
from casemgmt.web.database import session
from casemgmt.web.going import go
from casemgmt.web.guessing import slowed
from casemgmt.web.signing import opened
from casemgmt.words import _

bp = Blueprint("own", __name__, url_prefix="/account")
ISSUER = "Do dau ho ngheo"  # apps show it above the code; some of them only in ASCII


@bp.get("")
@needs(Act.OWN_ACCOUNT)
def show() -> ResponseReturnValue:
    """What the account is for, where it is signed in, how it proves who it is."""
    here = opened()
    return render_template(
        "accounts/own.html",
        sessions=sessions.open_of(session(), me()),
        mark=here.mark if here else None,
        demanded=second_factor.demanded(me()),
        codes=second_factor.codes_left(session(), me()),
    )


@bp.post("/sessions/end")
@needs(Act.OWN_ACCOUNT)
def end_others() -> ResponseReturnValue:
    """End one's sessions elsewhere; this one goes on."""
    user = me()
    actions.end_sessions(session(), user)
    begin_again(user)
    return go(url_for("own.show"), _("Các phiên đăng nhập khác của bạn đã kết thúc."))


@bp.route("/second-factor/add", methods=["GET", "POST"])
@needs(Act.OWN_ACCOUNT)
def set_up() -> ResponseReturnValue:
    """Set up a second factor: the secret as a picture and as letters, then a code of the app. The
    codes to recover with are shown once, on the page that answers."""
    if (answer := fresh.ask_password_again()) is not None:
        return answer
    user, form = me(), SetUpForm()
    if user.second_factor_since is not None:
        abort(404)
    secret = _secret(form.sealed.data) if form.is_submitted() else second_factor.new_secret()
    form.sealed.data = form.sealed.data or _sealed(secret)
    if form.sent():
        with form.showing_rules():
            with slowed(user.name):
                typed = str(form.code.data)
                codes = second_factor.set_up(session(), user, secret=secret, code=typed)
            begin_again(user)
            return render_template("accounts/recovery_codes.html", codes=codes)
    address = second_factor.address(user, secret, issuer=ISSUER)
    modules, dark = picture.runs(address)
    return render_template(
        "accounts/set_up.html", form=form, secret=secret, modules=modules, dark=dark
    )


@bp.route("/second-factor/take-off", methods=["GET", "POST"])
@needs(Act.OWN_ACCOUNT)
def take_off() -> ResponseReturnValue:
    """Take one's second factor off, by one of its codes: to set it up on another phone."""
    form = CodeForm()
    if me().second_factor_since is None:
        abort(404)
    if form.sent():
        with form.showing_rules():
            user = me()
            with code_tried(user):
                second_factor.spend(session(), user, str(form.code.data))
            second_factor.take_off(session(), user)
            begin_again(user)
            return go(url_for("own.show"), _("Đã bỏ yếu tố thứ hai."))
    return render_template("accounts/take_off.html", form=form)


@bp.route("/again", methods=["GET", "POST"])
@needs(Act.OWN_ACCOUNT)
def again() -> ResponseReturnValue:
    """The password once more, then on to the page that asked for it."""
    form = fresh.AgainForm()
    if fresh.prove(form):
        return redirect(safe_target(request.args.get("next")) or "/")
    return render_template("accounts/again.html", form=form, carried=())


def _sealed(secret: str) -> str:
    return base64.urlsafe_b64encode(sealing.seal(secret, _purpose())).decode("ascii")


def _secret(sealed: str | None) -> str:
    try:
        return sealing.unseal(base64.urlsafe_b64decode((sealed or "").encode()), _purpose())
    except (RuleBroken, ValueError, binascii.Error):
        abort(400)


def _purpose() -> str:
    return f"second factor of {me().id}"
