"""Pages about rounds: all of them, one of them, and the list of one commune."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.households.asked import household_named
from casemgmt.places.queries import named, unit_on
from casemgmt.reviews import opening, overview, proposing, queries
from casemgmt.reviews.asked import (
    my_communes,
    my_units,
    part_asked,
    proposes_for,
    round_asked,
)
from casemgmt.reviews.forms import AppliedForm, OpenRoundForm
from casemgmt.reviews.models import CommuneReview, Decider, Proposal, Round, RoundKind, State
from casemgmt.reviews.proposing import missing
from casemgmt.reviews.standing import settled, standings
from casemgmt.web.asking import given, lens_to_write, me, needs, today
from casemgmt.web.database import session
from casemgmt.web.forms import Form
from casemgmt.web.going import go
from casemgmt.web.paging import page_of
from casemgmt.words import _

bp = Blueprint("reviews", __name__)


@bp.get("/reviews")
@needs(Act.DECIDE_REVIEW)
def index() -> ResponseReturnValue:
    """The rounds of the one who asks, newest first."""
    rounds = session().scalars(queries.rounds(my_units())).all()
    names = {one.unit_id: _name(one.unit_id, one.starts) for one in rounds}
    return render_template("reviews/index.html", rounds=rounds, names=names, own=_own_code())


def _name(unit: int, day: date) -> str:
    row = session().execute(unit_on(unit, day)).first()
    return named(row.level, row.name) if row else ""


def _own_code() -> str:
    """The code of one's own commune; "" for whoever serves several."""
    unit = me().unit
    return unit.code if unit is not None and unit.id in my_communes() else ""


@bp.route("/reviews/open", methods=["GET", "POST"])
@needs(Act.OPEN_ROUND)
def open_round() -> ResponseReturnValue:
    """Open a round for the communes under one's unit."""
    year = today().year
    form = OpenRoundForm(
        data={
            "kind": RoundKind.PERIODIC,
            "starts": date(year, 9, 1),
            "last_day": date(year, 12, 14),
            "decider": Decider.LEVEL_ABOVE,
        }
    )
    if form.sent():
        with form.showing_rules():
            one = opening.open_round(
                session(),
                kind=given(form.kind.data),
                unit=given(me().unit),
                starts=given(form.starts.data),
                last_day=given(form.last_day.data),
                decider=given(form.decider.data),
            )
            return go(url_for("reviews.show", number=one.id, as_of=None), _("Đã mở đợt rà soát."))
    return render_template("reviews/open.html", form=form)


@bp.route("/reviews/<int:number>", methods=["GET"])
@needs(Act.DECIDE_REVIEW)
def show(number: int) -> ResponseReturnValue:
    """How far the communes of a round have come."""
    one = round_asked(number)
    return _show(one, Form())


def _show(one: Round, form: Form) -> ResponseReturnValue:
    return render_template(
        "reviews/round.html",
        round=one,
        form=form,
        states=State,
        lines=overview.lines(session(), lens_to_write(), one, my_communes()),
        opened_here=one.unit_id == me().unit_id,
    )


@bp.post("/reviews/<int:number>/close")
@needs(Act.OPEN_ROUND)
def close(number: int) -> ResponseReturnValue:
    """Close a round of one's unit."""
    one = round_asked(number)
    if one.unit_id != me().unit_id:
        abort(404)
    form = Form()
    if form.sent():
        with form.showing_rules():
            opening.close_round(session(), one, today=today())
            return go(url_for("reviews.show", number=number), _("Đã đóng đợt rà soát."))
    return _show(round_asked(number), form)


# --- The list of one commune ---------------------------------------------------------------------


@bp.get("/reviews/<int:number>/<code>")
@needs(Act.DECIDE_REVIEW)
def commune(number: int, code: str) -> ResponseReturnValue:
    """The list of a commune: who is to be reviewed, and what is still missing for each."""
    return _list(part_asked(number, code), Form())


def _list(part: CommuneReview, form: Form) -> ResponseReturnValue:
    wanted, leaves = _state_asked(), request.args.get("exits") == "1"
    lens = lens_to_write()
    query = queries.of_commune(lens, part.round_id, part.commune_id, state=wanted, leaves=leaves)
    page = page_of(session(), queries.whole(query), counted=_ids(query))
    proposals = [row[0] for row in page.rows]
    (line,) = overview.lines(session(), lens, part.round, {part.commune_id})
    return render_template(
        "reviews/commune.html",
        round=part.round,
        part=part,
        form=form,
        line=line,
        page=page,
        rows=_rows(proposals),
        states=State,
        wanted=wanted,
        exits=leaves,
        proposes=proposes_for(part.commune_id) and part.round.closed_on is None,
    )


def _ids(query: Any) -> Any:
    return query.with_only_columns(Proposal.id, maintain_column_froms=True)


def _state_asked() -> State | None:
    word = request.args.get("state", "")
    return State(word) if word in set(State) else None


def _rows(proposals: list[Proposal]) -> list[tuple[Proposal, str, Any, list[str]]]:
    """Each proposal with its village, how its household stands, and what is missing."""
    lens = lens_to_write()
    stands = standings(session(), lens, proposals)
    homes = queries.homes(session(), lens, proposals)
    return [
        (
            one,
            homes.get(one.household_id) or "",
            stands[one.id],
            []
            if settled(one)
            else [lack.sentence for lack in missing(one, stands[one.id], today())],
        )
        for one in proposals
    ]


@bp.post("/reviews/<int:number>/<code>/submit")
@needs(Act.REVIEW)
def submit(number: int, code: str) -> ResponseReturnValue:
    """Send all households of one's commune that lack nothing."""
    part = part_asked(number, code)
    if not proposes_for(part.commune_id):
        abort(404)
    form = Form()
    if form.sent():
        with form.showing_rules():
            return _submit(part, code)
    return _list(part_asked(number, code), form)


def _submit(part: CommuneReview, code: str) -> ResponseReturnValue:
    lens = lens_to_write()
    drafts = queries.of_commune(lens, part.round_id, part.commune_id, state=State.DRAFT)
    proposals = session().scalars(queries.whole(drafts)).all()
    sent = proposing.submit_complete(
        session(), part, proposals, standings(session(), lens, proposals), today=today()
    )
    said = _("Đã gửi {n} hộ.", n=sent) if sent else _("Chưa có hộ nào đủ để gửi.")
    return go(url_for("reviews.commune", number=part.round_id, code=code, as_of=None), said)


@bp.route("/reviews/<int:number>/<code>/add", methods=["GET", "POST"])
@needs(Act.REVIEW)
def add(number: int, code: str) -> ResponseReturnValue:
    """Put a household that has applied on the list of one's commune."""
    part = part_asked(number, code)
    if not proposes_for(part.commune_id):
        abort(404)
    form = AppliedForm(data={"code": request.args.get("code", "")})
    if form.sent():
        with form.showing_rules():
            household = household_named(form.code.data, "code")
            one = opening.add_applied(session(), household, part, today=today())
            return go(
                url_for("proposals.show", number=one.id, as_of=None),
                _("Đã thêm hộ {code} vào danh sách.", code=household.code),
            )
    return render_template("reviews/add.html", part=part, round=part.round, code=code, form=form)
