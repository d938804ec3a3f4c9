"""The page that says why the one who asks may, or may not, see a household."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.households import queries
from casemgmt.privacy.why import reasons, rule
from casemgmt.vietnamese import clean
from casemgmt.web.asking import lens, me, needs
from casemgmt.web.database import session

bp = Blueprint("why", __name__)


@bp.get("/why")
@needs(Act.OWN_ACCOUNT)
def show() -> ResponseReturnValue:
    """The rule of one's scope and, of a household in it (`?code=`), why. A code that is out of
    scope and one that nobody bears are answered alike."""
    code = clean(request.args.get("code", ""))[:40]
    household = session().scalar(queries.household_by_code(lens(), code)) if code else None
    return render_template(
        "privacy/why.html",
        code=code,
        household=household,
        reasons=reasons(session(), lens(), household) if household else [],
        rule=rule(session(), lens(), me()),
    )
