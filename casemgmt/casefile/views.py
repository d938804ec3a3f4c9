"""The page of one household."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.casefile.care import care_of
from casemgmt.casefile.events import events_of
from casemgmt.casefile.file import file_of
from casemgmt.casefile.whereabouts import ladders, way_to
from casemgmt.casefile.work import due, next_visit
from casemgmt.households import queries
from casemgmt.households.asked import note_read
from casemgmt.register.models import Household
from casemgmt.support import queries as support
from casemgmt.web.asking import as_of, lens, needs, one_or_404
from casemgmt.web.database import session
from casemgmt.web.paging import page_of
from casemgmt.words import _

bp = Blueprint("casefile", __name__)


@bp.get("/households/<code>")
@needs(Act.SEE_HOUSEHOLDS)
def show(code: str) -> ResponseReturnValue:
    """A household's file as of the day that is looked at. Where it shows private fields, that it
    was read is written down. The code of a record that was joined into another leads to that."""
    household = session().scalars(queries.household_by_code(lens(), code)).one_or_none()
    if household is None:
        into = one_or_404(queries.joined_into(lens(), code))
        flash(_("Hồ sơ {old} đã gộp vào hồ sơ này.", old=code), "good")
        return redirect(url_for(".show", code=into.code), 303)
    return _shown(household)


@bp.get("/households/<code>/visits")
@needs(Act.SEE_HOUSEHOLDS)
def visits(code: str) -> ResponseReturnValue:
    """All visits to a household as of the day that is looked at, newest first."""
    household = one_or_404(queries.household_by_code(lens(), code))
    note_read(household)
    page = page_of(session(), support.visits_of(household.id, as_of()))
    return render_template("casefile/visits.html", household=household, page=page)


def _shown(household: Household) -> str:
    file = file_of(session(), lens(), household)
    care = care_of(session(), lens(), household.id)
    note_read(household)
    above = ladders(session(), lens(), [household.id]).get(household.id, ())
    return render_template(
        "casefile/show.html",
        file=file,
        care=care,
        household=household,
        events=events_of(file, care),
        above=above,
        way=way_to(above) if above else "",
        due=lambda day: due(day, as_of()),
        visit_next=next_visit(care.visited_on, care.next_on, as_of()),
    )
