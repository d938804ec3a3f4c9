"""Visits: logged, corrected, voided; the last one of each household, and who was not visited."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt import clock
from casemgmt.audit.models import AuditEntry
from casemgmt.errors import RuleBroken
from casemgmt.households.classifying import classify
from casemgmt.register.lens import Lens, Unscoped
from casemgmt.register.models import Class, Household
from casemgmt.support import queries, visiting
from casemgmt.support.models import Situation, Visit
from tests import make

DAY = date(2022, 3, 1)
LATER = date(2022, 4, 1)
everyone = Lens.everyone


@pytest.fixture
def places(session: Session) -> make.Places:
    return make.places(session)


@pytest.fixture
def household(session: Session, places: make.Places) -> Household:
    return make.household(session, places.village)


def log(session: Session, household: Household, on: date = DAY, **more: Any) -> Visit:
    return visiting.log_visit(session, household, on=on, **more)


def test_who_logged_it_and_when_is_kept(session: Session, household: Household) -> None:
    before = clock.now()
    visit = log(
        session,
        household,
        situation=Situation.BETTER,
        met="  Chủ   hộ ",
        done="Hướng dẫn ủ phân",
        wishes=" ",
        next_on=LATER,
    )
    session.expire_all()
    assert (visit.met, visit.done, visit.wishes) == ("Chủ hộ", "Hướng dẫn ủ phân", None)
    assert (visit.situation, visit.next_on, visit.organisation) == (Situation.BETTER, LATER, None)
    assert visit.recorded_by == "test"
    assert before <= visit.recorded_at <= clock.now()


def test_a_day_after_today_and_a_next_day_before_are_refused(
    session: Session, household: Household
) -> None:
    with pytest.raises(RuleBroken) as broken:
        log(session, household, on=clock.today() + timedelta(days=1))
    assert broken.value.field == "on"
    for next_on in (DAY, DAY - timedelta(days=1)):
        with pytest.raises(RuleBroken) as broken:
            log(session, household, next_on=next_on)
        assert broken.value.field == "next_on"
    assert session.scalars(queries.visits_of(household.id)).all() == []


def test_a_visitor_comes_once_a_day(
    session: Session, places: make.Places, household: Household
) -> None:
    women = make.organisation(session, places.commune)
    first = log(session, household)
    second = log(session, household, organisation=women)
    with pytest.raises(RuleBroken) as broken:
        log(session, household)
    assert broken.value.field == "on"
    with pytest.raises(RuleBroken):
        visiting.correct_visit(session, second, on=DAY, reason="là xã thăm")
    visiting.correct_visit(session, first, on=DAY, met="Con trai", reason="thêm người gặp")
    visiting.void_visit(session, first, reason="nhầm hộ")
    log(session, household)


def test_mending_needs_a_reason_and_a_voided_one_stays(
    session: Session, household: Household
) -> None:
    visit = log(session, household)
    for act in (visiting.void_visit, lambda *a, **k: visiting.correct_visit(*a, on=DAY, **k)):
        with pytest.raises(RuleBroken) as broken:
            act(session, visit, reason=" ")
        assert broken.value.field == "reason"
    visiting.correct_visit(session, visit, on=LATER, done="Tặng giống", reason="ghi nhầm ngày")
    assert (visit.visited_on, visit.done) == (LATER, "Tặng giống")
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert entry.household_id == household.id
    assert "ghi nhầm ngày" in entry.changes
    visiting.void_visit(session, visit, reason="không có chuyến này")
    assert visit.void_reason == "không có chuyến này"
    with pytest.raises(RuleBroken):
        visiting.void_visit(session, visit, reason="nữa")
    with pytest.raises(RuleBroken):
        visiting.correct_visit(session, visit, on=DAY, reason="nữa")
    assert session.scalars(queries.visits_of(household.id)).all() == [visit]


def test_the_latest_visit_up_to_a_day(
    session: Session, places: make.Places, household: Household
) -> None:
    log(session, household, next_on=LATER)
    log(session, household, on=LATER, next_on=date(2022, 5, 1))
    same_day = make.organisation(session, places.commune)
    log(session, household, on=LATER, organisation=same_day, next_on=date(2022, 6, 1))
    visiting.void_visit(session, log(session, household, on=date(2022, 4, 5)), reason="nhầm")

    def latest(day: date) -> list[tuple[Any, ...]]:
        query = select(queries.latest_visits(day)).execution_options(lens=everyone(day))
        return [tuple(row) for row in session.execute(query)]

    assert latest(DAY - timedelta(days=1)) == []
    assert latest(DAY) == [(household.id, DAY, LATER)]
    assert latest(date(2022, 12, 31)) == [(household.id, LATER, date(2022, 6, 1))]
    with pytest.raises(Unscoped):
        session.execute(select(queries.latest_visits(DAY)))


def test_my_households_by_next_date(session: Session, places: make.Places) -> None:
    names = ("An Văn Bốn", "An Văn Ba", "An Văn Hai", "An Văn Ai")
    never, later, overdue, undated = (
        make.household(session, places.village, head_name=name) for name in names
    )
    log(session, later, next_on=date(2022, 12, 1))
    log(session, overdue, next_on=date(2022, 3, 20))
    log(session, undated)
    rows = session.execute(queries.my_households(everyone(LATER))).all()
    assert [row.id for row in rows] == [overdue.id, later.id, undated.id, never.id]
    assert (rows[0].village, rows[0].visited_on, rows[0].next_on) == (
        "Tân Hòa",
        DAY,
        date(2022, 3, 20),
    )
    assert rows[3].visited_on is None
    assert session.execute(queries.my_households(Lens(LATER, LATER))).all() == []


def test_unvisited_are_the_poor_whom_nobody_visited_since(
    session: Session, places: make.Places
) -> None:
    def classed(name: str, word: Class) -> Household:
        one = make.household(session, places.village, head_name=name)
        classify(session, one, starts=date(2021, 12, 31), class_=word)
        return one

    never = classed("An Văn Một", Class.POOR)
    long_ago = classed("An Văn Hai", Class.NEAR_POOR)
    visited = classed("An Văn Ba", Class.POOR)
    voided = classed("An Văn Bốn", Class.POOR)
    classed("An Văn Năm", Class.NOT_POOR)
    log(session, long_ago, on=date(2022, 1, 5))
    log(session, visited, on=DAY)
    visiting.void_visit(session, log(session, voided), reason="nhầm")
    log(session, never, on=LATER)  # after the day that is looked at

    def found(since: date, lens: Lens) -> list[int]:
        return [row.id for row in session.execute(queries.unvisited(lens, since))]

    assert found(DAY, everyone(date(2022, 3, 15))) == [voided.id, never.id, long_ago.id]
    assert found(DAY + timedelta(days=1), everyone(date(2022, 3, 15)))[-1] == visited.id
    assert found(DAY, Lens(DAY, DAY)) == []
