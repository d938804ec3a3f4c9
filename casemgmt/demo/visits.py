"""Visits: the lead sponsor's about twice a year, now and then one of the commune to a household
that nobody leads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from casemgmt.demo.baseline import Story
from casemgmt.demo.households import DAY, TODAY, Classified, Household
from casemgmt.demo.people import HEAD
from casemgmt.demo.saying import between, moment, perhaps, sentence, soon_after, writer
from casemgmt.demo.scoring import NOT_POOR
from casemgmt.demo.writing import Ids, Values
from casemgmt.support.models import Situation

# Half-years in which a household is visited once, and how likely that is.
_SEASONS = (
    (date(2022, 2, 21), date(2022, 6, 30), 0.95),
    (date(2022, 8, 15), date(2022, 12, 10), 0.95),
    (date(2023, 2, 6), date(2023, 6, 30), 0.95),
    (date(2023, 7, 17), date(2023, 10, 19), 0.75),
)
_BY_THE_COMMUNE = 0.1
_VOIDED = 3
_LONGEST = 150  # days until the next visit is due
_SITUATIONS = ((Situation.BETTER, Situation.SAME, Situation.WORSE), (45, 43, 12))
# When the next visit is to be, in days from today: overdue, in the coming weeks, later.
_NEXT = (((-40, -1), (0, 35), (36, 75)), (30, 55, 15))


@dataclass(frozen=True, slots=True)
class _Visit:
    household: Household
    held: Classified
    day: date
    organisation: str | None


def visits(story: Story, random: Random, ids: Ids) -> list[Values]:
    """All visits, household by household; a few were written down twice and are voided."""
    rows = [row for household in story.households for row in _to(household, random, ids)]
    return rows + [_again(random, row) for row in random.sample(rows, _VOIDED)]


def _to(household: Household, random: Random, ids: Ids) -> Iterator[Values]:
    made = list(_made(household, random))
    for place, visit in enumerate(made):
        later = made[place + 1].day if place + 1 < len(made) else None
        yield _row(random, ids, visit, _next_on(random, visit, later))


def _made(household: Household, random: Random) -> Iterator[_Visit]:
    for first, last, chance in _SEASONS:
        day = between(random, first, last)
        held, lead = household.classified_on(day), household.lead_on(day)
        if held is None or (lead is None and held.word == NOT_POOR):
            continue
        if random.random() < (chance if lead else _BY_THE_COMMUNE):
            yield _Visit(household, held, day, lead)


def _next_on(random: Random, visit: _Visit, later: date | None) -> date | None:
    """The day agreed for the next visit: about the day on which that was made (some were late), or
    one around today for a sponsor that still leads."""
    if later is not None:
        agreed = min(later, visit.day + _LONGEST * DAY) + DAY * random.randint(-12, 6)
    elif visit.organisation and visit.household.lead_on(TODAY) == visit.organisation:
        agreed = TODAY + DAY * random.randint(*random.choices(*_NEXT)[0])
    else:
        return None
    return agreed if agreed > visit.day and random.random() < 0.85 else None


def _row(random: Random, ids: Ids, visit: _Visit, next_on: date | None) -> Values:
    household, held = visit.household, visit.held
    return {
        "household_id": ids.households[household.code],
        "organisation_id": ids.organisations[visit.organisation] if visit.organisation else None,
        "visited_on": visit.day,
        "met": _met(random, household, visit.day),
        "situation": random.choices(*_SITUATIONS)[0],
        "done": sentence(random, "done", household, held),
        "wishes": perhaps(random, 0.6, "wishes", household, held),
        "next_on": next_on,
        "recorded_by": writer(visit.organisation, household.village.commune),
        "recorded_at": soon_after(random, visit.day),
        "voided_at": None,
        "void_reason": None,
    }


def _met(random: Random, household: Household, day: date) -> str:
    """Who was at home: a grown-up of the household."""
    grown = [one.relation for one in household.members_on(day) if one.age >= 16]
    relation = random.choice(grown or [HEAD])
    return relation if relation == HEAD else f"{relation} của chủ hộ"


def _again(random: Random, row: Values) -> Values:
    """The same visit, written down a second time by mistake."""
    at = row["recorded_at"].astimezone().date()
    return {
        **row,
        "next_on": None,
        "voided_at": moment(random, min(TODAY, at + 5 * DAY)),
        "void_reason": "Ghi hai lần một chuyến thăm.",
    }
