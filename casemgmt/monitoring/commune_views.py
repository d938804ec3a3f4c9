"""Theo dõi xã: the communes under one's unit, and the households behind each figure."""

from typing import Any

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.monitoring import communes
from casemgmt.places import queries as places
from casemgmt.places.models import Tier
from casemgmt.reviews.asked import my_units
from casemgmt.web.asking import lens, lens_to_write, me, needs
from casemgmt.web.database import session
from casemgmt.web.downloads import as_csv, download
from casemgmt.web.paging import page_of
from casemgmt.words import _

bp = Blueprint("communes", __name__)
_KEYS = ", ".join(communes.TITLES)


@bp.get("/communes")
@needs(Act.FOLLOW_COMMUNES)
def index() -> ResponseReturnValue:
    """Tiles and a table of the communes under one's unit."""
    unit = me().unit_id or abort(404)
    day = lens().as_of
    one = communes.round_on(session(), my_units(), day)
    return render_template(
        "monitoring/communes.html",
        rows=communes.followed(session(), lens(), unit, one, lens_to_write()),
        round=one,
        day=day,
    )


@bp.get(f"/communes/<code>/<any({_KEYS}):key>")
@needs(Act.FOLLOW_COMMUNES)
def behind(code: str, key: str) -> ResponseReturnValue:
    """The households of one figure of a commune."""
    commune = _commune(code)
    query = communes.behind(lens(), commune.id, key)
    return render_template(
        "monitoring/behind.html",
        page=page_of(session(), query),
        name=places.named(commune.level, commune.name),
        code=code,
        key=key,
        title=_(communes.TITLES[key]),
        day=lens().as_of,
    )


@bp.get(f"/communes/<code>/<any({_KEYS}):key>.csv")
@needs(Act.EXPORT_HOUSEHOLDS)
def export(code: str, key: str) -> ResponseReturnValue:
    """The same list as a file."""
    commune = _commune(code)
    rows = session().execute(communes.behind(lens(), commune.id, key))
    heads = [_("Mã hộ"), _("Chủ hộ"), _("Thôn"), _("Phân loại"), _("Thăm lần cuối")]
    lines = [
        (row.code, row.head_name, row.village, row.class_.label, row.visited_on) for row in rows
    ]
    which = {"commune": code, "figure": key, "as_of": lens().as_of.isoformat()}
    return download(as_csv(heads, lines), f"{code}_{key}.csv", subject="commune", key=which)


def _commune(code: str) -> Any:
    """The commune of a code under one's unit, or 404."""
    unit = me().unit_id or abort(404)
    query = places.units_on(lens().as_of, tiers=[Tier.COMMUNE], within=unit)
    found = next((row for row in session().execute(query) if row.code == code), None)
    return found or abort(404)
