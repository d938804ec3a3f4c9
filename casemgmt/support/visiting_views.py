"""Pages about visits: the visit form, mending it, and the pictures."""

from datetime import date, timedelta
from typing import TypedDict

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from casemgmt.access.policy import Act
from casemgmt.households.asked import back_to, file_address, household_to_write, note_read
from casemgmt.households.forms import ReasonForm
from casemgmt.households.members import head_on
from casemgmt.organisations.models import Organisation
from casemgmt.places import queries as places
from casemgmt.register import timeline
from casemgmt.register.models import Household
from casemgmt.support import asked, queries, visiting
from casemgmt.support.forms import CorrectVisitForm, PaperVisitForm, SeenForm, VisitForm
from casemgmt.support.models import Situation, Visit
from casemgmt.support.pictures import JPEG
from casemgmt.typed import show_date
from casemgmt.web.asking import (
    day_asked,
    given,
    lens,
    lens_to_write,
    needs,
    one_or_404,
    safe_target,
    today,
)
from casemgmt.web.cleaning import takes_files
from casemgmt.web.database import session
from casemgmt.web.downloads import disposition
from casemgmt.web.going import both_versions, go, outdated
from casemgmt.words import _

bp = Blueprint("visits", __name__)
bp.add_app_template_test(asked.may_mend, "mended_here")
bp.add_app_template_test(asked.may_keep, "kept_here")
bp.add_app_template_test(asked.is_overdue, "overdue")
_INTERVAL = timedelta(days=30)


@bp.route("/households/<code>/visits/add", methods=["GET", "POST"])
@needs(Act.VISIT)
@takes_files
def add(code: str) -> ResponseReturnValue:
    """Phiếu thăm hộ, in scope on the day of the visit; it begins with what the last one says. Where
    the household has left the scope since, nothing later than that day is told."""
    form = VisitForm()
    on = form.on.data or day_asked("on")
    household = household_to_write(code, on)
    scope = lens_to_write(on)
    until = today() if scope.still_sees(session(), household.id) else given(on)
    visits = list(session().scalars(queries.visits_of(household.id, until)))
    last = next((visit for visit in visits if visit.voided_at is None), None)
    asked.offer_visitors(form.organisation)
    if not form.is_submitted():
        _begin(form, last)
    if form.sent():
        with form.showing_rules():
            visit = visiting.log_visit(session(), household, **what_was_seen(form))
            asked.keep_picture(form.photo, household, visit=visit)
            return back_to(household, _("Đã ghi lần thăm."))
    return render_template(
        "support/visit.html", form=form, last=last, asked=asked, **_who(household, until)
    )


def _begin(form: VisitForm, last: Visit | None) -> None:
    form.on.data = day_asked("on") or today()
    form.situation.data = Situation.SAME
    interval = last.next_on - last.visited_on if last and last.next_on else _INTERVAL
    form.next_on.data = form.on.data + interval
    if last is not None:
        form.met.data = last.met


def _who(household: Household, day: date) -> dict[str, object]:
    """Whom the form is about, as of a day."""
    stay = timeline.in_force(household.stays, day)
    unit = session().execute(places.unit_on(stay.village_id, day)).first() if stay else None
    promises = session().scalars(queries.promises_of(household.id, day))
    return {
        "household": household,
        "head": head_on(household, day),
        "village": places.named(unit.level, unit.name) if unit else None,
        "promises": [promise for promise in promises if asked.is_open(promise)],
    }


class Seen(TypedDict, total=False):
    """What a form says of a visit."""

    on: date
    organisation: Organisation | None
    situation: Situation
    met: str | None
    done: str | None
    wishes: str | None
    next_on: date | None


