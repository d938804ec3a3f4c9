"""Pages about the goals of a household's plan, and the steps to them."""

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.errors import RuleBroken
from casemgmt.households.asked import household_to_write
from casemgmt.households.forms import ReasonForm
from casemgmt.sponsorship import planning
from casemgmt.sponsorship.forms import EditStepForm, GoalForm, GoalsForm, StepForm
from casemgmt.sponsorship.models import ExitPlan, Goal, Step
from casemgmt.sponsorship.planning_views import (
    PLAN,
    address,
    form_page,
    plan_to_change,
    to_plan,
    what_of,
)
from casemgmt.web.asking import given, needs, today
from casemgmt.web.database import session
from casemgmt.web.going import both_versions, stale
from casemgmt.words import _

bp = Blueprint("goals", __name__)


# --- Goals ---------------------------------------------------------------------------------------


@bp.route(f"{PLAN}/goals/add", methods=["GET", "POST"])
@needs(Act.PLAN_EXIT)
def add_goals(code: str, year: int) -> ResponseReturnValue:
    """More goals: those that the household is deprived in and the plan lacks."""
    household = household_to_write(code)
    plan = plan_to_change(household, year)
    form = GoalsForm()
    offered = planning.proposed_goals(session(), household, on=today(), plan=plan)
    form.goals.choices = {one.key: f"{one.name}: {one.content}" for one in offered}
    if form.sent():
        with form.showing_rules():
            if not form.goals.data:
                raise RuleBroken(_("Hãy đánh dấu ít nhất một mục tiêu."), field="goals")
            added = planning.add_goals(session(), plan, form.goals.data, on=today())
            return to_plan(code, year, _("Đã thêm {n} mục tiêu.", n=len(added)))
    return form_page(household, year, form, _("Thêm mục tiêu"))


def _goal(plan: ExitPlan, number: int) -> Goal:
    return next((goal for goal in plan.goals if goal.id == number), None) or abort(404)


@bp.route(f"{PLAN}/goals/<int:number>", methods=["GET", "POST"])
@needs(Act.PLAN_EXIT)
def edit_goal(code: str, year: int, number: int) -> ResponseReturnValue:
    """Change a goal's wording, and when it was reached."""
    household = household_to_write(code)
    goal = _goal(plan_to_change(household, year), number)
    said = {"content": goal.content, "reached_on": goal.reached_on}
    form, stored = GoalForm(data=said), GoalForm(None, data=said)
    if stale(form, stored):
        back = address(code, year)
        return both_versions(form, stored, what=what_of(year), back=back, row=goal)
    if form.sent():
        with form.showing_rules():
            content, reached_on = given(form.content.data), form.reached_on.data
            planning.edit_goal(
                session(), goal, content=content, reached_on=reached_on, today=today()
            )
            return to_plan(code, year, _("Đã ghi mục tiêu."))
    return form_page(household, year, form, _("Sửa mục tiêu"))


@bp.post(f"{PLAN}/goals/<int:number>/reached")
@needs(Act.PLAN_EXIT)
def reach_goal(code: str, year: int, number: int) -> ResponseReturnValue:
    """The goal is reached today."""
    goal = _goal(plan_to_change(household_to_write(code), year), number)
    planning.reach_goal(session(), goal, on=today())
    return to_plan(code, year, _("Đã đạt mục tiêu: {content}", content=goal.content))


@bp.route(f"{PLAN}/goals/<int:number>/remove", methods=["GET", "POST"])
@needs(Act.PLAN_EXIT)
def remove_goal(code: str, year: int, number: int) -> ResponseReturnValue:
    """Take a goal out of the plan, with its steps."""
    household = household_to_write(code)
    goal = _goal(plan_to_change(household, year), number)
    form = ReasonForm()
    if form.sent():
        with form.showing_rules():
            planning.remove_goal(session(), goal, reason=form.reason.data or "")
            return to_plan(code, year, _("Đã xóa mục tiêu."))
    return form_page(
        household, year, form, _("Xóa mục tiêu và các việc"), goal.content, danger=True
    )


# --- Steps ---------------------------------------------------------------------------------------


@bp.route(f"{PLAN}/goals/<int:number>/steps/add", methods=["GET", "POST"])
@needs(Act.PLAN_EXIT)
def add_step(code: str, year: int, number: int) -> ResponseReturnValue:
    """What is to be done for a goal."""
    household = household_to_write(code)
    goal = _goal(plan_to_change(household, year), number)
    form = StepForm()
    if form.sent():
        with form.showing_rules():
            planning.add_step(
                session(),
                goal,
                content=given(form.content.data),
                who=form.who.data,
                due_on=given(form.due_on.data),
            )
            return to_plan(code, year, _("Đã thêm việc."))
    return form_page(household, year, form, _("Thêm việc cần làm"), goal.content)


def _step(plan: ExitPlan, number: int) -> Step:
    steps = (step for goal in plan.goals for step in goal.steps)
    return next((step for step in steps if step.id == number), None) or abort(404)


@bp.route(f"{PLAN}/steps/<int:number>", methods=["GET", "POST"])
@needs(Act.PLAN_EXIT)
def edit_step(code: str, year: int, number: int) -> ResponseReturnValue:
    """Change a step, and when it was done."""
    household = household_to_write(code)
    step = _step(plan_to_change(household, year), number)
    said = {name: getattr(step, name) for name in ("content", "who", "due_on", "done_on")}
    form, stored = EditStepForm(data=said), EditStepForm(None, data=said)
    if stale(form, stored):
        back = address(code, year)
        return both_versions(form, stored, what=what_of(year), back=back, row=step)
    if form.sent():
        with form.showing_rules():
            _edit_step(step, form)
            return to_plan(code, year, _("Đã ghi việc."))
    return form_page(household, year, form, _("Sửa việc cần làm"))


def _edit_step(step: Step, form: EditStepForm) -> None:
    planning.edit_step(
        session(),
        step,
        content=given(form.content.data),
        who=form.who.data,
        due_on=given(form.due_on.data),
        done_on=form.done_on.data,
        today=today(),
    )


@bp.post(f"{PLAN}/steps/<int:number>/done")
@needs(Act.PLAN_EXIT)
def do_step(code: str, year: int, number: int) -> ResponseReturnValue:
    """The step is done today."""
    step = _step(plan_to_change(household_to_write(code), year), number)
    planning.do_step(session(), step, on=today())
    return to_plan(code, year, _("Đã xong: {content}", content=step.content))


@bp.route(f"{PLAN}/steps/<int:number>/remove", methods=["GET", "POST"])
@needs(Act.PLAN_EXIT)
def remove_step(code: str, year: int, number: int) -> ResponseReturnValue:
    """Take a step out of the plan."""
    household = household_to_write(code)
    step = _step(plan_to_change(household, year), number)
    form = ReasonForm()
    if form.sent():
        with form.showing_rules():
            planning.remove_step(session(), step, reason=form.reason.data or "")
            return to_plan(code, year, _("Đã xóa việc."))
    return form_page(household, year, form, _("Xóa việc cần làm"), step.content, danger=True)
