"""The papers of households: lists, case files, blank visit forms, sponsors' sheets."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.audit.models import What
from casemgmt.households import queries as households
from casemgmt.households.listing import Wanted
from casemgmt.paper import forms, page, roll
from casemgmt.paper.fonts import chosen
from casemgmt.papers import asked, case_file, lists, queries
from casemgmt.sponsorship.board_views import seen_asked, sheets_of
from casemgmt.support.models import Situation
from casemgmt.tables.forms import query_of
from casemgmt.tables.views import behind
from casemgmt.typed import show_date
from casemgmt.vietnamese import clean
from casemgmt.web.asking import as_of, lens, me, needs, note, one_or_404
from casemgmt.web.database import session
from casemgmt.web.downloads import download, made_here

bp = Blueprint("papers", __name__)
MOST = 1000  # case files or forms in one file
PART = 100  # case files in one part of many


def _day() -> str:
    return show_date(as_of())


def _address(path: str, query: str = "") -> str:
    """An address that opens the same on the same day."""
    return f"{path}?{query + '&' if query else ''}{urlencode({'as_of': _day()})}"


def _name(of: str) -> str:
    return f"{of} {_day().replace('/', '-')}.pdf"


# --- Lists ---------------------------------------------------------------------------------------


@bp.get("/households.pdf")
@needs(Act.EXPORT_HOUSEHOLDS)
def household_list() -> ResponseReturnValue:
    """What the list of households shows with its filters, by village, with boxes to tick."""
    asked.in_vietnamese()
    wanted = Wanted.asked()
    rows = session().execute(wanted.query(lens())).all()
    paper = lists.households(
        rows,
        asked.villages(session(), as_of()),
        asked.issuer(session(), me(), as_of()),
        as_of(),
        made_here(_address("/households", wanted.kept())),
    )
    name = _name("Danh sách hộ")
    key = {**dict(request.args), "rows": len(rows)}
    return download(roll.as_bytes([paper], chosen(), name), name, subject="household", key=key)


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
    name = _name("Danh sách phân công đỡ đầu")
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
    name = _name("Phiếu theo dõi đơn vị đỡ đầu")
    key = {"list": "sponsors", "organisations": [one.code for one in leading]}
    return download(roll.as_bytes(rolls, chosen(), name), name, subject="household", key=key)


# --- Visit forms ---------------------------------------------------------------------------------


@bp.get("/visit-forms.pdf")
@needs(Act.VISIT)
def visit_forms() -> ResponseReturnValue:
    """Blank visit forms for the households that the list shows with its filters."""
    rows = session().execute(Wanted.asked().query(lens()).limit(MOST + 1)).all()
    _not_too_many(len(rows))
    return _forms(rows, {**dict(request.args), "rows": len(rows)})


@bp.get("/households/<code>/visit-form.pdf")
@needs(Act.VISIT)
def visit_form(code: str) -> ResponseReturnValue:
    """The blank visit form of one household."""
    household = one_or_404(households.household_by_code(lens(), code))
    listed = session().execute(households.listed(lens(), q=code))
    rows = [row for row in listed if row.id == household.id]
    return _forms(rows, {"code": code}, household.id)


def _forms(
    rows: Sequence[Any], key: dict[str, Any], household: int | None = None
) -> ResponseReturnValue:
    asked.in_vietnamese()
    names = asked.villages(session(), as_of())
    last = dict(session().execute(queries.last_visits(lens(), [row.id for row in rows])).all())
    root = request.url_root.rstrip("/")
    blank = [
        forms.VisitForm(
            row.code,
            row.head_name,
            names.get(row.village_id, lists.ELSEWHERE),
            row.lead or "chưa có",
            show_date(last[row.id]) if row.id in last else "chưa có",
            f"{root}/households/{row.code}/visits/add",
        )
        for row in _in_order(rows, names)
    ]
    if not blank:
        abort(404)
    name = _name("Phiếu thăm hộ")
    foot = page.Foot((f"Phiếu thăm hộ. {lists.day_said(as_of())}.", made_here("").words))
    situations = [one.label for one in Situation]
    content = forms.as_bytes(blank, situations, chosen(), name, foot)
    return download(
        content, name, subject="household", key={**key, "list": "forms"}, household=household
    )


def _in_order(rows: Sequence[Any], names: dict[int, str]) -> list[Any]:
    """By village as in the register, then as listed."""
    places = {number: place for place, number in enumerate(names)}
    return sorted(rows, key=lambda row: places.get(row.village_id, len(places)))


# --- Case files ----------------------------------------------------------------------------------


@bp.get("/households/<code>/case-file.pdf")
@needs(Act.EXPORT_HOUSEHOLDS)
def one_case_file(code: str) -> ResponseReturnValue:
    """Phiếu theo dõi hộ được đỡ đầu of one household."""
    household = one_or_404(households.household_by_code(lens(), code))
    name = _name(f"Phiếu theo dõi hộ {code}")
    content = _case_files([household.id], name)
    return download(
        content, name, subject="household", key={"list": "case file"}, household=household.id
    )


@bp.get("/case-files")
@needs(Act.EXPORT_HOUSEHOLDS)
def case_files() -> ResponseReturnValue:
    """The case files of the households that the list shows with its filters: all in one file, or
    in parts that are fetched one after the other."""
    wanted = Wanted.asked()
    total = len(_wanted_ids(wanted))
    parts = [(first + 1, min(first + PART, total)) for first in range(0, total, PART)]
    return render_template(
        "papers/case_files.html",
        total=total,
        parts=parts,
        most=MOST,
        query=request.query_string.decode(),
    )


@bp.get("/case-files.pdf")
@needs(Act.EXPORT_HOUSEHOLDS)
def case_files_paper() -> ResponseReturnValue:
    """Many case files as one PDF: of one part, or all."""
    ids = _wanted_ids(Wanted.asked())
    part = request.args.get("part", "")
    if part.isdecimal() and len(part) < 6 and int(part):
        ids = ids[(int(part) - 1) * PART : int(part) * PART]
    if not ids:
        abort(404)
    _not_too_many(len(ids))
    name = _name(f"Phiếu theo dõi {len(ids)} hộ")
    content = _case_files(ids, name)
    for number in ids:
        note(What.EXPORTED, "household", {"list": "case files", "format": "pdf"}, number)
    key = {**dict(request.args), "list": "case files", "rows": len(ids)}
    return download(content, name, subject="household", key=key)


def _not_too_many(count: int) -> None:
    if count > MOST:
        abort(400, f"Mỗi tệp nhiều nhất {MOST} phiếu: hãy lọc bớt, hoặc lấy từng phần.")


def _wanted_ids(wanted: Wanted) -> Sequence[int]:
    return [row.id for row in session().execute(wanted.query(lens()))]


def _case_files(ids: Sequence[int], name: str) -> bytes:
    asked.in_vietnamese()
    issuer = asked.issuer(session(), me(), as_of())

    def made(code: str) -> page.Made:
        return made_here(_address(f"/households/{code}"))

    return case_file.as_bytes(session(), lens(), ids, chosen(), name, issuer, made)
