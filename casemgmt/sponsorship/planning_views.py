"""Pages about a household's plan to leave poverty: the plan of a year."""

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from casemgmt.access.policy import Act
from casemgmt.households import queries as households
from casemgmt.households.asked import household_to_write, note_read
from casemgmt.households.forms import ReasonForm
from casemgmt.register.models import Household
from casemgmt.sponsorship import planning, queries
from casemgmt.sponsorship.forms import EditPlanForm, MakePlanForm, PlanForm
from casemgmt.sponsorship.models import Cause, ExitPlan
from casemgmt.web.asking import (
    SAFE,
    as_of,
    can,
    given,
    lens_to_write,
    needs,
    one_or_404,
    today,
)
from casemgmt.web.database import session
from casemgmt.web.forms import Form
from casemgmt.web.going import both_versions, go, stale
from casemgmt.words import _

bp = Blueprint("plans", __name__)
PLAN = "/households/<code>/plan/<int:year>"
_FIRST, _LAST = 1990, 2100


@bp.get("/households/<code>/plan")
@needs(Act.SEE_HOUSEHOLDS)
def show(code: str) -> ResponseReturnValue:
    """The plan of a household in scope today for a year (`?year=`): else of this year, else its
    newest. A plan goes on changing, so `?as_of=` opens it to nobody else."""
    household = one_or_404(households.household_by_code(lens_to_write(), code))
    years = list(session().scalars(queries.plan_years(household.id)))
    year = _year(years)
    note_read(household)
    plan = session().scalar(queries.plan_of(household.id, year))
    return render_template(
        "sponsorship/plan.html",
        household=household,
        year=year,
        years=sorted({*years, year}, reverse=True),
        plan=plan,
        causes=_shown(plan) if plan else [],
        proposed=planning.proposed_goals(session(), household, on=today(), plan=plan),
    )


def _year(years: list[int]) -> int:
    if asked := request.args.get("year", ""):
        if not (asked.isdecimal() and len(asked) == 4 and _FIRST <= int(asked) <= _LAST):
            abort(400, _("Năm cần bốn chữ số."))
        return int(asked)
    return as_of().year if as_of().year in years or not years else years[0]


def _shown(plan: ExitPlan) -> list[Cause]:
    return [row.cause for row in plan.causes if row.cause not in _unseen()]


def _unseen() -> frozenset[Cause]:
    """The causes that the one who asks may not see: those about health."""
    return frozenset() if can(Act.SEE_PRIVATE) else frozenset({Cause.ILLNESS})


# --- The plan ------------------------------------------------------------------------------------


@bp.route("/households/<code>/plan/make", methods=["GET", "POST"])
@needs(Act.PLAN_EXIT)
def make(code: str) -> ResponseReturnValue:
    """Make the plan of a household for a year (`?year=`)."""
    household = household_to_write(code)
    year = _year([])
    form = MakePlanForm(data={"surveyed_on": today()})
    offered = planning.proposed_goals(session(), household, on=today())
    form.goals.choices = {one.key: f"{one.name}: {one.content}" for one in offered}
    _offer(form)
    if not form.is_submitted():
        form.goals.data = [one.key for one in offered]
    if form.sent():
        with form.showing_rules():
            planning.make_plan(
                session(),
                household,
                year=year,
                surveyed_on=given(form.surveyed_on.data),
                causes=_chosen(form),
                strengths=form.strengths.data,
                wishes=form.wishes.data,
                goals=form.goals.data or (),
                on=today(),
            )
            return to_plan(code, year, _("Đã lập kế hoạch. Giờ hãy thêm việc cho từng mục tiêu."))
    title = _("Lập kế hoạch thoát nghèo năm {year}", year=year)
    return form_page(household, year, form, title)


def _offer(form: PlanForm) -> None:
    form.causes.choices = {cause.value: cause.label for cause in Cause if cause not in _unseen()}


def _chosen(form: PlanForm) -> list[Cause]:
    return [Cause(value) for value in form.causes.data or ()]


def form_page(
    household: Household,
    year: int,
    form: Form,
    title: str,
    intro: str = "",
    *,
    danger: bool = False,
) -> ResponseReturnValue:
    return render_template(
        "sponsorship/plan_form.html",
        household=household,
        year=year,
        form=form,
        title=title,
        intro=intro,
        danger=danger,
    )


def address(code: str, year: int) -> str:
    """Where the plan of a year is."""
    return url_for("plans.show", code=code, year=year, as_of=None)


def to_plan(code: str, year: int, said: str) -> Response:
    """To the plan, saying what was done."""
    return go(address(code, year), said)


def plan_to_change(household: Household, year: int) -> ExitPlan:
    """The plan of a year, else 404. Who sends a change waits for whoever changes it now."""
    query = queries.plan_of(household.id, year)
    return one_or_404(query if request.method in SAFE else query.with_for_update())


@bp.route(f"{PLAN}/edit", methods=["GET", "POST"])
@needs(Act.PLAN_EXIT)
def edit(code: str, year: int) -> ResponseReturnValue:
    """Change what the survey found."""
    household = household_to_write(code)
    plan = plan_to_change(household, year)
    form, stored = EditPlanForm(data=_said(plan)), EditPlanForm(None, data=_said(plan))
    _offer(form)
    _offer(stored)
    if stale(form, stored):
        back = address(code, year)
        return both_versions(form, stored, what=what_of(year), back=back, row=plan)
    if form.sent():
        with form.showing_rules():
            planning.edit_plan(
                session(),
                plan,
                surveyed_on=given(form.surveyed_on.data),
                causes=_chosen(form),
                kept=_unseen(),
                strengths=form.strengths.data,
                wishes=form.wishes.data,
                on=today(),
            )
            return to_plan(code, year, _("Đã ghi khảo sát."))
    return form_page(household, year, form, _("Sửa khảo sát"))


def _said(plan: ExitPlan) -> dict[str, object]:
    return {
        "surveyed_on": plan.surveyed_on,
        "causes": [cause.value for cause in _shown(plan)],
        "strengths": plan.strengths,
        "wishes": plan.wishes,
        "version": plan.version,
    }


def what_of(year: int) -> str:
    """What is changed, in words."""
    return _("Kế hoạch thoát nghèo năm {year}", year=year)


@bp.route(f"{PLAN}/remove", methods=["GET", "POST"])
@needs(Act.PLAN_EXIT)
def remove(code: str, year: int) -> ResponseReturnValue:
    """Take back a plan that should not have been made."""
    household = household_to_write(code)
    plan = plan_to_change(household, year)
    form = ReasonForm()
    if form.sent():
        with form.showing_rules():
            planning.remove_plan(session(), plan, reason=form.reason.data or "")
            return to_plan(code, year, _("Đã xóa kế hoạch."))
    intro = _("Khảo sát, mục tiêu và mọi việc trong kế hoạch này không còn nữa.")
    title = _("Xóa kế hoạch năm {year}", year=year)
    return form_page(household, year, form, title, intro, danger=True)
