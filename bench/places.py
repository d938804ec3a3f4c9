"""A made-up country: provinces of twenty districts, districts of eight communes, communes of eight
villages, all depth first, so that district 1 has the same units and ids in a register of any size.

On 1 July 2025 every district ends and its communes merge into two, which lie in the province."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import count
from typing import Any

from casemgmt.db import SINCE_ALWAYS
from casemgmt.organisations.models import Kind
from casemgmt.places.map import Period, lies
from casemgmt.places.models import Level

MERGER = date(2025, 7, 1)
DAY_BEFORE = date(2025, 6, 30)
COMMUNES = VILLAGES = 8
DISTRICTS = 20
RESIDENTS_SINCE = (date(2020, 1, 1), date(2022, 1, 1))
TARGET_YEAR = 2022
KINDS = (
    Kind.FARMERS_UNION,
    Kind.WOMENS_UNION,
    Kind.YOUTH_UNION,
    Kind.VETERANS_ASSOCIATION,
    Kind.FATHERLAND_FRONT,
    Kind.ELDERLY_ASSOCIATION,
    Kind.OFFICE,
    Kind.BUSINESS,
)

Rows = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune of before the merger, and its villages."""

    id: int
    code: str
    villages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class District:
    """A district of before the merger, its communes and all their villages."""

    id: int
    code: str
    communes: tuple[Commune, ...]
    villages: tuple[int, ...]


class Country:
    """The units, the map, what was declared of the communes, and the organisations."""

    def __init__(self, districts: int) -> None:
        self.periods: list[Rows] = []
        self.units: list[Rows] = []
        self.districts: list[District] = []
        self._ids = count(1)
        for number in range(districts):
            if number % DISTRICTS == 0:
                province = self._unit("T", number // DISTRICTS + 1, "Tỉnh", Level.PROVINCE)
                self._period(province, SINCE_ALWAYS, None, None)
            self.districts.append(self._district(number + 1, province))

    def _unit(self, letter: str, number: int, word: str, level: Level) -> Rows:
        unit = {"id": next(self._ids), "code": f"{letter}{number}"}
        unit["position"] = unit["id"]
        self.units.append(unit)
        return {"unit_id": unit["id"], "name": f"{word} {number}", "level": level}

    def _period(self, unit: Rows, starts: date, last_day: date | None, parent: Rows | None) -> None:
        above = parent["unit_id"] if parent else None
        self.periods.append({**unit, "starts": starts, "last_day": last_day, "parent_id": above})

    def _district(self, number: int, province: Rows) -> District:
        district = self._unit("H", number, "Huyện", Level.DISTRICT)
        self._period(district, SINCE_ALWAYS, DAY_BEFORE, province)
        merged = []
        for half in (1, 2):
            merged.append(self._unit("M", 2 * number - 2 + half, "Xã mới", Level.COMMUNE))
            self._period(merged[-1], MERGER, None, province)
        communes = []
        for place in range(COMMUNES):
            into = merged[place * 2 // COMMUNES]
            communes.append(self._commune((number - 1) * COMMUNES + place + 1, district, into))
        villages = tuple(village for commune in communes for village in commune.villages)
        return District(district["unit_id"], f"H{number}", tuple(communes), villages)

    def _commune(self, number: int, district: Rows, into: Rows) -> Commune:
        commune = self._unit("X", number, "Xã", Level.COMMUNE)
        self._period(commune, SINCE_ALWAYS, DAY_BEFORE, district)
        villages = []
        for place in range(VILLAGES):
            village = self._unit("V", (number - 1) * VILLAGES + place + 1, "Thôn", Level.THON)
            self._period(village, SINCE_ALWAYS, DAY_BEFORE, commune)
            self._period(village, MERGER, None, into)
            villages.append(village["unit_id"])
        return Commune(commune["unit_id"], f"X{number}", tuple(villages))

    @cached_property
    def communes(self) -> list[Commune]:
        return [commune for district in self.districts for commune in district.communes]

    def map(self) -> Iterator[Rows]:
        """The rows of `lies`, by the product's own function."""
        periods = [
            Period(
                row["unit_id"], row["starts"], row["last_day"], row["level"].tier, row["parent_id"]
            )
            for row in self.periods
        ]
        for row in lies(periods):
            yield {
                "within_id": row.within,
                "within_tier": row.within_tier,
                "unit_id": row.unit,
                "tier": row.tier,
                "starts": row.starts,
                "ends": row.ends,
            }

    def residents(self) -> Iterator[Rows]:
        for commune in self.communes:
            for since in RESIDENTS_SINCE:
                total = 1000 + commune.id * 37 % 900 + since.year % 7
                minority = None if commune.id % 11 == 0 else commune.id * 13 % 200
                yield {
                    "unit_id": commune.id,
                    "starts": since,
                    "total": total,
                    "ethnic_minority": minority,
                }

    def targets(self) -> Iterator[Rows]:
        for commune in self.communes:
            yield {
                "year": TARGET_YEAR,
                "unit_id": commune.id,
                "kind": "exit_households",
                "value": 1000 * (commune.id % 9),  # stored in thousandths
            }

    def organisations(self) -> Iterator[Rows]:
        """One of each kind in every commune; see `organisation`."""
        for number, commune in enumerate(self.communes):
            for place, kind in enumerate(KINDS):
                identity = number * len(KINDS) + place + 1
                yield {
                    "id": identity,
                    "code": f"TC{identity}",
                    "name": f"{kind.label} {commune.code}",
                    "kind": kind,
                    "unit_id": commune.id,
                }


def kind_of(organisation: int) -> Kind:
    """The kind of an organisation of `Country.organisations`."""
    return KINDS[(organisation - 1) % len(KINDS)]
