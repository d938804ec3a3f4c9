"""Findings of a reconciliation: accepting them with a note, taking that back."""

from collections.abc import Sequence

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from casemgmt.access.policy import Act
from casemgmt.errors import RuleBroken
from casemgmt.tables import accepting
from casemgmt.tables.forms import ReconcileForm, WithdrawForm, query_of
from casemgmt.tables.held import beside, held
from casemgmt.tables.models import AcceptedFinding
from casemgmt.tables.reconcile import Finding
from casemgmt.tables.views import reconcilable
from casemgmt.web.asking import as_of, given, me, needs, one_or_404
from casemgmt.web.database import session
from casemgmt.web.going import go
from casemgmt.words import _

bp = Blueprint("findings", __name__, url_prefix="/tables")
NOTE = "note|"  # how the name of a note's box begins; the key of its cell follows


@bp.post("/<name>/reconcile/accept")
@needs(Act.ACCEPT_FINDING)
def accept(name: str) -> ResponseReturnValue:
    """Accept those findings that got a note, and show again what is left. The table must be one of
    the reviewer's own units."""
    table = reconcilable(name)
    form = ReconcileForm.of(table, as_of())
    findings: Sequence[Finding] | None = None
    if form.sent():
        with form.showing_rules():
            findings = held(table, form)
            count = _accept_noted(form, findings)
            flash(_("Đã ghi nhận {n} ô.", n=count), "good")
    form.once.data = None  # the page asks anew
    shown = beside(table, form, findings)
    return render_template("tables/reconcile.html", **shown, known=(), old=None)


def _accept_noted(form: ReconcileForm, findings: Sequence[Finding]) -> int:
    wanted, noted = form.wanted(), set()
    if not accepting.ours(session(), me(), accepting.unit_id(session(), wanted.unit)):
        raise RuleBroken(_("Bảng này nằm ngoài đơn vị của bạn."), field="unit")
    for finding in findings:
        key = accepting.key_of(finding, wanted)
        note = request.form.get(NOTE + "|".join(key), "").strip()
        if note and key not in noted:
            accepting.accept(session(), finding, wanted, note=note)
            noted.add(key)
    if not noted:
        raise RuleBroken(_("Hãy ghi chú ở ô muốn ghi nhận."))
    return len(noted)


@bp.route("/findings/<int:number>/withdraw", methods=["GET", "POST"])
@needs(Act.ACCEPT_FINDING)
def withdraw(number: int) -> ResponseReturnValue:
    """Take an acceptance back, for a reason; 404 where it is about somebody else's units."""
    one = one_or_404(select(AcceptedFinding).where(AcceptedFinding.id == number))
    if not accepting.ours(session(), me(), one.unit_id):
        abort(404)
    query = query_of(accepting.wanted_of(one))
    back = f"{url_for('declared.compare', name=one.table, as_of=None)}?{query}"
    form = WithdrawForm()
    if form.sent():
        with form.showing_rules():
            accepting.take_back(session(), one, reason=given(form.reason.data))
            return go(back, _("Đã bỏ ghi nhận: ô này lại là ô không khớp."))
    return render_template("tables/withdraw.html", form=form, one=one, back=back)
