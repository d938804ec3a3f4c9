"""A recognised list → rows of the register workbook, each fault at its place in the list."""

from collections.abc import Collection, Mapping
from datetime import date

from casemgmt.exchange.listing import Converted, ListMapping, Lookup, Recognised
from casemgmt.places.models import Area
from casemgmt.register.models import Standard


def converted(
    recognised: Recognised,
    mapping: ListMapping,
    *,
    commune_code: str,
    day: date,
    standard: Standard | None,
    taken_codes: Collection[str],
    villages: Mapping[str, str],
    area: Area | None = None,
    commune_name: str = "",
    lookup: Lookup | None = None,
) -> Converted:
    """stub"""
    return Converted()
