"""Pages that add a household, edit what is written about it, and bring one back."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.errors import RuleBroken
from casemgmt.households import actions, moving, returning
from casemgmt.households.asked import (
    alike,
    back_to,
    file_address,
    household_to_write,
    offer_villages,
    village_chosen,
)
from casemgmt.households.forms import ComeBackForm, EditHouseholdForm, HouseholdForm
from casemgmt.households.members import Person
from casemgmt.organisations.models import Kind
from casemgmt.places.models import Unit
from casemgmt.register.models import Household
from casemgmt.web.asking import given, lens, lens_to_write, needs, one_or_404, today
from casemgmt.web.database import session
from casemgmt.web.going import both_versions, outdated
from casemgmt.web.paging import page_of

bp = Blueprint("household", __name__)


@bp.route("/add-household", methods=["GET", "POST"])
@needs(Act.EDIT_HOUSEHOLD)
def add() -> ResponseReturnValue:
    """Add a household that lives in one of the villages of the one who asks."""
    form = HouseholdForm()
    offer_villages(form.village)
    if form.sent():
        with form.showing_rules():
            household = _added(form, village_chosen(form.village.data))
            return back_to(household, f"Đã thêm hộ {household.code}.")
    return render_template("households/add.html", form=form)


def _added(form: HouseholdForm, village: Unit) -> Household:
    if not form.confirmed.data and (code := alike(str(form.head_name.data), village)):
        raise RuleBroken(
            f"Thôn này đã có hộ {code} cùng tên chủ hộ. Nếu đúng là hộ khác, hãy đánh dấu ở đây.",
            field="confirmed",
        )
    return actions.add_household(
        session(),
        head_name=str(form.head_name.data),
        village=village,
        starts=given(form.starts.data),
        code=form.code.data or None,
        arrival=form.arrival.data,
        address=form.address.data,
        phone=form.phone.data,
        note=form.note.data,
        **person(form),
    )


def person(form: HouseholdForm) -> Person:
    """What a form says of a person."""
    return Person(
        birth=form.birth.data,
        sex=form.sex.data,
        citizen_id=form.citizen_id.data or None,
        ethnicity=form.ethnicity.data,
        can_work=form.can_work.data,
        member_of=form.member_of.data or Kind.NONE,
    )


@bp.route("/households/<code>/edit", methods=["GET", "POST"])
@needs(Act.EDIT_HOUSEHOLD)
def edit(code: str) -> ResponseReturnValue:
    """Correct what is written about a household."""
    household = household_to_write(code)
    form = EditHouseholdForm(obj=household)
    if form.is_submitted() and outdated(form.version.data, household.version):
        stored = EditHouseholdForm(None, obj=household)
        return both_versions(form, stored, what=f"Hộ {code}", back=file_address(household))
    if form.sent():
        with form.showing_rules():
            actions.edit_household(
                session(),
                household,
                head_name=str(form.head_name.data),
                address=form.address.data,
                phone=form.phone.data,
                note=form.note.data,
            )
            return back_to(household, "Đã ghi thông tin của hộ.")
    return render_template(
        "households/act.html", household=household, form=form, title="Sửa thông tin hộ"
    )


# --- Households that have left -------------------------------------------------------------------


@bp.get("/departed")
@needs(Act.MOVE_HOUSEHOLD)
def departed() -> ResponseReturnValue:
    """The households that live nowhere today and lived last in a village in scope."""
    page = page_of(session(), returning.departed(lens()))
    return render_template("households/departed.html", page=page)


@bp.route("/departed/<code>/come-back", methods=["GET", "POST"])
@needs(Act.MOVE_HOUSEHOLD)
def come_back(code: str) -> ResponseReturnValue:
    """A household that had left lives in the register again."""
    household = one_or_404(returning.departed_household(lens_to_write(), code))
    form = ComeBackForm()
    offer_villages(form.village)
    if form.sent():
        with form.showing_rules():
            moving.move_in(
                session(),
                household,
                village=village_chosen(form.village.data),
                on=given(form.on.data),
            )
            return back_to(household, f"Hộ {code} đã trở về.")
    return render_template("households/come_back.html", household=household, form=form, day=today())
