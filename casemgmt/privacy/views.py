"""Pages about the requests of data subjects: which there are, one, what is done about it."""

from collections.abc import Callable

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.audit.models import What
from casemgmt.households.asked import household_to_write
from casemgmt.privacy import actions, limits, queries
from casemgmt.privacy.forms import AnswerForm, ConfirmForm, ExtendForm, ReceiveForm
from casemgmt.privacy.models import DataRequest
from casemgmt.web.asking import given, lens_to_write, needs, note, one_or_404, today
from casemgmt.web.database import session
from casemgmt.web.forms import Form
from casemgmt.web.going import go
from casemgmt.web.paging import page_of
from casemgmt.words import _

bp = Blueprint("data_requests", __name__)


@bp.get("/data-requests")
@needs(Act.HANDLE_DATA_REQUEST)
def index() -> ResponseReturnValue:
    """The requests about households in scope today: those not answered, or (`?all=1`) all."""
    every = request.args.get("all") == "1"
    page = page_of(session(), queries.requests(lens_to_write(), waiting=not every))
    return render_template("privacy/requests.html", page=page, every=every, day=today())


@bp.get("/data-requests/<int:number>")
@needs(Act.HANDLE_DATA_REQUEST)
def show(number: int) -> ResponseReturnValue:
    """One request, with its days."""
    asked = _asked(number)
    note(What.READ, "data_request", {"id": asked.id}, asked.household_id)
    return render_template(
        "privacy/request.html",
        asked=asked,
        confirm_by=limits.confirm_by(asked.received_on),
        day=today(),
    )


@bp.route("/households/<code>/data-requests/add", methods=["GET", "POST"])
@needs(Act.HANDLE_DATA_REQUEST)
def add(code: str) -> ResponseReturnValue:
    """A request about a household, or somebody in it, was received."""
    household = household_to_write(code)
    form = ReceiveForm(data={"received_on": today()})
    if form.sent():
        with form.showing_rules():
            asked = actions.receive(
                session(),
                household,
                asked_by=form.asked_by.data or "",
                capacity=given(form.capacity.data),
                right=given(form.right.data),
                content=form.content.data or "",
                received_on=given(form.received_on.data),
                others=form.others.data,
                today=today(),
            )
            return _back(asked, _("Đã ghi yêu cầu."))
    return render_template(
        "households/act.html",
        household=household,
        form=form,
        title=_("Ghi yêu cầu về dữ liệu cá nhân"),
        intro=_("Hạn trả lời được tính từ yêu cầu và ngày nhận."),
    )


@bp.route("/data-requests/<int:number>/confirm", methods=["GET", "POST"])
@needs(Act.HANDLE_DATA_REQUEST)
def confirm(number: int) -> ResponseReturnValue:
    """The one who asked was told that the request is dealt with."""
    asked = _asked(number)
    form = ConfirmForm(data={"on": today()})

    def done() -> str:
        actions.confirm(session(), asked, on=given(form.on.data), today=today())
        return _("Đã ghi là đã báo cho người yêu cầu.")

    return _act_on(asked, form, done, _("Đã báo cho người yêu cầu"))


@bp.route("/data-requests/<int:number>/extend", methods=["GET", "POST"])
@needs(Act.HANDLE_DATA_REQUEST)
def extend(number: int) -> ResponseReturnValue:
    """The answer will come later, once."""
    asked = _asked(number)
    last = limits.extended_until(asked.right, asked.received_on, others=asked.others)
    form = ExtendForm(data={"until": last})

    def done() -> str:
        until, reason = given(form.until.data), form.reason.data or ""
        actions.extend(session(), asked, until=until, reason=reason, on=today())
        return _("Đã gia hạn.")

    return _act_on(asked, form, done, _("Gia hạn trả lời"))


@bp.route("/data-requests/<int:number>/answer", methods=["GET", "POST"])
@needs(Act.HANDLE_DATA_REQUEST)
def answer(number: int) -> ResponseReturnValue:
    """The request is answered."""
    asked = _asked(number)
    form = AnswerForm(data={"on": today()})

    def done() -> str:
        outcome, on = given(form.outcome.data), given(form.on.data)
        text = form.text.data
        actions.answer(session(), asked, outcome=outcome, text=text, on=on, today=today())
        return _("Đã ghi trả lời.")

    return _act_on(asked, form, done, _("Trả lời yêu cầu"))


def _act_on(
    asked: DataRequest, form: Form, done: Callable[[], str], title: str
) -> ResponseReturnValue:
    if form.sent():
        with form.showing_rules():
            return _back(asked, done())
    return render_template("privacy/act.html", asked=asked, form=form, title=title)


def _asked(number: int) -> DataRequest:
    """The request of a number, about a household that the one who asks may write about."""
    return one_or_404(queries.by_number(lens_to_write(), number))


def _back(asked: DataRequest, said: str) -> ResponseReturnValue:
    return go(url_for("data_requests.show", number=asked.id, as_of=None), said)
