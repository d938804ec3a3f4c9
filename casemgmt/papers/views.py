"""The papers of households: lists, case files, blank visit forms, sponsors' sheets."""

from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, request
from flask.typing import ResponseReturnValue

from casemgmt import clock
from casemgmt.access.policy import Act
from casemgmt.audit.models import What
from casemgmt.households import queries as households
from casemgmt.households.listing import Wanted
from casemgmt.paper import roll
from casemgmt.paper.fonts import chosen
from casemgmt.papers import asked, lists, queries
from casemgmt.papers.job_models import Kind
from casemgmt.papers.job_views import dated, order_asked, order_of
from casemgmt.papers.making import AT_ONCE, Order, make
from casemgmt.sponsorship.board_views import seen_asked, sheets_of
from casemgmt.tables.forms import query_of
from casemgmt.tables.views import behind
from casemgmt.typed import show_date
from casemgmt.vietnamese import clean
from casemgmt.web.asking import as_of, lens, me, needs, note, one_or_404
from casemgmt.web.database import session
from casemgmt.web.downloads import download, made_here

bp = Blueprint("papers", __name__)


def _day() -> str:
    return show_date(as_of())


def _address(path: str, query: str = "") -> str:
    """An address that opens the same on the same day."""
    return f"{path}?{query + '&' if query else ''}{urlencode({'as_of': _day()})}"


# --- Lists ---------------------------------------------------------------------------------------


@bp.get("/households.pdf")
@needs(Act.EXPORT_HOUSEHOLDS)
def household_list() -> ResponseReturnValue:
    """What the list of households shows with its filters, by village, with boxes to tick."""
    return _at_once(Kind.HOUSEHOLD_LIST)


@bp.get("/tables/<name>/cells/<row>/<column>.pdf")
@needs(Act.EXPORT_HOUSEHOLDS)
def cell_list(name: str, row: str, column: str) -> ResponseReturnValue:
    """The households behind a cell that are in scope; how many are not is said."""
    asked.in_vietnamese()
    found = behind(name, row, column)
    query = query_of(found.wanted)
    outside = found.count - len(found.ids)
    said = f"{found.wanted.table.title}; {len(found.ids)} hộ"
    paper = lists.of_cell(
        found.rows(found.ids),
        f"{found.place}: {found.column}",
        (
            f"{said} và {outside} hộ ngoài phạm vi của người lập" if outside else said,
            lists.day_said(found.wanted.as_of),
        ),
        asked.issuer(session(), me(), as_of()),
        found.wanted.as_of,
        made_here(f"/tables/{name}/cells/{row}/{column}?{query}"),
    )
    content = roll.as_bytes([paper], chosen(), paper.about)
    key = {"table": name, "row": row, "column": column, "query": query}
    return download(content, f"{name}_{row}_{column}.pdf", subject="cell", key=key)


@bp.get("/sponsorship/print.pdf")
@needs(Act.ASSIGN_SPONSOR)
def assignments() -> ResponseReturnValue:
    """The list of each organisation's households, for signature."""
    asked.in_vietnamese()
    seen = seen_asked()
    found, count = sheets_of(seen)
    if not found:
        abort(404)
    rolls = lists.for_signature(
        [(sheet.organisation, sheet.rows) for sheet in found],
        asked.issuer_of(session(), seen.id, as_of()),
        as_of(),
        made_here(_address("/sponsorship/print", urlencode({"unit": seen.code}))),
    )
    name = dated("Danh sách phân công đỡ đầu")
    key = {"list": "sponsorship", "unit": seen.code, "rows": count}
    return download(roll.as_bytes(rolls, chosen(), name), name, subject="household", key=key)


@bp.get("/sponsor-sheets.pdf")
@needs(Act.EXPORT_HOUSEHOLDS)
def sponsor_sheets() -> ResponseReturnValue:
    """The sheet of each organisation that leads households in scope (one's own family of
    organisations; or the one that the address asks for)."""
    asked.in_vietnamese()
    leading = session().scalars(queries.leading(lens(), lens().organisations)).all()
    code = clean(request.args.get("organisation", ""))
    if code:
        leading = [one for one in leading if one.code == code]
    if not leading:
        abort(404)
    names = asked.villages(session(), as_of())
    rolls = [
        lists.of_sponsor(
            session(),
            lens(),
            one,
            names,
            asked.issuing(session(), one, as_of()),
            made_here(_address("/households", urlencode({"sponsor": one.code}))),
        )
        for one in leading
    ]
    name = dated("Phiếu theo dõi đơn vị đỡ đầu")
    key = {"list": "sponsors", "organisations": [one.code for one in leading]}
    return download(roll.as_bytes(rolls, chosen(), name), name, subject="household", key=key)


# --- Visit forms ---------------------------------------------------------------------------------


@bp.get("/visit-forms.pdf")
@needs(Act.VISIT)
def visit_forms() -> ResponseReturnValue:
    """Blank visit forms for the households that the list shows with its filters."""
    return _at_once(Kind.VISIT_FORMS)


@bp.get("/households/<code>/visit-form.pdf")
@needs(Act.VISIT)
def visit_form(code: str) -> ResponseReturnValue:
    """The blank visit form of one household."""
    return _of_one(Kind.VISIT_FORMS, code, f"Phiếu thăm hộ {code}")


# --- Case files ----------------------------------------------------------------------------------


@bp.get("/households/<code>/case-file.pdf")
@needs(Act.EXPORT_HOUSEHOLDS)
def one_case_file(code: str) -> ResponseReturnValue:
    """Phiếu theo dõi hộ được đỡ đầu of one household."""
    return _of_one(Kind.CASE_FILES, code, f"Phiếu theo dõi hộ {code}")


@bp.get("/case-files.pdf")
@needs(Act.EXPORT_HOUSEHOLDS)
def case_files() -> ResponseReturnValue:
    """The case files of the households that the list shows with its filters."""
    return _at_once(Kind.CASE_FILES)


# --- Of many households --------------------------------------------------------------------------


def _at_once(kind: Kind) -> ResponseReturnValue:
    """The papers that the filters ask for; where they are many, the page on which they are asked
    for."""
    order = order_asked(kind)
    if len(order.households) > AT_ONCE[kind]:
        return redirect(f"/{kind.value}?{request.query_string.decode()}")
    if not order.households and kind is not Kind.HOUSEHOLD_LIST:
        abort(404)
    content = _made(order)
    if kind is Kind.CASE_FILES:
        for number in order.households:
            note(What.EXPORTED, "household", {"list": kind.value, "format": "pdf"}, number)
    told = {"as_of": _day(), **Wanted.asked().told()}
    key = {**told, "list": kind.value, "rows": len(order.households)}
    return download(content, order.name, subject="household", key=key)


def _of_one(kind: Kind, code: str, name: str) -> ResponseReturnValue:
    household = one_or_404(households.household_by_code(lens(), code))
    order = order_of(kind, [household.id], dated(name))
    key = {"list": kind.value}
    content = _made(order)
    return download(content, order.name, subject="household", key=key, household=household.id)


def _made(order: Order) -> bytes:
    asked.in_vietnamese()
    return make(session(), lens(), me(), clock.now(), order, lambda _done: None)
