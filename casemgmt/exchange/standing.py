"""The register as far as a file speaks of it, read once before anything is judged."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from casemgmt import settings
from casemgmt.exchange import sheets, stored
from casemgmt.exchange.reading import File
from casemgmt.exchange.sheets import HOUSEHOLD, ORGANISATION, UNIT, Sheet
from casemgmt.exchange.stored import CHUNK, OWNERS, Stored
from casemgmt.register.models import Indicator, Member, Standard, citizen_digest

_ABOUT_HOMES = (sheets.STAYS, sheets.CLASSIFICATIONS, sheets.HOUSEHOLDS, sheets.MEMBERS)
# Which sheets of a file make us read which rows of the register.
_NEEDED: tuple[tuple[Sheet, tuple[Sheet, ...]], ...] = (
    (sheets.RESIDENTS, (sheets.RESIDENTS,)),
    (sheets.HOUSEHOLDS, (sheets.HOUSEHOLDS, sheets.MEMBERS)),
    (sheets.STAYS, _ABOUT_HOMES),
    (sheets.MEMBERS, (sheets.HOUSEHOLDS, sheets.MEMBERS)),
    (sheets.CLASSIFICATIONS, (sheets.CLASSIFICATIONS,)),
    (sheets.SPONSORS, (sheets.SPONSORS,)),
    (sheets.SUPPORT_KINDS, (sheets.SUPPORT_KINDS, sheets.ACTIONS)),
    (sheets.EXITS, (sheets.EXITS,)),
    (sheets.TARGETS, (sheets.TARGETS,)),
)


@dataclass(slots=True)
class Standing:
    """What the register holds: ids by code for units, organisations and households, its rows by
    sheet, the standards with their indicators."""

    today: date
    ids: dict[str, dict[str, int]] = field(default_factory=dict)
    rows: dict[str, list[Stored]] = field(default_factory=dict)
    standards: list[Any] = field(default_factory=list)
    indicators: dict[str, set[str]] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)  # of the file's CCCD

    def of(self, sheet: Sheet) -> list[Stored]:
        """The rows of the register that were read for a sheet."""
        return self.rows.get(sheet.name, [])

    def standard(self, day: date) -> Any:
        """The poverty standard in force on a day, None before the first."""
        return next((one for one in self.standards if one.starts <= day <= one.last_day), None)


def standing(session: Session, file: File) -> Standing:
    """Read what is needed to judge this file."""
    connection = session.connection()
    found = Standing(settings.today(session))
    households = set(_codes(file, HOUSEHOLD)) | {
        row.values["code"] for row in file.get(sheets.HOUSEHOLDS.name, ()) if row.whole("code")
    }
    for owner in (UNIT, ORGANISATION):
        found.ids[owner] = dict(_ids(connection, owner, None))
    found.ids[HOUSEHOLD] = dict(_ids(connection, HOUSEHOLD, households))
    known = found.ids[HOUSEHOLD].keys()
    for sheet in (sheets.UNITS, sheets.ORGANISATIONS):
        found.rows[sheet.name] = list(stored.rows(connection, sheet))
    for sheet, needed in _NEEDED:
        if any(one.name in file for one in needed):
            found.rows[sheet.name] = list(stored.rows(connection, sheet, known))
    actions = {row.values["code"] for row in file.get(sheets.ACTIONS.name, ()) if row.whole("code")}
    found.rows[sheets.ACTIONS.name] = list(stored.rows(connection, sheets.ACTIONS, actions))
    _read_standards(connection, found)
    return found


def _codes(file: File, key: str) -> Iterable[str]:
    for rows in file.values():
        if rows and key in rows[0].form.places:
            yield from (row.values[key] for row in rows if key in row.values)


def _ids(
    connection: Connection, owner: str, codes: Collection[str] | None
) -> Iterable[tuple[str, int]]:
    table = OWNERS[owner]
    query = select(table.c.code, table.c.id)
    if codes is None:
        yield from ((row.code, row.id) for row in connection.execute(query))
        return
    wanted = sorted(codes)
    for start in range(0, len(wanted), CHUNK):
        chunk = query.where(table.c.code.in_(wanted[start : start + CHUNK]))
        yield from ((row.code, row.id) for row in connection.execute(chunk))


def _read_standards(connection: Connection, found: Standing) -> None:
    found.standards = list(connection.execute(select(Standard.__table__)))
    table = Indicator.__table__
    for row in connection.execute(select(table.c.standard_code, table.c.code)):
        found.indicators.setdefault(row.standard_code, set()).add(row.code)


def elsewhere(connection: Connection, digests: Mapping[str, str]) -> list[Stored]:
    """The members of the whole register who bear one of these CCCD (digests by number)."""
    numbers = {digest: number for number, digest in digests.items()}
    table, household = Member.__table__, OWNERS[HOUSEHOLD]
    query = select(
        table.c.id, table.c.citizen_digest, household.c.code, table.c.starts, table.c.last_day
    ).join_from(table, household)
    found = []
    wanted = sorted(numbers)
    for start in range(0, len(wanted), CHUNK):
        chunk = query.where(table.c.citizen_digest.in_(wanted[start : start + CHUNK]))
        found += [
            {
                "_id": row.id,
                HOUSEHOLD: row.code,
                "citizen_id": numbers[row.citizen_digest],
                "starts": row.starts,
                "last_day": row.last_day,
            }
            for row in connection.execute(chunk)
        ]
    return found


def digest_all(found: Standing, numbers: Iterable[str]) -> None:
    """Remember the digests of these CCCD."""
    for number in numbers:
        if number not in found.digests:
            found.digests[number] = citizen_digest(number)
