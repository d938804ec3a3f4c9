"""Households that part and join: a child founds its own, old people go to live with theirs."""

from dataclasses import replace
from datetime import date

from casemgmt.demo.baseline import Story
from casemgmt.demo.households import DAY, Household
from casemgmt.demo.people import CHILD, FATHER, HEAD, HUSBAND, MALE, MOTHER, WIFE, Person


def grown_child(household: Household) -> Person | None:
    """A child of age who could leave a household in which others can work."""
    workers = [person for person in household.members if person.works]
    if len(workers) < 3:
        return None
    grown = [one for one in workers if one.relation == CHILD and one.age >= 19]
    return grown[0] if grown else None


def split(story: Story, household: Household, day: date) -> Household:
    """Tách hộ: the grown child becomes the head of a household of its own, with its spouse."""
    child = grown_child(household)
    if child is None:
        raise ValueError(f"nobody can leave {household.code}")
    new = story.household(household.group, "able", household.village, day, "tách hộ")
    sex, word = ("Nữ", WIFE) if child.sex == MALE else (MALE, HUSBAND)
    age = max(19, child.age - 1)
    spouse = story.registrar.person(sex, word, age, bru=household.minority)
    new.people = [replace(child, relation=HEAD, starts=day), replace(spouse, starts=day)]
    child.last_day = day - DAY
    return new


def are_old(household: Household) -> bool:
    """One or two old people who live alone."""
    people = household.members
    return len(people) <= 2 and all(person.age >= 62 for person in people)


def may_join(old: Household, into: Household) -> bool:
    """A family whose head may be the child of the old ones: by age and, from a father, by name."""
    head, elder = into.head, old.head
    return (
        20 <= elder.age - head.age <= 42
        and (elder.sex != MALE or elder.family_name == head.family_name)
        and not {person.relation for person in into.members} & {FATHER, MOTHER}
    )


def merge(old: Household, into: Household, day: date) -> None:
    """Nhập hộ: from the day on the old ones belong to the family."""
    going = old.members
    old.end(day - DAY, "nhập hộ", f"Nhập vào hộ {into.code}")
    for person in going:
        word = FATHER if person.sex == MALE else MOTHER
        into.people.append(replace(person, relation=word, starts=day, last_day=None))


def next_head(household: Household) -> Person | None:
    """Who would be the head after the one of now: the spouse, who is able to be it."""
    if household.head.age < 55:
        return None
    spouses = [one for one in household.members if one.relation in (WIFE, HUSBAND)]
    return spouses[0] if spouses else None


def change_head(household: Household, day: date) -> None:
    """The head dies; the spouse is the head now."""
    spouse = next_head(household)
    household.head.last_day = day
    if spouse is not None:
        spouse.relation = HEAD
