"""Signing in and out, one's own password, and the accounts of the register."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casemgmt.access import actions, passwords
from casemgmt.access.policy import Act
from casemgmt.accounts import queries
from casemgmt.accounts.forms import AccountForm, PasswordForm, SignInForm
from casemgmt.accounts.welcoming import begin, identify
from casemgmt.audit.models import What
from casemgmt.organisations import queries as organisations
from casemgmt.organisations.models import Organisation
from casemgmt.places import queries as places
from casemgmt.places.models import Tier, Unit
from casemgmt.web import language, signing
from casemgmt.web.asking import me, needs, note, one_or_404, safe_target, today
from casemgmt.web.database import session
from casemgmt.words import _

bp = Blueprint("accounts", __name__)
_ABOVE_VILLAGES = (Tier.PROVINCE, Tier.DISTRICT, Tier.COMMUNE)


@bp.route("/login", methods=["GET", "POST"], endpoint="sign_in")
@needs(None)
def sign_in() -> ResponseReturnValue:
    """Sign in, then go on to the page that was asked for."""
    form = SignInForm()
    if form.sent():
        with form.showing_rules():
            begin(identify(str(form.username.data), str(form.password.data)))
            return redirect(safe_target(request.args.get("next")) or "/")
    return render_template("accounts/sign_in.html", form=form, carried=None)


@bp.post("/logout")
@needs(Act.OWN_ACCOUNT)
def sign_out() -> ResponseReturnValue:
    """End this browser's session."""
    note(What.SIGNED_OUT, "user_account", {"id": me().id})
    signing.sign_out()
    return redirect(url_for("accounts.sign_in"))


@bp.post("/language")
@needs(None)
def speak() -> ResponseReturnValue:
    """Choose the language of this browser."""
    language.choose(request.form.get("language", ""))
    return redirect(safe_target(request.form.get("next")) or "/")


@bp.route("/account/password", methods=["GET", "POST"])
@needs(Act.OWN_ACCOUNT)
def password() -> ResponseReturnValue:
    """Change one's own password; other sessions end, this one goes on."""
    form = PasswordForm()
    if form.sent():
        with form.showing_rules():
            user = me()
            actions.change_password(
                session(), user, old=str(form.old.data), new=str(form.password.data)
            )
            signing.sign_in(user)
            flash(_("Đã đổi mật khẩu. Các phiên đăng nhập khác của bạn đã kết thúc."), "good")
            return redirect("/")
    return render_template("accounts/password.html", form=form, least=passwords.LEAST)


@bp.get("/accounts")
@needs(Act.MANAGE_ACCOUNTS)
def index() -> ResponseReturnValue:
    """All accounts."""
    rows = session().execute(queries.listed(today())).all()
    return render_template("accounts/index.html", rows=rows, named=places.named)


@bp.route("/accounts/add", methods=["GET", "POST"])
@needs(Act.MANAGE_ACCOUNTS)
def add() -> ResponseReturnValue:
    """A new account; its first password is made up here and shown once."""
    form = AccountForm()
    form.unit.choices = _units()
    form.organisation.choices = _organisations()
    if form.sent():
        with form.showing_rules():
            first = passwords.made_up(str(form.name.data).strip())
            user = actions.add_user(
                session(),
                name=str(form.name.data),
                role=form.role.data,
                password=first,
                unit=_unit(form.unit.data),
                organisation=_organisation(form.organisation.data),
                signs=form.signs.data,
                must_change=True,
            )
            return render_template("accounts/first_password.html", user=user, password=first)
    return render_template("accounts/add.html", form=form)


def _units() -> list[tuple[str, str]]:
    rows = session().execute(places.units_on(today(), tiers=_ABOVE_VILLAGES))
    return [("", "—"), *((row.code, places.named(row.level, row.name)) for row in rows)]


def _organisations() -> list[tuple[str, str]]:
    return [
        ("", "—"),
        *((found.code, found.name) for found in session().scalars(organisations.organisations())),
    ]


def _unit(code: str | None) -> Unit | None:
    return session().scalar(places.by_code(code)) if code else None


def _organisation(code: str | None) -> Organisation | None:
    return session().scalar(organisations.by_code(code)) if code else None


@bp.post("/accounts/<int:number>/password")
@needs(Act.MANAGE_ACCOUNTS)
def reset(number: int) -> ResponseReturnValue:
    """A new password for an account, shown once; to be changed at the next sign-in."""
    user = one_or_404(queries.numbered(number))
    new = actions.reset_password(session(), user)
    return render_template("accounts/first_password.html", user=user, password=new)


@bp.post("/accounts/<int:number>/<any(disable, enable):way>")
@needs(Act.MANAGE_ACCOUNTS)
def switch(number: int, way: str) -> ResponseReturnValue:
    """Lock an account, or open it again."""
    user = one_or_404(queries.numbered(number))
    if user.id == me().id:
        abort(400, _("Không thể tự khóa tài khoản của mình."))
    (actions.disable if way == "disable" else actions.enable)(session(), user)
    said = _("Đã khóa tài khoản {name}.") if way == "disable" else _("Đã mở lại tài khoản {name}.")
    flash(said.format(name=user.name), "good")
    return redirect(url_for("accounts.index"))
