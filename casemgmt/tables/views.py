"""The tables on screen and as files, and the households behind a cell."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.errors import RuleBroken
from casemgmt.paper.book import Listing
from casemgmt.paper.captions import Caption
from casemgmt.paper.fonts import chosen
from casemgmt.register.lens import Lens
from casemgmt.register.measures import Measure
from casemgmt.tables import flowing, layout, papers, queries, screen, sheets, units, workbooks
from casemgmt.tables.definitions import NAMES, Column, Flow, Table, table_named
from casemgmt.tables.figures import Asked, Figures, figures, household_ids
from casemgmt.tables.forms import TableForm, has_targets, query_of
from casemgmt.tables.reconcile import RECONCILABLE
from casemgmt.tables.suppression import Hidden, for_outsiders
from casemgmt.typed import show_number
from casemgmt.web.asking import as_of, can, lens_on, needs, today
from casemgmt.web.database import session
from casemgmt.web.downloads import LISTS, download, download_list, made_here
from casemgmt.web.paging import Page, page_of_list
from casemgmt.web.repeating import same_until_changed
from casemgmt.words import as_written

bp = Blueprint("tables", __name__, url_prefix="/tables")
FILES = "json, csv, xlsx, pdf"
_SHOWN_CODES = 20
_CHUNK = 5000


@bp.get("")
@needs(Act.SEE_FIGURES)
def index() -> ResponseReturnValue:
    """All tables."""
    return render_template("tables/index.html", tables=[table_named(name) for name in NAMES])


@bp.get("/<name>")
@needs(Act.SEE_FIGURES)
@same_until_changed
def show(name: str) -> ResponseReturnValue:
    """One table, with the form that asks for another day, unit, year or basis."""
    table = _table(name)
    form = TableForm.of(table, as_of())
    found = _figures_for(form)
    if found is None:
        page = render_template(
            "tables/ask.html", table=table, form=form, units=units.offered(today())
        )
        return page, 400
    return render_template("tables/show.html", form=form, **_shown(found))


def _shown(found: Figures) -> dict[str, Any]:
    wanted = found.asked
    return {
        "table": wanted.table,
        "place": layout.place(found),
        "day": wanted.as_of,
        "days": layout.days(found),
        "choices": layout.choices(found),
        "headings": screen.headings(found),
        "lines": screen.lines(found, linked=_linked(wanted.table)),
        "picture": flowing.picture(found, linked=can(Act.SEE_HOUSEHOLDS)),
        "hides": _hides(found),
        "query": query_of(wanted),
        "units": units.offered(wanted.map_day),
        "next_year": _next_year(wanted),
        "nowhere": _nowhere(wanted),
        "reconcilable": wanted.table.key in RECONCILABLE and can(Act.RECONCILE),
    }


def _linked(table: Table) -> Collection[str]:
    """The columns whose households the one who asks may list."""
    counting = [column for column in table.columns if isinstance(column, Measure | Flow)]
    return [column.key for column in counting if may_list(column)]


def may_list(column: Column) -> bool:
    """Whether the one who asks may be told which households a column counts: of a private one
    (BTXH) only those who may see such."""
    private = isinstance(column, Measure) and column.private
    return can(Act.SEE_PRIVATE if private else Act.SEE_HOUSEHOLDS)


def _hides(found: Figures) -> bool:
    return any(isinstance(value, Hidden) for row in found.rows for value in row.cells.values())


def _next_year(wanted: Asked) -> int | None:
    """On 31/12 the plan of the year to come can be shown beside the year's own."""
    last_day = (wanted.as_of.month, wanted.as_of.day) == (12, 31)
    if has_targets(wanted.table) and not wanted.table.by_year and last_day:
        return wanted.as_of.year + 1 if wanted.the_year == wanted.as_of.year else None
    return None


@dataclass(frozen=True, slots=True)
class _Nowhere:
    """Households that live where the map knows no commune: how many, and which of those in scope
    can be named (their codes)."""

    count: int
    codes: Sequence[str]


def _nowhere(wanted: Asked) -> _Nowhere | None:
    everyone = Lens.everyone(wanted.as_of)
    count = session().scalar(queries.counted_nowhere(everyone, wanted.map_day)) or 0
    if not count:
        return None
    own = queries.codes_counted_nowhere(lens_on(wanted.as_of), wanted.map_day)
    return _Nowhere(count, session().scalars(own.limit(_SHOWN_CODES)).all())


@bp.get(f"/<name>.<any({FILES}):ending>")
@needs(Act.EXPORT_FIGURES)
def export(name: str, ending: str) -> ResponseReturnValue:
    """The table as a file."""
    found = _figures_or_400(TableForm.of(_table(name), as_of()))
    key = {"table": name, "query": query_of(found.asked)}
    content = _content(found, ending)
    return download(content, sheets.file_name(found, ending), subject="table", key=key)


def _content(found: Figures, ending: str) -> bytes:
    """A paper and a workbook tell the day, the maker and where the table opens again."""
    made = made_here(f"/tables/{found.asked.table.key}?{query_of(found.asked)}")
    with as_written():
        match ending:
            case "pdf":
                return papers.as_pdf(found, made=made, look=_look(), faces=chosen())
            case "xlsx":
                return workbooks.as_xlsx(found, made)
            case _:
                return sheets.as_bytes(found, ending)


