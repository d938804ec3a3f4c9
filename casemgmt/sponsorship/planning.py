"""Kế hoạch thoát nghèo: what a household needs in a year, its goals, and the steps to them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt.audit import trail
from casemgmt.errors import RuleBroken
from casemgmt.register import timeline
from casemgmt.register.models import Household, Indicator
from casemgmt.register.rules import said
from casemgmt.sponsorship import queries
from casemgmt.sponsorship.models import Cause, ExitPlan, Goal, PlanCause, Step
from casemgmt.typed import show_date
from casemgmt.vietnamese import clean
from casemgmt.words import _

INCOME = "income"
# Written into the register, so in its own language whoever asks.
_WORDING = {
    INCOME: "Thu nhập bình quân đầu người vượt chuẩn nghèo",
    "employment": "Có người trong hộ có việc làm ổn định",
    "dependants": "Bớt gánh nặng nuôi người phụ thuộc",
    "nutrition": "Trẻ em trong hộ đủ dinh dưỡng",
    "health_insurance": "Mọi người trong hộ có thẻ bảo hiểm y tế",
    "adult_education": "Người lớn trong hộ học thêm hoặc học nghề",
    "child_schooling": "Trẻ em trong hộ đi học đúng tuổi",
    "housing_quality": "Nhà ở bền chắc",
    "housing_area": "Đủ diện tích nhà ở cho mọi người",
    "water": "Có nước sinh hoạt hợp vệ sinh",
    "sanitation": "Có nhà tiêu hợp vệ sinh",
    "telecom": "Dùng được dịch vụ viễn thông",
    "info_assets": "Có phương tiện tiếp cận thông tin",
}


@dataclass(frozen=True, slots=True)
class Proposed:
    """A goal that may be set: what it is chosen by, its wording, its indicator (None: income)."""

    key: str
    name: str
    content: str
    indicator: Indicator | None


def proposed_goals(
    session: Session, household: Household, *, on: date, plan: ExitPlan | None = None
) -> list[Proposed]:
    """The goals that a household's plan may have, which it has not yet: one for each indicator in
    which it is deprived on a day, and income."""
    there = {goal.indicator_code for goal in plan.goals} if plan else set()
    found = [] if plan and None in there else [_income()]
    found += [
        Proposed(indicator.code, indicator.name, _wording(indicator), indicator)
        for indicator in _deprived(session, household, on)
        if indicator.code not in there
    ]
    return found


def _income() -> Proposed:
    return Proposed(INCOME, _("Thu nhập"), _WORDING[INCOME], None)


def _wording(indicator: Indicator) -> str:
    return _WORDING.get(indicator.code) or f"Không còn thiếu hụt: {indicator.name}"


def _deprived(session: Session, household: Household, day: date) -> Iterator[Indicator]:
    held = timeline.in_force(household.classifications, day)
    codes = {(row.standard_code, row.indicator_code) for row in held.deprivations} if held else ()
    for indicator in session.scalars(
        select(Indicator).order_by(Indicator.standard_code, Indicator.position)
    ):
        if (indicator.standard_code, indicator.code) in codes:
            yield indicator


# --- The plan ------------------------------------------------------------------------------------


def make_plan(
    session: Session,
    household: Household,
    *,
    year: int,
    surveyed_on: date,
    causes: Collection[Cause] = (),
    strengths: str | None = None,
    wishes: str | None = None,
    goals: Sequence[str] = (),
    on: date,
) -> ExitPlan:
    """The plan of a household for a year, from the survey of what it needs; with the goals of
    these keys (see `proposed_goals`). A household that lives in the register has one a year."""
    if timeline.in_force(household.stays, on) is None:
        raise RuleBroken(_("Hộ không ở trong sổ vào ngày {day}.", day=show_date(on)))
    _surveyed(year, surveyed_on, on)
    if session.scalar(queries.plan_of(household.id, year)) is not None:
        raise RuleBroken(_("Hộ đã có kế hoạch năm {year}.", year=year))
    plan = ExitPlan(
        household=household,
        year=year,
        surveyed_on=surveyed_on,
        causes=[PlanCause(cause=cause) for cause in sorted(set(causes))],
        strengths=clean(strengths or "") or None,
        wishes=clean(wishes or "") or None,
        made_by=trail.actor(session)[:80],
        goals=[],
    )
    session.add(plan)
    add_goals(session, plan, goals, on=on)
    return plan


def edit_plan(
    session: Session,
    plan: ExitPlan,
    *,
    surveyed_on: date,
    causes: Collection[Cause],
    kept: Collection[Cause] = (),
    strengths: str | None,
    wishes: str | None,
    on: date,
) -> None:
    """Change what the survey found. `kept`: causes that the one who edits does not see, which
    stay as they are."""
    _surveyed(plan.year, surveyed_on, on)
    there = {row.cause: row for row in plan.causes}
    wanted = set(causes) - set(kept) | (set(kept) & set(there))
    for cause, row in there.items():
        if cause not in wanted:
            session.delete(row)
    plan.causes.extend(PlanCause(cause=cause) for cause in sorted(wanted - set(there)))
    plan.surveyed_on = surveyed_on
    plan.strengths = clean(strengths or "") or None
    plan.wishes = clean(wishes or "") or None
    session.flush()
    session.expire(plan, ["causes"])


def remove_plan(session: Session, plan: ExitPlan, *, reason: str) -> None:
    """Take back a plan that should not have been made, with its goals and steps."""
    with trail.because(session, said(reason)):
        session.delete(plan)


def _surveyed(year: int, surveyed_on: date, today: date) -> None:
    if surveyed_on > today:
        raise RuleBroken(_("Ngày khảo sát còn ở phía trước."), field="surveyed_on")
    if not year - 1 <= surveyed_on.year <= year:
        raise RuleBroken(
            _("Kế hoạch năm {year} cần khảo sát trong năm đó hoặc năm trước.", year=year),
            field="surveyed_on",
        )


# --- Goals ---------------------------------------------------------------------------------------


def add_goals(session: Session, plan: ExitPlan, keys: Sequence[str], *, on: date) -> list[Goal]:
    """Set goals by the keys of `proposed_goals`, in its wording."""
    offered = {one.key: one for one in proposed_goals(session, plan.household, on=on, plan=plan)}
    if any(key not in offered for key in keys):
        raise RuleBroken(
            _("Mục tiêu phải theo chỉ số hộ đang thiếu hụt hoặc thu nhập, mỗi mục một lần."),
            field="goals",
        )
    goals = [
        Goal(
            standard_code=one.indicator.standard_code if one.indicator else None,
            indicator_code=one.indicator.code if one.indicator else None,
            content=one.content,
        )
        for key, one in offered.items()
        if key in keys
    ]
    plan.goals.extend(goals)
    session.flush()
    return goals


def edit_goal(
    session: Session, goal: Goal, *, content: str, reached_on: date | None, today: date
) -> None:
    """Change the wording of a goal, and the day on which it was reached (None: not yet)."""
    goal.content, goal.reached_on = _content(content), _past(reached_on, today, "reached_on")
    session.flush()


def reach_goal(session: Session, goal: Goal, *, on: date) -> None:
    """The goal is reached, on this day unless another was written before."""
    goal.reached_on = goal.reached_on or on
    session.flush()


def remove_goal(session: Session, goal: Goal, *, reason: str) -> None:
    """Take a goal out of its plan, with its steps, for a reason."""
    plan = goal.plan
    with trail.because(session, said(reason)):
        session.delete(goal)
    session.expire(plan, ["goals"])


# --- Steps ---------------------------------------------------------------------------------------


def add_step(
    session: Session, goal: Goal, *, content: str, who: str | None = None, due_on: date
) -> Step:
    """What is to be done for a goal, by whom, by which day: not before the survey, and at the
    latest a year after the plan's own."""
    step = Step(
        content=_content(content), who=clean(who or "") or None, due_on=_due(goal.plan, due_on)
    )
    goal.steps.append(step)
    session.flush()
    return step


