"""The households as they stood on 15/02/2022, the day of the signed tables: their families, where
they live, how they were classified for 2022 and, for a part of them, in the years before."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from random import Random

from casemgmt.demo import families, places
from casemgmt.demo.households import REVIEWED, Household, Stay
from casemgmt.demo.people import Registrar
from casemgmt.demo.places import Village
from casemgmt.demo.reading import table
from casemgmt.demo.scoring import NEAR_POOR, NOT_POOR, POOR

_FORMERLY, _NEVER = "formerly_poor", "never_poor"  # poor before 2022: not so any more; never
FIRST = date(2019, 1, 1)
_LISTED = {families.SOCIAL: POOR, families.ABLE: POOR, families.NEAR: NEAR_POOR}
# When something changed in a household's past: the first day known, a review or a monthly
# procedure in between, the last review by the old standard.
_FIRST, _BETWEEN, _LAST = "first", "between", "last"
_DAYS = {
    _FIRST: (FIRST, date(2020, 1, 1)),
    _BETWEEN: (date(2020, 12, 15), date(2021, 7, 28)),
    _LAST: (date(2021, 12, 14),),
}
# The pasts of the households of a status, and how common each is. All end on 31/12/2021 in the
# class of 01/01/2022: the programme counts its first year from that day on.
_PASTS: dict[str, list[tuple[list[tuple[str, str]], int]]] = {
    families.SOCIAL: [
        ([(_FIRST, POOR)], 62),
        ([(_FIRST, NEAR_POOR), (_LAST, POOR)], 8),
        ([(_FIRST, POOR), (_BETWEEN, NOT_POOR), (_LAST, POOR)], 6),
        ([(_LAST, POOR)], 24),
    ],
    families.ABLE: [
        ([(_FIRST, POOR)], 45),
        ([(_FIRST, NEAR_POOR), (_LAST, POOR)], 15),
        ([(_FIRST, POOR), (_BETWEEN, NOT_POOR), (_LAST, POOR)], 10),
        ([(_LAST, POOR)], 30),
    ],
    families.NEAR: [
        ([(_FIRST, POOR), (_BETWEEN, NEAR_POOR)], 35),
        ([(_FIRST, NEAR_POOR)], 30),
        ([(_LAST, NEAR_POOR)], 35),
    ],
    _FORMERLY: [
        ([(_FIRST, POOR), (_BETWEEN, NOT_POOR)], 70),
        ([(_FIRST, POOR), (_BETWEEN, NEAR_POOR), (_LAST, NOT_POOR)], 30),
    ],
    _NEVER: [
        ([(_FIRST, NEAR_POOR), (_BETWEEN, NOT_POOR)], 35),
        ([(_BETWEEN, NOT_POOR)], 65),
    ],
}


@dataclass
class Story:
    """Everything that is told of Cam Lộ's households, in the order in which it is made up."""

    random: Random
    registrar: Registrar
    households: list[Household] = field(default_factory=list)
    numbers: Counter[str] = field(default_factory=Counter)
    registered: list[tuple[int, Household]] = field(default_factory=list)

    def household(
        self, group: int, status: str, village: Village, day: date, arrival: str | None = None
    ) -> Household:
        """A household of a group that is in the register from a day on, with its family; its code
        runs on in its commune."""
        bru = bool(table("groups")[group]["minority"])
        self.numbers[village.commune] += 1
        household = Household(
            code=f"{village.commune}-{self.numbers[village.commune]:04d}",
            group=group,
            minority=bru,
            people=families.family(self.registrar, status, bru=bru),
            address=self.note("address", 0.2),
            note=self.note("household", 0.07),
            phone=self.registrar.phone(),
            stays=[Stay(village, day, arrival)],
        )
        self.households.append(household)
        return household

    def note(self, about: str, chance: float) -> str | None:
        """One of the notes (or the parts of a village, `address`), sometimes."""
        if self.random.random() >= chance:
            return None
        return self.random.choice([row["text"] for row in table("notes") if row["about"] == about])

    def village(self, group: int, day: date) -> Village:
        """A village in which households of a group live on a day: Bản Chùa for the minority."""
        row = table("groups")[group]
        found = [
            village
            for village in places.villages(row["commune"])
            if village.stands(day) and (village.level == "bản") is bool(row["minority"])
        ]
        return self.random.choices(found, [village.weight for village in found])[0]

    def here(self, group: int | None = None) -> list[Household]:
        """The households that live in the register now (of a group)."""
        return [
            household
            for household in self.households
            if group in (None, household.group) and not household.gone
        ]

    def any_name(self) -> str:
        """A name for the person in charge of a sponsorship."""
        sex = self.random.choice(("Nam", "Nữ"))
        return self.registrar.name(sex, bru=False)


def begin(story: Story) -> None:
    """Make up the households of 15/02/2022, commune by commune, in mixed order."""
    wanted = [
        (group, status)
        for group, row in enumerate(table("groups"))
        for status, number in _numbers(row)
        for _ in range(number)
    ]
    story.random.shuffle(wanted)
    for group, status in sorted(wanted, key=lambda pair: _commune(pair[0])):
        _household(story, group, status)
    register_exits(story, 2022)


def _commune(group: int) -> int:
    """The place of a group's commune in the register's order of units."""
    code = table("groups")[group]["commune"]
    return [row["code"] for row in table("communes")].index(code)


def _numbers(row: dict[str, str]) -> list[tuple[str, int]]:
    poor, social = int(row["poor"]), int(row["social_protection"])
    return [
        (families.SOCIAL, social),
        (families.ABLE, poor - social),
        (families.NEAR, int(row["near_poor"])),
        (_FORMERLY, int(row[_FORMERLY])),
        (_NEVER, int(row[_NEVER])),
    ]


def _household(story: Story, group: int, status: str) -> None:
    past = story.random.choices(*zip(*_PASTS[status], strict=True))[0]
    since = places.first_day(table("groups")[group]["commune"]) or FIRST
    chapters = [(max(since, story.random.choice(_DAYS[when])), word) for when, word in past]
    if status in _LISTED:
        chapters.append((REVIEWED, _LISTED[status]))
    first = chapters[0][0]
    family = status if status in _LISTED else families.OTHER
    household = story.household(group, family, story.village(group, first), first)
    household.merit = _LISTED.get(status) != POOR and story.random.random() < 0.04
    for day, word in chapters:
        household.classify(story.random, word, day)
    if household.village.merged_into:
        known = places.villages(household.village.commune)
        into = next(one for one in known if one.code == household.village.merged_into)
        household.go_over(into, places.VILLAGES_MERGED)


def register_exits(story: Story, year: int) -> None:
    """Register by name as many poor households as the year's target says: who can work first."""
    for group, row in enumerate(table("groups")):
        poor = [one for one in story.here(group) if one.word == POOR]
        story.random.shuffle(poor)
        poor.sort(key=lambda one: one.social_protection)
        story.registered += [(year, one) for one in poor[: int(row[f"exits_{year}"])]]