def _look() -> papers.Look:
    """`caption` and `decimal` of the address: how a paper is headed, how its rates are written."""
    dots = request.args.get("decimal") == "dot"
    annex = request.args.get("caption") == Caption.PHU_LUC.value
    return papers.Look(Caption.PHU_LUC if annex else Caption.BIEU, "." if dots else ",")


# --- The households behind a cell ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Behind:
    """The households of one cell: what they are called on the page, those in scope (ids, by
    name), how many there are in all, and the lens through which they are seen."""

    wanted: Asked
    place: str
    column: str
    ids: Sequence[int]
    count: int
    lens: Lens

    def rows(self, ids: Sequence[int]) -> list[Any]:
        """These households, in the same order."""
        rows: list[Any] = []
        for start in range(0, len(ids), _CHUNK):
            chunk = ids[start : start + _CHUNK]
            rows += session().execute(queries.rows_of(self.lens, chunk)).all()
        return rows


@bp.get("/<name>/cells/<row>/<column>")
@needs(Act.SEE_HOUSEHOLDS)
@same_until_changed
def cell(name: str, row: str, column: str) -> ResponseReturnValue:
    """The households behind a count: those in scope, and how many are not."""
    found = behind(name, row, column)
    page = page_of_list(found.ids)
    rows = Page(found.rows(page.rows), page.number, page.total)
    back = f"/tables/{name}?{query_of(found.wanted)}"
    return render_template(
        "tables/cell.html", found=found, page=rows, back=back, outside=found.count - page.total
    )


@bp.get(f"/<name>/cells/<row>/<column>.<any({LISTS}):ending>")
@needs(Act.EXPORT_HOUSEHOLDS)
def export_cell(name: str, row: str, column: str, ending: str) -> ResponseReturnValue:
    """The same list as a file."""
    with as_written():
        found = behind(name, row, column)
        query, table = query_of(found.wanted), found.wanted.table
        listing = Listing(
            "Danh sách hộ",
            ("Mã hộ", "Chủ hộ", "Thôn", "Phân loại", "Đơn vị đỡ đầu"),
            [
                (row.code, row.head_name, row.village, row.class_ and row.class_.label, row.lead)
                for row in found.rows(found.ids)
            ],
            of=(f"{found.column}, {found.place}", table.title, layout.days_of(found.wanted)),
            notes=(
                ("Ô", f"{table.title}: {found.column}, {found.place}"),
                ("Ngày", layout.days_of(found.wanted)),
                ("Ngoài phạm vi", show_number(found.count - len(found.ids))),
            ),
        )
    key = {"table": name, "row": row, "column": column, "query": query}
    back = f"/tables/{name}/cells/{row}/{column}?{query}"
    file = f"{name}_{row}_{column}.{ending}"
    return download_list(listing, file, back=back, subject="cell", key=key)


def behind(name: str, row: str, column: str) -> Behind:
    """The households behind a cell of the table that the address asks for; 404 where it counts
    none, 403 where which ones they are is private."""
    form = TableForm.of(_table(name), as_of())
    wanted = _wanted_or_400(form)
    connection = session().connection()
    try:
        counted = set(household_ids(connection, wanted, row, column))
        told = may_list(wanted.table.counted_column(column))
    except RuleBroken as broken:
        abort(404, broken.message)
    if not told:
        abort(403)
    lens = lens_on(wanted.as_of)
    ids = [number for number in session().scalars(queries.in_scope(lens)) if number in counted]
    kept = wanted.table.kept
    columns = wanted.table.columns + ((kept,) if kept else ())
    label = layout.column_name(columns, column)
    return Behind(wanted, _row_name(wanted, row), label, ids, len(counted), lens)


def _row_name(wanted: Asked, row: str) -> str:
    return units.row_names(wanted.map_day).get(row, row)


# --- What reconciliation asks of them ------------------------------------------------------------


def reconcilable(name: str) -> Table:
    """The table of a name, where printed ones can be held against it."""
    if name not in RECONCILABLE:
        abort(404)
    return _table(name)


# --- What they share ----------------------------------------------------------------------------


def _table(name: str) -> Table:
    if name not in NAMES:
        abort(404)
    return table_named(name)


def _figures_for(form: TableForm) -> Figures | None:
    """The figures that are asked for; None where the form has to be mended."""
    if not form.validate():
        return None
    try:
        found = figures(session().connection(), form.wanted())
    except RuleBroken as broken:
        form.refuse(broken.message, broken.field)
        return None
    return found if can(Act.SEE_HOUSEHOLDS) else for_outsiders(found)


def _figures_or_400(form: TableForm) -> Figures:
    found = _figures_for(form)
    return found if found is not None else _refuse(form)


def _wanted_or_400(form: TableForm) -> Asked:
    if not form.validate():
        _refuse(form)
    return form.wanted()


def _refuse(form: TableForm) -> Any:
    messages = [*form.form_errors, *(error for field in form for error in field.errors)]
    abort(400, " ".join(messages))
