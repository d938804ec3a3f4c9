"""Signing in and out, one's own password, and the accounts of the register."""

from typing import Any, TypeVar

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casemgmt.access import actions, passwords, second_factor, sessions, throttle
from casemgmt.access.models import User
from casemgmt.access.policy import Act
from casemgmt.accounts import queries
from casemgmt.accounts.forms import AccountForm, EditAccountForm, NewAccountForm, PasswordForm
from casemgmt.accounts.welcoming import begin_again, let_in
from casemgmt.audit.models import What
from casemgmt.organisations import queries as organisations
from casemgmt.organisations.models import Organisation
from casemgmt.places import queries as places
from casemgmt.places.models import Tier, Unit
from casemgmt.web import language, signing
from casemgmt.web.asking import me, needs, note, one_or_404, safe_target, today
from casemgmt.web.database import session
from casemgmt.web.going import both_versions, go, stale
from casemgmt.web.guessing import slowed
from casemgmt.words import _

F = TypeVar("F", bound=AccountForm)
bp = Blueprint("accounts", __name__)
_ABOVE_VILLAGES = (Tier.PROVINCE, Tier.DISTRICT, Tier.COMMUNE)


@bp.route("/login", methods=["GET", "POST"], endpoint="sign_in")
@needs(None)
def sign_in() -> ResponseReturnValue:
    """Sign in, then go on to the page that was asked for."""
    found = let_in()
    if isinstance(found, str):
        return found
    return redirect(safe_target(request.args.get("next")) or "/")


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
        user = me()
        with form.showing_rules():
            with slowed(user.name):
                actions.change_password(
                    session(), user, old=str(form.old.data), new=str(form.password.data)
                )
            begin_again(user)
            flash(_("Đã đổi mật khẩu. Các phiên đăng nhập khác của bạn đã kết thúc."), "good")
            return redirect("/")
    return render_template("accounts/password.html", form=form, least=passwords.LEAST)


@bp.get("/accounts")
@needs(Act.MANAGE_ACCOUNTS)
def index() -> ResponseReturnValue:
    """All accounts."""
    rows = session().execute(queries.listed(today())).all()
    alarm = throttle.alarm(session())
    return render_template("accounts/index.html", rows=rows, named=places.named, alarm=alarm)


@bp.route("/accounts/add", methods=["GET", "POST"])
@needs(Act.MANAGE_ACCOUNTS)
def add() -> ResponseReturnValue:
    """A new account; its first password is made up here and shown once."""
    form = _offering(NewAccountForm())
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
                made_up=True,
            )
            return render_template("accounts/first_password.html", user=user, password=first)
    return render_template("accounts/add.html", form=form)


@bp.route("/accounts/<int:number>", methods=["GET", "POST"])
@needs(Act.MANAGE_ACCOUNTS)
def edit(number: int) -> ResponseReturnValue:
    """One account: what it is for can be changed, its sessions ended, its second factor taken
    off."""
    user = one_or_404(queries.numbered(number))
    form, stored = _offering(EditAccountForm(data=_stands(user))), _as_stored(user)
    index = url_for("accounts.index")
    if form.sent():
        if stale(form, stored):
            return both_versions(
                form, stored, what=_("Tài khoản {name}", name=user.name), back=index, row=user
            )
        with form.showing_rules():
            actions.edit_user(
                session(),
                user,
                role=form.role.data,
                unit=_unit(form.unit.data),
                organisation=_organisation(form.organisation.data),
                signs=form.signs.data,
            )
            return go(index, _("Đã sửa tài khoản {name}.", name=user.name))
    count = len(sessions.open_of(session(), user))
    return render_template("accounts/edit.html", form=form, user=user, sessions=count)


def _as_stored(user: User) -> EditAccountForm:
    return _offering(EditAccountForm(None, data=_stands(user)))


def _stands(user: User) -> dict[str, Any]:
    return {
        "role": user.role,
        "unit": user.unit.code if user.unit else None,
        "organisation": user.organisation.code if user.organisation else None,
        "signs": user.signs,
    }


def _offering(form: F) -> F:
    form.unit.choices = _units()
    form.organisation.choices = _organisations()
    return form


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


@bp.post("/accounts/<int:number>/sessions/end")
@needs(Act.MANAGE_ACCOUNTS)
def end_sessions(number: int) -> ResponseReturnValue:
    """End whatever sessions an account has, wherever they are."""
    user = one_or_404(queries.numbered(number))
    actions.end_sessions(session(), user)
    said = _("Đã kết thúc mọi phiên đăng nhập của {name}.", name=user.name)
    return go(url_for("accounts.edit", number=number), said)


@bp.post("/accounts/<int:number>/second-factor/take-off")
@needs(Act.MANAGE_ACCOUNTS)
def take_off(number: int) -> ResponseReturnValue:
    """Take off the second factor of somebody who has lost it. What it was is never seen."""
    user = one_or_404(queries.numbered(number))
    second_factor.take_off(session(), user)
    said = _("Đã bỏ yếu tố thứ hai của {name}; các phiên đăng nhập đã kết thúc.", name=user.name)
    return go(url_for("accounts.edit", number=number), said)
