"""Đối chiếu: a signed table, as a file, is held against the records, and kept if so wished."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from casemgmt.access.policy import Act
from casemgmt.exchange import declaring
from casemgmt.exchange.declaring import Recognised
from casemgmt.places.queries import named, unit_on
from casemgmt.tables import kept, layout
from casemgmt.tables.declared import Declared, as_keys
from casemgmt.tables.definitions import Table, table_named
from casemgmt.tables.figures import Asked
from casemgmt.tables.forms import ReconcileForm, query_of
from casemgmt.tables.held import beside, held_against
from casemgmt.tables.models import DeclaredTable
from casemgmt.tables.reconcile import Finding
from casemgmt.tables.views import reconcilable
from casemgmt.typed import show_date
from casemgmt.web.asking import as_of, day_asked, given, me, needs, one_or_404
from casemgmt.web.database import session
from casemgmt.web.going import go
from casemgmt.web.numbers import row_number
from casemgmt.web.paging import page_of
from casemgmt.words import _

bp = Blueprint("declared", __name__)


# --- Holding a file against the records ----------------------------------------------------------


@bp.route("/tables/<name>/reconcile", methods=["GET", "POST"])
@needs(Act.RECONCILE)
def compare(name: str) -> ResponseReturnValue:
    """Hold a signed table against the records and against its own arithmetic; `keep`: and keep it.
    `?supersedes=` names the kept version that it replaces."""
    table = reconcilable(name)
    form = ReconcileForm.of(table, as_of())
    findings: Sequence[Finding] | None = None
    found: Recognised | None = None
    if form.sent():
        with form.showing_rules():
            content = form.declared()
            found = declaring.recognise(content, form.wanted().table)
            findings = held_against(form, found.declared, found.text)
            if "keep" in request.form:
                one = _keep(form, found.declared, content)
                return go(url_for(".show", number=one.id), _("Đã giữ bảng này."))
    return render_template(
        "tables/reconcile.html",
        **beside(table, form, findings),
        known=_known(table, found) if found else (),
        old=_superseded(form),
    )


def _known(table: Table, found: Recognised) -> list[tuple[str, str]]:
    """The columns that were recognised: what they are called here, and in the file."""
    return [(layout.column_name(table.columns, one.key), one.heading) for one in found.known]


def _superseded(form: ReconcileForm) -> DeclaredTable | None:
    number = row_number(form.supersedes.data or "")
    return session().get(DeclaredTable, number) if number else None


def _keep(form: ReconcileForm, declared: Declared, content: bytes) -> DeclaredTable:
    source = kept.Source(
        title=form.title.data or "",
        number=form.number.data or "",
        file_name=form.file_name,
        file_hash=hashlib.sha256(content).hexdigest(),
    )
    return kept.keep(
        session(),
        me(),
        declared,
        form.wanted(),
        source,
        supersedes=_superseded(form),
        why=form.why.data,
    )


# --- What is kept --------------------------------------------------------------------------------


@bp.get("/declared")
@needs(Act.RECONCILE)
def index() -> ResponseReturnValue:
    """The signed tables that are kept."""
    old = set(session().scalars(select(DeclaredTable.supersedes_id)))
    return render_template(
        "tables/declared.html", page=page_of(session(), kept.kept_tables()), old=old, title=_title
    )


def _title(one: DeclaredTable) -> str:
    return table_named(one.table).title


@bp.get("/declared/<int:number>")
@needs(Act.RECONCILE)
def show(number: int) -> ResponseReturnValue:
    """A kept table as it was printed, and held against the records of its day or of another
    (`?as_of=`)."""
    one = one_or_404(select(DeclaredTable).where(DeclaredTable.id == number))
    wanted, declared = kept.wanted_of(session(), one), kept.declared_of(one)
    day = given(day_asked("as_of", one.as_of))
    then = wanted if day == one.as_of else replace(wanted, as_of=day, map_date=None)
    form = _form(then, declared)
    findings = None
    with form.showing_rules():
        findings = held_against(form, declared, as_keys(declared))
    older = one.supersedes_id
    return render_template(
        "tables/kept.html",
        **beside(wanted.table, form, findings),
        one=one,
        day=day,
        place=_place(one),
        declared=declared,
        heads=[layout.column_name(wanted.table.columns, key) for key in declared.columns],
        newer=session().scalar(kept.newer(one)),
        older=session().get(DeclaredTable, older) if older else None,
        query=query_of(wanted),
    )


def _place(one: DeclaredTable) -> str:
    row = session().execute(unit_on(one.unit_id, one.as_of)).first() if one.unit_id else None
    return named(row.level, row.name) if row else _("Toàn bộ sổ")


def _form(wanted: Asked, declared: Declared) -> ReconcileForm:
    """The form of a reconciliation as if the kept table were sent for this day."""
    said: dict[str, Any] = {
        "as_of": show_date(wanted.as_of),
        "unit": wanted.unit or "",
        "year": str(wanted.the_year),
        "map_date": show_date(wanted.map_date) if wanted.map_date else "",
        "basis": wanted.basis.value,
        "text": as_keys(declared),
    }
    form = ReconcileForm(formdata=MultiDict(said))
    form.for_table(wanted.table, wanted.as_of)
    return form
