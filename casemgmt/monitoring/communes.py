"""Theo dõi xã: how far each commune under a unit has come on a day, and the households behind
each figure. A figure and its list are the same condition (COUNTED)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from casemgmt import clock
from casemgmt.audit.models import AuditEntry, What
from casemgmt.places import queries as places
from casemgmt.places.models import Lies, Tier
from casemgmt.programme import queries as programme
from casemgmt.programme.models import RegisteredExit, TargetKind
from casemgmt.register.lens import Lens
from casemgmt.register.measures import NEAR_POOR, POOR
from casemgmt.register.models import Household, Span
from casemgmt.reviews import overview
from casemgmt.reviews import queries as reviews
from casemgmt.reviews.models import Round, RoundKind
from casemgmt.support.queries import RECENT, latest_visits
from casemgmt.words import N_

LAST_DAY = (12, 14)  # of a yearly review, by which a commune's exits are to be proposed
_ENTERED = (What.ADDED, What.CHANGED, What.REMOVED)

# What is counted of the households of a commune, by the last part of its list's address.
TITLES: Mapping[str, str] = {
    "poor": N_("Hộ nghèo"),
    "led": N_("Hộ nghèo có đơn vị đỡ đầu chính"),
    "unled": N_("Hộ nghèo chưa có đơn vị đỡ đầu chính"),
    "concerned": N_("Hộ nghèo và cận nghèo"),
    "visited": N_("Hộ nghèo và cận nghèo được thăm trong 60 ngày"),
    "unvisited": N_("Hộ nghèo và cận nghèo không được thăm trong 60 ngày"),
    "named": N_("Hộ đăng ký thoát nghèo có tên"),
}


def _conditions(visited: Any, day: date) -> dict[str, ColumnElement[bool]]:
    """By key of TITLES; `visited`: the day of a household's last visit, NULL for none."""
    concerned = or_(POOR.where, NEAR_POOR.where)
    recently = and_(visited.is_not(None), visited >= day - RECENT)
    led = Span.lead_sponsor.is_not(None)
    named = (
        select(RegisteredExit.household_id)
        .where(RegisteredExit.household_id == Span.household_id, RegisteredExit.year == day.year)
        .exists()
    )
    return {
        "poor": POOR.where,
        "led": and_(POOR.where, led),
        "unled": and_(POOR.where, not_(led)),
        "concerned": concerned,
        "visited": and_(concerned, recently),
        "unvisited": and_(concerned, not_(recently)),
        "named": named,
    }


def counted(lens: Lens) -> Select[*tuple[Any, ...]]:
    """All counts of TITLES on the lens's day, one row for each commune: commune, then a column
    for each key."""
    visits = latest_visits(lens.as_of)
    found = _conditions(visits.c.visited_on, lens.as_of)
    columns = (func.count().filter(where).label(key) for key, where in found.items())
    query = (
        _living(select(Lies.within_id.label("commune"), *columns), visits, lens.as_of)
        .group_by(Lies.within_id)
        .order_by(Lies.within_id)
    )
    return lens.scoped(query, Span.household_id)


def behind(lens: Lens, commune: int, key: str) -> Select[*tuple[Any, ...]]:
    """The households of one count of a commune, by name: id, code, head_name, village, class_,
    visited_on."""
    visits = latest_visits(lens.as_of)
    query = select(
        Household.id,
        Household.code,
        Household.head_name,
        places.name_on(Span.village_id, lens.as_of).label("village"),
        Span.class_,
        visits.c.visited_on,
    )
    query = (
        _living(query, visits, lens.as_of)
        .join(Household, Household.id == Span.household_id)
        .where(Lies.within_id == commune, _conditions(visits.c.visited_on, lens.as_of)[key])
        .order_by(Household.head_order, Household.code)
    )
    return lens.scoped(query)


def _living(query: Any, visits: Any, day: date) -> Any:
    """The query over the households that live in a commune on a day, with their last visit."""
    return (
        query.select_from(Span)
        .join(Lies, Lies.unit_id == Span.village_id)
        .outerjoin(visits, visits.c.household_id == Span.household_id)
        .where(
            Span.starts <= day,
            Span.ends > day,
            Lies.within_tier == Tier.COMMUNE,
            Lies.tier == Tier.VILLAGE,
            places.standing(day),
        )
    )