def what_was_seen(form: SeenForm | PaperVisitForm) -> Seen:
    """What a form that was accepted says of a visit."""
    seen = Seen(
        on=given(form.on.data),
        organisation=asked.chosen(form.organisation.data),
        situation=given(form.situation.data),
        done=form.done.data,
        next_on=form.next_on.data,
    )
    if isinstance(form, SeenForm):
        seen["met"], seen["wishes"] = form.met.data, form.wishes.data
    return seen


# --- Mending -------------------------------------------------------------------------------------


def _visit(number: int) -> Visit:
    """The visit of a number that the one who asks may mend; else 404."""
    table = Visit.__table__.c  # the day alone: it says on which day scope is asked
    day = session().connection().scalar(select(table.visited_on).where(table.id == number))
    visit = one_or_404(queries.visit_by_number(lens_to_write(day), number))
    return visit if asked.ours(visit.organisation_id) else abort(404)


def _back(visit: Visit, said: str) -> ResponseReturnValue:
    """To the page that led here, or to the household's file."""
    behind = safe_target(request.args.get("back"))
    return go(behind, said) if behind else back_to(visit.household, said)


@bp.route("/visits/<int:number>/correct", methods=["GET", "POST"])
@needs(Act.VISIT)
def correct(number: int) -> ResponseReturnValue:
    """Correct a visit that was logged wrongly."""
    visit = _visit(number)
    form = CorrectVisitForm(data=_said(visit))
    asked.offer_visitors(form.organisation, also=visit.organisation)
    if form.is_submitted() and outdated(form.version.data, visit.version):
        stored = CorrectVisitForm(None, data=_said(visit))
        asked.offer_visitors(stored.organisation, also=visit.organisation)
        what = _("Lần thăm hộ {code}", code=visit.household.code)
        back = file_address(visit.household)
        return both_versions(form, stored, what=what, back=back, row=visit)
    if form.sent():
        with form.showing_rules():
            reason = form.reason.data or ""
            visiting.correct_visit(session(), visit, **what_was_seen(form), reason=reason)
            return _back(visit, _("Đã sửa lần thăm."))
    title = _("Sửa lần thăm ngày {day}", day=show_date(visit.visited_on))
    return render_template(
        "support/correct_visit.html",
        household=visit.household,
        form=form,
        asked=asked,
        title=title,
        back=safe_target(request.args.get("back")) or file_address(visit.household),
    )


def _said(visit: Visit) -> dict[str, object]:
    return {
        "on": visit.visited_on,
        "organisation": visit.organisation.code if visit.organisation else None,
        "met": visit.met,
        "situation": visit.situation,
        "done": visit.done,
        "wishes": visit.wishes,
        "next_on": visit.next_on,
        "version": visit.version,
    }


@bp.route("/visits/<int:number>/void", methods=["GET", "POST"])
@needs(Act.VISIT)
def void(number: int) -> ResponseReturnValue:
    """A visit that never happened."""
    visit = _visit(number)
    form = ReasonForm()
    if form.sent():
        with form.showing_rules():
            visiting.void_visit(session(), visit, reason=form.reason.data or "")
            return _back(visit, _("Đã hủy lần thăm."))
    return render_template(
        "households/act.html",
        household=visit.household,
        form=form,
        title=_("Hủy lần thăm ngày {day}", day=show_date(visit.visited_on)),
        intro=_("Lần thăm này vẫn hiện, gạch ngang, và không tính vào đâu."),
        danger=True,
    )


# --- Pictures ------------------------------------------------------------------------------------


@bp.get("/attachments/<int:number>")
@needs(Act.SEE_HOUSEHOLDS)
def attachment(number: int) -> ResponseReturnValue:
    """A picture or a paper, where its household is in scope."""
    found = one_or_404(queries.attachment_by_number(lens(), number))
    if found.visit_id is None and found.action_id is None:
        note_read(found.household)  # a paper of a review
    answer = Response(found.content, mimetype=found.media_type)
    answer.headers["Content-Disposition"] = (
        "inline" if found.media_type == JPEG else disposition(found.name)
    )
    return answer
