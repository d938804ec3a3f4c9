"""Pages about where a household lives: move, leave, correct."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.errors import RuleBroken
from casemgmt.households import moving
from casemgmt.households.asked import (
    back_to,
    fact_from,
    file_address,
    household_to_write,
    offer_villages,
    values,
    village_chosen,
)
from casemgmt.households.forms import MoveForm, MoveOutForm, ReasonForm, StayForm
from casemgmt.places import queries as places
from casemgmt.places.models import Unit
from casemgmt.register.models import Stay
from casemgmt.typed import show_date
from casemgmt.web.asking import given, needs
from casemgmt.web.database import session
from casemgmt.web.forms import PickField
from casemgmt.web.going import both_versions, stale
from casemgmt.words import _

bp = Blueprint("moving", __name__)


@bp.route("/households/<code>/move", methods=["GET", "POST"])
@needs(Act.MOVE_HOUSEHOLD)
def move(code: str) -> ResponseReturnValue:
    """To another village of the register."""
    household = household_to_write(code)
    form = MoveForm()
    offer_villages(form.village)
    if form.sent():
        with form.showing_rules():
            moving.move_household(
                session(),
                household,
                village=_new_home(form),
                on=given(form.on.data),
                reason=form.reason.data,
            )
            return back_to(household, _("Đã chuyển hộ {code}.", code=code))
    return render_template(
        "households/act.html", household=household, form=form, title=_("Chuyển sang thôn khác")
    )


def _new_home(form: MoveForm) -> Unit:
    if form.village.data and form.other_village.data:
        raise RuleBroken("Chọn một thôn, hoặc ghi một mã: không cả hai.", field="other_village")
    if not (form.village.data or form.other_village.data):
        raise RuleBroken("Cần chọn thôn, bản, khu phố mới.", field="village")
    if form.other_village.data:
        return village_chosen(form.other_village.data, "other_village")
    return village_chosen(form.village.data)


@bp.route("/households/<code>/move-out", methods=["GET", "POST"])
@needs(Act.MOVE_HOUSEHOLD)
def move_out(code: str) -> ResponseReturnValue:
    """Out of the register."""
    household = household_to_write(code)
    form = MoveOutForm()
    if form.sent():
        with form.showing_rules():
            moving.move_out(
                session(), household, last_day=given(form.last_day.data), reason=form.reason.data
            )
            return back_to(household, _("Đã ghi hộ {code} chuyển đi.", code=code))
    return render_template(
        "households/act.html",
        household=household,
        form=form,
        title=_("Chuyển đi khỏi sổ"),
        intro=_("Hồ sơ được giữ. Nếu hộ trở về: mục Hộ đã rời sổ, dưới danh sách hộ."),
    )


@bp.route("/households/<code>/stays/<day>", methods=["GET", "POST"])
@needs(Act.MOVE_HOUSEHOLD)
def correct(code: str, day: str) -> ResponseReturnValue:
    """Correct a stay that was recorded wrongly."""
    household = household_to_write(code)
    stay = fact_from(household.stays, day)
    form, stored = StayForm(obj=stay), StayForm(None, obj=stay)
    _offer(form.village, stay)
    _offer(stored.village, stay)
    if stale(form, stored):
        what = _("Cư trú của hộ {code}", code=code)
        return both_versions(form, stored, what=what, back=file_address(household), row=stay)
    if form.sent():
        with form.showing_rules():
            moving.correct_stay(
                session(),
                stay,
                village=village_chosen(form.village.data),
                starts=given(form.starts.data),
                last_day=form.last_day.data,
                arrival=form.arrival.data,
                departure=form.departure.data,
                reason=form.reason.data or "",
            )
            return back_to(household, _("Đã sửa nơi ở."))
    return render_template(
        "households/act.html", household=household, form=form, title=_("Sửa một lần cư trú")
    )


def _offer(field: PickField, stay: Stay) -> None:
    """The villages in scope, and the one that stands in the stay already."""
    offer_villages(field)
    code = stay.village.code
    if code not in values(field):
        row = session().execute(places.unit_on(stay.village_id, stay.starts)).one()
        label = places.named(row.level, row.name)
        field.choices = {**field.choices, code: label}
    if not field.raw_data:
        field.data = code


@bp.route("/households/<code>/stays/<day>/withdraw", methods=["GET", "POST"])
@needs(Act.MOVE_HOUSEHOLD)
def withdraw(code: str, day: str) -> ResponseReturnValue:
    """Take back a stay that never was."""
    household = household_to_write(code)
    stay = fact_from(household.stays, day)
    form = ReasonForm()
    if form.sent():
        with form.showing_rules():
            moving.withdraw_stay(session(), stay, reason=form.reason.data or "")
            return back_to(household, _("Đã rút lần cư trú."))
    return render_template(
        "households/act.html",
        household=household,
        form=form,
        title=_("Rút lần cư trú từ {day}", day=show_date(stay.starts)),
        danger=True,
    )
