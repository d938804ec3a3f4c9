"""The page of one household."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.audit.models import What
from casemgmt.casefile.file import file_of
from casemgmt.households import queries
from casemgmt.web.asking import lens, needs, note, one_or_404
from casemgmt.web.database import session

bp = Blueprint("casefile", __name__)


@bp.get("/households/<code>")
@needs(Act.SEE_HOUSEHOLDS)
def show(code: str) -> ResponseReturnValue:
    """A household's file as of the day that is looked at. Where it shows private fields, that it
    was read is written down."""
    household = one_or_404(queries.household_by_code(lens(), code))
    file = file_of(session(), lens(), household)
    if file.private:
        note(What.READ, "household", {"id": household.id}, household.id)
    return render_template("casefile/show.html", file=file, household=household)
