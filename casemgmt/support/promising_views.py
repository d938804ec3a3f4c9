"""Pages about promises of support: what is open, one more, kept, dropped."""

from datetime import date
from decimal import Decimal
from typing import TypedDict

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from casemgmt.access.policy import Act
from casemgmt.households.asked import back_to, household_to_write
from casemgmt.households.forms import ReasonForm
from casemgmt.sponsorship.asked import organisation_chosen
from casemgmt.support import asked, promising, queries
from casemgmt.support.forms import KeepPromiseForm, PromiseForm
from casemgmt.support.models import Promise
from casemgmt.typed import show_date, show_number, show_thousandths
from casemgmt.web.asking import day_asked, given, lens, lens_to_write, needs, one_or_404, today
from casemgmt.web.cleaning import takes_files
from casemgmt.web.database import session
from casemgmt.web.paging import page_of
from casemgmt.words import _

bp = Blueprint("promises", __name__)


@bp.get("/promises")
@needs(Act.SEE_HOUSEHOLDS)
def index() -> ResponseReturnValue:
    """The promises in scope that are still open, those past their day first."""
    page = page_of(session(), queries.open_promises(lens()))
    return render_template("support/promises.html", page=page)


@bp.route("/households/<code>/promises/add", methods=["GET", "POST"])
@needs(Act.PROMISE)
def add(code: str) -> ResponseReturnValue:
    """An organisation promises a household something."""
    household = household_to_write(code)
    form = PromiseForm()
    asked.offer_kinds(form.kind)
    asked.offer_givers(form.organisation, household)
    if form.sent():
        with form.showing_rules():
            promising.promise_support(
                session(),
                household,
                organisation=organisation_chosen(form.organisation.data),
                due_on=given(form.due_on.data),
                **_given(form),
            )
            return back_to(household, _("Đã ghi cam kết."))
    return render_template(
        "support/promise.html",
        household=household,
        form=form,
        asked=asked,
        title=_("Ghi một cam kết hỗ trợ"),
    )


class _Given(TypedDict):
    kind: str
    content: str | None
    quantity: Decimal | None
    unit: str | None
    value: int | None


def _given(form: PromiseForm | KeepPromiseForm) -> _Given:
    return _Given(
        kind=given(form.kind.data),
        content=form.content.data,
        quantity=form.quantity.data,
        unit=form.unit.data,
        value=form.value.data,
    )


def _promise(number: int, day: date | None = None) -> Promise:
    """The promise of a number that the one who asks may keep or drop; else 404."""
    query = queries.promise_by_number(lens_to_write(day), number)
    promise = one_or_404(query.options(joinedload(Promise.household)))
    return promise if asked.ours(promise.organisation_id) else abort(404)


@bp.route("/promises/<int:number>/keep", methods=["GET", "POST"])
@needs(Act.PROMISE)
@takes_files
def keep(number: int) -> ResponseReturnValue:
    """What was promised has been given; in scope on its day."""
    form = KeepPromiseForm()
    promise = _promise(number, form.on.data or day_asked("on"))
    household = promise.household
    asked.offer_kinds(form.kind)
    if not form.is_submitted():
        _begin(form, promise)
    if form.sent():
        with form.showing_rules():
            action = promising.keep_promise(
                session(),
                promise,
                on=given(form.on.data),
                source=form.source.data,
                **_given(form),
            )
            asked.keep_picture(form.photo, household, action=action)
            return back_to(household, _("Đã ghi là đã giao."))
    return render_template(
        "support/promise.html",
        household=household,
        form=form,
        asked=asked,
        title=_("Đã giao"),
        intro=_("Đã hứa: {promise}.", promise=_in_words(promise)),
    )


def _begin(form: KeepPromiseForm, promise: Promise) -> None:
    form.on.data = day_asked("on") or today()
    form.kind.data, form.content.data = promise.kind_name, promise.content
    form.quantity.data, form.unit.data = promise.quantity, promise.unit
    form.value.data = promise.value


def _in_words(promise: Promise) -> str:
    parts = [promise.organisation.name, promise.kind_name, promise.content]
    if promise.quantity is not None:
        quantity = show_thousandths(int(promise.quantity * 1000))
        parts.append(f"{quantity} {promise.unit or ''}".strip())
    if promise.value is not None:
        parts.append(_("{value} đồng", value=show_number(promise.value)))
    parts.append(_("hạn {day}", day=show_date(promise.due_on)))
    return ", ".join(part for part in parts if part)


@bp.route("/promises/<int:number>/drop", methods=["GET", "POST"])
@needs(Act.PROMISE)
def drop(number: int) -> ResponseReturnValue:
    """A promise that will not be kept."""
    promise = _promise(number)
    form = ReasonForm()
    if form.sent():
        with form.showing_rules():
            promising.drop_promise(session(), promise, reason=form.reason.data or "")
            return back_to(promise.household, _("Đã thôi cam kết."))
    return render_template(
        "households/act.html",
        household=promise.household,
        form=form,
        title=_("Thôi cam kết"),
        intro=_("Đã hứa: {promise}.", promise=_in_words(promise)),
        danger=True,
    )
