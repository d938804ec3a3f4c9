"""Pages of signed tables: prepare, sign, what has drifted since; and the warning before a
correction of the past."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.exceptions import Conflict

from casemgmt.access.policy import Act
from casemgmt.audit.models import What
from casemgmt.places.queries import named
from casemgmt.register.models import Household
from casemgmt.signed import actions, queries
from casemgmt.signed.content import Frozen
from casemgmt.signed.drift import CellDrift, drift
from casemgmt.signed.forms import PrepareForm, SignForm, WithdrawForm
from casemgmt.signed.models import PreparedTable, Signature, SignedTable
from casemgmt.signed.watching import Drifting, would_drift
from casemgmt.tables import layout, screen
from casemgmt.tables.definitions import NAMES, Rate, table_named
from casemgmt.tables.figures import TOTAL, Asked, figures
from casemgmt.tables.forms import TableForm, query_of
from casemgmt.tables.layout import column_name
from casemgmt.typed import show_number, show_rate
from casemgmt.web.asking import (
    SAFE,
    as_of,
    before_commit,
    lens_on,
    me,
    needs,
    note,
    today,
)
from casemgmt.web.database import session
from casemgmt.web.downloads import as_csv, disposition, download
from casemgmt.web.going import go
from casemgmt.words import _

bp = Blueprint("signed", __name__, url_prefix="/signed")
SEEN = "drift_seen"


@bp.get("")
@needs(Act.SEE_FIGURES)
def index() -> ResponseReturnValue:
    """What waits to be signed, and what has been signed."""
    return render_template(
        "signed/index.html",
        waiting=session().scalars(queries.waiting()).all(),
        signed=session().scalars(queries.signed_tables()).all(),
        title=_title,
    )


def _title(told: PreparedTable | SignedTable) -> str:
    return table_named(told.table_name).title


# --- Prepare -------------------------------------------------------------------------------------


@bp.route("/prepare/<name>", methods=["GET", "POST"])
@needs(Act.PREPARE_TABLE)
def prepare(name: str) -> ResponseReturnValue:
    """Prepare the table that the address asks for; `?supersedes=` names a signed one."""
    if name not in NAMES:
        abort(404)
    asking = TableForm.of(table_named(name), as_of())
    if not asking.validate():
        abort(400, _("Địa chỉ này không nói rõ bảng nào."))
    old = _superseded()
    form = PrepareForm(obj=old)
    with form.showing_rules():
        wanted = asking.wanted()
        if form.sent():
            prepared = actions.prepare(
                session(),
                me(),
                wanted,
                stage=form.stage.data,
                number=form.number.data,
                supersedes=old,
                why=form.why.data,
            )
            return go(f"/signed/prepared/{prepared.id}", _("Đã lập bảng, chờ người khác ký."))
    found = figures(session().connection(), asking.wanted())
    return render_template("signed/prepare.html", form=form, old=old, **_shown_live(found))


def _superseded() -> SignedTable | None:
    number = request.args.get("supersedes", "")
    return session().get(SignedTable, int(number)) if number.isdecimal() else None


def _shown_live(found: Any) -> dict[str, Any]:
    return {
        "title": _(found.asked.table.title),
        "place": layout.place(found),
        "days": layout.days(found),
        "headings": screen.headings(found),
        "lines": screen.lines(found, linked=False),
        "query": query_of(found.asked),
        "name": found.asked.table.key,
    }


@bp.route("/prepared/<int:number>", methods=["GET", "POST"])
@needs(Act.SIGN_TABLE)
def prepared(number: int) -> ResponseReturnValue:
    """A prepared table: look at it, and sign it."""
    told = _prepared(number)
    form = SignForm()
    if form.sent():
        with form.showing_rules():
            signed = actions.sign(session(), told, me(), password=form.password.data or "")
            return go(f"/signed/{signed.id}", _("Đã ký. Bảng này không đổi được nữa."))
    frozen, wanted = Frozen.read(told.content), actions.wanted_of(session(), told)
    return render_template(
        "signed/prepared.html",
        told=told,
        form=form,
        leaving=WithdrawForm(),
        **_shown_live(frozen.figures(wanted)),
    )


@bp.post("/prepared/<int:number>/withdraw")
@needs(Act.PREPARE_TABLE)
def withdraw(number: int) -> ResponseReturnValue:
    """Take a prepared table back."""
    told = _prepared(number)
    if told.prepared_by != me().name:
        abort(403, _("Chỉ người lập bảng được rút lại."))
    form = WithdrawForm()
    if form.sent():
        actions.withdraw(session(), told, reason=form.reason.data or "")
        return go("/signed", _("Đã rút bảng."))
    return go(f"/signed/prepared/{number}", _("Hãy ghi lý do rút bảng."))


def _prepared(number: int) -> PreparedTable:
    told = session().get(PreparedTable, number)
    if told is None or told.withdrawn_at is not None:
        abort(404)
    return told


# --- What was signed -----------------------------------------------------------------------------


@bp.route("/<int:number>", methods=["GET", "POST"])
@needs(Act.SEE_FIGURES)
def show(number: int) -> ResponseReturnValue:
    """A signed table as it was signed, its signatures, and what has moved since."""
    signed = _signed(number)
    frozen, wanted = Frozen.read(signed.content), actions.wanted_of(session(), signed)
    newer = session().scalar(queries.superseded_by(signed))
    return render_template(
        "signed/show.html",
        signed=signed,
        newer=newer,
        older=session().get(SignedTable, signed.supersedes_id) if signed.supersedes_id else None,
        form=SignForm(),
        moved=_moved(signed, frozen, wanted),
        **_shown_live(frozen.figures(wanted)),
    )


@bp.post("/<int:number>/countersign")
@needs(Act.SIGN_TABLE)
def countersign(number: int) -> ResponseReturnValue:
    """The reviewing level signs what a commune has signed."""
    signed = _signed(number)
    form = SignForm()
    if form.sent():
        actions.countersign(session(), signed, me(), password=form.password.data or "")
        return go(f"/signed/{number}", _("Đã ký."))
    return go(f"/signed/{number}", _("Hãy nhập mật khẩu để ký."))


def _signed(number: int) -> SignedTable:
    signed = session().get(SignedTable, number)
    if signed is None:
        abort(404)
    return signed


@bp.get("/<int:number>.pdf")
@needs(Act.EXPORT_FIGURES)
def paper(number: int) -> ResponseReturnValue:
    """The paper as it was printed with its newest signature, or with that of `?place=`."""
    signed = _signed(number)
    place = request.args.get("place", "")
    chosen = [one for one in signed.signatures if not place or str(one.place) == place]
    if not chosen:
        abort(404)
    return _stored(signed, chosen[-1])


def _stored(signed: SignedTable, signature: Signature) -> Response:
    key = {"id": signed.id, "place": signature.place, "hash": signature.document_hash}
    note(What.EXPORTED, "signed_table", key)
    response = Response(signature.document, content_type="application/pdf")
    name = f"{signed.table_name} đã ký {signed.as_of.isoformat()} bản {signed.version}.pdf"
    response.headers["Content-Disposition"] = disposition(name)
    return response


@bp.get("/<int:number>/drift.csv")
@needs(Act.EXPORT_HOUSEHOLDS)
def drift_file(number: int) -> ResponseReturnValue:
    """The households that have moved since, as a file."""
    signed = _signed(number)
    frozen, wanted = Frozen.read(signed.content), actions.wanted_of(session(), signed)
    heads = (_("Dòng"), _("Cột"), _("Mã hộ"), _("Vào/ra"), _("Loại"), _("Mục nhật ký"), _("Ai"))
    lines = [
        (
            cell["row"],
            cell["column"],
            move.code,
            _("vào") if move.came else _("ra"),
            move.news.label,
            move.entry.id if move.entry else None,
            move.entry.actor if move.entry else None,
        )
        for cell in _moved(signed, frozen, wanted)
        for move in cell["moves"]
    ]
    key = {"id": signed.id, "rows": len(lines)}
    return download(as_csv(heads, lines), f"drift_{number}.csv", subject="signed_table", key=key)


def _moved(signed: SignedTable, frozen: Frozen, wanted: Asked) -> list[dict[str, Any]]:
    """The drift as the page shows it: households in scope by code, the others counted."""
    found = drift(session(), signed, today=today())
    codes = {move.code for cell in found for move in cell.moves}
    seen = _in_scope(codes)
    rates = {column.key for column in wanted.table.columns if isinstance(column, Rate)}
    return [
        {
            "row": _row_name(frozen, cell.row),
            "column": column_name(wanted.table.columns, cell.column),
            "numbers": [_text(cell.column in rates, value) for value in _values(cell)],
            "moves": [move for move in cell.moves if move.code in seen],
            "outside": sum(move.code not in seen for move in cell.moves),
        }
        for cell in found
    ]


def _values(cell: CellDrift) -> tuple[int | None, int | None, int | None]:
    return cell.signed, cell.then, cell.today


def _row_name(frozen: Frozen, row: str) -> str:
    units = {one["unit"]["code"]: one["unit"] for one in frozen.told["rows"]}
    return layout.TOTAL if row == TOTAL else named(units[row]["level"], units[row]["name"])


def _text(is_rate: bool, value: int | None) -> str:
    if value is None:
        return ""
    return show_rate(Decimal(value) / 100, sign=False) if is_rate else show_number(value)


def _in_scope(codes: set[str]) -> set[str]:
    query = select(Household.code).where(Household.code.in_(sorted(codes)))
    return set(session().scalars(lens_on(today()).scoped(query.order_by(Household.code))))


# --- Before a correction of the past -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """A signed cell that an act would make drift, in words, with the households that move."""

    table: str
    number: int
    row: str
    column: str
    came: list[str]
    left: list[str]


class Drifts(Conflict):
    """A change that would make signed cells drift, and was not sent knowingly."""

    def __init__(self, cells: list[Cell]) -> None:
        super().__init__()
        self.cells = cells


@bp.before_app_request
def watch() -> None:
    """Look at every act before it is written."""
    if request.method not in SAFE and not request.form.get(SEEN):
        before_commit(_look)


def _look(_response: Response) -> None:
    """Stop an act that would make signed cells drift; it can be sent again knowingly."""
    if found := would_drift(session()):
        raise Drifts(_cells(found))


def _cells(found: list[Drifting]) -> list[Cell]:
    cells: dict[tuple[int, str, str], Cell] = {}
    for one in found:
        wanted = actions.wanted_of(session(), one.signed)
        cell = cells.setdefault(
            (one.signed.id, one.row, one.column),
            Cell(
                f"{wanted.table.title}, {layout.days_of(wanted)}",
                one.signed.id,
                _row_name(Frozen.read(one.signed.content), one.row),
                column_name(wanted.table.columns, one.column),
                [],
                [],
            ),
        )
        (cell.came if one.came else cell.left).append(one.code)
    return list(cells.values())


@bp.app_errorhandler(Drifts)
def warn(warning: Drifts) -> ResponseReturnValue:
    """What would drift, and the same form again, to be sent knowingly."""
    kept = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in ("csrf_token", SEEN)
    ]
    page = render_template("signed/warning.html", cells=warning.cells, kept=kept, seen=SEEN)
    return page, 409
