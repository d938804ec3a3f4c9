"""Random acts of the product on a random register, one after the other: what a district's people
do to it over years, the wrong ones included.

An act that a rule refuses changes nothing. What the facts are afterwards is read back by plain SQL
into a history, so that the fold of `tests.whole.fold` judges tables, timeline and flows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from casemgmt.errors import RuleBroken
from casemgmt.households.actions import add_household, edit_household
from casemgmt.households.classifying import classify, withdraw_classification
from casemgmt.households.members import add_member
from casemgmt.households.moving import (
    correct_stay,
    move_household,
    move_in,
    move_out,
    withdraw_stay,
)
from casemgmt.households.parting import dissolve_household, merge_household, split_household
from casemgmt.organisations.models import Kind, Organisation
from casemgmt.places.models import Unit
from casemgmt.register import invariants
from casemgmt.register.lens import Lens
from casemgmt.register.models import (
    Arrival,
    Class,
    Classification,
    Departure,
    Household,
    Lead,
    Relation,
    Stay,
)
from casemgmt.sponsorship.actions import (
    add_supporter,
    assign_lead,
    change_lead,
    correct_lead,
    end_lead,
    withdraw_lead,
)
from casemgmt.support.actions import log_support
from tests.whole.comparing import compare
from tests.whole.histories import DAY, FIRST, KINDS, History

WHY = "sửa theo biên bản"
BETWEEN = 50  # acts from one look at everything to the next


@dataclass
class Actor:
    """Somebody who acts at random. `number` keeps the codes of several actors apart."""

    history: History
    seed: int
    number: int = 0
    random: Random = field(init=False)
    added: int = 0
    accepted: int = 0
    refused: int = 0

    def __post_init__(self) -> None:
        self.random = Random(f"{self.seed} {self.number}")

    def step(self, session: Session) -> None:
        """One act in a savepoint of its own."""
        act = self.random.choice(ACTS)
        savepoint = session.begin_nested()
        try:
            act(self, session)
            session.flush()
        except RuleBroken:
            savepoint.rollback()
            session.expire_all()
            self.refused += 1
        else:
            savepoint.commit()
            self.accepted += 1

    # -- choosing ---------------------------------------------------------------------------

    def day(self) -> date:
        """A day of the five years; often one that other facts share."""
        if self.random.random() < 0.3:
            return date(self.random.randint(2019, 2023), self.random.choice([1, 7, 12]), 1)
        return FIRST + DAY * self.random.randrange(5 * 365)

    def household(self, session: Session) -> Household:
        """Any household."""
        column = Household.__table__.c.id
        numbers = session.connection().execute(select(column).order_by(column)).scalars().all()
        query = select(Household).where(Household.id == self.random.choice(numbers))
        return session.scalars(Lens.everyone(FIRST).scoped(query)).one()

    def village(self, session: Session) -> Unit:
        """Any village."""
        return self._one(session, Unit, self.random.choice(self.history.villages))

    def organisation(self, session: Session) -> Organisation:
        """Any organisation."""
        return self._one(session, Organisation, self.random.choice(list(self.history.kinds)))

    @staticmethod
    def _one(session: Session, model: Any, number: int) -> Any:
        found = session.get(model, number)
        assert found is not None
        return found

    def one_of(self, rows: Any) -> Any:
        """One of these rows; where there is none, a rule that is broken."""
        if not rows:
            raise RuleBroken("không có gì để sửa")
        return self.random.choice(list(rows))

    def maybe(self, day: date) -> date | None:
        """A last day of something that begins on `day`, or none."""
        return None if self.random.random() < 0.5 else day + DAY * self.random.choice([0, 40, 900])

    def code(self) -> str:
        """A household code that is still free."""
        self.added += 1
        return f"H{1000 * (self.number + 1) + self.added}"


# --- The acts -----------------------------------------------------------------------------------


def _add(actor: Actor, session: Session) -> None:
    if actor.added > 60:  # a register that grows for ever would only become slow
        raise RuleBroken("đủ hộ rồi")
    household = add_household(
        session,
        head_name="Hồ Văn Thử",
        village=actor.village(session),
        starts=actor.day(),
        code=actor.code(),
        arrival=actor.random.choice([None, Arrival.MOVED_IN]),
    )
    add_member(session, household, name="Hồ Thị Mẫu", relation=Relation.CHILD)


def _edit(actor: Actor, session: Session) -> None:
    edit_household(session, actor.household(session), head_name="Lê Thị Đổi", phone="0905000111")


def _classify(actor: Actor, session: Session) -> None:
    flag = actor.random.random
    classify(
        session,
        actor.household(session),
        starts=actor.day(),
        class_=actor.random.choice([Class.POOR, Class.POOR, Class.NEAR_POOR, Class.NOT_POOR]),
        minority=flag() < 0.3,
        social_protection=flag() < 0.4,
        member_of=actor.random.choice([Kind.NONE, *KINDS]),
        reason=WHY if flag() < 0.8 else None,
    )


def _withdraw_class(actor: Actor, session: Session) -> None:
    row = actor.one_of(actor.household(session).classifications)
    withdraw_classification(session, row, reason=WHY)


def _move(actor: Actor, session: Session) -> None:
    move_household(
        session,
        actor.household(session),
        village=actor.village(session),
        on=actor.day(),
        reason=WHY,
    )


def _move_out(actor: Actor, session: Session) -> None:
    move_out(session, actor.household(session), last_day=actor.day(), reason=WHY)


def _move_in(actor: Actor, session: Session) -> None:
    move_in(session, actor.household(session), village=actor.village(session), on=actor.day())


def _correct_stay(actor: Actor, session: Session) -> None:
    stay = actor.one_of(actor.household(session).stays)
    starts = stay.starts if actor.random.random() < 0.5 else actor.day()
    last_day = actor.maybe(starts)
    correct_stay(
        session,
        stay,
        village=actor.village(session),
        starts=starts,
        last_day=last_day,
        arrival=actor.random.choice([None, *Arrival]),
        departure=actor.random.choice(list(Departure)) if last_day else None,
        reason=WHY,
    )


def _withdraw_stay(actor: Actor, session: Session) -> None:
    withdraw_stay(session, actor.one_of(actor.household(session).stays), reason=WHY)


def _split(actor: Actor, session: Session) -> None:
    if actor.added > 60:
        raise RuleBroken("đủ hộ rồi")
    household = actor.household(session)
    head = actor.one_of([one for one in household.members if one.relation is not Relation.HEAD])
    split_household(
        session,
        household,
        on=actor.day(),
        new_head=head,
        members=[head],
        new_code=actor.code(),
        copy_class=actor.random.random() < 0.5,
        reason=WHY,
    )


def _merge(actor: Actor, session: Session) -> None:
    one, other = actor.household(session), actor.household(session)
    merge_household(session, one, into=other, on=actor.day(), reason=WHY)


def _dissolve(actor: Actor, session: Session) -> None:
    dissolve_household(session, actor.household(session), last_day=actor.day(), reason=WHY)


def _assign(actor: Actor, session: Session) -> None:
    assign_lead(
        session,
        actor.household(session),
        organisation=actor.organisation(session),
        starts=actor.day(),
    )


def _change_lead(actor: Actor, session: Session) -> None:
    change_lead(
        session,
        actor.household(session),
        organisation=actor.organisation(session),
        starts=actor.day(),
        reason=WHY,
    )


def _end_lead(actor: Actor, session: Session) -> None:
    end_lead(session, actor.household(session), last_day=actor.day(), reason=WHY)


def _correct_lead(actor: Actor, session: Session) -> None:
    lead = actor.one_of(actor.household(session).leads)
    starts = lead.starts if actor.random.random() < 0.5 else actor.day()
    last_day = actor.maybe(starts)
    correct_lead(
        session,
        lead,
        organisation=actor.organisation(session),
        starts=starts,
        last_day=last_day,
        in_charge=None,
        end_reason=WHY if last_day else None,
        reason=WHY,
    )


def _withdraw_lead(actor: Actor, session: Session) -> None:
    withdraw_lead(session, actor.one_of(actor.household(session).leads), reason=WHY)


def _support_too(actor: Actor, session: Session) -> None:
    add_supporter(
        session,
        actor.household(session),
        organisation=actor.organisation(session),
        starts=actor.day(),
    )


def _log_support(actor: Actor, session: Session) -> None:
    log_support(session, actor.household(session), on=actor.day(), kind="Khác", value=100_000)


ACTS: tuple[Callable[[Actor, Session], None], ...] = (
    _add,
    _edit,
    _classify,
    _classify,
    _withdraw_class,
    _move,
    _move,
    _move_out,
    _move_in,
    _correct_stay,
    _withdraw_stay,
    _split,
    _merge,
    _dissolve,
    _assign,
    _assign,
    _change_lead,
    _end_lead,
    _correct_lead,
    _withdraw_lead,
    _support_too,
    _log_support,
)


# --- All of it ----------------------------------------------------------------------------------


def lived(session: Session, *, seed: int, acts: int) -> Actor:
    """A register in an empty database after so many acts. Every now and then all of it is looked
    at; AssertionError where it does not add up."""
    history = stored(session, seed)
    actor = Actor(history, seed)
    for done in range(acts):
        actor.step(session)
        if done % BETWEEN == 0:
            read_back(session, history)
            assert list(invariants.derived(session)) == []
            compare(session, history)
            session.commit()
    return actor


# --- What the facts are now ---------------------------------------------------------------------


def stored(session: Session, seed: int) -> History:
    """A random register in an empty database, each household with a head and one more person."""
    history = History(seed)
    history.store(session)
    if session.get_bind().dialect.name == "postgresql":  # numbers go on after the history's own
        session.execute(text("SELECT setval('household_id_seq', 1000)"))
    query = Lens.everyone(FIRST).scoped(select(Household)).order_by(Household.id)
    for household in session.scalars(query):
        add_member(session, household, name=household.head_name, relation=Relation.HEAD)
        add_member(session, household, name="Nguyễn Thị Mẫu", relation=Relation.WIFE)
    session.flush()
    return history


def read_back(session: Session, history: History) -> None:
    """Put into the history the facts that the database holds now, by the numbers in their codes."""
    rows = session.connection().execute(
        select(Household.__table__.c.id, Household.__table__.c.code)
    )
    number = {row.id: int(row.code[1:]) for row in rows}
    history.households = sorted(number.values())
    history.stays = _facts(session, Stay, number, "village_id", "last_day", "arrival", "departure")
    history.classes = _facts(
        session, Classification, number, "minority", "social_protection", "merit", "member_of"
    )
    for (household, starts), row in _facts(session, Classification, number, "class").items():
        history.classes[household, starts]["class_"] = row["class"]
    history.leads = _facts(session, Lead, number, "organisation_id", "last_day")


def _facts(
    session: Session, model: Any, number: dict[int, int], *columns: str
) -> dict[tuple[int, date], dict[str, Any]]:
    table = model.__table__
    query = select(table.c.household_id, table.c.starts, *(table.c[name] for name in columns))
    return {
        (number[row["household_id"]], row["starts"]): {name: row[name] for name in columns}
        for row in session.connection().execute(query).mappings()
    }
