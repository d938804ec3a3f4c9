"""Pages of long papers: ask for one, see how far it is, leave it, stop it, fetch it."""

from collections.abc import Sequence

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from casemgmt.access.policy import Act
from casemgmt.audit.models import What
from casemgmt.households.listing import Wanted
from casemgmt.papers import jobs, running
from casemgmt.papers.job_models import Job, Kind, State
from casemgmt.papers.making import AT_ONCE, MOST, Order
from casemgmt.papers.worker import OUT_OF_SCOPE
from casemgmt.typed import show_date
from casemgmt.web.asking import (
    afterwards,
    as_of,
    can,
    lens,
    lens_on,
    me,
    needs,
    note,
    one_or_404,
)
from casemgmt.web.database import session
from casemgmt.web.downloads import download
from casemgmt.web.going import go
from casemgmt.words import _

bp = Blueprint("jobs", __name__)
_AT_ONCE = {
    Kind.CASE_FILES: "/case-files.pdf",
    Kind.VISIT_FORMS: "/visit-forms.pdf",
    Kind.HOUSEHOLD_LIST: "/households.pdf",
}
_NAMES = {
    Kind.CASE_FILES: "Phiếu theo dõi {n} hộ",
    Kind.VISIT_FORMS: "Phiếu thăm {n} hộ",
    Kind.HOUSEHOLD_LIST: "Danh sách hộ",
}


@bp.record_once
def _provide(state: BlueprintSetupState) -> None:
    running.provide(state.app)


def order_asked(kind: Kind) -> Order:
    """Papers of the households that the list shows with the filters of this address."""
    if not can(kind.act):
        abort(403)
    wanted = Wanted.asked()
    found = [row.id for row in session().execute(wanted.query(lens()))]
    return order_of(kind, found, dated(_NAMES[kind].format(n=len(found))), wanted.kept())


def order_of(kind: Kind, households: Sequence[int], name: str, query: str = "") -> Order:
    """Papers of these households in scope, on the day looked at."""
    root = request.url_root.rstrip("/")
    return Order(kind, name, as_of(), households, root, query, lens().private)


def dated(name: str) -> str:
    """The name of a file of the day looked at."""
    return f"{name} {show_date(as_of()).replace('/', '-')}.pdf"


@bp.route("/<any('case-files', 'visit-forms', 'household-list'):what>", methods=["GET", "POST"])
@needs(Act.EXPORT_HOUSEHOLDS)
def ask(what: str) -> ResponseReturnValue:
    """How many papers the filters ask for: few are fetched at once, many are made in the
    background."""
    order = order_asked(Kind(what))
    if request.method == "POST" and order.households:
        job = jobs.ask(session(), me().id, order)
        runner = running.runner()
        afterwards(lambda _session: runner.call())
        return redirect(url_for("jobs.show", number=job.id), 303)
    return render_template(
        "papers/ask.html",
        kind=order.kind,
        total=len(order.households),
        most=MOST[order.kind],
        at_once=len(order.households) <= AT_ONCE[order.kind],
        paper=_AT_ONCE[order.kind],
        query=request.query_string.decode(),
    )


@bp.get("/jobs")
@needs(Act.EXPORT_HOUSEHOLDS)
def index() -> ResponseReturnValue:
    """The papers that one has asked for."""
    _keep_going()
    return render_template("papers/jobs.html", jobs=session().scalars(jobs.of(me().id)).all())


@bp.get("/jobs/<int:number>")
@needs(Act.EXPORT_HOUSEHOLDS)
def show(number: int) -> ResponseReturnValue:
    """How far one is."""
    job = _mine(number)
    _keep_going()
    return render_template("papers/job.html", job=job, kept=jobs.KEPT)


@bp.post("/jobs/<int:number>/stop")
@needs(Act.EXPORT_HOUSEHOLDS)
def stop(number: int) -> ResponseReturnValue:
    """Make it no further."""
    job = _mine(number)
    stopped = jobs.stop(session(), job)
    said = _("Đã dừng: {name}.", name=job.name)
    return go(
        url_for("jobs.show", number=number), said if stopped else _("Tệp này không còn đang lập.")
    )


@bp.get("/jobs/<int:number>/file")
@needs(Act.EXPORT_HOUSEHOLDS)
def file(number: int) -> Response:
    """The file, to the account that asked for it, while that may still see what stands in it."""
    job = _mine(number)
    if job.state is not State.DONE:
        abort(404)
    order = Order.of(job)
    if not order.allowed(session(), lens_on(job.as_of), me()):
        note(What.REFUSED, "job", {"job": job.id})
        abort(403, _(OUT_OF_SCOPE))
    content = session().scalars(select(Job.content).where(Job.id == number)).one()
    key = {"job": job.id, "list": job.kind.value, "rows": job.total, "fetched": True}
    return download(content or b"", job.name, subject="household", key=key)


def _mine(number: int) -> Job:
    return one_or_404(jobs.of(me().id).where(Job.id == number))


def _keep_going() -> None:
    """Where a server has ended in the middle of its work, looking at it goes on with it."""
    if jobs.needs_a_worker(session()):
        running.runner().ensure()
