"""Pages about one proposal: its commune fills it in and sends it, others read what bears on it."""

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.organisations.models import Kind
from casemgmt.reviews import deciding, proposing
from casemgmt.reviews.asked import proposal_asked, proposes_for
from casemgmt.reviews.bearing import bearing_on
from casemgmt.reviews.forms import SECTIONS, AcceptForm, ProposalForm
from casemgmt.reviews.models import Proposal, State
from casemgmt.reviews.standing import Standing, standings
from casemgmt.web.asking import can, lens_to_write, me, needs, today
from casemgmt.web.database import session
from casemgmt.web.forms import Form
from casemgmt.web.going import both_versions, go, outdated
from casemgmt.words import _

bp = Blueprint("proposals", __name__)
_ANSWERS = (
    *("class_", "minority", "social_protection", "merit", "member_of", "score_b1", "score_b2"),
    *("reason", "met_on", "met_present", "met_agreed", "posted_from", "posted_until"),
)
_OPEN = (State.TO_REVIEW, State.DRAFT, State.RETURNED)


@bp.route("/proposals/<int:number>", methods=["GET", "POST"])
@needs(Act.DECIDE_REVIEW)
def show(number: int) -> ResponseReturnValue:
    """One proposal: the form to fill in for its commune while it is open, else what bears on
    it."""
    proposal = proposal_asked(number)
    standing = _standing(proposal)
    if not _fills(proposal):
        if request.method == "POST":
            abort(403 if not can(Act.REVIEW) else 409)
        return page(proposal)
    form = _form(proposal, standing)
    if form.is_submitted() and outdated(form.version.data, proposal.version):
        return _both(form, proposal, standing)
    if form.sent():
        with form.showing_rules():
            return _fill(form, proposal)
    return page(proposal_asked(number), form=form)


def _standing(proposal: Proposal) -> Standing:
    return standings(session(), lens_to_write(), [proposal])[proposal.id]


def _fills(proposal: Proposal) -> bool:
    """Whether the one who asks may fill it in now."""
    return (
        proposes_for(proposal.commune_id)
        and proposal.state in _OPEN
        and proposal.commune_review.round.closed_on is None
    )


def _form(proposal: Proposal, standing: Standing, *, sent: bool = True) -> ProposalForm:
    data = {"version": proposal.version, **_begin(proposal, standing)}
    form = ProposalForm(data=data) if sent else ProposalForm(None, data=data)
    indicators = standing.standard.indicators if standing.standard else []
    form.deprivations.choices = {one.code: one.name for one in indicators}
    return form


def _begin(proposal: Proposal, standing: Standing) -> dict[str, Any]:
    """What the form begins with: the proposal or, where nothing has been looked at yet, what the
    classification in force says."""
    data = {name: getattr(proposal, name) for name in _ANSWERS}
    data["deprivations"] = [one.indicator_code for one in proposal.deprivations]
    held, standard = standing.held, standing.standard
    untouched = proposal.state is State.TO_REVIEW and proposal.proposed_by is None
    if untouched and held is not None and standard and held.standard_code == standard.code:
        data |= {"score_b1": held.score_b1, "score_b2": held.score_b2}
        data["deprivations"] = [one.indicator_code for one in held.deprivations]
    return data


def _both(form: ProposalForm, proposal: Proposal, standing: Standing) -> ResponseReturnValue:
    return both_versions(
        form,
        _form(proposal, standing, sent=False),
        what=_("Đề nghị cho hộ {code}", code=proposal.household.code),
        back=url_for("proposals.show", number=proposal.id),
        row=proposal,
    )


def _fill(form: ProposalForm, proposal: Proposal) -> ResponseReturnValue:
    answers = {name: form[name].data for name in _ANSWERS}
    answers["member_of"] = answers["member_of"] or Kind.NONE
    proposing.fill_in(session(), proposal, **answers, deprivations=form.deprivations.data or ())
    said = _("Đã lưu nháp.")
    if "send" in request.form:
        proposing.submit(session(), proposal, _standing(proposal), today=today())
        said = _("Đã gửi duyệt.")
    return go(url_for("proposals.show", number=proposal.id, as_of=None), said)


def page(
    proposal: Proposal, *, form: ProposalForm | None = None, acting: Form | None = None
) -> ResponseReturnValue:
    """The page of a proposal; `acting`: the form of the act that was refused."""
    one = proposal.commune_review.round
    standing = _standing(proposal)
    decides = proposal.state is State.SUBMITTED and deciding.decides_for(
        session(), me(), one, proposal.commune_id, today()
    )
    own = me().name in deciding.proposed_by(proposal)
    return render_template(
        "reviews/proposal.html",
        proposal=proposal,
        household=proposal.household,
        round=one,
        standing=standing,
        form=form,
        sections=SECTIONS,
        lacks=proposing.missing(proposal, standing, today()) if form is not None else [],
        accepting=_accepting(acting, offered=decides and not own),
        refused=form if acting is None else acting,
        own=decides and own,
        bearing=bearing_on(
            session(), lens_to_write(), proposal, standing, me().name if decides else None
        ),
        proposes=proposes_for(proposal.commune_id) and one.closed_on is None,
        labels={field.name: field.label.text for field in ProposalForm(None)},
        states=State,
    )


def _accepting(acting: Form | None, *, offered: bool) -> AcceptForm | None:
    if isinstance(acting, AcceptForm):
        return acting
    return AcceptForm() if offered else None


@bp.post("/proposals/<int:number>/take-back")
@needs(Act.REVIEW)
def take_back(number: int) -> ResponseReturnValue:
    """The commune takes back what it has sent."""
    proposal = proposal_asked(number)
    if not proposes_for(proposal.commune_id):
        abort(404)
    form = Form()
    if form.sent():
        with form.showing_rules():
            proposing.take_back(session(), proposal)
            return go(
                url_for("proposals.show", number=number), _("Đã rút về. Sửa xong hãy gửi lại.")
            )
    return page(proposal_asked(number), acting=form)
