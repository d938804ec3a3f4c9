"""Theo dõi xã: the communes under one's unit, and the households behind each figure."""

from typing import Any

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.monitoring import communes
from casemgmt.paper.book import Listing
from casemgmt.places import queries as places
from casemgmt.places.models import Tier
from casemgmt.reviews.asked import my_units
from casemgmt.typed import show_date
from casemgmt.web.asking import lens, lens_to_write, me, needs
from casemgmt.web.database import session
from casemgmt.web.downloads import LISTS, download_list
from casemgmt.web.paging import page_of
from casemgmt.words import _, as_written

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


@bp.get(f"/communes/<code>/<any({_KEYS}):key>.<any({LISTS}):ending>")
@needs(Act.EXPORT_HOUSEHOLDS)
def export(code: str, key: str, ending: str) -> ResponseReturnValue:
    """The same list as a file."""
    commune = _commune(code)
    name, day = places.named(commune.level, commune.name), show_date(lens().as_of)
    with as_written():
        listing = Listing(
            _(communes.TITLES[key]),
            ("Mã hộ", "Chủ hộ", "Thôn", "Phân loại", "Thăm lần cuối"),
            [
                (row.code, row.head_name, row.village, row.class_.label, row.visited_on)
                for row in session().execute(communes.behind(lens(), commune.id, key))
            ],
            of=(name, f"Số liệu ngày {day}"),
            notes=(("Đơn vị", name), ("Ngày", day)),
        )
    which = {"commune": code, "figure": key, "as_of": lens().as_of.isoformat()}
    back = f"/communes/{code}/{key}?as_of={day}"
    return download_list(listing, f"{code}_{key}.{ending}", back=back, subject="commune", key=which)


def _commune(code: str) -> Any:
    """The commune of a code under one's unit, or 404."""
    unit = me().unit_id or abort(404)
    query = places.units_on(lens().as_of, tiers=[Tier.COMMUNE], within=unit)
    found = next((row for row in session().execute(query) if row.code == code), None)
    return found or abort(404)
