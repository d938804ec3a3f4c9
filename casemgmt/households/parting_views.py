"""Pages that part and join households: split, merge, dissolve."""

from collections.abc import Iterable
from datetime import date

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from wtforms import SelectMultipleField

from casemgmt.access.policy import Act
from casemgmt.households import parting
from casemgmt.households.asked import (
    back_to,
    household_named,
    household_to_write,
    member_of,
    offer_villages,
    village_chosen,
)
from casemgmt.households.forms import CHOOSE, DissolveForm, MergeForm, SplitForm
from casemgmt.households.members import here_on
from casemgmt.register.models import Household, Member, Relation
from casemgmt.web.asking import given, needs, today
from casemgmt.web.database import session
from casemgmt.words import _

bp = Blueprint("parting", __name__)


@bp.route("/households/<code>/split", methods=["GET", "POST"])
@needs(Act.MOVE_HOUSEHOLD)
def split(code: str) -> ResponseReturnValue:
    """Tách hộ."""
    household = household_to_write(code)
    form = SplitForm()
    _offer(form, household)
    if form.sent():
        with form.showing_rules():
            new = _split(form, household)
            return back_to(new, _("Đã tách hộ {code} từ hộ {code2}.", code=new.code, code2=code))
    return render_template("households/split.html", household=household, form=form)


def _offer(form: SplitForm, household: Household) -> None:
    offer_villages(form.village)
    people = _people(member for member in _there(household) if member.relation is not Relation.HEAD)
    form.members.choices = people
    form.new_head.choices = {"": CHOOSE, **people}


def _people(members: Iterable[Member]) -> dict[str, str]:
    return {str(member.id): f"{member.name} ({member.relation.value})" for member in members}


def _there(household: Household, day: date | None = None) -> list[Member]:
    return [member for member in household.members if here_on(member, day or today())]


def _split(form: SplitForm, household: Household) -> Household:
    return parting.split_household(
        session(),
        household,
        on=given(form.on.data),
        new_head=member_of(household, int(given(form.new_head.data))),
        members=_ticked(form.members, household),
        village=village_chosen(form.village.data) if form.village.data else None,
        new_code=form.new_code.data or None,
        address=form.address.data,
        copy_class=form.copy_class.data,
        reason=form.reason.data,
    )


def _ticked(field: SelectMultipleField, household: Household) -> list[Member]:
    return [member_of(household, int(number)) for number in field.data or ()]


@bp.route("/households/<code>/merge", methods=["GET", "POST"])
@needs(Act.MOVE_HOUSEHOLD)
def merge(code: str) -> ResponseReturnValue:
    """Nhập hộ, into another household in scope."""
    household = household_to_write(code)
    form = MergeForm()
    form.members.choices = _people(_there(household))
    if not form.is_submitted():
        form.members.data = list(form.members.choices)
    if form.sent():
        with form.showing_rules():
            into = household_named(form.into.data, "into")
            parting.merge_household(
                session(),
                household,
                into=into,
                on=given(form.on.data),
                members=_ticked(form.members, household),
                reason=form.reason.data,
            )
            return back_to(into, _("Đã nhập hộ {code} vào hộ này.", code=code))
    return render_template("households/merge.html", household=household, form=form)


@bp.route("/households/<code>/dissolve", methods=["GET", "POST"])
@needs(Act.MOVE_HOUSEHOLD)
def dissolve(code: str) -> ResponseReturnValue:
    """Giải thể."""
    household = household_to_write(code)
    form = DissolveForm()
    if form.sent():
        with form.showing_rules():
            target = form.members_to.data
            parting.dissolve_household(
                session(),
                household,
                last_day=given(form.last_day.data),
                reason=form.reason.data or "",
                members_to=household_named(target, "members_to") if target else None,
            )
            return back_to(household, _("Hộ {code} đã giải thể.", code=code))
    return render_template(
        "households/act.html",
        household=household,
        form=form,
        title=_("Giải thể hộ"),
        intro=_("Nơi ở, thành viên và đỡ đầu của hộ kết thúc vào ngày này. Hồ sơ được giữ."),
        danger=True,
    )
