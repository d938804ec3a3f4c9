"""The papers of a proposal, as pictures: the minutes of the village meeting, the household's
letter."""

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import StringField

from casemgmt.access.policy import Act
from casemgmt.reviews import proposing
from casemgmt.reviews.asked import proposal_asked, proposes_for
from casemgmt.reviews.models import Proposal
from casemgmt.support.pictures import attach_picture
from casemgmt.web.asking import needs
from casemgmt.web.cleaning import takes_files
from casemgmt.web.database import session
from casemgmt.web.forms import Form, at_most, required
from casemgmt.web.going import go
from casemgmt.words import _

bp = Blueprint("proposal_papers", __name__)


class PaperForm(Form):
    """A paper of a proposal."""

    name = StringField(
        "Giấy tờ", [required(), at_most(120)], description="Ví dụ: Biên bản họp thôn."
    )
    photo = FileField("Ảnh chụp giấy tờ", [required("Hãy chọn ảnh.")])


@bp.route("/proposals/<int:number>/papers/add", methods=["GET", "POST"])
@needs(Act.REVIEW)
@takes_files
def add(number: int) -> ResponseReturnValue:
    """Add a paper to a proposal of one's own commune, while it is not accepted."""
    proposal = _own(number)
    form = PaperForm()
    if form.sent():
        with form.showing_rules():
            picture = attach_picture(
                session(), proposal.household, form.photo.data.read(), name=form.name.data or ""
            )
            proposing.add_paper(session(), proposal, picture)
            return go(url_for("proposals.show", number=number), _("Đã thêm giấy tờ."))
    return render_template("reviews/paper.html", proposal=proposal, form=form)


@bp.post("/proposals/<int:number>/papers/<int:paper>/remove")
@needs(Act.REVIEW)
def remove(number: int, paper: int) -> ResponseReturnValue:
    """Take a paper away that was added by mistake."""
    proposal = _own(number)
    if Form().sent():
        proposing.remove_paper(session(), proposal, paper)
    return go(url_for("proposals.show", number=number), _("Đã bỏ giấy tờ."))


def _own(number: int) -> Proposal:
    proposal = proposal_asked(number)
    return proposal if proposes_for(proposal.commune_id) else abort(404)
