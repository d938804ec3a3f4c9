"""The made-up history of one household, the same for the same number in a register of any size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from bench.places import KINDS
from casemgmt.organisations.models import Kind
from casemgmt.register.models import Arrival, Class, Departure, Relation

ARRIVED = date(2016, 1, 1)
REVIEWS = (date(2019, 10, 1), date(2020, 10, 1), date(2021, 10, 1))  # one class from each
DAY = timedelta(days=1)
_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Hồ", "Võ", "Đặng", "Bùi", "Đỗ")
_MIDDLE = ("Văn", "Thị", "Đức", "Hữu", "Ngọc", "Minh", "Quang", "Thanh")
_GIVEN = ("An", "Bình", "Châu", "Dũng", "Đạt", "Giang", "Hà", "Hoá", "Khánh", "Lợi", "Mỹ", "Nga",
          "Oanh", "Phúc", "Quý", "Sơn", "Thuỷ", "Út", "Vân", "Xuân", "Yến")  # fmt: skip
_CLASSES = (Class.POOR, Class.NEAR_POOR, Class.NOT_POOR)
_SHARES = ((40, 35, 25), (32, 35, 33), (25, 30, 45))  # of each class at each review
_KINDS = (Kind.NONE, *KINDS[:4])


@dataclass(frozen=True, slots=True)
class Fact:
    """A stay, a classification or a lead, with what the timeline reads of it."""

    starts: date
    last_day: date | None = None
    village_id: int = 0
    arrival: Arrival | None = None
    departure: Departure | None = None
    class_: Class = Class.NONE
    minority: bool = False
    social_protection: bool = False
    merit: bool = False
    member_of: Kind = Kind.NONE
    organisation_id: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """A household: its head's name and its facts."""

    head: str
    stays: Sequence[Fact]
    classifications: Sequence[Fact]
    leads: Sequence[Fact]


def history(number: int, villages: Sequence[int], sponsors: Sequence[int]) -> History:
    """The history of household `number`, which lives in one of these villages (of a district) and
    is led, half of the time, by one of these organisations."""
    random = Random(number)
    return History(
        _name(random), _stays(random, villages), _classes(random), _leads(random, sponsors)
    )


def _name(random: Random) -> str:
    return " ".join(random.choice(words) for words in (_FAMILY, _MIDDLE, _GIVEN))


def _some_day(random: Random, first: date, days: int) -> date:
    return first + random.randrange(days) * DAY


def _stays(random: Random, villages: Sequence[int]) -> list[Fact]:
    starts = _some_day(random, ARRIVED, 900)
    home = random.choice(villages)
    if random.random() > 0.06:  # most never move
        return [Fact(starts, village_id=home)]
    moved = _some_day(random, date(2019, 1, 1), 1500)
    return [
        Fact(starts, moved - DAY, home, departure=Departure.MOVED_OUT),
        Fact(moved, None, random.choice(villages), Arrival.MOVED_IN),
    ]


def _classes(random: Random) -> list[Fact]:
    minority, protected = random.random() < 0.15, random.random() < 0.3
    member_of = random.choice(_KINDS)
    return [
        Fact(
            _some_day(random, first, 80),
            class_=random.choices(_CLASSES, shares)[0],
            minority=minority,
            social_protection=protected,
            member_of=member_of,
        )
        for first, shares in zip(REVIEWS, _SHARES, strict=True)
    ]


def _leads(random: Random, sponsors: Sequence[int]) -> list[Fact]:
    if random.random() < 0.5:
        return []
    starts = _some_day(random, date(2019, 6, 1), 900)
    first, second = random.choice(sponsors), random.choice(sponsors)
    if random.random() < 0.2:  # ended, some handed over
        ended = _some_day(random, starts + DAY, 400)
        handed = [Fact(ended + DAY, organisation_id=second)] if random.random() < 0.5 else []
        return [Fact(starts, ended, organisation_id=first), *handed]
    return [Fact(starts, organisation_id=first)]


def members(number: int, head: str) -> list[dict[str, Any]]:
    """The people of a household, for the pages that show them."""
    random = Random(f"members of {number}")
    relations = (Relation.HEAD, Relation.WIFE, Relation.CHILD, Relation.CHILD)
    return [
        {
            "name": head if relation is Relation.HEAD else _name(random),
            "relation": relation,
            "birth_year": 1950 + random.randrange(60),
            "can_work": random.random() < 0.5,
            "member_of": Kind.NONE,
            "version": 1,
        }
        for relation in relations[: random.randint(2, 4)]
    ]
