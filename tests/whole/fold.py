"""What each cell of each table must hold, by the plain fold of the facts."""

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from casemgmt.organisations.models import Kind
from casemgmt.register.models import Class
from tests.whole.histories import History

FOUR = {
    Kind.FARMERS_UNION: "farmers_union",
    Kind.WOMENS_UNION: "womens_union",
    Kind.YOUTH_UNION: "youth_union",
    Kind.VETERANS_ASSOCIATION: "veterans_association",
}


def bieu_2(state: dict) -> set[str]:
    """The columns of Biểu 2 in which a household of this state counts."""
    if state["class_"] is not Class.POOR:
        return set()
    columns = {"poor"}
    if state["minority"]:
        columns.add("poor_ethnic_minority")
    columns.add("poor_social_protection" if state["social_protection"] else "poor_able_to_exit")
    return columns


def bieu_3(counted: Class, by: str) -> Callable[[dict], set[str]]:
    """The columns of Biểu 3 for a class and a basis."""

    def columns(state: dict) -> set[str]:
        if state["class_"] is not counted:
            return set()
        kind = state[by]
        if kind in FOUR:
            return {counted.value, FOUR[kind]}
        behind = "unassigned" if kind is Kind.NONE else "other_organisation"
        return {counted.value, "other", behind}

    return columns


def as_of(
    history: History, row: int, day: date, map_day: date, columns: Callable[[dict], set[str]]
) -> dict[str, set[int]]:
    """The households of each counted column in a row."""
    found: dict[str, set[int]] = {}
    for household in history.households:
        if history.here(row, household, day, map_day):
            for column in columns(history.state(household, day)):
                found.setdefault(column, set()).add(household)
    return found


def movement(
    history: History, row: int, d0: date, d1: date, counted: Class, year: int | None = None
) -> dict[str, set[int]]:
    """The households of each flow in a row."""
    found: dict[str, set[int]] = {}

    def put(column: str, household: int) -> None:
        found.setdefault(column, set()).add(household)

    for household in history.households:
        before, after = (
            history.state(household, day)["class_"]
            if history.here(row, household, day, d1)
            else None
            for day in (d0, d1)
        )
        way = _way(history, household, before, after, d0, counted)
        if before is counted:
            put("opening", household)
        if after is counted:
            put("closing", household)
        if way:
            put(way, household)
        if year is not None:
            named = (year, household) in history.registered
            if named and after is not None:
                put("registered", household)
            if way in ("exit_to_near_poor", "exit_above_near_poor"):
                put("registered_exits" if named else "other_exits", household)
    return found


def _way(
    history: History,
    household: int,
    before: Class | None,
    after: Class | None,
    d0: date,
    counted: Class,
) -> str | None:
    poor = counted is Class.POOR
    other = Class.NEAR_POOR if poor else Class.POOR
    if before is counted:
        if after is counted:
            return None
        if after is None:
            return "other_decrease"
        if after is other:
            return "exit_to_near_poor" if poor else "became_poor"
        return "exit_above_near_poor"
    if after is not counted:
        return None
    if before is other:
        return "from_near_poor" if poor else "from_poor"
    ever = any(
        fact["class_"] is counted and key[0] == household and key[1] < d0
        for key, fact in history.classes.items()
    )
    again = "relapsed" if ever else ("newly_poor" if poor else "newly_near_poor")
    if before is not None:
        return again
    if history.village(household, d0) is not None:
        return "other_increase"
    arrivals = sorted(
        (key[1], stay["arrival"])
        for key, stay in history.stays.items()
        if key[0] == household and key[1] > d0
    )
    return "other_increase" if arrivals and arrivals[0][1] is not None else again


def inputs(
    history: History, row: int, day: date, map_day: date, year: int
) -> dict[str, int | None]:
    """The declared figures of a row: its own, or summed from the communes of the day's map."""
    if map_day == day or row in history.villages:
        return _own(history, row, day, year)
    parts = []
    for commune in history.rows(None, day):
        villages = [v for v in history.villages if commune in history.ladder(v, day)]
        homes = {_commune(history, v, map_day) for v in villages} or {commune}
        if homes == {row}:
            parts.append(_own(history, commune, day, year))
        elif row in homes:
            parts.append(
                dict.fromkeys(("resident_households", "ethnic_minority_households", "exit_target"))
            )
    keys = ("resident_households", "ethnic_minority_households", "exit_target")
    return {
        key: sum(part[key] for part in parts)
        if parts and all(part[key] is not None for part in parts)
        else None
        for key in keys
    }


def _commune(history: History, village: int, day: date) -> int | None:
    return next((unit for unit in history.ladder(village, day) if unit in history.communes), None)


def _own(history: History, unit: int, day: date, year: int) -> dict[str, int | None]:
    begun = [key[1] for key in history.residents if key[0] == unit and key[1] <= day]
    row = history.residents[unit, max(begun)] if begun else {"total": None, "ethnic_minority": None}
    return {
        "resident_households": row["total"],
        "ethnic_minority_households": row["ethnic_minority"],
        "exit_target": history.targets.get((year, unit)),
    }


def rate(part: int | None, whole: int | None) -> Decimal | None:
    if part is None or not whole:
        return None
    return (Decimal(100 * part) / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP)
