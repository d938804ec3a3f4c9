"""The page that joins two records of one household: it shows beforehand what moves and which
figures change."""

from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import StringField

from casemgmt.access.policy import Act
from casemgmt.casefile import joining
from casemgmt.casefile.changing import changes
from casemgmt.households.asked import back_to, household_named, household_to_write, note_read
from casemgmt.households.forms import CODE, reason_field
from casemgmt.register.models import Household
from casemgmt.web.asking import needs, today
from casemgmt.web.database import session
from casemgmt.web.forms import Form, at_most, required
from casemgmt.words import _

bp = Blueprint("joining", __name__)


class OtherForm(Form):
    """Which record is the second one. Asked for by GET: nothing happens yet."""

    other = StringField("Mã hộ của hồ sơ trùng", [required("Cần điền mã hộ."), at_most(CODE)])


class JoinForm(Form):
    """That the two are one household."""

    reason = reason_field("Vì sao biết là một hộ: đã kiểm tra với ai, giấy tờ nào.")


@bp.route("/households/<code>/join", methods=["GET", "POST"])
@needs(Act.JOIN_RECORDS)
def join(code: str) -> ResponseReturnValue:
    """Gộp hồ sơ trùng: the record of `?other=` is joined to this one."""
    household = household_to_write(code)
    asked = OtherForm(None, data={"other": request.args.get("other", "")}, meta={"csrf": False})
    double = _double(asked, household)
    if double is None:
        return render_template("households/join.html", household=household, form=asked)
    form = JoinForm()
    if form.sent():
        with form.showing_rules():
            joining.join_records(
                session(), household, double, on=today(), reason=form.reason.data or ""
            )
            return back_to(household, _("Đã gộp hồ sơ {code} vào hộ này.", code=asked.other.data))
    return render_template(
        "households/join_confirm.html",
        household=household,
        double=double,
        form=form,
        moves=joining.what_moves(session(), household, double, today()),
        changes=changes(session(), double, [date(today().year - 1, 12, 31), today()]),
    )


def _double(asked: OtherForm, household: Household) -> Household | None:
    """The second record, where one is named that may be joined; that it is shown is written
    down."""
    double: Household | None = None
    if asked.other.data:
        with asked.showing_rules():
            named = household_named(asked.other.data, "other")
            joining.may_join(session(), household, named)
            double = named
    if double is not None and request.method == "GET":
        note_read(double)
    return double
