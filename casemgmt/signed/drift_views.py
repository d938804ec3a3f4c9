"""What has moved since a table was signed, as pages show it; and the warning before a correction
of the past."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.exceptions import Conflict

from casemgmt.access.policy import Act
from casemgmt.paper.book import Listing
from casemgmt.places.queries import named
from casemgmt.register.models import Household
from casemgmt.signed import actions
from casemgmt.signed.content import Frozen
from casemgmt.signed.drift import CellDrift, Move, drift
from casemgmt.signed.models import SignedTable
from casemgmt.signed.watching import Drifting, would_drift
from casemgmt.tables import layout
from casemgmt.tables.definitions import Rate
from casemgmt.tables.figures import TOTAL, Asked
from casemgmt.tables.layout import column_name
from casemgmt.tables.views import may_list
from casemgmt.typed import show_number, show_rate
from casemgmt.web.asking import SAFE, before_commit, lens_on, needs, today
from casemgmt.web.database import session
from casemgmt.web.downloads import LISTS, download_list
from casemgmt.words import _, as_written

bp = Blueprint("drift", __name__, url_prefix="/signed")
SEEN = "drift_seen"


@bp.get(f"/<int:number>/drift.<any({LISTS}):ending>")
@needs(Act.EXPORT_HOUSEHOLDS)
def drift_file(number: int, ending: str) -> ResponseReturnValue:
    """The households that have moved since, as a file."""
    signed = session().get(SignedTable, number) or abort(404)
    wanted = actions.wanted_of(session(), signed)
    with as_written():
        days = f"{layout.days_of(wanted)}, bản {signed.version}"
        listing = Listing(
            "Thay đổi từ khi ký",
            ("Dòng", "Cột", "Mã hộ", "Vào/ra", "Loại", "Mục nhật ký", "Ai"),
            list(_moves(signed)),
            of=(wanted.table.title, days),
            notes=(("Bảng đã ký", wanted.table.title), ("Ngày", days), ("Mã bảng", signed.hash)),
        )
    name = f"drift_{number}.{ending}"
    key = {"id": signed.id}
    return download_list(listing, name, back=f"/signed/{number}", subject="signed_table", key=key)


def _moves(signed: SignedTable) -> Iterator[tuple[object, ...]]:
    for cell in moved(signed):
        for move in cell["moves"]:
            yield (
                cell["row"],
                cell["column"],
                move.code,
                "vào" if move.came else "ra",
                move.news.label,
                move.entry.id if move.entry else None,
                move.entry.actor if move.entry else None,
            )


def moved(signed: SignedTable) -> list[dict[str, Any]]:
    """The drift as the page shows it: households in scope by code, the others counted."""
    frozen, wanted = Frozen.read(signed.content), actions.wanted_of(session(), signed)
    found = drift(session(), signed, today=today())
    codes = {move.code for cell in found for move in cell.moves}
    seen = _in_scope(codes)
    rates = {column.key for column in wanted.table.columns if isinstance(column, Rate)}
    return [
        {
            "row": _row_name(frozen, cell.row),
            "column": column_name(wanted.table.columns, cell.column),
            "numbers": [_text(cell.column in rates, value) for value in _values(cell)],
            "moves": (told := _told(wanted, cell, seen)),
            "outside": len(cell.moves) - len(told),
        }
        for cell in found
    ]


def _told(wanted: Asked, cell: CellDrift, seen: set[str]) -> list[Move]:
    """The households of a cell that may be named to the one who asks."""
    if not may_list(wanted.table.column(cell.column)):
        return []
    return [move for move in cell.moves if move.code in seen]


def _values(cell: CellDrift) -> tuple[int | None, int | None, int | None]:
    return cell.signed, cell.then, cell.today


def _row_name(frozen: Frozen, row: str) -> str:
    units = {one["unit"]["code"]: one["unit"] for one in frozen.told["rows"]}
    return _(layout.TOTAL) if row == TOTAL else named(units[row]["level"], units[row]["name"])


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
    stop_drift(would_drift(session()))


def stop_drift(found: list[Drifting]) -> None:
    """Stop an act that would make these signed cells drift; it can be sent again knowingly."""
    if found:
        raise Drifts(in_words(found))


def in_words(found: list[Drifting]) -> list[Cell]:
    """The cells, each once, with all the households that move in it."""
    cells: dict[tuple[int, str, str], Cell] = {}
    for one in found:
        wanted = actions.wanted_of(session(), one.signed)
        cell = cells.setdefault(
            (one.signed.id, one.row, one.column),
            Cell(
                f"{_(wanted.table.title)}, {layout.days_of(wanted)}",
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
