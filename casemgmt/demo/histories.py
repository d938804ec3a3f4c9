"""What happened in the two years after 15/02/2022, until the review of 14/12/2023 that ends with
311 poor and 429 near-poor households, as published.

`events.tsv` says how often what happens in each part of the story; the last review then takes off
the lists as many households as leave the published numbers of each group (`groups.tsv`)."""

from collections import Counter
from collections.abc import Callable
from datetime import date

from casemgmt.demo import families, parting
from casemgmt.demo.baseline import Story, register_exits
from casemgmt.demo.households import DAY, REVIEW, Household
from casemgmt.demo.reading import table
from casemgmt.demo.scoring import NEAR_POOR, NOT_POOR, POOR

# The parts of the story, with their first and last days. A review is one day.
PARTS = {
    "during_2022": (date(2022, 3, 1), date(2022, 11, 10)),
    "review_2022": (date(2022, 12, 14), date(2022, 12, 14)),
    "during_2023": (date(2023, 1, 9), date(2023, 10, 12)),
    "review_2023": (REVIEW, REVIEW),
}
_TO_NEAR_POOR = 0.62  # the share of those who leave poverty that become near-poor
_LEFT_FOR_OTHER_WAYS = 2  # so many of a group may still die, move out or join others

Event = Callable[[Story, str, date], None]


def tell(story: Story) -> None:
    """Let everything happen, part by part."""
    for part, (first, last) in PARTS.items():
        if part == "during_2023":
            register_exits(story, 2023)
        for row in table("events"):
            for _ in range(int(row[part])):
                day = first + DAY * story.random.randrange((last - first).days + 1)
                EVENTS[row["event"]](story, part, day)
        if part == "review_2022":
            _confirm(story, part, last)
        if part == "review_2023":
            _settle(story, part, last)


def _confirm(story: Story, part: str, day: date) -> None:
    """The yearly review looks at every listed household; most stay what they are."""
    for household in story.here():
        if household.word != NOT_POOR and part not in household.touched:
            household.classify(story.random, household.word, day)


def _settle(story: Story, part: str, day: date) -> None:
    """The households that leave the lists at the last review."""
    for group, row in enumerate(table("groups")):
        poor = _untouched(story, part, group, POOR)
        leaving = _count(story, group, POOR) - int(row["poor_2023"])
        _may_leave(leaving, poor)
        for number, household in enumerate(_likely_to_exit(story, poor)[:leaving]):
            to_near = number < round(_TO_NEAR_POOR * leaving)
            _classify(story, part, household, NEAR_POOR if to_near else NOT_POOR, day)
        near = _untouched(story, part, group, NEAR_POOR)
        leaving = _count(story, group, NEAR_POOR) - int(row["near_poor_2023"])
        _may_leave(leaving, near)
        for household in story.random.sample(near, leaving):
            _classify(story, part, household, NOT_POOR, day)


def _may_leave(number: int, households: list[Household]) -> None:
    if not 0 <= number <= len(households):
        raise ValueError(f"events.tsv and groups.tsv do not meet: {number} are to leave a list")


# -- choosing -------------------------------------------------------------------------------


def _untouched(story: Story, part: str, group: int | None, *words: str) -> list[Household]:
    """Households of these classes to which nothing happened in this part or the one before."""
    names = list(PARTS)
    recent = set(names[max(0, names.index(part) - 1) : names.index(part) + 1])
    return [
        household
        for household in story.here(group)
        if household.word in words and recent.isdisjoint(household.touched)
    ]


def _may_go(story: Story, part: str, *words: str) -> list[Household]:
    """The same, without those registered to leave poverty: they stay to be seen doing it."""
    registered = {household.code for _year, household in story.registered}
    return [one for one in _untouched(story, part, None, *words) if one.code not in registered]


def _count(story: Story, group: int, word: str) -> int:
    return sum(household.word == word for household in story.here(group))


def _choose(story: Story, part: str, choices: list[Household]) -> Household:
    household = story.random.choice(choices)
    household.touched.append(part)
    return household


def _likely_to_exit(story: Story, poor: list[Household]) -> list[Household]:
    """Mixed, but those registered by name mostly before others, and those able to work before
    those who are not."""
    registered = {household.code for _year, household in story.registered}

    def place(household: Household) -> float:
        able = 1 if household.social_protection else 4
        return story.random.random() / (able * (8 if household.code in registered else 1))

    return sorted(poor, key=place)


def _group(story: Story) -> int:
    """A group, the likelier the more of its poor households are still to leave the list."""
    rows = table("groups")
    poor = Counter(household.group for household in story.here() if household.word == POOR)
    weights = [
        max(0, poor[group] - int(row["poor_2023"]) - _LEFT_FOR_OTHER_WAYS)
        for group, row in enumerate(rows)
    ]
    return story.random.choices(range(len(rows)), weights)[0]


def _classify(story: Story, part: str, household: Household, word: str, day: date) -> None:
    household.touched.append(part)
    household.classify(story.random, word, day, story.note("classification", 0.15))


# -- events ---------------------------------------------------------------------------------


