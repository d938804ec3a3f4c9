"""Who lives together: the kinds of families of the demonstration, and how common each is among
poor households on social protection, other poor ones, near-poor and not poor ones."""

from collections.abc import Callable

from casemgmt.demo.people import (
    CHILD,
    FATHER,
    FEMALE,
    GRANDCHILD,
    HEAD,
    HUSBAND,
    MALE,
    MOTHER,
    WIFE,
    Person,
    Registrar,
)

SOCIAL, ABLE, NEAR, OTHER = "social", "able", "near", "other"
_SPOUSE = {MALE: (FEMALE, WIFE), FEMALE: (MALE, HUSBAND)}


def family(registrar: Registrar, status: str, *, bru: bool) -> list[Person]:
    """The members of a household of this status, its head first."""
    makers, weights = zip(*_COMMON[status], strict=True)
    make: Callable[[Registrar, bool], list[Person]] = registrar.random.choices(makers, weights)[0]
    return _apart(registrar, make(registrar, bru), bru=bru)


def _apart(registrar: Registrar, people: list[Person], *, bru: bool) -> list[Person]:
    """Nobody in a household has the name of another."""
    taken: set[str] = set()
    for person in people:
        while person.name in taken:
            person.name = registrar.name(person.sex, bru=bru, family=person.family_name)
        taken.add(person.name)
    return people


def _old_one(registrar: Registrar, bru: bool) -> list[Person]:
    sex = registrar.random.choices((FEMALE, MALE), (72, 28))[0]
    return [registrar.person(sex, HEAD, registrar.random.randint(66, 91), bru=bru)]


def _old_couple(registrar: Registrar, bru: bool) -> list[Person]:
    age = registrar.random.randint(66, 86)
    head = registrar.person(MALE, HEAD, age, bru=bru)
    wife = registrar.person(FEMALE, WIFE, age - registrar.random.randint(0, 5), bru=bru)
    return [head, wife]


def _old_with_grandchildren(registrar: Registrar, bru: bool) -> list[Person]:
    people = registrar.random.choice((_old_one, _old_couple))(registrar, bru)
    for _ in range(registrar.random.choice((1, 1, 2))):
        people.append(_young(registrar, people[0], GRANDCHILD, (5, 15), bru=bru))
    return people


def _disabled(registrar: Registrar, bru: bool) -> list[Person]:
    sex = registrar.random.choice((MALE, FEMALE))
    age = registrar.random.randint(28, 58)
    return [registrar.person(sex, HEAD, age, bru=bru, works=False)]


def _parent_of_disabled(registrar: Registrar, bru: bool) -> list[Person]:
    mother = registrar.person(FEMALE, HEAD, registrar.random.randint(66, 82), bru=bru)
    sex = registrar.random.choice((MALE, FEMALE))
    age = mother.age - registrar.random.randint(22, 34)
    return [mother, registrar.person(sex, CHILD, age, bru=bru, works=False)]


def _parents_and_children(registrar: Registrar, bru: bool) -> list[Person]:
    people = _couple(registrar, bru)
    people += _children(registrar, people[0], registrar.random.choice((1, 2, 2, 2, 3, 4)), bru)
    if registrar.random.random() < 0.18:
        sex, word = registrar.random.choice(((MALE, FATHER), (FEMALE, MOTHER), (FEMALE, MOTHER)))
        age = people[0].age + registrar.random.randint(24, 32)
        family = people[0].family_name if sex == MALE else None
        people.append(registrar.person(sex, word, age, bru=bru, family=family))
    return people


def _one_parent(registrar: Registrar, bru: bool) -> list[Person]:
    mother = registrar.person(FEMALE, HEAD, registrar.random.randint(30, 54), bru=bru)
    children = _children(registrar, mother, registrar.random.choice((1, 2, 2, 3)), bru)
    return [mother, *children]


def _couple(registrar: Registrar, bru: bool) -> list[Person]:
    age = registrar.random.randint(28, 57)
    sex = registrar.random.choices((MALE, FEMALE), (80, 20))[0]
    head = registrar.person(sex, HEAD, age, bru=bru)
    other, word = _SPOUSE[sex]
    return [head, registrar.person(other, word, age + registrar.random.randint(-4, 2), bru=bru)]


def _grown_up(registrar: Registrar, bru: bool) -> list[Person]:
    """A couple past sixty-one with a grown child who earns."""
    people = _old_couple(registrar, bru)
    people.append(_young(registrar, people[0], CHILD, (20, 34), bru=bru))
    return people


def _children(registrar: Registrar, parent: Person, number: int, bru: bool) -> list[Person]:
    most = max(3, min(24, parent.age - 21))
    return [_young(registrar, parent, CHILD, (2, most), bru=bru) for _ in range(number)]


def _young(
    registrar: Registrar, elder: Person, relation: str, ages: tuple[int, int], *, bru: bool
) -> Person:
    """A child or grandchild: a father's family name is handed on, a mother's mostly is not."""
    handed_on = elder.sex == MALE
    return registrar.person(
        registrar.random.choice((MALE, FEMALE)),
        relation,
        registrar.random.randint(*ages),
        bru=bru,
        family=elder.family_name if handed_on else None,
    )


_COMMON: dict[str, list[tuple[Callable[[Registrar, bool], list[Person]], int]]] = {
    SOCIAL: [
        (_old_one, 42),
        (_old_couple, 20),
        (_old_with_grandchildren, 12),
        (_disabled, 12),
        (_parent_of_disabled, 14),
    ],
    ABLE: [(_parents_and_children, 62), (_one_parent, 30), (_couple, 8)],
    NEAR: [
        (_parents_and_children, 60),
        (_one_parent, 16),
        (_grown_up, 10),
        (_couple, 7),
        (_old_couple, 4),
        (_old_one, 3),
    ],
    OTHER: [(_parents_and_children, 78), (_grown_up, 14), (_couple, 8)],
}
