"""The plan of a household to leave poverty: survey, goals, steps."""

import json
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt.audit.models import AuditEntry, What
from casemgmt.errors import RuleBroken
from casemgmt.households import classifying
from casemgmt.register.lens import Lens
from casemgmt.register.models import Class, Household
from casemgmt.sponsorship import planning, queries
from casemgmt.sponsorship.models import Cause, ExitPlan, Goal, PlanCause, Step
from tests import make

TODAY = date(2022, 10, 20)
SURVEY = date(2022, 3, 1)
MARCH = date(2022, 3, 31)


@pytest.fixture
def at(session: Session) -> make.Places:
    return make.places(session)


@pytest.fixture
def household(session: Session, at: make.Places) -> Household:
    household = make.household(session, at.village)
    classifying.classify(
        session,
        household,
        starts=date(2022, 1, 1),
        class_=Class.POOR,
        score_b1=100,
        score_b2=30,
        deprivations=("water", "sanitation", "employment"),
    )
    return household


@pytest.fixture
def plan(session: Session, household: Household) -> ExitPlan:
    return made(session, household)


def made(session: Session, household: Household, **more: object) -> ExitPlan:
    asked = {
        "year": 2022,
        "surveyed_on": SURVEY,
        "causes": [Cause.NO_CAPITAL, Cause.ILLNESS],
        "strengths": " Hai lao động ",
        "wishes": "",
        "goals": ["water", "income"],
        "on": TODAY,
    }
    return planning.make_plan(session, household, **{**asked, **more})  # type: ignore[arg-type]


def test_goals_are_proposed_from_the_deprivations_in_force(
    session: Session, household: Household
) -> None:
    def keys(day: date, plan: ExitPlan | None = None) -> list[str]:
        found = planning.proposed_goals(session, household, on=day, plan=plan)
        return [one.key for one in found]

    assert keys(date(2021, 6, 1)) == ["income"]
    assert keys(TODAY) == ["income", "employment", "water", "sanitation"]
    plan = made(session, household)
    assert keys(TODAY, plan) == ["employment", "sanitation"]
    assert [(goal.indicator_code, goal.content) for goal in plan.goals] == [
        (None, "Thu nhập bình quân đầu người vượt chuẩn nghèo"),
        ("water", "Có nước sinh hoạt hợp vệ sinh"),
    ]
    assert (plan.strengths, plan.wishes) == ("Hai lao động", None)
    assert [row.cause for row in plan.causes] == [Cause.ILLNESS, Cause.NO_CAPITAL]
    for key in ("water", "telecom", "nothing"):
        with pytest.raises(RuleBroken) as broken:
            planning.add_goals(session, plan, [key], on=TODAY)
        assert broken.value.field == "goals"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"surveyed_on": date(2022, 10, 21)}, "surveyed_on"),
        ({"surveyed_on": date(2020, 12, 31)}, "surveyed_on"),
        ({"year": 2021}, "surveyed_on"),
        ({"goals": ["telecom"]}, "goals"),
        ({"on": date(2020, 6, 1)}, None),
    ],
)
def test_what_a_plan_must_be(
    session: Session, household: Household, more: dict[str, object], field: str | None
) -> None:
    with pytest.raises(RuleBroken) as broken:
        made(session, household, **more)
    assert broken.value.field == field


def test_a_household_has_one_plan_a_year(
    session: Session, household: Household, plan: ExitPlan
) -> None:
    with pytest.raises(RuleBroken):
        made(session, household)
    made(session, household, year=2023, surveyed_on=SURVEY, goals=[])
    assert list(session.scalars(queries.plan_years(household.id))) == [2023, 2022]
    assert session.scalars(queries.plan_of(household.id, 2022)).one() is plan


def test_a_cause_that_is_not_seen_stays(
    session: Session, household: Household, plan: ExitPlan
) -> None:
    def edited(*causes: Cause, kept: tuple[Cause, ...] = ()) -> list[Cause]:
        planning.edit_plan(
            session,
            plan,
            surveyed_on=SURVEY,
            causes=causes,
            kept=kept,
            strengths=None,
            wishes=" Vay vốn ",
            on=TODAY,
        )
        session.expire(plan)
        return [row.cause for row in plan.causes]

    kept = (Cause.ILLNESS,)
    assert edited(Cause.NO_LAND, kept=kept) == [Cause.ILLNESS, Cause.NO_LAND]
    assert edited(Cause.NO_LAND) == [Cause.NO_LAND]
    assert edited(Cause.NO_LAND, Cause.ILLNESS, kept=kept) == [Cause.NO_LAND]
    assert (plan.strengths, plan.wishes) == (None, "Vay vốn")


