"""The same figures in SQL written by hand, over the timeline and over the facts."""

from datetime import date
from typing import Any

from bench.places import TARGET_YEAR

INPUTS = ("resident_households", "ethnic_minority_households", "exit_target")
COUNTS = (
    "poor",
    "poor_ethnic_minority",
    "poor_social_protection",
    "poor_able_to_exit",
    "farmers_union",
    "womens_union",
    "youth_union",
    "veterans_association",
    "other",
    "other_organisation",
    "unassigned",
)
COLUMNS = INPUTS + COUNTS

_DECLARED = """
SELECT r.unit_id, d.total, d.ethnic_minority, t.value
FROM lies r
LEFT JOIN resident_households d ON d.unit_id = r.unit_id AND d.starts = (
    SELECT max(starts) FROM resident_households WHERE unit_id = r.unit_id AND starts <= {day})
LEFT JOIN target t
    ON t.unit_id = r.unit_id AND t.year = {year} AND t.kind = 'exit_households'
WHERE {under} AND r.tier = 'commune' AND r.starts <= {day} AND r.ends > {day}
"""
_MEASURES = """
count(*), count(*) FILTER (WHERE minority), count(*) FILTER (WHERE social_protection),
count(*) FILTER (WHERE {kind} = 'farmers_union'), count(*) FILTER (WHERE {kind} = 'womens_union'),
count(*) FILTER (WHERE {kind} = 'youth_union'),
count(*) FILTER (WHERE {kind} = 'veterans_association'), count(*) FILTER (WHERE {none})
"""
_VILLAGES = """
FROM lies r {join} lies v ON v.within_id = r.unit_id AND v.tier = 'village'
    AND v.starts <= {day} AND v.ends > {day}
"""
_IN_DISTRICT = "{under} AND r.tier = 'commune' AND r.starts <= {day} AND r.ends > {day}"
_TIMELINE = (
    "SELECT r.unit_id, "
    + _MEASURES.format(kind="lead_kind", none="lead_kind = 'none'")
    + _VILLAGES
    + """{join} span s ON s.village_id = v.unit_id AND s.starts <= {day} AND s.ends > {day}
    AND s.class = 'poor'
WHERE """
    + _IN_DISTRICT
    + " GROUP BY r.unit_id"
)
_FACTS = (
    "SELECT r.unit_id, "
    + _MEASURES.format(kind="o.kind", none="o.kind IS NULL")
    + _VILLAGES
    + """JOIN stay s ON s.village_id = v.unit_id AND s.starts <= {day}
    AND (s.last_day IS NULL OR s.last_day >= {day})
    AND NOT EXISTS (SELECT 1 FROM stay later WHERE later.household_id = s.household_id
                    AND later.starts > s.starts AND later.starts <= {day})
JOIN classification c ON c.household_id = s.household_id AND c.class = 'poor' AND c.starts = (
    SELECT max(starts) FROM classification WHERE household_id = s.household_id
    AND starts <= {day})
LEFT JOIN lead l ON l.household_id = s.household_id AND l.starts = (
    SELECT max(starts) FROM lead WHERE household_id = s.household_id AND starts <= {day})
    AND (l.last_day IS NULL OR l.last_day >= {day})
LEFT JOIN organisation o ON o.id = l.organisation_id
WHERE """
    + _IN_DISTRICT
    + " GROUP BY r.unit_id"
)
_WHOLE = (
    "SELECT v.within_id, sum(a), sum(b), sum(c), sum(d), sum(e), sum(f), sum(g), sum(h) FROM ("
    "SELECT village_id, "
    + """count(*) a, count(*) FILTER (WHERE minority) b,
    count(*) FILTER (WHERE social_protection) c,
    count(*) FILTER (WHERE lead_kind = 'farmers_union') d,
    count(*) FILTER (WHERE lead_kind = 'womens_union') e,
    count(*) FILTER (WHERE lead_kind = 'youth_union') f,
    count(*) FILTER (WHERE lead_kind = 'veterans_association') g,
    count(*) FILTER (WHERE lead_kind = 'none') h
    FROM span WHERE starts <= {day} AND ends > {day} AND class = 'poor' GROUP BY village_id) s
JOIN lies v ON v.unit_id = s.village_id AND v.within_tier = 'commune'
    AND v.starts <= {day} AND v.ends > {day}
GROUP BY v.within_id"""
)


class Hand:
    """The statements for one database."""

    def __init__(self, database: str, *, whole: bool) -> None:
        self.sqlite = database == "sqlite"
        unit = "r.within_id = (SELECT id FROM unit WHERE code = {unit})"
        under = "r.within_id = r.unit_id" if whole else unit
        self.declared = self._fill(_DECLARED, under)
        self.timeline = self._fill(_WHOLE if whole else _TIMELINE, under)
        self.facts = self._fill(_FACTS, under)

    def _fill(self, text: str, under: str) -> str:
        mark = ":{}" if self.sqlite else "%({})s"
        return text.replace("{under}", under).format(
            day=mark.format("day"),
            unit=mark.format("unit"),
            year=TARGET_YEAR,
            join="CROSS JOIN" if self.sqlite else "JOIN",  # on SQLite it fixes the order of joins
        )

    def run(self, raw: Any, facts: bool, day: date, unit: str | None) -> list[Any]:
        """The declared figures and the counts, as the driver gives them."""
        bound = {"day": day.isoformat() if self.sqlite else day, "unit": unit}
        both = []
        for text in (self.declared, self.facts if facts else self.timeline):
            cursor = raw.cursor()
            cursor.execute(text, bound)
            both.append(cursor.fetchall())
            cursor.close()
        return both

    def answer(
        self, raw: Any, facts: bool, day: date, unit: str | None, codes: dict[int, str]
    ) -> dict[str, tuple[int | None, ...]]:
        """The same in the form of all contestants."""
        declared, counted = self.run(raw, facts, day, unit)
        counts = {row[0]: tuple(map(int, row[1:])) for row in counted}
        return {
            codes[row]: (
                total,
                minority,
                None if target is None else target // 1000,
                *_measures(counts.get(row, (0,) * 8)),
            )
            for row, total, minority, target in declared
        }


def _measures(counted: tuple[int, ...]) -> tuple[int, ...]:
    poor, minority, protected, *four, none = counted
    other = poor - sum(four)
    return (poor, minority, protected, poor - protected, *four, other, other - none, none)
