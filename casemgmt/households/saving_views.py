"""Pages of the saved filters of the list of households."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from wtforms import StringField

from casemgmt.access.policy import Act
from casemgmt.households import saving
from casemgmt.households.listing import Wanted
from casemgmt.households.models import SavedFilter
from casemgmt.web.asking import me, needs, one_or_404
from casemgmt.web.database import session
from casemgmt.web.forms import Form, at_most, required
from casemgmt.web.going import go
from casemgmt.words import _

bp = Blueprint("saved_filters", __name__)
_NAME = 60


class FilterForm(Form):
    """What a filter is called."""

    name = StringField("Tên bộ lọc", [required("Cần đặt tên."), at_most(_NAME)])


@bp.get("/saved-filters")
@needs(Act.SEE_HOUSEHOLDS)
def index() -> ResponseReturnValue:
    """The filters that the account keeps."""
    saved = session().execute(saving.filters_of(me().id)).all()
    return render_template("households/saved_filters.html", saved=saved)


@bp.route("/saved-filters/add", methods=["GET", "POST"])
@needs(Act.SEE_HOUSEHOLDS)
def add() -> ResponseReturnValue:
    """Keep the filters that the address names, without the searched text."""
    form = FilterForm()
    query = Wanted.asked().kept()
    if form.sent():
        with form.showing_rules():
            saved = saving.save_filter(session(), me().id, name=str(form.name.data), query=query)
            said = _("Đã lưu bộ lọc “{name}”.", name=saved.name)
            return go(f"{url_for('households.index')}?{query}", said)
    return render_template("households/save_filter.html", form=form, query=query)


@bp.post("/saved-filters/<int:number>/delete")
@needs(Act.SEE_HOUSEHOLDS)
def delete(number: int) -> ResponseReturnValue:
    """Keep a filter no longer."""
    own = select(SavedFilter).where(SavedFilter.id == number, SavedFilter.user_id == me().id)
    saved = one_or_404(own)
    said = _("Đã xóa bộ lọc “{name}”.", name=saved.name)
    saving.drop_filter(session(), saved)
    return go(url_for("saved_filters.index"), said)
