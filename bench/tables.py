"""Biểu 2 and Biểu 3 of one district, and of the whole register, as of a day: our function against
others that must give the same figures.

- `ours`: `casemgmt.tables.figures.figures`, once for each table;
- `bare driver`: the very statements that ours sends, straight through sqlite3 or psycopg;
- `hand, timeline`: the best SQL that we could write over the timeline, for both tables at once;
- `hand, facts`: the same over stays, classifications and leads;
- `ORM objects`: households loaded as objects, counted in Python.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, select
from sqlalchemy.orm import Session, selectinload

from bench import hand
from bench.measuring import Report, Times, in_turn, ms, times
from bench.places import TARGET_YEAR
from bench.registers import DISTRICT, Size
from casemgmt.db import reading
from casemgmt.places.models import Lies, ResidentHouseholds, Tier, Unit
from casemgmt.programme.models import Target, TargetKind
from casemgmt.register.lens import Lens
from casemgmt.register.models import Class, Household, Lead, Stay
from casemgmt.register.timeline import in_force
from casemgmt.tables.figures import Figures, asked, figures
from casemgmt.tables.ready import Ready

DAYS = (date(2022, 2, 15), date(2020, 6, 30), date(2022, 12, 31))
Answer = dict[str, tuple[int | None, ...]]  # by unit: the figures of hand.COLUMNS
Statement = tuple[str, Any]
OURS, BARE, TIMELINE, FACTS, OBJECTS = (
    "ours",
    "bare driver",
    "hand, timeline",
    "hand, facts",
    "ORM objects",
)


class Register:
    """One open register, and the contestants on it. All share one connection and transaction."""

    def __init__(self, connection: Connection, unit: str | None) -> None:
        self.connection = connection
        self.unit = unit
        self.raw: Any = connection.connection.dbapi_connection
        self.units: dict[int, str] = dict(connection.execute(select(Unit.id, Unit.code)).all())
        self.sent = {day: self._record(day, self.both) for day in DAYS}
        self.moved = {day: self._record(day, self.movement) for day in DAYS}
        self.hand = hand.Hand(connection.dialect.name, whole=unit is None)

    def _record(self, day: date, run: Callable[[date], object]) -> list[Statement]:
        """The statements that a function sends, as the driver gets them."""
        found: list[Statement] = []
        sends = Ready.sent

        def keep(ready: Ready, dialect: Dialect, bound: Mapping[str, Any]) -> Statement:
            found.append(sends(ready, dialect, bound))
            return found[-1]

        Ready.sent = keep
        try:
            run(day)
        finally:
            Ready.sent = sends
        return found

    def both(self, day: date) -> tuple[Figures, Figures]:
        return self._figures("bieu-2", day), self._figures("bieu-3", day)

    def _figures(self, name: str, day: date) -> Figures:
        return figures(self.connection, asked(name, as_of=day, unit=self.unit, year=TARGET_YEAR))

    def movement(self, day: date) -> Figures:
        start = date(day.year - 1, 12, 14)
        return figures(self.connection, asked("dien-bien", start=start, end=day, unit=self.unit))

    def bare(self, statements: Sequence[Statement]) -> list[list[Any]]:
        found = []
        for text, bound in statements:
            cursor = self.raw.cursor()
            cursor.execute(text, bound)
            found.append(cursor.fetchall())
            cursor.close()
        return found

    def objects(self, day: date) -> Answer:
        with Session(self.connection) as session:
            return _counted_as_objects(session, day)

    def answer(self, contestant: str, day: date) -> Answer:
        """What a contestant says, in one form for all."""
        match contestant:
            case "ours":
                return _read_ours(*self.both(day))
            case "bare driver":
                return self._read_bare(day)
            case "hand, timeline" | "hand, facts":
                return self.hand.answer(self.raw, contestant == FACTS, day, self.unit, self.units)
            case _:
                return self.objects(day)

    def run(self, contestant: str, day: date) -> Callable[[], object]:
        match contestant:
            case "ours":
                return lambda: self.both(day)
            case "bare driver":
                return lambda: self.bare(self.sent[day])
            case "hand, timeline" | "hand, facts":
                facts = contestant == FACTS
                return lambda: self.hand.run(self.raw, facts, day, self.unit)
            case _:
                return lambda: self.objects(day)

    def _read_bare(self, day: date) -> Answer:
        """The rows of all statements, joined by the id that each begins with. A row of which
        nothing is counted is in none of the counting ones."""
        found: dict[int, dict[str, Any]] = {}
        for text, bound in self.sent[day]:
            cursor = self.raw.cursor()
            cursor.execute(text, bound)
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                found.setdefault(row[0], {}).update(zip(names, row, strict=True))
        none = dict.fromkeys(hand.COUNTS, 0)
        return {
            self.units[unit]: _line(none | cells)
            for unit, cells in found.items()
            if "exit_target" in cells
        }


def _line(cells: Any) -> tuple[int | None, ...]:
    return tuple(None if cells[key] is None else int(cells[key]) for key in hand.COLUMNS)


def _read_ours(two: Figures, three: Figures) -> Answer:
    return {
        row.unit.code: _line({**row.cells, **other.cells})
        for row, other in zip(two.rows, three.rows, strict=True)
    }


def _counted_as_objects(session: Session, day: date) -> Answer:
    """As one would write it with objects: load the households, ask each of them."""
    district = session.scalars(select(Unit).where(Unit.code == DISTRICT)).one()
    communes = session.scalars(
        select(Unit)
        .join(Lies, Lies.unit_id == Unit.id)
        .where(Lies.within_id == district.id, Lies.tier == Tier.COMMUNE, _holds(day))
        .order_by(Unit.position)
    )
    return {commune.code: _commune_as_objects(session, commune, day) for commune in communes}


def _holds(day: date) -> Any:
    return (Lies.starts <= day) & (Lies.ends > day)


def _commune_as_objects(session: Session, commune: Unit, day: date) -> tuple[int | None, ...]:
    villages = session.scalars(
        select(Lies.unit_id).where(
            Lies.within_id == commune.id, Lies.tier == Tier.VILLAGE, _holds(day)
        )
    ).all()
    lens = Lens.everyone(day)
    living = select(Stay.household_id).where(Stay.village_id.in_(villages))
    households = session.scalars(
        lens.scoped(
            select(Household)
            .where(Household.id.in_(living))
            .options(
                selectinload(Household.stays),
                selectinload(Household.classifications),
                selectinload(Household.leads).joinedload(Lead.organisation),
            )
        )
    )
    counts = dict.fromkeys(hand.COLUMNS, 0)
    for household in households:
        stay = in_force(household.stays, day)
        fact = in_force(household.classifications, day)
        if stay is None or stay.village_id not in villages:
            continue
        if fact is None or fact.class_ is not Class.POOR:
            continue
        lead = in_force(household.leads, day)
        _add(counts, fact, lead.organisation.kind.value if lead else "none")
    residents = session.scalars(
        select(ResidentHouseholds)
        .where(ResidentHouseholds.unit_id == commune.id, ResidentHouseholds.starts <= day)
        .order_by(ResidentHouseholds.starts.desc())
    ).first()
    target = session.get(Target, (TARGET_YEAR, commune.id, TargetKind.EXIT_HOUSEHOLDS))
    declared = {
        "resident_households": residents.total if residents else None,
        "ethnic_minority_households": residents.ethnic_minority if residents else None,
        "exit_target": int(target.value) if target else None,
    }
    return _line(counts | declared)


def _add(counts: dict[str, int], fact: Any, kind: str) -> None:
    counts["poor"] += 1
    counts["poor_ethnic_minority"] += fact.minority
    protected = "poor_social_protection" if fact.social_protection else "poor_able_to_exit"
    counts[protected] += 1
    if kind in counts:
        counts[kind] += 1
    else:
        counts["other"] += 1
        counts["unassigned" if kind == "none" else "other_organisation"] += 1


def _wrong(register: Register, contestants: Sequence[str]) -> set[str]:
    """Those who do not give the figures that ours gives, on any of the days."""
    return {
        contestant
        for contestant in contestants
        for day in DAYS
        if register.answer(contestant, day) != register.answer(OURS, day)
    }


@contextmanager
def _open(engines: dict[Size, Engine], unit: str | None) -> Iterator[dict[Size, Register]]:
    with ExitStack() as stack:
        stack.enter_context(reading())
        yield {
            size: Register(stack.enter_context(engine.connect()), unit)
            for size, engine in engines.items()
        }


def _each_day(register: Register, contestant: str) -> Callable[[int], object]:
    runs = [register.run(contestant, day) for day in DAYS]
    return lambda number: runs[number % len(DAYS)]()


def district(report: Report, database: str, engines: dict[Size, Engine], rounds: int) -> None:
    """District 1 in registers of every size."""
    contestants = (OURS, BARE, TIMELINE, FACTS, OBJECTS)
    with _open(engines, DISTRICT) as registers:
        wrong = {size: _wrong(register, contestants) for size, register in registers.items()}
        measured = in_turn(
            {
                (size, contestant): _each_day(register, contestant)
                for size, register in registers.items()
                for contestant in contestants
            },
            rounds,
            calls=lambda who: 1 if who[1] == OBJECTS else 9,
        )
        sent = {len(register.sent[day]) for register in registers.values() for day in DAYS}
    small, large = min(engines, key=_households), max(engines, key=_households)
    _show_district(report, database, contestants, measured, wrong, list(engines))
    report.note(f"Statements sent by ours for both tables: {', '.join(map(str, sorted(sent)))}.")
    for size in engines:
        ratio = measured[size, OURS].ratio(measured[size, BARE])
        report.target("district ÷ bare driver", f"{database}, {size.households:,}", ratio, most=2)
        objects = measured[size, OBJECTS].ratio(measured[size, OURS])
        where = f"{database}, {size.households:,}"
        report.target_least("ORM objects ÷ district", where, objects, least=30)
    flat = measured[large, OURS].ratio(measured[small, OURS])
    where = f"{database}, {small.households:,} → {large.households:,}"
    report.target("district, growth of the register", where, flat, most=1.3)
    report.target("kinds of statement counts", database, len(sent), most=1)


def _households(size: Size) -> int:
    return size.households


def _show_district(
    report: Report,
    database: str,
    contestants: Sequence[str],
    measured: dict[Any, Times],
    wrong: dict[Size, set[str]],
    sizes: Sequence[Size],
) -> None:
    rows = []
    for contestant in contestants:
        row = [contestant]
        for size in sizes:
            mine = measured[size, contestant]
            ratio = mine.ratio(measured[size, BARE])
            bad = " WRONG" if contestant in wrong[size] else ""
            row += [f"{ms(mine.median)}{bad}", times(ratio)]
        row.append(times(measured[sizes[-1], contestant].ratio(measured[sizes[0], contestant])))
        rows.append(row)
    head = ["Biểu 2 + Biểu 3"]
    for size in sizes:
        head += [f"{size.households:,} households", "÷ bare"]
    head.append("largest ÷ smallest")
    report.table(f"One district (8 communes, 453 households), {database}", head, rows)


def movement(report: Report, database: str, engines: dict[Size, Engine], rounds: int) -> None:
    """The movement of district 1 over a year, in registers of every size."""
    with _open(engines, DISTRICT) as registers:
        ours = {
            (size, OURS): lambda number, of=register: of.movement(DAYS[number % len(DAYS)])
            for size, register in registers.items()
        }
        bare = {
            (size, BARE): lambda number, of=register: of.bare(of.moved[DAYS[number % len(DAYS)]])
            for size, register in registers.items()
        }
        measured = in_turn({**ours, **bare}, rounds, calls=lambda _: 9)
        totals = {
            tuple(register.movement(day).total.values() for day in DAYS).__repr__()
            for register in registers.values()
        }
    sizes = list(engines)
    rows = [
        [
            f"{size.households:,}",
            ms(measured[size, OURS].median) + ("" if len(totals) == 1 else " WRONG"),
            ms(measured[size, BARE].median),
            times(measured[size, OURS].ratio(measured[size, BARE])),
        ]
        for size in sizes
    ]
    head = ("households", "ours", "bare driver", "ours ÷ bare")
    report.table(f"Movement table (dien-bien) of one district, {database}", head, rows)
    flat = measured[sizes[-1], OURS].ratio(measured[sizes[0], OURS])
    report.target("movement, growth of the register", database, flat, most=1.3)


def country(report: Report, database: str, engine: Engine, size: Size, rounds: int) -> None:
    """Every commune of the largest register."""
    contestants = (OURS, BARE, TIMELINE)
    with _open({size: engine}, None) as registers:
        register = registers[size]
        wrong = _wrong(register, contestants)
        measured = in_turn(
            {contestant: _each_day(register, contestant) for contestant in contestants},
            rounds,
            warm=1,
        )
    rows = [
        [
            contestant + (" WRONG" if contestant in wrong else ""),
            ms(measured[contestant].median),
            times(measured[contestant].ratio(measured[BARE])),
        ]
        for contestant in contestants
    ]
    title = f"The whole register, {size.households:,} households, {database}"
    report.table(title, ("Biểu 2 + Biểu 3", "time", "÷ bare"), rows)
    ratio = measured[OURS].ratio(measured[BARE])
    report.target("whole country ÷ bare driver", database, ratio, most=1.2)
