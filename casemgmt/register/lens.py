"""Which households a person sees, on which day: one value, the first argument of every query
about people. A SELECT on a private table that was not scoped by a lens raises."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, case, event, false, or_, select, true
from sqlalchemy.orm import ORMExecuteState, Session, aliased
from sqlalchemy.sql.util import find_tables

from casemgmt.access.models import User
from casemgmt.access.policy import Act, Role, may
from casemgmt.db import Base, Private
from casemgmt.organisations.models import Organisation
from casemgmt.places.models import Lies, Tier
from casemgmt.register.models import Household, Lead, Span, Supporter

AnySelect = TypeVar("AnySelect", bound=Select[*tuple[Any, ...]])


_Later = aliased(Lead)  # made once: it takes longer than the statement that uses it


class Unscoped(RuntimeError):
    """A query about people forgot its lens."""


class Way(StrEnum):
    """How a household comes into somebody's scope."""

    LIVES = "lives"  # in a village of the unit
    LED = "led"  # by the organisation or one under it
    SUPPORTED = "supported"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a household is in scope: the way, the day since when, and which village or organisation
    (id) it is by. Of a household that lives there `since` is the stretch in one state."""

    way: Way
    since: date
    by: int


@dataclass(frozen=True, slots=True)
class Lens:
    """What one person sees. `as_of`: the day whose records are shown (end of that day).
    `scope_day`: the day on which scope is asked (as_of, but never after today).
    `villages`: those whose households are seen; None: all. `organisations`: those whose
    sponsored households are seen. `area`: villages whose households without a lead are listed
    briefly. `private`: whether CCCD, B1, health and notes may be shown. `also_on`: another day
    of which scope is asked too (see `to_write`). `today`: whose scope decides on what is kept
    without days; None: scope_day."""

    as_of: date
    scope_day: date
    villages: frozenset[int] | None = frozenset()
    organisations: frozenset[int] = frozenset()
    area: frozenset[int] = frozenset()
    private: bool = False
    also_on: date | None = None
    today: date | None = None

    @classmethod
    def everyone(cls, day: date) -> "Lens":
        """All households: for counts of tables, check, import and the command line alone."""
        return cls(day, day, villages=None, private=True)

    @property
    def sees_all(self) -> bool:
        """Whether no household is out of scope."""
        return self.villages is None

    def to_write(self, *, today: date, day: date | None = None) -> "Lens":
        """The households that the same person may write about: those in scope today or, for
        support and visits, on the day of the act. The day that is looked at never widens this."""
        also = day if day is not None and day < today else None
        return replace(self, as_of=today, scope_day=today, also_on=also)

    @property
    def now(self) -> "Lens":
        """What the same person sees today: for what goes on changing, whatever day is looked at."""
        return self.to_write(today=self.today or self.scope_day)

    def sees(self, household: Any = Household.id) -> ColumnElement[bool]:
        """The condition that this household (a column of its id) is in scope."""
        if self.villages is None:
            return true()
        days = {self.scope_day, self.also_on or self.scope_day}
        ways = [household.in_(seen) for day in days for seen in self._ways(day).values()]
        return or_(*ways) if ways else false()

    @property
    def _of_today(self) -> bool:
        """Whether scope is asked of today alone, so that all it sees is in scope today."""
        of_today = self.scope_day == (self.today or self.scope_day) and self.also_on is None
        return self.sees_all or of_today

    def sees_today(self, household: Any = Household.id) -> ColumnElement[bool]:
        """The condition that this household is in scope today, whatever day is looked at."""
        return self.now.sees(household)

    def still_sees(self, session: Session, household: int) -> bool:
        """Whether this household, which this lens sees, is in scope today: else what tells of today
        is not for the one who asks, though an earlier day may be."""
        if self._of_today:
            return True
        query = select(Household.id).where(Household.id == household, self.sees_today())
        return session.scalar(query.execution_options(lens=self)) is not None

    def undated(self, column: Any) -> Any:
        """A column of Household that is kept without days and so tells of today: empty for a
        household that has left the scope since the day looked at."""
        if self._of_today:
            return column
        return case((self.sees_today(), column)).label(column.key)

    def _ways(self, day: date) -> dict["Way", Select[Any]]:
        """How a household comes into scope on a day: for each way the ids of those that do."""
        found = {}
        if self.villages:
            found[Way.LIVES] = _living(self.villages, day)
        if self.organisations:
            found[Way.LED] = _led(self.organisations, day)
            found[Way.SUPPORTED] = _supported(self.organisations, day)
        return found

    def reasons(self, session: Session, household: int) -> list["Reason"]:
        """Why this household is in scope, by the very conditions that `sees` filters by; none
        where it is not. Scope without bounds needs no reason."""
        found = []
        for way, seen in self._ways(self.scope_day).items():
            since, where = _TOLD[way]
            query = seen.with_only_columns(since, where).where(
                since.class_.household_id == household
            )
            for row in session.execute(query.execution_options(lens=self)):
                found.append(Reason(way, *row))
        return found

    def scoped(self, query: AnySelect, household: Any = Household.id) -> AnySelect:
        """The query, limited to households in scope and marked as scoped."""
        if self.villages is not None:
            query = query.where(self.sees(household))
        return query.execution_options(lens=self)


_TOLD = {
    Way.LIVES: (Span.starts, Span.village_id),
    Way.LED: (Lead.starts, Lead.organisation_id),
    Way.SUPPORTED: (Supporter.starts, Supporter.organisation_id),
}


def _living(villages: frozenset[int], day: date) -> Select[Any]:
    return select(Span.household_id).where(
        Span.village_id.in_(sorted(villages)), Span.starts <= day, Span.ends > day
    )


def _led(organisations: frozenset[int], day: date) -> Select[Any]:
    """Households whose lead fact in force that day is one of these organisations'."""
    replaced = (
        select(_Later.household_id)
        .where(
            _Later.household_id == Lead.household_id,
            _Later.starts > Lead.starts,
            _Later.starts <= day,
        )
        .exists()
    )
    return select(Lead.household_id).where(
        Lead.organisation_id.in_(sorted(organisations)), _in_force(Lead, day), ~replaced
    )


