"""What papers of the site need to know: who issues them, and what the villages are called."""

from datetime import date

from flask import g
from sqlalchemy.orm import Session

from casemgmt.access.models import User
from casemgmt.organisations.models import Organisation
from casemgmt.paper.head import Issuer
from casemgmt.places import queries as places
from casemgmt.places.models import Level, Tier
from casemgmt.web.language import SOURCE


def in_vietnamese() -> None:
    """Papers are in Vietnamese whatever the language of the screen is."""
    g.language = SOURCE


def issuer(session: Session, user: User, day: date) -> Issuer:
    """The body for which an account makes papers: the committee of its unit under that of the unit
    above it, or its organisation."""
    if user.organisation is not None:
        return issuing(session, user.organisation, day)
    return issuer_of(session, user.unit_id, day)


def issuing(session: Session, one: Organisation, day: date) -> Issuer:
    """An organisation, under the one that it belongs to."""
    unit = session.execute(places.unit_on(one.unit_id, day)).first()
    return Issuer(one.name, one.parent.name if one.parent else "", unit.name if unit else "")


def issuer_of(session: Session, unit: int | None, day: date) -> Issuer:
    """The committee of a unit, under that of the unit above it on a day."""
    rows = session.execute(places.ladder(unit, day)).all() if unit else []
    names = [places.named(row.level, row.name) for row in rows]
    bodies = [f"Ủy ban nhân dân {_small(name)}" for name in names[:2]]
    if not bodies:
        return Issuer("Ủy ban nhân dân")
    return Issuer(bodies[0], bodies[1] if len(bodies) > 1 else "", rows[0].name)


def _small(name: str) -> str:
    return name[0].lower() + name[1:]


def villages(session: Session, day: date, unit: int | None = None) -> dict[int, str]:
    """The villages of a day by id, as they are called, in the register's order."""
    rows = session.execute(places.units_on(day, tiers=[Tier.VILLAGE], within=unit))
    return {row.id: places.named(Level(row.level), row.name) for row in rows}
