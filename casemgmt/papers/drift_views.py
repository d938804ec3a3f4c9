"""What has moved since a table was signed, on paper."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.clock import VIETNAM
from casemgmt.paper import page, roll
from casemgmt.paper.fonts import chosen
from casemgmt.paper.grid import Head
from casemgmt.paper.page import Made
from casemgmt.paper.roll import Part, Roll
from casemgmt.paper.text import CENTRE
from casemgmt.papers import asked
from casemgmt.papers.lists import MAKER
from casemgmt.signed.actions import wanted_of
from casemgmt.signed.drift_views import moved
from casemgmt.signed.models import SignedTable
from casemgmt.tables import layout
from casemgmt.typed import show_date
from casemgmt.web.asking import me, needs, today
from casemgmt.web.database import session
from casemgmt.web.downloads import download, made_here
from casemgmt.words import as_written

bp = Blueprint("drift_papers", __name__)
_HEADS = (
    Head("Mã hộ", 38),
    Head("Vào/ra", 16, CENTRE),
    Head("Loại", 44),
    Head("Mục nhật ký", 20, CENTRE),
    Head("Ai ghi", 34),
    Head("Ngày ghi", 24, CENTRE),
)


@bp.get("/signed/<int:number>/drift.pdf")
@needs(Act.EXPORT_HOUSEHOLDS)
def drift_list(number: int) -> ResponseReturnValue:
    """Cell by cell the households that came in or left, why, and by which entry of the trail."""
    asked.in_vietnamese()
    signed = session().get(SignedTable, number) or abort(404)
    with as_written():
        paper = _paper(signed, made_here(f"/signed/{number}"))
    content = roll.as_bytes([paper], chosen(), paper.about)
    key = {"id": signed.id, "list": "drift"}
    return download(content, f"drift_{number}.pdf", subject="signed_table", key=key)


def _paper(signed: SignedTable, made: Made) -> Roll:
    wanted = wanted_of(session(), signed)
    cells = moved(signed)
    title, days = wanted.table.title, layout.days_of(wanted)
    against = f"Đối chiếu với sổ hộ ngày {show_date(today())}"
    return Roll(
        "Thay đổi so với bảng đã ký",
        title,
        _HEADS,
        [Part(_named(cell), list(_lines(cell))) for cell in cells],
        page.foot(f"Thay đổi so với bảng đã ký: {title}, bản {signed.version}. {days}", made),
        asked.issuer(session(), me(), today()),
        of=(f"{days}, bản {signed.version}. {against}", f"Mã bảng đã ký: {signed.hash}"),
        below=[_named(cell) for cell in cells if not cell["moves"] and not cell["outside"]],
        signers=(MAKER,),
    )


def _named(cell: dict[str, Any]) -> str:
    """A cell with its three figures: as signed, of its day by now, of today."""
    as_signed, then, now = (text or "trống" for text in cell["numbers"])
    told = f"đã ký {as_signed}, sổ của ngày đó {then}, hôm nay {now}"
    return f"{cell['row']}, {cell['column']} ({told})"


def _lines(cell: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for move in cell["moves"]:
        entry = move.entry
        yield (
            move.code,
            "vào" if move.came else "ra",
            move.news.label,
            str(entry.id) if entry else "",
            entry.actor if entry else "",
            show_date(entry.at.astimezone(VIETNAM).date()) if entry else "",
        )
    if cell["outside"]:
        yield (f"{cell['outside']} hộ ngoài phạm vi", "", "", "", "", "")
