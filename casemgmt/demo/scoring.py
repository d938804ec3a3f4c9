"""Scores and deprivations that agree with the class, the area and the people of a household."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from casemgmt.demo.people import Person
from casemgmt.organisations.models import Kind
from casemgmt.register.models import Class

POOR, NEAR_POOR, NOT_POOR = Class.POOR.label, Class.NEAR_POOR.label, Class.NOT_POOR.label
_SCORED_SINCE = date(2022, 1, 1)  # by Circular 07/2021; what was before had other sheets
_CUT = {"nông thôn": 140, "thành thị": 175}
_UNIONS = [Kind.FARMERS_UNION, Kind.WOMENS_UNION, Kind.YOUTH_UNION, Kind.VETERANS_ASSOCIATION]
_BY_MEMBERSHIP = [kind.label for kind in (*_UNIONS, Kind.ELDERLY_ASSOCIATION)]
# How many of the twelve indicators a household of a class lacks, and how often.
_LACKING = {
    POOR: ((3, 4, 5, 6), (50, 30, 15, 5)),
    NEAR_POOR: ((0, 1, 2), (12, 40, 48)),
    NOT_POOR: ((0, 1, 2), (55, 35, 10)),
}
_ALWAYS = ("housing_quality", "housing_area", "water", "sanitation", "telecom", "info_assets")
_BEFORE_2022 = (
    "health_access",
    "housing_quality",
    "housing_area",
    "water",
    "sanitation",
    "telecom",
    "info_assets",
)


@dataclass(frozen=True)
class Scores:
    """What a review sheet says of a household."""

    b1: int | None
    b2: int | None
    lacking: tuple[str, ...]


def score(
    random: Random, word: str, area: str, day: date, people: Sequence[Person], before: Scores | None
) -> Scores:
    """Scores that imply the class. What a household lacked before it mostly lacks still."""
    if day < _SCORED_SINCE:
        lacking = random.sample(_BEFORE_2022, random.randint(2, 4)) if word == POOR else []
        return Scores(None, None, tuple(sorted(lacking)))
    number = random.choices(*_LACKING[word])[0]
    can_lack = possible(people)
    still = [code for code in (before.lacking if before else ()) if code in can_lack]
    still = sorted(still, key=lambda _code: random.random())[:number]
    others = [code for code in can_lack if code not in still]
    lacking = still + random.sample(others, number - len(still))
    cut = _CUT[area]
    b1 = random.randrange(cut + 5, cut + 60, 5)
    if word != NOT_POOR:
        b1 = random.randrange(cut - 70, cut + 1, 5)
    return Scores(b1, 10 * number, tuple(sorted(lacking)))


def possible(people: Sequence[Person]) -> list[str]:
    """The indicators in which these people can be deprived at all."""
    children = sum(person.age < 16 for person in people)
    workers = sum(person.works for person in people)
    found = [*_ALWAYS]
    if children:
        found += ["nutrition", "child_schooling"]
    if workers:
        found += ["employment", "health_insurance"]
    if 2 * workers < len(people):
        found.append("dependants")
    if any(16 <= person.age <= 30 for person in people):
        found.append("adult_education")
    return found


def membership(people: Sequence[Person]) -> str | None:
    """Thuộc hội: the one organisation that a household is counted with, by its members."""
    unions = {person.union for person in people}
    return next((label for label in _BY_MEMBERSHIP if label in unions), None)
