"""Pages of the poverty standards."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from casemgmt.access.policy import Act
from casemgmt.lists import standards
from casemgmt.lists.standard_forms import EditStandardForm, NewStandardForm, naming
from casemgmt.register.models import Standard
from casemgmt.web.asking import given, needs, one_or_404
from casemgmt.web.database import session
from casemgmt.web.going import both_versions, go, stale
from casemgmt.words import _

bp = Blueprint("standards", __name__)
_SAYS = (
    "name",
    "document",
    "last_day",
    "line_rural",
    "line_urban",
    "cut_rural",
    "cut_urban",
    "least_b2",
)


@bp.get("/standards")
@needs(Act.MANAGE_STANDARDS)
def index() -> ResponseReturnValue:
    """All standards, newest first."""
    found = session().scalars(standards.standards()).all()
    return render_template("lists/standards.html", standards=found)


@bp.route("/standards/add", methods=["GET", "POST"])
@needs(Act.MANAGE_STANDARDS)
def add() -> ResponseReturnValue:
    """A standard that follows the others, its indicators copied from the one before."""
    newest = session().scalars(standards.standards()).first()
    form = naming(NewStandardForm, newest.indicators if newest else [])()
    if form.sent():
        with form.showing_rules():
            standards.add_standard(
                session(),
                code=str(form.code.data),
                starts=given(form.starts.data),
                content=form.content(),
                reason=str(form.reason.data),
            )
            return go(url_for("standards.index"), _("Đã thêm chuẩn nghèo."))
    return render_template("lists/standard.html", form=form, standard=None)


@bp.route("/standards/<code>", methods=["GET", "POST"])
@needs(Act.MANAGE_STANDARDS)
def edit(code: str) -> ResponseReturnValue:
    """Correct what a standard says."""
    standard = one_or_404(select(Standard).where(Standard.code == code))
    said = {name: getattr(standard, name) for name in _SAYS}
    shape = naming(EditStandardForm, standard.indicators)
    form, stored = shape(data=said), shape(None, data=said)
    if stale(form, stored):
        back = url_for("standards.index")
        return both_versions(form, stored, what=standard.name, back=back, row=standard)
    if form.sent():
        with form.showing_rules():
            standards.edit_standard(
                session(), standard, content=form.content(), reason=str(form.reason.data)
            )
            return go(url_for("standards.index"), _("Đã ghi chuẩn nghèo."))
    return render_template("lists/standard.html", form=form, standard=standard)
