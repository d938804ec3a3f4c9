"""Pages about what was given to a household: the list, log, correct, void."""

from datetime import date
from decimal import Decimal
from typing import TypedDict

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from casemgmt.access.policy import Act
from casemgmt.households import queries as households
from casemgmt.households.asked import back_to, file_address, household_to_write, note_read
from casemgmt.households.forms import CHOOSE, ReasonForm
from casemgmt.organisations.models import Organisation
from casemgmt.register.models import Household
from casemgmt.sponsorship.asked import offer_organisations, organisation_chosen
from casemgmt.support import actions, queries
from casemgmt.support.forms import CorrectSupportForm, SupportForm
from casemgmt.support.models import SupportAction
from casemgmt.typed import show_date
from casemgmt.web.asking import (
    day_asked,
    given,
    lens,
    lens_to_write,
    me,
    needs,
    one_or_404,
    today,
)
from casemgmt.web.database import session
from casemgmt.web.going import both_versions, outdated
from casemgmt.web.paging import page_of
from casemgmt.words import _

bp = Blueprint("support", __name__)


@bp.get("/households/<code>/support")
@needs(Act.SEE_HOUSEHOLDS)
def index(code: str) -> ResponseReturnValue:
    """All that was given to a household, up to the day that is looked at."""
    household = one_or_404(households.household_by_code(lens(), code))
    note_read(household)
    query = queries.support_of(lens(), household.id)
    shown = query.options(joinedload(SupportAction.kind), joinedload(SupportAction.organisation))
    page = page_of(session(), shown, counted=query)
    totals = session().execute(queries.support_totals(lens(), household=household.id)).one()
    return render_template(
        "support/index.html",
        household=household,
        page=page,
        actions=[row[0] for row in page.rows],
        totals=totals,
    )


@bp.route("/households/<code>/support/add", methods=["GET", "POST"])
@needs(Act.LOG_SUPPORT)
def log(code: str) -> ResponseReturnValue:
    """Log one thing given, or one loan; in scope on its day. `?on=`: the day to begin with."""
    form = SupportForm()
    begun = form.on.data or day_asked("on")
    household = household_to_write(code, begun)
    _offer(form)
    if not form.is_submitted():
        _begin(form, household, begun)
    if form.sent():
        with form.showing_rules():
            if not _logged_already(form, household):
                actions.log_support(
                    session(), household, code=form.code.data or None, **_given(form)
                )
            return back_to(household, _("Đã ghi hỗ trợ."))
    return render_template(
        "households/act.html", household=household, form=form, title=_("Ghi một hỗ trợ")
    )


def _begin(form: SupportForm, household: Household, day: date | None) -> None:
    form.on.data = day or today()
    form.code.data = actions.propose_code(session(), household)


def _offer(form: SupportForm, action: SupportAction | None = None) -> None:
    also = [action.organisation] if action and action.organisation else []
    own = me().organisation
    offer_organisations(form.organisation, blank=None if own else _("— không rõ —"), also=also)
    if own is not None and form.organisation.data is None:
        form.organisation.data = own.code
    kinds = session().scalars(queries.kinds())
    form.kind.choices = {"": CHOOSE, **{kind.name: kind.name for kind in kinds}}


def _logged_already(form: SupportForm, household: Household) -> bool:
    """Whether this very form was sent before. A code that somebody else has used since the form
    was made gives way to the next one."""
    code = form.code.data
    there = session().scalar(queries.by_code(lens_to_write(form.on.data), code)) if code else None
    if there is None:
        return False
    stands, sent = _said(there), {**_given(form), "organisation": form.organisation.data}
    same_form = all(stands[name] == (value or None) for name, value in sent.items())
    if same_form and there.household_id == household.id:
        return True
    form.code.data = None
    return False


class _Given(TypedDict):
    on: date
    kind: str
    organisation: Organisation | None
    content: str | None
    quantity: Decimal | None
    unit: str | None
    value: int | None
    source: str | None


def _given(form: SupportForm) -> _Given:
    chosen = form.organisation.data
    return _Given(
        on=given(form.on.data),
        kind=given(form.kind.data),
        organisation=organisation_chosen(chosen) if chosen else None,
        content=form.content.data,
        quantity=form.quantity.data,
        unit=form.unit.data,
        value=form.value.data,
        source=form.source.data,
    )


# --- Mending -------------------------------------------------------------------------------------


def _of(household: Household, code: str) -> SupportAction:
    """The support action of this household that has this code; else 404."""
    action = session().scalar(queries.by_code(lens_to_write(), code))
    if action is None or action.household_id != household.id:
        abort(404)
    return action


@bp.route("/households/<code>/support/<action>", methods=["GET", "POST"])
@needs(Act.CORRECT_SUPPORT)
def correct(code: str, action: str) -> ResponseReturnValue:
    """Correct a support action that was logged wrongly."""
    household = household_to_write(code)
    row = _of(household, action)
    form = CorrectSupportForm(data=_said(row))
    _offer(form, row)
    if form.is_submitted() and outdated(form.version.data, row.version):
        stored = CorrectSupportForm(None, data=_said(row))
        _offer(stored, row)
        what, back = _("Hỗ trợ {code}", code=row.code), file_address(household)
        return both_versions(form, stored, what=what, back=back, row=row)
    if form.sent():
        with form.showing_rules():
            actions.correct_support(session(), row, reason=form.reason.data or "", **_given(form))
            return back_to(household, _("Đã sửa hỗ trợ."))
    return render_template(
        "households/act.html",
        household=household,
        form=form,
        title=_("Sửa hỗ trợ {code}", code=row.code),
    )


def _said(row: SupportAction) -> dict[str, object]:
    return {
        "on": row.given_on,
        "kind": row.kind_name,
        "content": row.content,
        "quantity": row.quantity,
        "unit": row.unit,
        "value": row.value,
        "organisation": row.organisation.code if row.organisation else None,
        "source": row.source,
        "code": row.code,
        "version": row.version,
    }


@bp.route("/households/<code>/support/<action>/void", methods=["GET", "POST"])
@needs(Act.CORRECT_SUPPORT)
def void(code: str, action: str) -> ResponseReturnValue:
    """A support action that never happened."""
    household = household_to_write(code)
    row = _of(household, action)
    form = ReasonForm()
    if form.sent():
        with form.showing_rules():
            actions.void_support(session(), row, reason=form.reason.data or "")
            return back_to(household, _("Đã hủy hỗ trợ."))
    return render_template(
        "households/act.html",
        household=household,
        form=form,
        title=_("Hủy hỗ trợ {code}", code=row.code),
        intro=_(
            "{kind_name}, ngày {day}. Dòng này vẫn hiện, gạch ngang, và không tính vào đâu.",
            kind_name=row.kind_name,
            day=show_date(row.given_on),
        ),
        danger=True,
    )
