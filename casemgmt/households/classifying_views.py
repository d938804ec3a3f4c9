"""Pages about the class of a household outside a review: classify, correct, withdraw. The class
itself is changed there only by whoever may reclassify; all others keep it."""

from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.households import classifying
from casemgmt.households.asked import back_to, fact_from, file_address, household_to_write
from casemgmt.households.forms import ClassifyForm, CorrectClassForm, ReasonForm
from casemgmt.organisations.models import Kind
from casemgmt.register import timeline
from casemgmt.register.models import Class, Classification, Household, Standard
from casemgmt.typed import show_date
from casemgmt.web.asking import can, given, needs, today
from casemgmt.web.database import session
from casemgmt.web.going import both_versions, stale
from casemgmt.words import _

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
    return _answer(household, form, _("Phân loại hộ"))


@bp.route("/households/<code>/class/<day>", methods=["GET", "POST"])
@needs(Act.CLASSIFY)
def correct(code: str, day: str) -> ResponseReturnValue:
    """Correct a classification; its first day stays."""
    household = household_to_write(code)
    row = fact_from(household.classifications, day)
    data = {name: getattr(row, name) for name in _ALL if name != "reason"}
    data["deprivations"] = _deprived(row)
    form, stored = CorrectClassForm(data=data), CorrectClassForm(None, data=data)
    form.starts.data, form.starts.raw_data = row.starts, [show_date(row.starts)]
    form.starts.process_errors = ()  # whatever was sent in its place
    form.starts.render_kw = {"readonly": True}
    for one in (form, stored):
        _offer(one, row.starts)
    if stale(form, stored):
        what = _("Phân loại hộ {code}", code=code)
        return both_versions(form, stored, what=what, back=file_address(household), row=row)
    return _answer(household, form, _("Sửa phân loại từ {day}", day=show_date(row.starts)))


def _deprived(row: Classification) -> list[str]:
    return [deprivation.indicator_code for deprivation in row.deprivations]


def _answer(household: Household, form: ClassifyForm, title: str) -> ResponseReturnValue:
    day = form.starts.data or today()
    standard = _offer(form, day)
    if "propose" not in request.form and form.sent():
        with form.showing_rules():
            _classify(household, form)
            return back_to(household, _("Đã ghi phân loại."))
    return render_template(
        "households/classify.html",
        household=household,
        form=form,
        title=title,
        standard=standard,
        implied=_implied(household, form, day, standard),
    )


def _offer(form: ClassifyForm, day: date) -> Standard | None:
    """Let a form choose among the indicators of the standard in force on a day."""
    standard = classifying.standard_on(session(), day)
    indicators = standard.indicators if standard else []
    form.deprivations.choices = {indicator.code: indicator.name for indicator in indicators}
    return standard


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
    _outside_a_review(household, form)
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


def _outside_a_review(household: Household, form: ClassifyForm) -> None:
    starts, class_, reason = given(form.starts.data), given(form.class_.data), form.reason.data
    if can(Act.RECLASSIFY):
        classifying.says_why(household, starts=starts, class_=class_, reason=reason)
        return
    standard = classifying.standard_on(session(), starts)
    implied = _implied(household, form, starts, standard)
    classifying.keeps_class(household, starts=starts, class_=class_, implied=implied, reason=reason)


@bp.route("/households/<code>/class/<day>/withdraw", methods=["GET", "POST"])
@needs(Act.CLASSIFY)
def withdraw(code: str, day: str) -> ResponseReturnValue:
    """Take back a classification that should not have been recorded."""
    household = household_to_write(code)
    row = fact_from(household.classifications, day)
    form = ReasonForm()
    if form.sent():
        with form.showing_rules():
            if not can(Act.RECLASSIFY):
                classifying.keeps_class_without(row)
            classifying.withdraw_classification(session(), row, reason=form.reason.data or "")
            return back_to(household, _("Đã rút phân loại."))
    return render_template(
        "households/act.html",
        household=household,
        form=form,
        title=_("Rút phân loại từ {day}", day=show_date(row.starts)),
        intro=_("Phân loại trước đó lại có hiệu lực."),
        danger=True,
    )