def _exit(word: str) -> Event:
    """A poor household leaves poverty."""

    def happens(story: Story, part: str, day: date) -> None:
        poor = _untouched(story, part, _group(story), POOR)
        _classify(story, part, _likely_to_exit(story, poor)[0], word, day)

    return happens


def _becomes(word: str, may: Callable[[Household], bool]) -> Event:
    """A household that may becomes poor or near-poor (again)."""

    def happens(story: Story, part: str, day: date) -> None:
        known = _untouched(story, part, None, NEAR_POOR, NOT_POOR)
        household = story.random.choice([one for one in known if may(one)])
        _classify(story, part, household, word, day)

    return happens


def _never(household: Household, word: str) -> bool:
    return household.word == NOT_POOR and not household.merit and not household.was(word)


def _again(household: Household, word: str) -> bool:
    return household.word == NOT_POOR and not household.merit and household.was(word)


def _appears(word: str, arrival: str | None) -> Event:
    """A household that the register did not know: it lived here unlisted, or moves in."""

    def happens(story: Story, part: str, day: date) -> None:
        group = _group(story)
        able = story.random.random() < 0.6
        status = families.NEAR if word == NEAR_POOR else families.ABLE if able else families.SOCIAL
        household = story.household(group, status, story.village(group, day), day, arrival)
        _classify(story, part, household, word, day)

    return happens


def _moves_out(word: str) -> Event:
    def happens(story: Story, part: str, day: date) -> None:
        household = _choose(story, part, _may_go(story, part, word))
        household.leave(day, "chuyển đi", "Hộ chuyển đi nơi khác")

    return happens


def _moves_within(word: str) -> Event:
    """A household moves to another commune of the district. Bản Chùa stays together."""

    def happens(story: Story, part: str, day: date) -> None:
        movable = [one for one in _may_go(story, part, word) if not one.minority]
        household = _choose(story, part, movable)
        groups = [
            group
            for group, row in enumerate(table("groups"))
            if not row["minority"] and group != household.group
        ]
        household.group = story.random.choice(groups)
        household.move(story.village(household.group, day), day)

    return happens


def _dissolves(word: str) -> Event:
    """The last member of a household dies."""

    def happens(story: Story, part: str, day: date) -> None:
        alone = [one for one in _may_go(story, part, word) if len(one.members) == 1]
        household = _choose(story, part, alone)
        household.end(day, "giải thể", "Hộ giải thể: thành viên cuối cùng qua đời")

    return happens


def _merges(story: Story, part: str, day: date) -> None:
    """An old person or couple goes to live with the family of a child."""
    alone = [one for one in _may_go(story, part, POOR, NEAR_POOR) if parting.are_old(one)]
    for old in story.random.sample(alone, len(alone)):
        known = _untouched(story, part, old.group, NEAR_POOR, NOT_POOR)
        families = [one for one in known if parting.may_join(old, one)]
        if families:
            parting.merge(old, _choose(story, part, families), day)
            old.touched.append(part)
            return


def _splits(word: str) -> Event:
    """A grown-up child founds a household, which is of the class of the old one."""

    def happens(story: Story, part: str, day: date) -> None:
        listed = _untouched(story, part, None, word)
        old = _choose(story, part, [one for one in listed if parting.grown_child(one)])
        new = parting.split(story, old, day)
        _classify(story, part, new, word, day)

    return happens


def _head_changes(story: Story, part: str, day: date) -> None:
    listed = _untouched(story, part, None, POOR, NEAR_POOR, NOT_POOR)
    household = _choose(story, part, [one for one in listed if parting.next_head(one)])
    parting.change_head(household, day)


EVENTS: dict[str, Event] = {
    "exit_to_near_poor": _exit(NEAR_POOR),
    "exit_above_near_poor": _exit(NOT_POOR),
    "near_poor_above": _becomes(NOT_POOR, lambda one: one.word == NEAR_POOR),
    "from_near_poor": _becomes(POOR, lambda one: one.word == NEAR_POOR and not one.merit),
    "relapsed": _becomes(POOR, lambda one: _again(one, POOR)),
    "newly_poor": _becomes(POOR, lambda one: _never(one, POOR)),
    "poor_unknown_before": _appears(POOR, None),
    "near_poor_again": _becomes(NEAR_POOR, lambda one: _again(one, NEAR_POOR)),
    "newly_near_poor": _becomes(NEAR_POOR, lambda one: _never(one, NEAR_POOR)),
    "near_poor_unknown_before": _appears(NEAR_POOR, None),
    "poor_arrived": _appears(POOR, "chuyển đến"),
    "near_poor_arrived": _appears(NEAR_POOR, "chuyển đến"),
    "poor_split": _splits(POOR),
    "near_poor_split": _splits(NEAR_POOR),
    "poor_moved_out": _moves_out(POOR),
    "near_poor_moved_out": _moves_out(NEAR_POOR),
    "poor_moved_within": _moves_within(POOR),
    "near_poor_moved_within": _moves_within(NEAR_POOR),
    "poor_dissolved": _dissolves(POOR),
    "near_poor_dissolved": _dissolves(NEAR_POOR),
    "merged": _merges,
    "head_changed": _head_changes,
}
