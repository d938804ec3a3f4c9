"""Random registers, and the plain fold of their facts that the tables are held against.

Nothing here uses the timeline, the map or SQL: a state on a day is found by walking the facts."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from sqlalchemy import insert
from sqlalchemy.orm import Session

from casemgmt.organisations.models import Kind, Organisation
from casemgmt.places import map as places_map
from casemgmt.places.models import Level, ResidentHouseholds, Tier, Unit, UnitPeriod
from casemgmt.programme.models import RegisteredExit, Target, TargetKind
from casemgmt.register import timeline
from casemgmt.register.models import (
    Arrival,
    Class,
    Classification,
    Departure,
    Household,
    Lead,
    Stay,
    Supporter,
)
from tests import counting

FIRST, LAST = date(2019, 1, 1), date(2023, 12, 31)
DAY = timedelta(days=1)
CLASSES = (Class.POOR, Class.POOR, Class.NEAR_POOR, Class.NOT_POOR)
KINDS = tuple(kind for kind in Kind if kind is not Kind.NONE)


@dataclass
class History:
    """The facts of a random register, as plain rows by table; ids are their own numbers."""

    seed: int
    random: Random = field(init=False)
    periods: list[dict] = field(default_factory=list)
    kinds: dict[int, Kind] = field(default_factory=dict)
    stays: dict[tuple[int, date], dict] = field(default_factory=dict)
    classes: dict[tuple[int, date], dict] = field(default_factory=dict)
    leads: dict[tuple[int, date], dict] = field(default_factory=dict)
    supporters: dict[tuple[int, int, date], dict] = field(default_factory=dict)
    residents: dict[tuple[int, date], dict] = field(default_factory=dict)
    targets: dict[tuple[int, int], int] = field(default_factory=dict)
    registered: set[tuple[int, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self._places()
        self.kinds = {number: self.random.choice(KINDS) for number in range(1, 7)}
        self.households = list(range(1, self.random.randint(6, 14)))
        for household in self.households:
            self._household(household)
        for commune in self.communes + self.villages:
            self._declared(commune)

    # -- making -----------------------------------------------------------------------------

    def day(self) -> date:
        """A random day of the five years; often one that other facts share."""
        if self.random.random() < 0.3:
            return date(self.random.randint(2019, 2023), self.random.choice([1, 7, 12]), 1)
        return FIRST + DAY * self.random.randrange((LAST - FIRST).days)

    def _places(self) -> None:
        choose = self.random
        self.province, self.district = 1, 2
        self.communes = [3, 4, 5, 6]
        self.villages = list(range(10, 10 + choose.randint(5, 8)))
        add = self._period
        merger = date(2022, 7, 1) if choose.random() < 0.7 else None
        end = merger - DAY if merger else None
        add(self.province, Level.PROVINCE, None, date(1, 1, 1), None)
        add(self.district, Level.DISTRICT, self.province, date(1, 1, 1), end)
        for commune in self.communes[:3]:
            add(
                commune,
                choose.choice([Level.COMMUNE, Level.TOWN]),
                self.district,
                date(1, 1, 1),
                end,
            )
        add(self.communes[3], Level.COMMUNE, self.province, merger or date(2023, 7, 1), None)
        for village in self.villages:
            first = choose.choice(self.communes[:3])
            add(village, Level.THON, first, date(1, 1, 1), choose.choice([None, None, None, end]))
            if choose.random() < 0.3:  # moved to another commune in between
                add(village, Level.BAN, choose.choice(self.communes[:3]), date(2021, 1, 1), None)
            if merger and choose.random() < 0.8:  # else left behind when its commune ended
                add(village, Level.THON, self.communes[3], merger, None)
            if choose.random() < 0.1:  # abolished
                self.periods[-1]["last_day"] = date(2023, 3, 31)

    def _period(
        self, unit: int, level: Level, parent: int | None, starts: date, last_day: date | None
    ) -> None:
        last = [row for row in self.periods if row["unit_id"] == unit]
        if last and last[-1]["last_day"] is not None and last[-1]["last_day"] >= starts:
            last[-1]["last_day"] = None
        self.periods.append(
            {
                "unit_id": unit,
                "starts": starts,
                "last_day": last_day,
                "level": level,
                "parent_id": parent,
                "name": f"Đơn vị {unit}",
                "official_code": None,
                "area": None,
            }
        )

    def _household(self, household: int) -> None:
        for _ in range(self.random.randint(1, 4)):
            self.add_stay(household)
        for _ in range(self.random.randint(0, 5)):
            self.add_classification(household)
        for _ in range(self.random.randint(0, 3)):
            self.add_lead(household)
        for _ in range(self.random.randint(0, 2)):
            starts = self.day()
            organisation = self.random.choice(list(self.kinds))
            self.supporters[household, organisation, starts] = {"last_day": self._last(starts)}
        for year in range(2019, 2024):
            if self.random.random() < 0.2:
                self.registered.add((year, household))

    def _last(self, starts: date) -> date | None:
        if self.random.random() < 0.6:
            return None
        return starts + DAY * self.random.choice([0, 1, 30, 200, 900])

    def add_stay(self, household: int) -> None:
        starts = self.day()
        last_day = self._last(starts)
        self.stays[household, starts] = {
            "village_id": self.random.choice(self.villages),
            "last_day": last_day,
            "arrival": self.random.choice([None, None, *Arrival]),
            "departure": self.random.choice([None, *Departure]) if last_day else None,
        }

    def add_classification(self, household: int) -> None:
        flag = self.random.random
        self.classes[household, self.day()] = {
            "class_": self.random.choice(CLASSES),
            "minority": flag() < 0.3,
            "social_protection": flag() < 0.4,
            "merit": flag() < 0.1,
            "member_of": self.random.choice([Kind.NONE, *KINDS]),
        }

    def add_lead(self, household: int) -> None:
        starts = self.day()
        self.leads[household, starts] = {
            "organisation_id": self.random.choice(list(self.kinds)),
            "last_day": self._last(starts),
        }

    def _declared(self, unit: int) -> None:
        for _ in range(self.random.randint(0, 2)):
            total = self.random.randint(0, 300)
            minority = self.random.choice([None, self.random.randint(0, total)])
            self.residents[unit, self.day()] = {"total": total, "ethnic_minority": minority}
        for year in range(2019, 2024):
            if self.random.random() < 0.6:
                self.targets[year, unit] = self.random.randint(0, 9)

    def change(self) -> set[int]:
        """Change the past here and there; the households whose facts changed."""
        touched = set(self.random.sample(self.households, k=min(3, len(self.households))))
        for household in touched:
            self.random.choice([self.add_stay, self.add_classification, self.add_lead])(household)
            for facts in (self.stays, self.classes, self.leads):
                mine = [key for key in facts if key[0] == household]
                if len(mine) > 1 and self.random.random() < 0.3:
                    del facts[self.random.choice(mine)]
                elif mine and facts is not self.classes and self.random.random() < 0.3:
                    key = self.random.choice(mine)
                    facts[key]["last_day"] = self._last(key[1])
                    if facts is self.stays and facts[key]["last_day"] is None:
                        facts[key]["departure"] = None
        return touched

    # -- storing ----------------------------------------------------------------------------

    def store(self, session: Session) -> None:
        """Put all of it into an empty database and derive map and timeline."""
        run = session.connection().execute
        units = [self.province, self.district, *self.communes, *self.villages]
        run(
            insert(Unit.__table__),
            [{"id": unit, "code": f"U{unit}", "position": at} for at, unit in enumerate(units)],
        )
        run(insert(UnitPeriod.__table__), self.periods)
        run(
            insert(Organisation.__table__),
            [
                {
                    "id": number,
                    "code": f"O{number}",
                    "name": "Tổ chức",
                    "kind": kind,
                    "unit_id": self.district,
                    "parent_id": None,
                }
                for number, kind in self.kinds.items()
            ],
        )
        run(
            insert(Household.__table__),
            [
                {
                    "id": household,
                    "code": f"H{household}",
                    "head_name": "Người Mẫu",
                    "head_search": "nguoi mau",
                    "head_order": b"",
                    "version": 1,
                }
                for household in self.households
            ],
        )
        rows = [
            {"unit_id": unit, "starts": starts, **row}
            for (unit, starts), row in self.residents.items()
        ]
        if rows:
            run(insert(ResidentHouseholds.__table__), rows)
        targets = [
            {"year": year, "unit_id": unit, "kind": TargetKind.EXIT_HOUSEHOLDS, "value": value}
            for (year, unit), value in self.targets.items()
        ]
        if targets:
            run(insert(Target.__table__), targets)
        exits = [{"year": year, "household_id": household} for year, household in self.registered]
        if exits:
            run(insert(RegisteredExit.__table__), exits)
        self._store_facts(session, set(self.households))
        places_map.redraw(session)
        timeline.rewrite(session, self.households)
        counting.begin_again(session.connection())

    def restore(self, session: Session, households: set[int]) -> None:
        """Replace the facts of some households by what they are now."""
        for model in (Stay, Classification, Lead, Supporter):
            table = model.__table__
            session.connection().execute(table.delete().where(table.c.household_id.in_(households)))
        self._store_facts(session, households)
        timeline.rewrite(session, households)
        counting.begin_again(session.connection())

    def _store_facts(self, session: Session, households: set[int]) -> None:
        groups = (
            (Stay, self.stays, ("household_id", "starts")),
            (Classification, self.classes, ("household_id", "starts")),
            (Lead, self.leads, ("household_id", "starts")),
            (Supporter, self.supporters, ("household_id", "organisation_id", "starts")),
        )
        for model, facts, names in groups:
            rows = [
                {**dict(zip(names, key, strict=True)), **fact}
                for key, fact in facts.items()
                if key[0] in households
            ]
            for row in rows:
                if "class_" in row:
                    row["class"] = row.pop("class_")
            if rows:
                session.connection().execute(insert(model.__table__), rows)

    # -- the plain fold ---------------------------------------------------------------------

    @staticmethod
    def _holding(facts: dict[date, dict], day: date) -> dict | None:
        begun = [starts for starts in facts if starts <= day]
        if not begun:
            return None
        fact = facts[max(begun)]
        last_day = fact.get("last_day")
        return fact if last_day is None or last_day >= day else None

    def _of(self, facts: dict[tuple[int, date], dict], household: int) -> dict[date, dict]:
        return {key[1]: fact for key, fact in facts.items() if key[0] == household}

    def village(self, household: int, day: date) -> int | None:
        """Where a household lives on a day."""
        stay = self._holding(self._of(self.stays, household), day)
        return stay["village_id"] if stay else None

    def state(self, household: int, day: date) -> dict:
        """Class, flags and lead kind of a household on a day."""
        fact = self._holding(self._of(self.classes, household), day)
        lead = self._holding(self._of(self.leads, household), day)
        bare = {
            "class_": Class.NONE,
            "minority": False,
            "social_protection": False,
            "merit": False,
            "member_of": Kind.NONE,
        }
        return {
            **(fact or bare),
            "lead_kind": self.kinds[lead["organisation_id"]] if lead else Kind.NONE,
        }

    def _period_on(self, unit: int, day: date) -> dict | None:
        return self._holding(
            {row["starts"]: row for row in self.periods if row["unit_id"] == unit}, day
        )

    def ladder(self, unit: int, day: date) -> list[int]:
        """The unit and those above it in the map of a day, as far as all of them stand."""
        found: list[int] = []
        period = self._period_on(unit, day)
        while period is not None:
            found.append(period["unit_id"])
            parent = period["parent_id"]
            period = self._period_on(parent, day) if parent is not None else None
        return found

    def rows(self, unit: int | None, day: date) -> list[int]:
        """The rows of a table of a unit in the map of a day, in the register's order."""
        if unit in self.communes:
            return [village for village in self.villages if unit in self.ladder(village, day)]
        standing = [commune for commune in self.communes if self._period_on(commune, day)]
        return [c for c in standing if unit is None or unit in self.ladder(c, day)]

    def here(self, row: int, household: int, day: date, map_day: date) -> bool:
        """Whether the household lives, on `day`, in a village of the row in `map_day`'s map."""
        village = self.village(household, day)
        return village is not None and row in self.ladder(village, map_day)

    def tier(self, unit: int) -> Tier:
        return next(row["level"].tier for row in self.periods if row["unit_id"] == unit)
