"""Pages that add a household, edit what is written about it, and bring one back."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.errors import RuleBroken
from casemgmt.households import actions, moving, returning
from casemgmt.households.alike import Alike, alike
from casemgmt.households.asked import (
    back_to,
    file_address,
    household_to_write,
    offer_villages,
    parts_address,
    village_chosen,
)
from casemgmt.households.forms import ComeBackForm, EditHouseholdForm, HouseholdForm
from casemgmt.places.models import Unit
from casemgmt.register.models import Household
from casemgmt.web.asking import given, lens, lens_to_write, needs, one_or_404, today
from casemgmt.web.database import session
from casemgmt.web.going import both_versions, go, outdated
from casemgmt.web.paging import page_of
from casemgmt.words import _

bp = Blueprint("household", __name__)


@bp.route("/add-household", methods=["GET", "POST"])
@needs(Act.EDIT_HOUSEHOLD)
def add() -> ResponseReturnValue:
    """Add a household that lives in one of the villages of the one who asks; its other parts
    follow. Where it may already be there, that is said first."""
    form, hint = HouseholdForm(), Alike()
    offer_villages(form.village)
    if form.sent():
        with form.showing_rules():
            village = village_chosen(form.village.data)
            hint = _alike(form, village)
            if hint and not form.confirmed.data:
                raise RuleBroken(hint.sentence(), field="confirmed")
            household = _added(form, village)
            said = _("Đã thêm hộ {code}. Hãy ghi tiếp các phần còn lại.", code=household.code)
            return go(parts_address(household.code), said)
    return render_template("households/add.html", form=form, hint=hint)


def _alike(form: HouseholdForm, village: Unit) -> Alike:
    return alike(
        session(),
        lens_to_write(),
        head_name=str(form.head_name.data),
        village=village,
        birth=form.birth.data,
        citizen_id=form.citizen_id.data,
    )


def _added(form: HouseholdForm, village: Unit) -> Household:
    return actions.add_household(
        session(),
        head_name=str(form.head_name.data),
        village=village,
        starts=given(form.starts.data),
        code=form.code.data or None,
        arrival=form.arrival.data,
        birth=form.birth.data,
        citizen_id=form.citizen_id.data or None,
    )


@bp.route("/households/<code>/edit", methods=["GET", "POST"])
@needs(Act.EDIT_HOUSEHOLD)
def edit(code: str) -> ResponseReturnValue:
    """Correct what is written about a household."""
    household = household_to_write(code)
    form = EditHouseholdForm(obj=household)
    if form.is_submitted() and outdated(form.version.data, household.version):
        stored = EditHouseholdForm(None, obj=household)
        what, back = _("Hộ {code}", code=code), file_address(household)
        return both_versions(form, stored, what=what, back=back, row=household)
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
            return back_to(household, _("Đã ghi thông tin của hộ."))
    return render_template(
        "households/act.html", household=household, form=form, title=_("Sửa thông tin hộ")
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
            return back_to(household, _("Hộ {code} đã trở về.", code=code))
    return render_template("households/come_back.html", household=household, form=form, day=today())
