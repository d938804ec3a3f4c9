"""What was given in 2022 and 2023 until the register's today, as `support.tsv` says: kinds, usual
sizes and values, who gives them, from what money, to whom."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from casemgmt.demo import organisations
from casemgmt.demo.baseline import Story
from casemgmt.demo.households import DAY, Classified, Household
from casemgmt.demo.reading import Row, table
from casemgmt.demo.scoring import NEAR_POOR, NOT_POOR, POOR
from casemgmt.demo.sponsors import UNIONS
from casemgmt.organisations.models import Kind

_DAYS = {
    "year_2022": (date(2022, 2, 21), date(2022, 12, 20)),
    "year_2023": (date(2023, 2, 6), date(2023, 10, 18)),
}
_BEFORE_TET = {
    "year_2022": (date(2022, 1, 18), date(2022, 1, 28)),
    "year_2023": (date(2023, 1, 5), date(2023, 1, 17)),
}
Fits = Callable[[Household, Classified], bool]
_WANTS: dict[str, Fits] = {
    "any": lambda _one, _held: True,
    "poor": lambda _one, held: held.word == POOR,
    "near_poor": lambda _one, held: held.word == NEAR_POOR,
    "listed": lambda _one, held: held.word != NOT_POOR,
    "able": lambda _one, held: held.word != NOT_POOR and not held.social_protection,
    "social": lambda _one, held: held.word == POOR and held.social_protection,
    "child": lambda one, held: held.word != NOT_POOR and _has_a_pupil(one),
}


def _has_a_pupil(household: Household) -> bool:
    return any(6 <= person.age <= 15 for person in household.people)


def fits(wants: str) -> Fits:
    """Whether something is for a household: one of the words above, or an indicator it lacks."""
    return _WANTS.get(wants) or _lacks(wants)


def _lacks(indicator: str) -> Fits:
    return lambda _one, held: held.word != NOT_POOR and indicator in held.scores.lacking


@dataclass(frozen=True)
class _Given:
    household: Household
    day: date
    kind: dict[str, str]
    organisation: str | None
    quantity: int
    value: int | None


def support(story: Story) -> list[Row]:
    """The sheet `Hỗ trợ`, by date."""
    given = [
        action for kind in table("support") for year in _DAYS for action in _year(story, kind, year)
    ]
    given.sort(key=lambda action: (action.day, action.household.code, action.kind["content"]))
    return [_row(place, action) for place, action in enumerate(given, 1)]


def _year(story: Story, kind: dict[str, str], year: str) -> Iterator[_Given]:
    """What was given of a kind in a year: to each household at most once."""
    first, last = (_BEFORE_TET if kind["kind"] == "Quà Tết" else _DAYS)[year]
    suits = fits(kind["wants"])
    left = int(kind[year])
    for household in story.random.sample(story.households, len(story.households)):
        if not left:
            return
        day = first + DAY * story.random.randrange((last - first).days + 1)
        held = household.classified_on(day)
        if held is not None and suits(household, held):
            left -= 1
            quantity = _quantity(story, kind, household)
            value, giver = _value(story, kind, quantity), _giver(story, kind, household, day)
            yield _Given(household, day, kind, giver, quantity, value)


def _quantity(story: Story, kind: dict[str, str], household: Household) -> int:
    least, most = int(kind["least"]), int(kind["most"])
    if kind["unit"] == "thẻ":
        return len(household.members) or 1
    return story.random.randrange(least, most + 1, 50 if most >= 100 else 1)


def _value(story: Story, kind: dict[str, str], quantity: int) -> int | None:
    """Whole đồng; the table has thousands for each unit. Not everything is valued."""
    if not kind["value"]:
        return None
    least, most = int(kind["value"]), int(kind["value_most"])
    step = 1000 if most >= 10_000 else 50 if most - least >= 50 else 1
    return quantity * 1000 * story.random.randrange(least, most + 1, step)


def _giver(story: Story, kind: dict[str, str], household: Household, day: date) -> str | None:
    commune = household.village.commune
    if kind["givers"] == "none":
        return None
    if kind["givers"] == "lead":
        front = organisations.of_kind(Kind.FATHERLAND_FRONT, commune)[0]
        return household.lead_on(day) or front
    kinds = (
        UNIONS if kind["givers"] == "unions" else [Kind(word) for word in kind["givers"].split(",")]
    )
    return story.random.choice(organisations.of_kind(story.random.choice(kinds), commune))


def _row(place: int, action: _Given) -> Row:
    return {
        "Mã hoạt động": f"HT-{action.day.year}-{place:04d}",
        "Mã hộ": action.household.code,
        "Mã tổ chức": action.organisation,
        "Ngày": action.day,
        "Loại": action.kind["kind"],
        "Nội dung": action.kind["content"],
        "Số lượng": action.quantity,
        "Đơn vị tính": action.kind["unit"],
        "Giá trị (đồng)": action.value,
        "Nguồn": action.kind["source"] or None,
    }
