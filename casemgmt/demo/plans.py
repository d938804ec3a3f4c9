"""Exit plans of 2023: those of the households registered to leave poverty by name, and some more.
The goals follow from what each household lacked when it was surveyed (`plans.tsv`)."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from casemgmt.demo.baseline import Story
from casemgmt.demo.households import DAY, TODAY, Classified, Household
from casemgmt.demo.reading import table
from casemgmt.demo.saying import between, perhaps, sentence, writer
from casemgmt.demo.scoring import POOR
from casemgmt.demo.writing import Ids, Values
from casemgmt.sponsorship.models import Cause

YEAR = 2023
_STANDARD = "S2022"
_SURVEYED = (date(2023, 2, 13), date(2023, 4, 14))
_LATELY = TODAY - 60 * DAY
_DONE = (0.97, 0.65, 0.08)  # the share done of what was due before that, since then, is to come
_MORE = 14
_MOST_GOALS = 3
_INCOME = "income"  # the goal without an indicator
_OF_THE_ABLE = (
    Cause.NO_CAPITAL,
    Cause.NO_LAND,
    Cause.NO_TOOLS,
    Cause.NO_KNOWLEDGE,
    Cause.NO_SKILLS,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan with its causes and, for each goal, its steps."""

    row: Values
    causes: list[Cause]
    goals: list[tuple[Values, list[Values]]]


def plans(story: Story, random: Random, ids: Ids) -> list[Plan]:
    """All plans."""
    return [
        _plan(random, ids, household, held, day)
        for household in _planned(story, random)
        if (day := between(random, *_SURVEYED))
        and (held := household.classified_on(day))
        and held.word == POOR
    ]


def _planned(story: Story, random: Random) -> list[Household]:
    registered = [household for year, household in story.registered if year == YEAR]
    led = [one for one in story.here() if one.lead_on(TODAY) and one not in registered]
    more = [one for one in led if _poor_all_year(one)]
    return registered + random.sample(more, _MORE)


def _poor_all_year(household: Household) -> bool:
    days = (_SURVEYED[0], _SURVEYED[1], TODAY)
    held = [household.classified_on(day) for day in days]
    return all(one is not None and one.word == POOR for one in held)


def _plan(random: Random, ids: Ids, household: Household, held: Classified, day: date) -> Plan:
    row = {
        "household_id": ids.households[household.code],
        "year": YEAR,
        "surveyed_on": day,
        "wishes": sentence(random, "plan_wishes", household, held),
        "strengths": perhaps(random, 0.8, "strengths", household, held),
        "made_by": writer(household.lead_on(day), household.village.commune),
    }
    lacking = random.sample(held.scores.lacking, min(_MOST_GOALS, len(held.scores.lacking)))
    wanted = [*sorted(lacking), *([] if held.social_protection else [_INCOME])]
    return Plan(row, list(_causes(random, held)), [_goal(random, one, day) for one in wanted])


def _causes(random: Random, held: Classified) -> Iterator[Cause]:
    if not held.social_protection:
        yield from random.sample(_OF_THE_ABLE, random.randint(1, 3))
        return
    yield Cause.NO_LABOUR
    if random.random() < 0.4:
        yield Cause.ILLNESS


def _goal(random: Random, indicator: str, surveyed: date) -> tuple[Values, list[Values]]:
    told = _GOALS[indicator]
    steps = [_step(random, row, surveyed) for row in told]
    done = [step["done_on"] for step in steps]
    goal = {
        "standard_code": None if indicator == _INCOME else _STANDARD,
        "indicator_code": None if indicator == _INCOME else indicator,
        "content": told[0]["goal"],
        "reached_on": max(done) if all(done) else None,
    }
    return goal, steps


def _step(random: Random, told: dict[str, str], surveyed: date) -> Values:
    """A step in about the month of the table. What was due long ago is mostly done, of what was
    due of late some is not."""
    due = max(surveyed, between(random, *_about(int(told["month"]))))
    done = max(surveyed, min(TODAY, due + DAY * random.randint(-15, 12)))
    is_done = random.random() < (_DONE[0] if due < _LATELY else _DONE[1 if due <= TODAY else 2])
    return {
        "content": told["step"],
        "who": told["who"],
        "due_on": due,
        "done_on": done if is_done else None,
    }


def _about(month: int) -> tuple[date, date]:
    return date(YEAR, month, 10), date(YEAR, month, 28)


def _by_indicator() -> dict[str, list[dict[str, str]]]:
    found = defaultdict(list)
    for row in table("plans"):
        found[row["indicator"]].append(row)
    return dict(found)


_GOALS = _by_indicator()
