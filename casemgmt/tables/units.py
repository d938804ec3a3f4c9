"""The units that the pages of tables name and offer."""

from datetime import date

from casemgmt.places.models import Tier
from casemgmt.places.queries import named, units_on
from casemgmt.tables import layout
from casemgmt.tables.figures import TOTAL
from casemgmt.web.asking import while_unchanged
from casemgmt.web.database import session
from casemgmt.words import _


def offered(day: date) -> list[tuple[str, str]]:
    """The units that a table can be asked for, as (code, name)."""
    tiers = (Tier.PROVINCE, Tier.DISTRICT, Tier.COMMUNE)
    rows = session().execute(units_on(day, tiers=tiers))
    return [(row.code, named(row.level, row.name)) for row in rows]


def row_names(day: date) -> dict[str, str]:
    """What the rows of tables are called on a day, by code."""

    def read() -> dict[str, str]:
        rows = session().execute(units_on(day, tiers=tuple(Tier)))
        return {row.code: named(row.level, row.name) for row in rows}

    return while_unchanged(("row names", day), read) | {TOTAL: _(layout.TOTAL)}
