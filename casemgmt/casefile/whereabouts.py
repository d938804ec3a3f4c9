"""Where households live: the places above them, and the way there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt.places.models import Lies, Tier, Unit, UnitPeriod
from casemgmt.places.queries import in_force, named, standing
from casemgmt.register.lens import Lens
from casemgmt.register.models import Span

_DOWNWARDS = (Tier.PROVINCE, Tier.DISTRICT, Tier.COMMUNE, Tier.VILLAGE)
_MAP = "https://www.google.com/maps/search/?"


@dataclass(frozen=True, slots=True)
class Place:
    """A unit above or of a household's home: its code, name and rank."""

    code: str
    name: str
    tier: Tier


def ladders(
    session: Session, lens: Lens, households: Collection[int]
) -> dict[int, Sequence[Place]]:
    """For each of these households in scope that lives in the register on the lens's day, the
    units in which its home lies, province first, village last. One statement."""
    day = lens.as_of
    query = lens.scoped(
        select(Span.household_id, Unit.code, UnitPeriod.level, UnitPeriod.name, Lies.within_tier)
        .join(Lies, Lies.unit_id == Span.village_id)
        .join(UnitPeriod, in_force(Lies.within_id, day))
        .join(Unit, Unit.id == Lies.within_id)
        .where(
            Span.household_id.in_(sorted(households)),
            Span.starts <= day,
            Span.ends > day,
            standing(day),
        )
        .order_by(Span.household_id),
        Span.household_id,
    )
    found: dict[int, list[Place]] = {}
    for household, code, level, name, tier in session.execute(query):
        found.setdefault(household, []).append(Place(code, named(level, name), tier))
    return {
        household: sorted(places, key=lambda place: _DOWNWARDS.index(place.tier))
        for household, places in found.items()
    }


def way_to(ladder: Sequence[Place]) -> str:
    """The address of a map that shows the way to a village. It names the village and the units
    above it, never the household: the map is somebody else's."""
    names = ", ".join(place.name for place in reversed(ladder))
    return _MAP + urlencode({"api": "1", "query": names})
