"""Pages about the class of a household: classify, correct, withdraw."""

from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.households import classifying
from casemgmt.households.asked import back_to, fact_from, household_to_write
from casemgmt.households.forms import ClassifyForm, ReasonForm
from casemgmt.organisations.models import Kind
from casemgmt.register import timeline
from casemgmt.register.models import Class, Classification, Household, Standard
from casemgmt.typed import show_date
from casemgmt.web.asking import given, needs, today
from casemgmt.web.database import session

bp = Blueprint("classifying", __name__)

_KEPT = ("minority", "social_protection", "merit", "member_of")
_ALL = (
    *("starts", "class_", "score_b1", "score_b2", *_KEPT),
    *("decision_number", "decision_date", "note", "reason"),
)


@bp.route("/households/<code>/class", methods=["GET", "POST"])
@needs(Act.CLASSIFY)
def classify(code: str) -> ResponseReturnValue:
    """Classify a household from a day on."""
    household = household_to_write(code)
    held = timeline.in_force(household.classifications, today())
    form = ClassifyForm(data={name: getattr(held, name) for name in _KEPT} if held else None)
    return _answer(household, form, "Phân loại hộ")


@bp.route("/households/<code>/class/<day>", methods=["GET", "POST"])
@needs(Act.CLASSIFY)
def correct(code: str, day: str) -> ResponseReturnValue:
    """Correct a classification; its first day stays."""
    household = household_to_write(code)
    row = fact_from(household.classifications, day)
    data = {name: getattr(row, name) for name in _ALL if name != "reason"}
    form = ClassifyForm(data={**data, "deprivations": _deprived(row)})
    form.starts.data, form.starts.raw_data = row.starts, [show_date(row.starts)]
    form.starts.process_errors = ()  # whatever was sent in its place
    form.starts.render_kw = {"readonly": True}
    return _answer(household, form, f"Sửa phân loại từ {show_date(row.starts)}")


def _deprived(row: Classification) -> list[str]:
    return [deprivation.indicator_code for deprivation in row.deprivations]


def _answer(household: Household, form: ClassifyForm, title: str) -> ResponseReturnValue:
    day = form.starts.data or today()
    standard = classifying.standard_on(session(), day)
    indicators = standard.indicators if standard else []
    form.deprivations.choices = {indicator.code: indicator.name for indicator in indicators}
    if "propose" not in request.form and form.sent():
        with form.showing_rules():
            _classify(household, form)
            return back_to(household, "Đã ghi phân loại.")
    return render_template(
        "households/classify.html",
        household=household,
        form=form,
        title=title,
        standard=standard,
        implied=_implied(household, form, day, standard),
    )


def _implied(
    household: Household, form: ClassifyForm, day: date, standard: Standard | None
) -> Class | None:
    """The class that the scores typed so far imply."""
    if standard is None:
        return None
    return classifying.proposed_class(
        session(),
        household,
        starts=day,
        score_b1=form.score_b1.data,
        score_b2=form.score_b2.data,
    )


def _classify(household: Household, form: ClassifyForm) -> None:
    classifying.classify(
        session(),
        household,
        starts=given(form.starts.data),
        class_=given(form.class_.data),
        minority=form.minority.data,
        social_protection=form.social_protection.data,
        merit=form.merit.data,
        member_of=form.member_of.data or Kind.NONE,
        score_b1=form.score_b1.data,
        score_b2=form.score_b2.data,
        deprivations=form.deprivations.data or (),
        decision_number=form.decision_number.data,
        decision_date=form.decision_date.data,
        note=form.note.data,
        reason=form.reason.data,
    )


@bp.route("/households/<code>/class/<day>/withdraw", methods=["GET", "POST"])
@needs(Act.CLASSIFY)
def withdraw(code: str, day: str) -> ResponseReturnValue:
    """Take back a classification that should not have been recorded."""
    household = household_to_write(code)
    row = fact_from(household.classifications, day)
    form = ReasonForm()
    if form.sent():
        with form.showing_rules():
            classifying.withdraw_classification(session(), row, reason=form.reason.data or "")
            return back_to(household, "Đã rút phân loại.")
    return render_template(
        "households/act.html",
        household=household,
        form=form,
        title=f"Rút phân loại từ {show_date(row.starts)}",
        intro="Phân loại trước đó lại có hiệu lực.",
        danger=True,
    )
