"""A list of a commune in the browser: how it is to be read, and what it makes of the register."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt import settings
from casemgmt.exchange.apart import Cells
from casemgmt.exchange.batch_models import ImportBatch, KnownLayout
from casemgmt.exchange.converting import converted
from casemgmt.exchange.layout import Part
from casemgmt.exchange.listing import (
    Converted,
    ListMapping,
    Recognised,
    SheetMapping,
    Target,
)
from casemgmt.exchange.looking_up import finds
from casemgmt.exchange.recognising import recognise_pages
from casemgmt.exchange.scanning import Unreadable
from casemgmt.households.classifying import standard_on
from casemgmt.places import queries as places
from casemgmt.places.models import Tier, Unit
from casemgmt.register.lens import Lens
from casemgmt.register.models import Class, Household

TITLES = "titles of lists"  # the key under which a unit's choices for lists are remembered


@dataclass(slots=True)
class Choice:
    """How a list is read, and from which day on what it says holds."""

    mapping: ListMapping
    day: date


def recognised(sheets: Iterable[Cells], layout: str | None) -> Recognised | None:
    """The lists of a file; None where it is a register workbook, or is laid out as one."""
    if layout is not None and "list" not in json.loads(layout):
        return None
    try:
        found = recognise_pages(cells.page() for cells in sheets)
    except Unreadable:
        return None
    return found if found.kind == "list" else None


# --- How it is read -----------------------------------------------------------------------------


def choice(session: Session, batch: ImportBatch, found: Recognised) -> Choice:
    """How a list is read: as was said of this file, else as the unit said of such titles before,
    else as it was recognised; from today on, where no day was said."""
    kept = session.get(KnownLayout, (batch.unit_id, TITLES))
    mapping = ListMapping.proposed(found, json.loads(kept.layout) if kept else None)
    day = settings.today(session)
    if batch.layout is not None:
        said = json.loads(batch.layout)
        day = date.fromisoformat(said["day"])
        for name, one in said["list"].items():
            if name in mapping.sheets:
                mapping.sheets[name] = _sheet_mapping(one, mapping.sheets[name])
    return Choice(mapping, day)


def _sheet_mapping(said: dict[str, Any], proposed: SheetMapping) -> SheetMapping:
    return SheetMapping(
        {int(index): Target(key) if key else None for index, key in said["columns"].items()},
        Class(said["class"]) if said["class"] else None,
        proposed.listed,
        used=bool(said["used"]),
    )


def keep(session: Session, batch: ImportBatch, found: Recognised, chosen: Choice) -> None:
    """Remember how this file is read, and what its unit means by such titles."""
    batch.layout = json.dumps(
        {
            "day": chosen.day.isoformat(),
            "list": {
                name: {
                    "columns": {str(index): key for index, key in one.columns.items()},
                    "class": one.class_,
                    "used": one.used,
                }
                for name, one in chosen.mapping.sheets.items()
            },
        }
    )
    _remember(session, batch.unit_id, found, chosen.mapping)
    session.flush()


def _remember(session: Session, unit: int, found: Recognised, mapping: ListMapping) -> None:
    """Only where somebody has said otherwise than is recognised: the same title (`TT`) numbers
    the households of one list and the people of another."""
    plain, titles = ListMapping.proposed(found).as_titles(found), mapping.as_titles(found)
    said = {title: key for title, key in titles.items() if plain.get(title) != key}
    known = session.get(KnownLayout, (unit, TITLES))
    if known is None:
        session.add(KnownLayout(unit_id=unit, shape=TITLES, layout=json.dumps(said)))
        return
    others = {title: key for title, key in json.loads(known.layout).items() if title not in titles}
    known.layout = json.dumps({**others, **said})


def parts(sheets: Iterable[Cells], found: Recognised, mapping: ListMapping) -> list[Part]:
    """The sheets of a file as the preview tells them."""
    lists = {sheet.name: sheet for sheet in found.sheets}
    told = []
    for cells in sheets:
        part = Part(cells.name, rows=len(cells.rows))
        one = lists.get(cells.name)
        if one is not None and mapping.sheets[one.name].used:
            part.titles = {column.index: column.title for column in one.columns}
            part.head, part.rows = one.header[1], len(one.rows)
        told.append(part)
    return told


# --- What it makes ------------------------------------------------------------------------------


def made(session: Session, unit: Unit, lens: Lens, found: Recognised, chosen: Choice) -> Converted:
    """The list as rows of the register workbook, for the villages of a unit on the day."""
    rows = session.execute(places.units_on(chosen.day, tiers=[Tier.VILLAGE], within=unit.id)).all()
    names = {row.code: places.named(row.level, row.name) for row in rows}
    own = session.execute(
        select(places.level_on(Unit.id, chosen.day), places.name_on(Unit.id, chosen.day)).where(
            Unit.id == unit.id
        )
    ).one()
    is_commune = own[0] is not None and own[0].tier is Tier.COMMUNE
    return converted(
        found,
        chosen.mapping,
        commune_code=unit.code,
        day=chosen.day,
        standard=standard_on(session, chosen.day),
        taken_codes=_taken(session, unit),
        villages=names,
        area=places.area_on(session, unit, chosen.day),
        commune_name=places.named(*own) if is_commune else "",
        lookup=finds(session, lens, chosen.day),
    )


def _taken(session: Session, unit: Unit) -> set[str]:
    code = Household.__table__.c.code
    query = select(code).where(code.startswith(f"{unit.code}-", autoescape=True))
    return set(session.connection().scalars(query))
