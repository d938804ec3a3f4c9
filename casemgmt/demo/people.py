"""Invented people. Names are put together from short lists; a CCCD has the digits of province,
century, sex and year that its owner would have, and then a running number instead of six random
digits; phone numbers begin with 0900, which no network gives out. So nobody is taken from life."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import count
from random import Random

from casemgmt.demo.reading import table

MALE, FEMALE = "Nam", "Nữ"
YEAR = 2022  # ages are told for this year
HEAD, WIFE, HUSBAND, CHILD = "Chủ hộ", "Vợ", "Chồng", "Con"
FATHER, MOTHER, GRANDCHILD = "Bố", "Mẹ", "Cháu"
_WORKING_AGE = range(16, 61)


@cache
def names(kind: str) -> tuple[str, ...]:
    """One of the lists that names are made of."""
    words = next(row["words"] for row in table("names") if row["list"] == kind)
    return tuple(words.split(", "))


@dataclass
class Person:
    """A member of a household. `works`: able to work; `union`: the word of a kind of
    organisation, or none."""

    name: str
    sex: str
    relation: str
    born: date
    birth: object  # as the register knows it: a day, `mm/yyyy` or a year
    citizen_id: str | None
    ethnicity: str
    works: bool
    union: str | None
    starts: date | None = None
    last_day: date | None = None

    @property
    def age(self) -> int:
        """How old this person becomes in YEAR."""
        return YEAR - self.born.year

    @property
    def family_name(self) -> str:
        """The first word of the name."""
        return self.name.split()[0]


@dataclass
class Registrar:
    """Makes people and families up, always the same ones for the same seed."""

    random: Random
    serials: Iterator[int] = field(default_factory=lambda: count(1))
    phones: Iterator[int] = field(default_factory=lambda: count(1))

    def phone(self) -> str | None:
        """A phone number, or none: some households have none."""
        return f"0900{next(self.phones):06d}" if self.random.random() < 0.55 else None

    def name(self, sex: str, *, bru: bool, family: str | None = None) -> str:
        """A name; `family`: the family name to take."""
        prefix, kind = ("bru_" if bru else ""), ("male" if sex == MALE else "female")
        parts = [
            family or self.random.choice(names(f"{prefix}family")),
            self.random.choice(names(f"{prefix}{kind}_middle")),
            self.random.choice(names(f"{prefix}{kind}")),
        ]
        return " ".join(parts)

    def person(
        self,
        sex: str,
        relation: str,
        age: int,
        *,
        bru: bool = False,
        family: str | None = None,
        works: bool = True,
    ) -> Person:
        """A person of an age; `works` counts only at working age."""
        born = date(YEAR - age, self.random.randint(1, 12), self.random.randint(1, 28))
        return Person(
            name=self.name(sex, bru=bru, family=family),
            sex=sex,
            relation=relation,
            born=born,
            birth=self._birth(born, age),
            citizen_id=self._citizen_id(sex, born, age),
            ethnicity="Bru-Vân Kiều" if bru else "Kinh",
            works=works and age in _WORKING_AGE,
            union=self._union(sex, age, works=works),
        )

    def _birth(self, born: date, age: int) -> object:
        """Of many old people only the year is known, of some the month."""
        chance = self.random.random()
        if age >= 60 and chance < 0.5:
            return born.year
        return f"{born:%m/%Y}" if chance > 0.98 else born

    def _citizen_id(self, sex: str, born: date, age: int) -> str | None:
        serial = next(self.serials)
        if self.random.random() < (0.15 if age >= 80 else 0.03):
            return None
        province = self.random.choices(("045", "044", "046"), (96, 2, 2))[0]
        century = 2 * (born.year // 100 - 19) + (sex == FEMALE)
        return f"{province}{century}{born.year % 100:02d}{serial:06d}"

    def _union(self, sex: str, age: int, *, works: bool) -> str | None:
        chance = self.random.random()
        if age >= 60:
            veteran = sex == MALE and age < 75 and chance < 0.12
            old = "Hội Người cao tuổi" if chance < 0.6 else None
            return "Hội Cựu chiến binh" if veteran else old
        if not works or age < 16:
            return None
        if age < 28:
            return "Đoàn Thanh niên" if chance < 0.3 else None
        if sex == FEMALE:
            return "Hội Liên hiệp Phụ nữ" if chance < 0.55 else None
        return "Hội Nông dân" if chance < 0.5 else None