def test_steps_are_done_and_goals_reached(session: Session, plan: ExitPlan) -> None:
    goal = plan.goals[0]
    for due_on in (date(2022, 2, 28), date(2024, 1, 1)):
        with pytest.raises(RuleBroken) as broken:
            planning.add_step(session, goal, content="Vay vốn", due_on=due_on)
        assert broken.value.field == "due_on"
    with pytest.raises(RuleBroken) as blank:
        planning.add_step(session, goal, content=" ", due_on=MARCH)
    assert blank.value.field == "content"
    step = planning.add_step(session, goal, content="Vay vốn", who=" Tổ vay vốn ", due_on=MARCH)
    later = planning.add_step(session, goal, content="Bán lứa đầu", due_on=TODAY)

    def due(until: date) -> list[Step]:
        return list(session.scalars(queries.steps_due(Lens.everyone(TODAY), until)))

    assert (due(date(2022, 3, 30)), due(MARCH), due(TODAY)) == ([], [step], [step, later])
    planning.do_step(session, step, on=TODAY)
    planning.do_step(session, step, on=date(2022, 12, 1))
    assert (step.who, step.done_on, due(TODAY)) == ("Tổ vay vốn", TODAY, [later])
    with pytest.raises(RuleBroken) as ahead:
        planning.edit_step(
            session,
            step,
            content="Vay",
            who=None,
            due_on=MARCH,
            done_on=date(2022, 10, 21),
            today=TODAY,
        )
    assert ahead.value.field == "done_on"
    planning.edit_step(
        session, step, content="Vay", who=None, due_on=MARCH, done_on=None, today=TODAY
    )
    assert due(TODAY) == [step, later]
    planning.reach_goal(session, goal, on=TODAY)
    assert goal.reached_on == TODAY
    planning.edit_goal(session, goal, content="Thu nhập đều", reached_on=None, today=TODAY)
    assert (goal.content, goal.reached_on) == ("Thu nhập đều", None)


def test_steps_due_are_those_in_scope(session: Session, at: make.Places, plan: ExitPlan) -> None:
    planning.add_step(session, plan.goals[0], content="Vay vốn", due_on=MARCH)
    for village, found in ((at.village, 1), (at.quarter, 0)):
        lens = Lens(TODAY, TODAY, villages=frozenset({village.id}))
        assert len(session.scalars(queries.steps_due(lens, TODAY)).all()) == found


def test_what_is_removed_is_written_down_for_its_household(
    session: Session, household: Household, plan: ExitPlan
) -> None:
    goal = plan.goals[0]
    step = planning.add_step(session, goal, content="Vay vốn", due_on=MARCH)
    left = planning.add_step(session, goal, content="Mua giống", due_on=MARCH)
    planning.remove_step(session, step, reason="Ghi nhầm")
    assert goal.steps == [left]
    step = planning.add_step(session, goal, content="Vay vốn", due_on=MARCH)
    for remove, row in (
        (planning.remove_step, step),
        (planning.remove_goal, goal),
        (planning.remove_plan, plan),
    ):
        with pytest.raises(RuleBroken):
            remove(session, row, reason="")  # type: ignore[operator]
        remove(session, row, reason="Ghi nhầm")  # type: ignore[operator]
    everyone = Lens.everyone(TODAY)
    for model in (ExitPlan, PlanCause, Goal, Step):
        query = select(model).execution_options(lens=everyone)
        assert session.scalars(query).all() == []
    removed = session.scalars(
        select(AuditEntry).where(AuditEntry.what == What.REMOVED).order_by(AuditEntry.id)
    ).all()
    assert sorted(entry.subject for entry in removed) == [
        *("exit_plan", "goal", "goal", "plan_cause", "plan_cause", "step", "step", "step"),
    ]
    assert {entry.household_id for entry in removed} == {household.id}
    assert {json.loads(entry.changes)["reason"][1] for entry in removed} == {"Ghi nhầm"}
