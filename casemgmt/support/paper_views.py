"""Nhập từ phiếu giấy: a stack of paper visit forms, one after the other, by household code."""

from datetime import timedelta

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casemgmt import clock
from casemgmt.access.policy import Act
from casemgmt.errors import RuleBroken
from casemgmt.register.models import Household
from casemgmt.support import asked, queries, visiting
from casemgmt.support.forms import PaperVisitForm
from casemgmt.support.models import Situation
from casemgmt.support.visiting_views import what_was_seen
from casemgmt.typed import show_date
from casemgmt.vietnamese import clean
from casemgmt.web.asking import day_asked, given, lens_to_write, me, needs, today
from casemgmt.web.database import session
from casemgmt.web.going import go
from casemgmt.words import _

bp = Blueprint("paper_visits", __name__)
_STACK = timedelta(hours=12)
_SHOWN = 10


@bp.route("/paper-visits", methods=["GET", "POST"])
@needs(Act.VISIT)
def enter() -> ResponseReturnValue:
    """One paper form; then the next one, of the same day and visitor."""
    form = PaperVisitForm()
    asked.offer_visitors(form.organisation)
    if not form.is_submitted():
        _begin(form)
    if form.sent():
        with form.showing_rules():
            household = _household(form)
            visit = visiting.log_visit(session(), household, **what_was_seen(form))
            kept = visit.organisation.code if visit.organisation else None
            said = _("Đã ghi: {code} · {name}.", code=household.code, name=household.head_name)
            on = show_date(visit.visited_on)
            return go(url_for(".enter", on=on, organisation=kept, as_of=None), said)
    since = clock.now() - _STACK
    entered = queries.entered_by(lens_to_write(), me().name, since).limit(_SHOWN)
    visits = session().scalars(entered).all()
    return render_template("support/paper.html", form=form, asked=asked, visits=visits)


def _begin(form: PaperVisitForm) -> None:
    form.on.data = day_asked("on") or today()
    form.situation.data = Situation.SAME
    kept = request.args.get("organisation")
    if kept in (form.organisation.choices or ()):
        form.organisation.data = kept


def _household(form: PaperVisitForm) -> Household:
    """The household of the code that was typed, in scope on the day of the visit; its running
    number alone is enough where no other household in scope has it."""
    typed = clean(form.code.data or "")
    scope = lens_to_write(given(form.on.data))
    found = session().scalars(queries.by_typed_code(scope, typed)).all()
    found = [one for one in found if one.code.lower() == typed.lower()] or found
    if len(found) > 1:
        codes = ", ".join(household.code for household in found[:3])
        raise RuleBroken(
            _("Số {typed} có ở nhiều hộ ({codes}…): hãy gõ đủ mã.", typed=typed, codes=codes),
            field="code",
        )
    if not found:
        raise RuleBroken(
            _("Không tìm thấy hộ mã “{typed}” trong phạm vi của bạn.", typed=typed), field="code"
        )
    return found[0]