def _supported(organisations: frozenset[int], day: date) -> Select[Any]:
    return select(Supporter.household_id).where(
        Supporter.organisation_id.in_(sorted(organisations)), _in_force(Supporter, day)
    )


def _in_force(fact: Any, day: date) -> ColumnElement[bool]:
    return and_(fact.starts <= day, or_(fact.last_day.is_(None), fact.last_day >= day))


def already_seen(household: Household) -> dict[str, Any]:
    """Execution options for an act that reads more rows of a household which was itself loaded
    in its user's scope."""
    return {"lens": f"household {household.id}"}


def lens_for(session: Session, user: User, *, as_of: date, today: date) -> Lens:
    """What this account sees as of a day (contract of who sees what): scope is that of the day
    asked, in today's map; a day after today has today's scope."""
    scope_day = min(as_of, today)
    if not may(user.role, Act.SEE_HOUSEHOLDS):
        return Lens(as_of, scope_day, today=today)
    if user.role is Role.ORGANISATION and user.organisation is not None:
        return Lens(
            as_of,
            scope_day,
            organisations=family(session, user.organisation.id),
            area=area(session, user.organisation.unit_id, today),
            today=today,
        )
    if user.unit_id is None:
        return Lens(as_of, scope_day, today=today)
    return Lens(
        as_of,
        scope_day,
        villages=villages_under(session, user.unit_id, today),
        private=may(user.role, Act.SEE_PRIVATE),
        today=today,
    )


def villages_under(session: Session, unit: int, day: date) -> frozenset[int]:
    """The villages that lie under a unit on a day; none where the unit has ended."""
    return frozenset(
        session.scalars(
            select(Lies.unit_id).where(
                Lies.within_id == unit,
                Lies.tier == Tier.VILLAGE,
                Lies.starts <= day,
                Lies.ends > day,
            )
        )
    )


def area(session: Session, unit: int, today: date) -> frozenset[int]:
    """The villages of a unit's area: today's, or the last ones of a unit that has ended."""
    if now := villages_under(session, unit, today):
        return now
    last = session.scalar(
        select(Lies.ends)
        .where(Lies.within_id == unit, Lies.tier == Tier.VILLAGE, Lies.ends <= today)
        .order_by(Lies.ends.desc())
        .limit(1)
    )
    if last is None:
        return frozenset()
    return frozenset(
        session.scalars(
            select(Lies.unit_id).where(
                Lies.within_id == unit, Lies.tier == Tier.VILLAGE, Lies.ends == last
            )
        )
    )


def family(session: Session, organisation: int) -> frozenset[int]:
    """An organisation and all those under it."""
    parents = dict(session.execute(select(Organisation.id, Organisation.parent_id)).all())
    found = {organisation}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return frozenset(found)


@cache
def private_tables() -> frozenset[str]:
    """The names of the tables about people."""
    return frozenset(
        mapper.local_table.name  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Private)
    )


@event.listens_for(Session, "do_orm_execute")
def _refuse_unscoped(state: ORMExecuteState) -> None:
    if not state.is_select or state.is_relationship_load or state.is_column_load:
        return
    if "lens" in state.execution_options:
        return
    tables = find_tables(
        state.statement,  # type: ignore[arg-type]
        include_joins=True,
        include_aliases=True,
        include_crud=True,
        check_columns=True,
        include_selects=True,
    )
    for table in tables:
        name = getattr(getattr(table, "element", table), "name", None)
        if name in private_tables():
            raise Unscoped(f"a SELECT on {name} needs a lens")
