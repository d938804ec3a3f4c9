"""Pages of the one who decides: the queue, one acceptance, one return."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.errors import RuleBroken
from casemgmt.places.queries import named
from casemgmt.reviews import deciding, queries
from casemgmt.reviews.asked import my_communes, proposal_asked
from casemgmt.reviews.forms import AcceptForm, ProposalForm, ReturnForm
from casemgmt.reviews.history import day_of
from casemgmt.reviews.models import Proposal
from casemgmt.reviews.proposal_views import page
from casemgmt.reviews.questions import questions, refuse_questions
from casemgmt.reviews.standing import standings
from casemgmt.web.asking import given, lens_to_write, me, needs, today
from casemgmt.web.database import session
from casemgmt.web.going import go
from casemgmt.web.numbers import row_number
from casemgmt.web.paging import page_of
from casemgmt.words import _

bp = Blueprint("deciding", __name__)


def _waiting() -> Any:
    return queries.to_decide(lens_to_write(), unit=me().unit_id).where(
        Proposal.commune_id.in_(sorted(my_communes()))
    )


@bp.route("/queue", methods=["GET", "POST"])
@needs(Act.DECIDE_REVIEW)
def queue() -> ResponseReturnValue:
    """What waits for a decision, by commune and age; those without a question may be accepted
    together."""
    form = AcceptForm()
    ticked = {number for one in request.form.getlist("ids") if (number := row_number(one))}
    if form.sent():
        with form.showing_rules():
            return _accept_together(form, ticked)
    return _queue(form, ticked)


def _accept_together(form: AcceptForm, ticked: set[int]) -> ResponseReturnValue:
    if not ticked:
        raise RuleBroken(_("Hãy đánh dấu ít nhất một hộ."))
    lens = lens_to_write()
    query = queries.whole(queries.proposals(lens)).where(
        Proposal.id.in_(sorted(ticked)), Proposal.commune_id.in_(sorted(my_communes()))
    )
    proposals = session().scalars(query).all()
    if len(proposals) < len(ticked):
        raise RuleBroken(_("Có hộ không tìm thấy trong phạm vi của bạn."))
    for proposal in proposals:
        deciding.may_decide(session(), me(), proposal, today=today())
    stands = standings(session(), lens, proposals)
    refuse_questions(proposals, questions(session(), lens, proposals, stands, decider=me().name))
    _accept(form, proposals)
    said = _("Đã duyệt {n} hộ, theo quyết định {number}.", n=len(ticked), number=_number(form))
    return go(url_for("deciding.queue", as_of=None), said)


def _number(form: AcceptForm) -> str:
    return str(form.decision_number.data)


def _accept(form: AcceptForm, proposals: Sequence[Proposal]) -> None:
    deciding.accept(
        session(),
        proposals,
        decider=me(),
        decision_number=_number(form),
        decision_date=given(form.decision_date.data),
        starts=given(form.starts.data),
        today=today(),
    )


def _queue(form: AcceptForm, ticked: set[int]) -> ResponseReturnValue:
    lens, query = lens_to_write(), _waiting()
    found = page_of(
        session(),
        queries.whole(query),
        counted=query.with_only_columns(Proposal.id, maintain_column_froms=True),
    )
    proposals = [row[0] for row in found.rows]
    stands = standings(session(), lens, proposals)
    return render_template(
        "reviews/queue.html",
        form=form,
        page=found,
        proposals=proposals,
        standings=stands,
        questions=questions(session(), lens, proposals, stands, decider=me().name),
        homes=queries.homes(session(), lens, proposals),
        communes=_names(proposals),
        ages={one.id: (today() - day_of(given(one.submitted_at))).days for one in proposals},
        ticked=ticked,
    )


def _names(proposals: Sequence[Proposal]) -> dict[int, str]:
    return {
        row.id: named(row.level, row.name)
        for one in {one.commune_review.round for one in proposals}
        for row in session().execute(queries.communes_of(one, my_communes()))
    }


@bp.route("/proposals/<int:number>/accept", methods=["POST"])
@needs(Act.DECIDE_REVIEW)
def accept(number: int) -> ResponseReturnValue:
    """Accept one proposal, also where questions stand: they were read above the button."""
    form = AcceptForm()
    proposal = proposal_asked(number)
    if form.sent():
        with form.showing_rules():
            _accept(form, [proposal])
            return go(
                url_for("proposals.show", number=number, as_of=None),
                _(
                    "Đã duyệt. Phân loại của hộ đã đổi theo quyết định {number}.",
                    number=_number(form),
                ),
            )
    return page(proposal_asked(number), acting=form)


@bp.route("/proposals/<int:number>/return", methods=["GET", "POST"])
@needs(Act.DECIDE_REVIEW)
def return_(number: int) -> ResponseReturnValue:
    """Send a proposal back to its commune."""
    proposal = proposal_asked(number)
    form = ReturnForm()
    labels = {field.name: field.label.text for field in ProposalForm(None).visible()}
    form.field.choices = {"": _("— chung, không riêng mục nào —"), **labels}
    if form.sent():
        with form.showing_rules():
            deciding.return_(
                session(),
                proposal,
                decider=me(),
                reason=form.reason.data or "",
                field=form.field.data,
                today=today(),
            )
            return go(url_for("deciding.queue", as_of=None), _("Đã trả lại cho xã."))
    return render_template("reviews/return.html", proposal=proposal, form=form)
