"""One household of the demonstration, and what can become of it: the dated facts that an officer
would have recorded."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from casemgmt.demo import scoring
from casemgmt.demo.people import HEAD, Person
from casemgmt.demo.places import Village
from casemgmt.demo.reading import table
from casemgmt.demo.scoring import Scores

DAY = timedelta(days=1)
TODAY = date(2023, 10, 20)  # inside the yearly review, before the report of 15/11
REVIEW = date(2023, 12, 14)  # the day on which this review is to be decided
REVIEWED = date(2022, 1, 1)  # the list of the first year of the standard 2022–2025 …
_DECIDED = date(2021, 12, 28)  # … and the day on which it was decided
LEAD, SUPPORT = "Chính", "Phối hợp"
AREAS = {row["code"]: row["area"] for row in table("communes")}
_PLACES = {row["code"]: place for place, row in enumerate(table("communes"))}


@dataclass
class Stay:
    """Cư trú."""

    village: Village
    starts: date
    arrival: str | None
    last_day: date | None = None
    departure: str | None = None


@dataclass(frozen=True)
class Classified:
    """Phân loại; `word` is the class as workbooks write it."""

    starts: date
    word: str
    minority: bool
    social_protection: bool
    merit: bool
    union: str | None
    scores: Scores
    decision: str
    decided: date
    note: str | None


@dataclass
class Sponsored:
    """Đỡ đầu."""

    organisation: str
    part: str
    starts: date
    in_charge: str | None
    last_day: date | None = None
    why_ended: str | None = None

    def end(self, last_day: date, why: str) -> None:
        """It ends after this day."""
        self.last_day, self.why_ended = last_day, why


_Fact = TypeVar("_Fact", Stay, Sponsored)


def on(facts: Sequence[_Fact], day: date) -> _Fact | None:
    """The newest of these facts that holds on a day."""
    holding = [
        fact
        for fact in facts
        if fact.starts <= day and (fact.last_day is None or day <= fact.last_day)
    ]
    return holding[-1] if holding else None


@dataclass
class Household:
    """A household. `group`: its row in `groups.tsv`; `touched`: the parts of the story in which
    something happened to it, so that not everything happens to the same ones."""

    code: str
    group: int
    minority: bool
    people: list[Person]
    merit: bool = False
    address: str | None = None
    note: str | None = None
    phone: str | None = None
    stays: list[Stay] = field(default_factory=list)
    classes: list[Classified] = field(default_factory=list)
    sponsors: list[Sponsored] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)

    # -- what holds -------------------------------------------------------------------------

    @property
    def village(self) -> Village:
        """Where it lives, or lived last."""
        return self.stays[-1].village

    @property
    def word(self) -> str:
        """Its class now."""
        return self.classes[-1].word

    @property
    def recorded(self) -> list[Classified]:
        """How it was classified until the register's today."""
        return [held for held in self.classes if held.starts <= TODAY]

    @property
    def to_come(self) -> Classified | None:
        """What the review that is under way is to make of it; None: what it is."""
        return self.classes[-1] if self.classes[-1].starts == REVIEW else None

    @property
    def gone(self) -> bool:
        """It lives here no longer."""
        return self.stays[-1].last_day is not None

    @property
    def members(self) -> list[Person]:
        """Who belongs to it now."""
        return [person for person in self.people if person.last_day is None]

    @property
    def head(self) -> Person:
        """Its head now; of a household that is no more, its last one."""
        people = self.members or self.people
        return next((person for person in people if person.relation == HEAD), people[0])

    @property
    def social_protection(self) -> bool:
        """Nobody in it is able to work."""
        return not any(person.works for person in self.members)

    @property
    def lead(self) -> Sponsored | None:
        """Its lead sponsorship that has not ended."""
        leads = [one for one in self.sponsors if one.part == LEAD and one.last_day is None]
        return leads[-1] if leads else None

    def was(self, word: str) -> bool:
        """It was of this class before."""
        return any(classified.word == word for classified in self.classes[:-1])

    def classified_on(self, day: date) -> Classified | None:
        """How it was classified on a day on which it lived here."""
        if on(self.stays, day) is None:
            return None
        return next((held for held in reversed(self.classes) if held.starts <= day), None)

    def members_on(self, day: date) -> list[Person]:
        """Who belonged to it on a day."""
        return [
            person
            for person in self.people
            if (person.starts is None or person.starts <= day)
            and (person.last_day is None or day <= person.last_day)
        ]

    def lead_on(self, day: date) -> str | None:
        """The code of its lead sponsor on a day."""
        lead = on([one for one in self.sponsors if one.part == LEAD], day)
        return lead.organisation if lead else None

    # -- what happens -----------------------------------------------------------------------

    def move(self, village: Village, day: date) -> None:
        """It moves to another village of the register."""
        self.stays[-1].last_day, self.stays[-1].departure = day - DAY, "chuyển đi"
        self.stays.append(Stay(village, day, "chuyển đến"))

    def go_over(self, village: Village, day: date) -> None:
        """Its village became part of another one."""
        self.stays[-1].last_day = day - DAY
        self.stays.append(Stay(village, day, None))

    def leave(self, last_day: date, departure: str, told: str) -> None:
        """It leaves after its last day; with it end its sponsorships."""
        self.stays[-1].last_day, self.stays[-1].departure = last_day, departure
        for sponsored in self.sponsors:
            if sponsored.last_day is None:
                sponsored.end(last_day, told)

    def end(self, last_day: date, departure: str, told: str) -> None:
        """The same, and there is no such household any more."""
        self.leave(last_day, departure, told)
        for person in self.members:
            person.last_day = last_day

    def classify(self, random: Random, word: str, day: date, note: str | None = None) -> None:
        """It is classified from a day on, with scores that imply the class. Nobody counts as poor
        and a person of merit: the programme's target is none, and it was kept."""
        commune = self.village.commune
        before = self.classes[-1].scores if self.classes else None
        decided = _DECIDED if day == REVIEWED else day
        self.classes.append(
            Classified(
                starts=day,
                word=word,
                minority=self.minority,
                social_protection=word != scoring.NOT_POOR and self.social_protection,
                merit=self.merit and word != scoring.POOR,
                union=scoring.membership(self.members),
                scores=scoring.score(random, word, AREAS[commune], day, self.members, before),
                decision=f"{decided.timetuple().tm_yday + 7 * _PLACES[commune]}/QĐ-UBND",
                decided=decided,
                note=note,
            )
        )
