"""The board Phân công đỡ đầu, and its list for signature."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.audit.models import What
from casemgmt.organisations import queries as organisations
from casemgmt.organisations.models import Organisation
from casemgmt.places import queries as places
from casemgmt.places.models import Tier
from casemgmt.sponsorship.board import assigned, board, order
from casemgmt.vietnamese import clean
from casemgmt.web.asking import as_of, lens, me, needs, note
from casemgmt.web.database import session

bp = Blueprint("board", __name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """The unit whose board is shown: the account's own, or a commune under it. `communes`: those
    to choose among, (code, name)."""

    id: int
    code: str
    name: str
    columns: Tier
    communes: Sequence[tuple[str, str]]
    whole: bool


def seen_asked() -> Seen:
    """The unit that the address asks for; 404 where it is not the account's own or under it."""
    own = me().unit_id
    if own is None:
        abort(404)
    at_home = session().execute(places.unit_on(own, as_of())).first() or abort(404)
    communes = session().execute(places.units_on(as_of(), tiers=[Tier.COMMUNE], within=own)).all()
    asked = clean(request.args.get("unit", ""))
    there = [row for row in (at_home, *communes) if row.code == (asked or at_home.code)]
    found = there[0] if there else abort(404)
    return Seen(
        id=found.id,
        code=found.code,
        name=places.named(found.level, found.name),
        columns=Tier.VILLAGE if found.level.tier is Tier.COMMUNE else Tier.COMMUNE,
        communes=[(row.code, places.named(row.level, row.name)) for row in communes],
        whole=found.id == own,
    )


@bp.get("/sponsorship")
@needs(Act.ASSIGN_SPONSOR)
def show() -> ResponseReturnValue:
    """Who leads how many households where, and where nobody does."""
    seen = seen_asked()
    return render_template(
        "sponsorship/board.html",
        seen=seen,
        board=board(session(), lens(), seen.id, seen.columns),
        day=as_of(),
    )


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one organisation signs."""

    organisation: Organisation
    rows: Sequence[Any]


@bp.get("/sponsorship/print")
@needs(Act.ASSIGN_SPONSOR)
def sheets() -> ResponseReturnValue:
    """The list of each organisation's households, to print and sign; written down."""
    seen = seen_asked()
    found, count = sheets_of(seen)
    note(What.EXPORTED, "household", {"list": "sponsorship", "rows": count})
    return render_template("sponsorship/print.html", seen=seen, sheets=found, day=as_of())


def sheets_of(seen: Seen) -> tuple[list[Sheet], int]:
    """What each organisation of the board (or the one that the address asks for) signs, and how
    many households that are."""
    code = clean(request.args.get("organisation", ""))
    one = session().scalar(organisations.by_code(code)) if code else None
    if code and one is None:
        abort(404)
    rows = session().execute(assigned(lens(), seen.id, one.id if one else None)).all()
    found = [
        Sheet(session().get_one(Organisation, number), list(group))
        for number, group in groupby(rows, key=lambda row: row.organisation)
    ]
    found.sort(key=lambda sheet: order(sheet.organisation))
    return found, len(rows)
