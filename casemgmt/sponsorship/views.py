"""Pages about who leads and who supports the help to a household; and the short list of those
whom nobody leads."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from casemgmt.access.policy import Act
from casemgmt.households.asked import back_to, fact_from, file_address, household_to_write
from casemgmt.households.forms import ReasonForm
from casemgmt.register import timeline
from casemgmt.register.models import Household, Lead, Supporter
from casemgmt.sponsorship import actions, queries
from casemgmt.sponsorship.asked import offer_organisations, organisation_chosen
from casemgmt.sponsorship.forms import CorrectLeadForm, EndForm, LeadForm, SponsorForm
from casemgmt.sponsorship.models import SponsorRequest
from casemgmt.typed import show_date
from casemgmt.web.asking import can, given, lens, needs, today
from casemgmt.web.database import session
from casemgmt.web.going import both_versions, stale
from casemgmt.web.paging import page_of
from casemgmt.words import _

bp = Blueprint("sponsorship", __name__)


@bp.get("/unsponsored")
@needs(Act.SEE_HOUSEHOLDS)
def unsponsored() -> ResponseReturnValue:
    """For an organisation: the poor and near-poor of its area whom nobody leads."""
    page = page_of(session(), queries.unsponsored_in_area(lens()))
    own = can(Act.REQUEST_SPONSORSHIP)
    waiting = queries.waiting_requests(lens()).options(joinedload(SponsorRequest.household))
    return render_template(
        "sponsorship/unsponsored.html",
        page=page,
        has_area=bool(lens().area),
        asks=own,
        asked={one.household.code for one in session().scalars(waiting)} if own else (),
    )


# --- The lead ------------------------------------------------------------------------------------


@bp.route("/households/<code>/lead", methods=["GET", "POST"])
@needs(Act.ASSIGN_SPONSOR)
def lead(code: str) -> ResponseReturnValue:
    """Give a household its lead sponsor, or another one."""
    household = household_to_write(code)
    form = LeadForm()
    offer_organisations(form.organisation)
    if form.sent():
        with form.showing_rules():
            _lead(household, form)
            return back_to(household, _("Đã giao đơn vị đỡ đầu."))
    held = timeline.in_force(household.leads, today())
    return render_template(
        "households/act.html",
        household=household,
        form=form,
        title=_("Giao đơn vị đỡ đầu khác") if held else _("Giao đơn vị đỡ đầu"),
        intro=_(
            "Đang đỡ đầu: {name}, từ {day}.",
            name=held.organisation.name,
            day=show_date(held.starts),
        )
        if held
        else "",
    )


def _lead(household: Household, form: LeadForm) -> None:
    organisation = organisation_chosen(form.organisation.data)
    starts, in_charge = given(form.starts.data), form.in_charge.data
    if timeline.in_force(household.leads, starts) is None:
        actions.assign_lead(
            session(), household, organisation=organisation, starts=starts, in_charge=in_charge
        )
        return
    actions.change_lead(
        session(),
        household,
        organisation=organisation,
        starts=starts,
        reason=form.reason.data or "",
        in_charge=in_charge,
    )


@bp.route("/households/<code>/lead/end", methods=["GET", "POST"])
@needs(Act.ASSIGN_SPONSOR)
def end_lead(code: str) -> ResponseReturnValue:
    """The lead sponsorship of a household ends."""
    household = household_to_write(code)
    form = EndForm()
    if form.sent():
        with form.showing_rules():
            actions.end_lead(
                session(),
                household,
                last_day=given(form.last_day.data),
                reason=form.reason.data or "",
            )
            return back_to(household, _("Đã kết thúc đỡ đầu."))
    return render_template(
        "households/act.html", household=household, form=form, title=_("Kết thúc đỡ đầu")
    )


@bp.route("/households/<code>/leads/<day>", methods=["GET", "POST"])
@needs(Act.ASSIGN_SPONSOR)
def correct_lead(code: str, day: str) -> ResponseReturnValue:
    """Correct a lead sponsorship that was recorded wrongly."""
    household = household_to_write(code)
    held = fact_from(household.leads, day)
    form, stored = CorrectLeadForm(data=_said(held)), CorrectLeadForm(None, data=_said(held))
    for one in (form, stored):
        offer_organisations(one.organisation, also=[held.organisation])
    if stale(form, stored):
        what = _("Đỡ đầu của hộ {code}", code=code)
        return both_versions(form, stored, what=what, back=file_address(household), row=held)
    if form.sent():
        with form.showing_rules():
            actions.correct_lead(
                session(),
                held,
                organisation=organisation_chosen(form.organisation.data),
                starts=given(form.starts.data),
                last_day=form.last_day.data,
                in_charge=form.in_charge.data,
                end_reason=form.end_reason.data,
                reason=form.reason.data or "",
            )
            return back_to(household, _("Đã sửa lần đỡ đầu."))
    return render_template(
        "households/act.html", household=household, form=form, title=_("Sửa một lần đỡ đầu")
    )


def _said(held: Lead) -> dict[str, object]:
    return {
        "organisation": held.organisation.code,
        "starts": held.starts,
        "last_day": held.last_day,
        "in_charge": held.in_charge,
        "end_reason": held.end_reason,
    }


@bp.route("/households/<code>/leads/<day>/withdraw", methods=["GET", "POST"])
@needs(Act.ASSIGN_SPONSOR)
def withdraw_lead(code: str, day: str) -> ResponseReturnValue:
    """Take back a lead sponsorship that never was."""
    household = household_to_write(code)
    held = fact_from(household.leads, day)
    form = ReasonForm()
    if form.sent():
        with form.showing_rules():
            actions.withdraw_lead(session(), held, reason=form.reason.data or "")
            return back_to(household, _("Đã rút lần đỡ đầu."))
    return render_template(
        "households/act.html",
        household=household,
        form=form,
        title=_("Rút lần đỡ đầu từ {day}", day=show_date(held.starts)),
        intro=_("{name}. Lần đỡ đầu này coi như chưa từng có.", name=held.organisation.name),
        danger=True,
    )


# --- Those who support ---------------------------------------------------------------------------


@bp.route("/households/<code>/supporters/add", methods=["GET", "POST"])
@needs(Act.ASSIGN_SPONSOR)
def add_supporter(code: str) -> ResponseReturnValue:
    """Another organisation helps beside the lead."""
    household = household_to_write(code)
    form = SponsorForm()
    offer_organisations(form.organisation)
    if form.sent():
        with form.showing_rules():
            actions.add_supporter(
                session(),
                household,
                organisation=organisation_chosen(form.organisation.data),
                starts=given(form.starts.data),
                in_charge=form.in_charge.data,
            )
            return back_to(household, _("Đã thêm đơn vị phối hợp."))
    return render_template(
        "households/act.html", household=household, form=form, title=_("Thêm đơn vị phối hợp")
    )


def _supporter(household: Household, organisation: str, day: str) -> Supporter:
    for row in household.supporters:
        if row.organisation.code == organisation and row.starts.isoformat() == day:
            return row
    return abort(404)


@bp.route("/households/<code>/supporters/<organisation>/<day>/end", methods=["GET", "POST"])
@needs(Act.ASSIGN_SPONSOR)
def end_supporter(code: str, organisation: str, day: str) -> ResponseReturnValue:
    """A supporting sponsorship ends."""
    household = household_to_write(code)
    supporter = _supporter(household, organisation, day)
    form = EndForm()
    if form.sent():
        with form.showing_rules():
            actions.end_supporter(
                session(),
                supporter,
                last_day=given(form.last_day.data),
                reason=form.reason.data or "",
            )
            return back_to(household, _("Đã kết thúc phối hợp."))
    return render_template(
        "households/act.html",
        household=household,
        form=form,
        title=_("Kết thúc phối hợp: {name}", name=supporter.organisation.name),
    )


@bp.route("/households/<code>/supporters/<organisation>/<day>/withdraw", methods=["GET", "POST"])
@needs(Act.ASSIGN_SPONSOR)
def withdraw_supporter(code: str, organisation: str, day: str) -> ResponseReturnValue:
    """Take back a supporting sponsorship that never was."""
    household = household_to_write(code)
    supporter = _supporter(household, organisation, day)
    form = ReasonForm()
    if form.sent():
        with form.showing_rules():
            actions.withdraw_supporter(session(), supporter, reason=form.reason.data or "")
            return back_to(household, _("Đã rút đơn vị phối hợp."))
    return render_template(
        "households/act.html",
        household=household,
        form=form,
        title=_("Rút đơn vị phối hợp: {name}", name=supporter.organisation.name),
        danger=True,
    )
