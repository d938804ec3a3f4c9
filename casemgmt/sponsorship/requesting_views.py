"""Pages about requests to sponsor: an organisation asks and withdraws, the commune answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from casemgmt.access.policy import Act
from casemgmt.households.asked import note_read
from casemgmt.organisations.models import Organisation
from casemgmt.register.models import Household
from casemgmt.sponsorship import queries, requesting
from casemgmt.sponsorship.asked import offer_organisations, organisation_chosen
from casemgmt.sponsorship.board import load
from casemgmt.sponsorship.forms import AcceptForm, AskForm, RefuseForm
from casemgmt.sponsorship.models import Answer, SponsorRequest
from casemgmt.web.asking import (
    can,
    given,
    lens_to_write,
    me,
    needs,
    one_or_404,
    today,
)
from casemgmt.web.database import session
from casemgmt.web.going import go
from casemgmt.web.paging import Page, page_of
from casemgmt.words import _

bp = Blueprint("requests", __name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it is shown. `age`: the days that it has waited, or waited until its answer;
    `late`: it waits too long."""

    row: SponsorRequest
    age: int
    late: bool

    @classmethod
    def of(cls, row: SponsorRequest, day: date) -> "Asked":
        """The request as of a day."""
        age = max(0, ((row.answered_on or day) - row.asked_on).days)
        return cls(row, age, row.answer is Answer.WAITING and age > requesting.LATE)


# --- The organisation ----------------------------------------------------------------------------


@bp.route("/households/<code>/request", methods=["GET", "POST"])
@needs(Act.REQUEST_SPONSORSHIP)
def ask(code: str) -> ResponseReturnValue:
    """An organisation asks to lead the help to a household of its area that nobody leads. It is
    shown no more of it than the short list shows."""
    shown = session().execute(queries.may_be_asked_for(lens_to_write(), code)).one_or_none()
    if shown is None:
        abort(404)
    form = AskForm()
    offer_organisations(form.organisation, blank=None)
    if not form.is_submitted():
        form.organisation.data = _own().code
    if form.sent():
        with form.showing_rules():
            _ask(shown.id, form)
            return go(url_for("requests.index", as_of=None), _("Đã gửi đề nghị. Xã sẽ trả lời."))
    return render_template("sponsorship/ask.html", household=shown, form=form)


def _ask(household: int, form: AskForm) -> None:
    requesting.ask_to_lead(
        session(),
        organisation_chosen(form.organisation.data),
        session().get_one(Household, household, execution_options={"lens": lens_to_write()}),
        message=form.message.data,
        on=today(),
    )


def _own() -> Organisation:
    return me().organisation or abort(404)


@bp.route("/requests/<int:number>/withdraw", methods=["GET", "POST"])
@needs(Act.REQUEST_SPONSORSHIP)
def withdraw(number: int) -> ResponseReturnValue:
    """The organisation asks no more."""
    request = _own_request(number)
    form = RefuseForm()
    if form.sent():
        with form.showing_rules():
            reason = form.reason.data or ""
            requesting.withdraw(session(), request, reason=reason, on=today())
            return go(url_for("requests.index", as_of=None), _("Đã rút đề nghị."))
    return render_template("sponsorship/withdraw.html", asked=_shown(request), form=form)


def _own_request(number: int) -> SponsorRequest:
    own = queries.requests_of(lens_to_write().organisations)
    return one_or_404(own.where(SponsorRequest.id == number))


# --- Both ----------------------------------------------------------------------------------------


@bp.get("/requests")
@needs(Act.SEE_HOUSEHOLDS)
def index() -> ResponseReturnValue:
    """For an organisation: what it asked, with the answers. For the commune and those above it:
    the requests that wait for an answer, oldest first. Whatever day is looked at: both are
    today's."""
    own, scope = can(Act.REQUEST_SPONSORSHIP), lens_to_write()
    query = queries.requests_of(scope.organisations) if own else queries.waiting_requests(scope)
    return render_template(
        "sponsorship/requests.html", page=_page(query), own=own, late=requesting.LATE
    )


def _page(query: Select[SponsorRequest]) -> Page[Asked]:
    whole = query.options(
        joinedload(SponsorRequest.household), joinedload(SponsorRequest.organisation)
    )
    page = page_of(session(), whole, counted=query.with_only_columns(SponsorRequest.id))
    return Page([_shown(row[0]) for row in page.rows], page.number, page.total)


def _shown(request: SponsorRequest) -> Asked:
    return Asked.of(request, today())


# --- The commune ---------------------------------------------------------------------------------


@bp.route("/requests/<int:number>", methods=["GET", "POST"])
@needs(Act.ANSWER_REQUEST)
def answer(number: int) -> ResponseReturnValue:
    """One request, what else was asked for its household, and its acceptance."""
    request = _request(number)
    form = AcceptForm(data={"starts": today()})
    if form.sent():
        with form.showing_rules():
            starts, in_charge = given(form.starts.data), form.in_charge.data
            requesting.accept(session(), request, starts=starts, in_charge=in_charge, on=today())
            return go(url_for("requests.index", as_of=None), _("Đã giao hộ cho tổ chức."))
    return _page_of_one(request, form)


def _page_of_one(request: SponsorRequest, form: AcceptForm) -> ResponseReturnValue:
    household = request.household
    note_read(household)
    return render_template(
        "sponsorship/request.html",
        asked=_shown(request),
        form=form,
        history=_history(household),
        held=session().scalars(queries.leads_of(lens_to_write(), household.id)).first(),
        load=session().scalar(load(lens_to_write(), request.organisation_id)),
    )


def _history(household: Household) -> Sequence[Asked]:
    rows = session().scalars(queries.requests_about(lens_to_write(), household.id))
    return [_shown(row) for row in rows]


@bp.route("/requests/<int:number>/decline", methods=["GET", "POST"])
@needs(Act.ANSWER_REQUEST)
def decline(number: int) -> ResponseReturnValue:
    """The household is not given to the organisation that asked."""
    request = _request(number)
    form = RefuseForm()
    if form.sent():
        with form.showing_rules():
            reason = form.reason.data or ""
            requesting.decline(session(), request, reason=reason, on=today())
            return go(url_for("requests.index", as_of=None), _("Đã từ chối đề nghị."))
    return render_template("sponsorship/decline.html", asked=_shown(request), form=form)


def _request(number: int) -> SponsorRequest:
    query = select(SponsorRequest).where(SponsorRequest.id == number)
    return one_or_404(lens_to_write().scoped(query, SponsorRequest.household_id))
