"""The members in a file: one head who bears the household's name, one household for a CCCD."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection

from casemgmt.exchange import sheets
from casemgmt.exchange.periods import Entries, Entry, ordered, overlay
from casemgmt.exchange.reading import File, Row
from casemgmt.exchange.sheets import HOUSEHOLD
from casemgmt.exchange.standing import Standing, digest_all, elsewhere
from casemgmt.register.models import Relation
from casemgmt.vietnamese import same


def members(connection: Connection, file: File, standing: Standing, homes: Entries) -> None:
    """Judge the members and the households' heads."""
    rows = file.get(sheets.MEMBERS.name, [])
    ordered(rows)
    digest_all(standing, filter(None, (row.values.get("citizen_id") for row in rows)))
    _twice(connection, rows, standing)
    if rows or sheets.HOUSEHOLDS.name in file:
        _heads(file.get(sheets.HOUSEHOLDS.name, []), rows, standing, homes)


def _twice(connection: Connection, rows: Iterable[Row], standing: Standing) -> None:
    """One CCCD in two households at once; the other household is not named."""
    told = [row for row in rows if row.whole() and row.get("citizen_id")]
    updated = {row.current["_id"] for row in told if row.current is not None}
    bearers: dict[str, list[Entry]] = defaultdict(list)
    for other in elsewhere(connection, standing.digests):
        if other["_id"] not in updated:
            bearers[other["citizen_id"]].append(Entry(None, other))
    entries = [Entry(row, None) for row in told]
    for entry in entries:
        bearers[entry.get("citizen_id")].append(entry)
    for entry in entries:
        if entry.row and any(_at_once(entry, one) for one in bearers[entry.get("citizen_id")]):
            entry.row.warn("citizen_id", "số CCCD này cùng lúc có ở một hộ khác")


def _at_once(one: Entry, other: Entry) -> bool:
    return (
        one.get(HOUSEHOLD) != other.get(HOUSEHOLD)
        and one.starts <= other.ends
        and other.starts <= one.ends
    )


def _heads(households: Iterable[Row], rows: list[Row], standing: Standing, homes: Entries) -> None:
    """Today's head: none, two or another name than the household's is a warning."""
    people = overlay(rows, standing.of(sheets.MEMBERS), HOUSEHOLD)
    called = {one["code"]: one["head_name"] for one in standing.of(sheets.HOUSEHOLDS)}
    places: dict[str, tuple[Row, str]] = {}
    for row in rows:
        if row.whole(HOUSEHOLD):
            places.setdefault(row.values[HOUSEHOLD], (row, "relation"))
    for row in households:
        if row.whole("code", "head_name"):
            called[row.values["code"]] = row.values["head_name"]
            places[row.values["code"]] = (row, "head_name")
    unread = {row.values.get(HOUSEHOLD) for row in rows if not row.whole()}
    for code, (row, key) in places.items():
        if code in called and code not in unread and _lives(homes.get(code, []), standing.today):
            told = _told(people.get(code, []), called[code], standing.today)
            if told:
                row.warn(key, f"hộ {code} {told}")


def _lives(stays: list[Entry], today: date) -> bool:
    return not stays or any(stay.on(today) for stay in stays)


def _told(people: list[Entry], called: str, today: date) -> str | None:
    here = [one for one in people if one.starts <= today < one.ends]
    heads = [one for one in here if one.get("relation") is Relation.HEAD]
    if len(heads) == 1:
        name = heads[0].get("name")
        return None if same(name) == same(called) else f"có thành viên là chủ hộ tên {name}"
    if not here:
        return None
    return "không có thành viên nào là chủ hộ" if not heads else f"có {len(heads)} chủ hộ"