def edit_step(
    session: Session,
    step: Step,
    *,
    content: str,
    who: str | None,
    due_on: date,
    done_on: date | None,
    today: date,
) -> None:
    """Change a step, and the day on which it was done (None: not yet)."""
    step.content, step.who = _content(content), clean(who or "") or None
    step.due_on, step.done_on = _due(step.goal.plan, due_on), _past(done_on, today, "done_on")
    session.flush()


def do_step(session: Session, step: Step, *, on: date) -> None:
    """The step is done, on this day unless another was written before."""
    step.done_on = step.done_on or on
    session.flush()


def remove_step(session: Session, step: Step, *, reason: str) -> None:
    """Take a step out of its plan, for a reason."""
    goal = step.goal
    with trail.because(session, said(reason)):
        session.delete(step)
    session.expire(goal, ["steps"])


def _past(day: date | None, today: date, field: str) -> date | None:
    if day is not None and day > today:
        raise RuleBroken(_("Ngày này còn ở phía trước."), field=field)
    return day


def _content(text: str) -> str:
    if not clean(text):
        raise RuleBroken(_("Cần điền ô này."), field="content")
    return clean(text)


def _due(plan: ExitPlan, day: date) -> date:
    if day < plan.surveyed_on or day.year > plan.year + 1:
        raise RuleBroken(
            _(
                "Hạn phải từ ngày khảo sát {day} đến hết năm {year}.",
                day=show_date(plan.surveyed_on),
                year=plan.year + 1,
            ),
            field="due_on",
        )
    return day
