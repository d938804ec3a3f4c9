"""A round under way in the small register: what tests of reviews begin with."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt import clock
from casemgmt.access.models import User
from casemgmt.access.policy import Role
from casemgmt.audit import trail
from casemgmt.households.classifying import classify
from casemgmt.places.models import Unit
from casemgmt.register.lens import Lens
from casemgmt.register.models import Class, Household
from casemgmt.reviews import opening, proposing, queries
from casemgmt.reviews.models import Decider, Proposal, Round, RoundKind, State
from casemgmt.reviews.standing import standings
from tests import make
from tests.browsing import TODAY, Site

STARTS, LAST_DAY = date(2022, 9, 1), date(2022, 12, 14)
LENS = Lens.everyone(TODAY)
FOUND: dict[str, Any] = {
    "class_": Class.NEAR_POOR,
    "score_b1": 120,
    "score_b2": 20,
    "deprivations": ["water", "telecom"],
    "reason": "Con trai có việc làm ổn định",
    "met_on": date(2022, 10, 5),
    "met_present": 40,
    "met_agreed": 20,
    "posted_from": date(2022, 10, 6),
    "posted_until": date(2022, 10, 8),
}
TYPED = {
    "class_": "near_poor",
    "score_b1": "120",
    "score_b2": "20",
    "deprivations": ["water", "telecom"],
    "reason": "Con trai có việc làm ổn định",
    "met_on": "05/10/2022",
    "met_present": "40",
    "met_agreed": "20",
    "posted_from": "06/10/2022",
    "posted_until": "08/10/2022",
}
DECISION = {
    "decision_number": "15/QĐ-UBND",
    "decision_date": "20/10/2022",
    "starts": "20/10/2022",
}


def unit(session: Session, code: str) -> Unit:
    return session.scalars(select(Unit).where(Unit.code == code)).one()


def user(session: Session, name: str) -> User:
    return session.scalars(select(User).where(User.name == name)).one()


def open_round(
    session: Session,
    *,
    kind: RoundKind = RoundKind.PERIODIC,
    decider: Decider = Decider.LEVEL_ABOVE,
    starts: date = STARTS,
    last_day: date = LAST_DAY,
) -> Round:
    return opening.open_round(
        session,
        kind=kind,
        unit=unit(session, "465"),
        starts=starts,
        last_day=last_day,
        decider=decider,
    )


def proposal(session: Session, code: str) -> Proposal:

    query = queries.proposals(LENS).where(Household.code == code)
    return session.scalars(query).one()


def send(session: Session, one: Proposal, *, by: str = "commune", **found: Any) -> None:
    """The commune fills in a proposal and sends it."""
    trail.act_as(session, actor=by, act="test")
    proposing.fill_in(session, one, **{**FOUND, **found})
    submit(session, one)


def submit(session: Session, one: Proposal) -> None:
    standing = standings(session, LENS, [one])[one.id]
    proposing.submit(session, one, standing, today=TODAY)


def add_poor(session: Session, *codes: str) -> None:
    """More poor households of the first village, supported since."""
    village = unit(session, "CT-TT")
    for code in codes:
        household = make.household(session, village, code=code, head_name=f"Hồ Thị {code}")
        classify(session, household, starts=date(2021, 12, 31), class_=Class.POOR)


def add_user(register: Site, name: str, like: str, role: Role = Role.COMMUNE) -> None:
    with register.session() as session:
        other = user(session, like)
        session.add(
            User(
                name=name,
                role=role,
                unit=other.unit,
                password_hash=other.password_hash,
                created_at=clock.now(),
            )
        )
        session.commit()


def state_of(register: Site, code: str) -> State:
    with register.session() as session:
        return proposal(session, code).state


def number_of(register: Site, code: str) -> int:
    with register.session() as session:
        return proposal(session, code).id
