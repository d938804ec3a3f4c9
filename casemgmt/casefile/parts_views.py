"""The page from which the parts of a household's record are filled in, one by one."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.casefile import parts
from casemgmt.casefile.parts import Part, Progress
from casemgmt.households.asked import household_to_write
from casemgmt.households.members import here_on
from casemgmt.register.models import Household
from casemgmt.web.asking import can, lens_to_write, needs, today
from casemgmt.web.database import session
from casemgmt.words import _

bp = Blueprint("parts", __name__)


@dataclass(frozen=True, slots=True)
class Task:
    """A row of the list: see templates/parts/tasks.html."""

    label: str
    state: Progress
    about: str
    url: str


@bp.get("/households/<code>/parts")
@needs(Act.EDIT_HOUSEHOLD)
def show(code: str) -> ResponseReturnValue:
    """The parts of a household's record and how far each has come."""
    household = household_to_write(code)
    return render_template("households/steps.html", household=household, tasks=_tasks(household))


@bp.get("/households/<code>/parts/people")
@needs(Act.EDIT_HOUSEHOLD)
def people(code: str) -> ResponseReturnValue:
    """Who lives there, each to be completed."""
    household = household_to_write(code)
    there = [member for member in household.members if here_on(member, today())]
    return render_template("households/people.html", household=household, people=there)


def _tasks(household: Household) -> list[Task]:
    seen, base = lens_to_write(), f"/households/{household.code}"
    classed = parts.class_(session(), seen, household)
    found: list[tuple[str, Part, str]] = [
        (
            _("Chủ hộ và thành viên"),
            parts.people(household, today()),
            f"{base}/parts/people",
        ),
        (_("Nơi ở và liên hệ"), parts.home(household), f"{base}/edit?next=parts"),
        (_("Thu nhập, thiếu hụt và phân loại"), classed, _class_address(base, classed)),
        (
            _("Đơn vị đỡ đầu"),
            parts.sponsor(session(), seen, household),
            f"{base}/lead?next=parts" if can(Act.ASSIGN_SPONSOR) else "",
        ),
        (
            _("Kế hoạch thoát nghèo"),
            parts.plan(session(), household, today()),
            f"{base}/plan" if can(Act.PLAN_EXIT) else "",
        ),
    ]
    return [Task(label, part.state, part.about, url) for label, part, url in found]


def _class_address(base: str, part: Part) -> str:
    """Where a class is worked on: the open proposal, else its review, else the act itself."""
    if part.proposal is not None:
        return f"/proposals/{part.proposal}"
    if part.state is Progress.TO_DO and not can(Act.RECLASSIFY):
        return "/reviews"
    return f"{base}/class?next=parts"
