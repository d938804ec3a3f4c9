"""One household's file: who lives there, where it lived, how it was classified, who helps, what
was given — as of a day, and no more of it than the one who asks may see."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from casemgmt.db import FOREVER
from casemgmt.households import queries
from casemgmt.places import queries as places
from casemgmt.register import timeline
from casemgmt.register.lens import Lens
from casemgmt.register.models import (
    Classification,
    Household,
    Indicator,
    Lead,
    Member,
    Stay,
    Supporter,
)
from casemgmt.sponsorship import queries as sponsorship
from casemgmt.support import queries as support
from casemgmt.support.models import SupportAction
from casemgmt.typed import mask_citizen_id

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Person:
    """A member as shown. `citizen_id` is masked; it and `can_work` are None for those who may not
    see them."""

    id: int
    name: str
    relation: str
    birth: str
    sex: str
    ethnicity: str
    member_of: str
    starts: date | None
    last_day: date | None
    citizen_id: str | None
    can_work: bool | None


@dataclass(frozen=True, slots=True)
class Home:
    """A stay as shown; `last_day` None: it holds on the day of the file."""

    key: str
    village: str
    starts: date
    last_day: date | None
    arrival: str
    departure: str


@dataclass(frozen=True, slots=True)
class Classed:
    """A classification as shown; `row` for what everyone sees, the rest by right."""

    key: str
    row: Classification
    last_day: date | None
    deprived: Sequence[str]
    private: bool


@dataclass(frozen=True, slots=True)
class Helper:
    """A sponsorship as shown."""

    key: str
    organisation: str
    code: str
    starts: date
    last_day: date | None
    in_charge: str
    why_ended: str
    leads: bool


@dataclass(slots=True)
class File:
    """Everything that a household's page shows, newest first where it is dated. `left`: it has left
    the scope since; `address`, `phone` and `note`, which are kept without days, are None then."""

    household: Household
    as_of: date
    private: bool
    left: bool = False
    address: str | None = None
    phone: str | None = None
    note: str | None = None
    members: list[Person] = field(default_factory=list)
    former: list[Person] = field(default_factory=list)
    homes: list[Home] = field(default_factory=list)
    classes: list[Classed] = field(default_factory=list)
    helpers: list[Helper] = field(default_factory=list)
    given: list[SupportAction] = field(default_factory=list)
    totals: Any = None

    @property
    def home(self) -> Home | None:
        """Where it lives on the day."""
        return next((home for home in self.homes if home.last_day is None), None)

    @property
    def class_(self) -> Classed | None:
        """How it is classified on the day."""
        return self.classes[0] if self.classes else None

    @property
    def lead(self) -> Helper | None:
        """Who leads on the day."""
        return next((one for one in self.helpers if one.leads and one.last_day is None), None)


def file_of(session: Session, lens: Lens, household: Household) -> File:
    """The file of a household that is in scope, as of the lens's day."""
    number = household.id
    found = File(household, lens.as_of, lens.private)
    found.left = not lens.still_sees(session, number)
    if not found.left:
        found.address, found.phone = household.address, household.phone
        found.note = household.note if lens.private else None
    found.members = [
        _person(lens, member) for member in session.scalars(queries.members_of(lens, number))
    ]
    found.former = [
        _person(lens, member)
        for member in session.scalars(queries.members_of(lens, number, former=True))
    ]
    found.homes = list(_homes(session, lens, number))
    found.classes = list(_classes(session, lens, number))
    found.helpers = list(_leads(session, lens, number))
    found.helpers += [
        _helper(lens, row, row.last_day, leads=False)
        for row in session.scalars(sponsorship.supporters_of(lens, number))
    ]
    found.given = list(
        session.scalars(
            support.support_of(lens, number).options(
                joinedload(SupportAction.kind), joinedload(SupportAction.organisation)
            )
        )
    )
    found.totals = session.execute(support.support_totals(lens, household=number)).one()
    return found


def _by_day(lens: Lens, last_day: date | None) -> date | None:
    """A last day, where it was reached by the day of the file."""
    return last_day if last_day is not None and last_day <= lens.as_of else None


def _person(lens: Lens, member: Member) -> Person:
    return Person(
        id=member.id,
        name=member.name,
        relation=member.relation.value,
        birth=member.birth.show() if member.birth else "",
        sex=member.sex.value if member.sex else "",
        ethnicity=member.ethnicity or "",
        member_of=member.member_of.label,
        starts=member.starts,
        last_day=_by_day(lens, member.last_day),
        citizen_id=mask_citizen_id(member.citizen_id or "") if lens.private else None,
        can_work=member.can_work if lens.private else None,
    )


def _held(lens: Lens, facts: Sequence[Any]) -> Iterator[tuple[Any, date | None]]:
    """Each fact with the last day on which it held by the day of the file, newest first."""
    for _starts, ends, fact in reversed(timeline.holds(facts)):
        yield fact, None if ends == FOREVER else _by_day(lens, ends - _DAY)


def _homes(session: Session, lens: Lens, number: int) -> Iterator[Home]:
    stays = session.scalars(queries.stays_of(lens, number)).all()
    for stay, last_day in _held(lens, stays):
        yield Home(
            key=stay.starts.isoformat(),
            village=_village(session, stay),
            starts=stay.starts,
            last_day=last_day,
            arrival=stay.arrival.value if stay.arrival else "",
            departure=stay.departure.value if stay.departure and last_day else "",
        )


def _village(session: Session, stay: Stay) -> str:
    row = session.execute(places.unit_on(stay.village_id, stay.starts)).first()
    return places.named(row.level, row.name) if row else ""


def _classes(session: Session, lens: Lens, number: int) -> Iterator[Classed]:
    with_indicators = selectinload(Classification.deprivations)
    rows = session.scalars(queries.classifications_of(lens, number).options(with_indicators)).all()
    names = {
        (standard, code): name
        for standard, code, name in session.execute(
            select(Indicator.standard_code, Indicator.code, Indicator.name)
        )
    }
    for row, last_day in _held(lens, rows):
        deprived = [names[one.standard_code, one.indicator_code] for one in row.deprivations]
        yield Classed(row.starts.isoformat(), row, last_day, deprived, lens.private)


def _leads(session: Session, lens: Lens, number: int) -> Iterator[Helper]:
    rows = session.scalars(sponsorship.leads_of(lens, number)).all()
    for row, last_day in _held(lens, rows):
        yield _helper(lens, row, last_day, leads=True)


def _helper(lens: Lens, row: Lead | Supporter, last_day: date | None, *, leads: bool) -> Helper:
    ended = _by_day(lens, last_day)
    return Helper(
        key=row.starts.isoformat(),
        organisation=row.organisation.name,
        code=row.organisation.code,
        starts=row.starts,
        last_day=ended,
        in_charge=row.in_charge or "",
        why_ended=(row.end_reason or "") if ended else "",
        leads=leads,
    )
