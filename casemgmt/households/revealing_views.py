"""The page on which a whole CCCD is asked for, and shown once."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.audit.models import What
from casemgmt.households.asked import household_to_write, member_of
from casemgmt.households.forms import ReasonForm
from casemgmt.households.revealing import MOST, reveal
from casemgmt.web.asking import me, needs, note
from casemgmt.web.database import session

bp = Blueprint("revealing", __name__)


@bp.route("/households/<code>/members/<int:number>/citizen-id", methods=["GET", "POST"])
@needs(Act.REVEAL_IDENTITY)
def show(code: str, number: int) -> ResponseReturnValue:
    """Say why, then see the number. Only what is answered to the form holds it."""
    household = household_to_write(code)
    member = member_of(household, number)
    form, shown = ReasonForm(), None
    if form.sent():
        with form.showing_rules():
            reason = form.reason.data
            shown = reveal(session(), member, actor=me().name, reason=reason)
            told = {"reason": [None, reason]}
            note(What.READ, "member", {"id": member.id}, household.id, told)
    return render_template(
        "households/citizen_id.html",
        household=household,
        member=member,
        form=form,
        shown=shown,
        most=MOST,
    )
