"""The lists of a review on paper."""

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.paper import roll
from casemgmt.paper.fonts import chosen
from casemgmt.papers import asked, reviewed
from casemgmt.papers.reviewed import Which
from casemgmt.reviews.asked import part_asked
from casemgmt.web.asking import lens_to_write, needs
from casemgmt.web.database import session
from casemgmt.web.downloads import download, made_here

bp = Blueprint("review_papers", __name__)


@bp.get("/reviews/<int:number>/<code>/<which>.pdf")
@needs(Act.DECIDE_REVIEW)
def review_list(number: int, code: str, which: str) -> ResponseReturnValue:
    """One list of a commune in a round: poor, near-poor, exited; or the one to post in public."""
    asked.in_vietnamese()
    if which not in set(Which):
        abort(404)
    part = part_asked(number, code)
    paper = reviewed.roll(
        Which(which),
        reviewed.found(session(), lens_to_write(), part),
        part,
        asked.issuer_of(session(), part.commune_id, part.round.starts),
        made_here(f"/reviews/{number}/{code}"),
    )
    content = roll.as_bytes([paper], chosen(), paper.about)
    key = {"list": f"review {which}", "round": number, "commune": code}
    name = f"{paper.about} {code}.pdf"
    return download(content, name, subject="household", key=key)