def last_entries(lens: Lens) -> Select[*tuple[Any, ...]]:
    """When anything was last written about a household that lives in a commune on the lens's day:
    commune, at."""
    day = lens.as_of
    query = (
        select(Lies.within_id.label("commune"), func.max(AuditEntry.at).label("at"))
        .select_from(AuditEntry)
        .join(Span, Span.household_id == AuditEntry.household_id)
        .join(Lies, Lies.unit_id == Span.village_id)
        .where(
            AuditEntry.what.in_(_ENTERED),
            Span.starts <= day,
            Span.ends > day,
            Lies.within_tier == Tier.COMMUNE,
            Lies.tier == Tier.VILLAGE,
            places.standing(day),
        )
        .group_by(Lies.within_id)
        .order_by(Lies.within_id)
    )
    return lens.scoped(query, Span.household_id)


@dataclass(frozen=True, slots=True)
class Pace:
    """The share of a target that is done beside the share of the days that have passed, in
    percent."""

    done: int
    passed: int

    @property
    def late(self) -> bool:
        """Whether less is done than time has passed."""
        return self.done < self.passed


@dataclass(slots=True)
class Commune:
    """One commune. `counts` by key of TITLES; `proposed` and `accepted`: exits in the round (None:
    it takes no part in one); `idle`: days since anything was entered (None: nothing ever was)."""

    id: int
    code: str
    name: str
    target: int | None
    counts: Mapping[str, int]
    proposed: int | None = None
    accepted: int | None = None
    idle: int | None = None
    pace: Pace | None = field(default=None)

    @property
    def gap(self) -> int | None:
        """How many accepted exits the target still lacks; below zero where there are more."""
        return None if self.target is None else self.target - (self.accepted or 0)

    def share(self, part: str, whole: str) -> int | None:
        """A count as a percentage of another, rounded; None where that one is 0."""
        return percent(self.counts[part], self.counts[whole])


def percent(part: int | Decimal, whole: int | Decimal) -> int | None:
    """`part` of `whole` in whole percent, half-up; None of nothing."""
    return int((200 * part + whole) // (2 * whole)) if whole else None


def round_on(session: Session, units: Collection[int], day: date) -> Round | None:
    """The round that is followed on a day: an open one (the yearly review before the monthly
    ones), else the newest that began in the day's year."""
    open_ones = session.scalars(reviews.open_rounds(units, day)).all()
    if open_ones:
        return next((one for one in open_ones if one.kind is RoundKind.PERIODIC), open_ones[0])
    begun = reviews.rounds(units).where(Round.starts <= day, Round.starts >= date(day.year, 1, 1))
    return session.scalars(begun.limit(1)).first()


def followed(
    session: Session, lens: Lens, unit: int, one: Round | None, proposals: Lens
) -> list[Commune]:
    """The communes under a unit on the lens's day, in the register's order; `proposals`: the lens
    of the round's pages. The same number of statements however many communes there are."""
    day = lens.as_of
    targets = {
        target.unit_id: int(target.value)
        for target in session.scalars(programme.targets(day.year, kind=TargetKind.EXIT_HOUSEHOLDS))
    }
    counts: dict[int, Mapping[str, int]] = {
        row.commune: row._asdict() for row in session.execute(counted(lens))
    }
    entered = dict(session.execute(last_entries(lens)).all())
    none = dict.fromkeys(TITLES, 0)
    units = session.execute(places.units_on(day, tiers=[Tier.COMMUNE], within=unit)).all()
    lines = {}
    if one is not None:
        among = {row.id for row in units}
        lines = {line.commune_id: line for line in overview.lines(session, proposals, one, among)}
    found = []
    for row in units:
        commune = Commune(
            row.id,
            row.code,
            places.named(row.level, row.name),
            targets.get(row.id),
            counts.get(row.id, none),
            idle=_days_since(entered.get(row.id)),
        )
        if line := lines.get(row.id):
            commune.proposed, commune.accepted = line.exits, line.accepted_exits
        commune.pace = _pace(commune, one, day)
        found.append(commune)
    return found


def _days_since(at: datetime | None) -> int | None:
    """By the clock, as entries are: the register's own today has no say in it."""
    if at is None:
        return None
    return max(0, (clock.today() - at.astimezone(clock.VIETNAM).date()).days)


def _pace(commune: Commune, one: Round | None, day: date) -> Pace | None:
    done = percent(commune.accepted or 0, commune.target) if commune.target else None
    if done is None:
        return None
    first = one.starts if one else date(day.year, 1, 1)
    last = one.last_day if one else date(day.year, *LAST_DAY)
    days = (last - first).days + 1
    passed = min(max((day - first).days + 1, 0), days)
    return Pace(done, percent(passed, days) or 0)
