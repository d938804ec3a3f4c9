"""The list of households as a file: all that the page shows with its filters, and what they are."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response

from casemgmt.access.policy import Act
from casemgmt.households.listing import BY_CODE, Wanted, indicators_offered
from casemgmt.organisations import queries as organisations
from casemgmt.organisations.models import Kind
from casemgmt.paper.book import Listing
from casemgmt.places import queries as places
from casemgmt.places.queries import named
from casemgmt.register.models import Class
from casemgmt.typed import show_date
from casemgmt.web.asking import lens, me, needs
from casemgmt.web.database import session
from casemgmt.web.downloads import LISTS, download_list
from casemgmt.words import as_written

bp = Blueprint("household_files", __name__)
_HEADS = ("Mã hộ", "Chủ hộ", "Địa chỉ", "Điện thoại", "Thôn", "Phân loại", "DTTS", "Đỡ đầu", "BTXH")


@bp.get(f"/households.<any({LISTS}):ending>")
@needs(Act.EXPORT_HOUSEHOLDS)
def export(ending: str) -> Response:
    """All that the list shows with these filters, as CSV or as a workbook; written down."""
    wanted, day = Wanted.asked(), show_date(lens().as_of)
    with as_written():
        listing = _listing(wanted, day)
    name = f"Danh sách hộ {day.replace('/', '-')}.{ending}"
    back = f"/households?{wanted.kept() or 'sort=name'}&as_of={day}"
    key = {"as_of": day, **wanted.told()}
    return download_list(listing, name, back=back, subject="household", key=key)


def _listing(wanted: Wanted, day: str) -> Listing:
    private = lens().private
    rows = session().execute(wanted.query(lens()))
    chosen = _chosen(wanted)
    return Listing(
        "Danh sách hộ",
        _HEADS if private else _HEADS[:-1],
        list(_cells(rows, private=private)),
        of=(_whose(), f"Số liệu ngày {day}"),
        notes=(
            ("Phạm vi", _whose()),
            ("Ngày", day),
            ("Lọc", "; ".join(chosen) or "không lọc: tất cả hộ trong phạm vi"),
            ("Thứ tự", "mã hộ" if wanted.sort == BY_CODE else "tên chủ hộ"),
        ),
    )


def _whose() -> str:
    """Whose households these are: of an organisation, or under a unit of the day."""
    if own := me().organisation:
        return own.name
    unit = me().unit
    return _unit_name(unit.code) if unit else "Toàn bộ sổ hộ"


def _unit_name(code: str) -> str:
    rows = session().execute(places.units_on(lens().as_of)).all()
    return next((named(row.level, row.name) for row in rows if row.code == code), code)


def _cells(rows: Any, *, private: bool) -> Iterator[tuple[object, ...]]:
    for row in rows:
        cells = (
            row.code,
            row.head_name,
            row.address or "",
            row.phone or "",
            row.village or "",
            row.class_.label if row.class_ else "",
            "x" if row.minority else "",
            row.lead or "",
        )
        yield (*cells, "x" if row.social_protection else "") if private else cells


# --- The filters in words ------------------------------------------------------------------------


def _chosen(wanted: Wanted) -> Iterator[str]:
    """Each filter that was used."""
    if wanted.q:
        yield f"tìm “{wanted.q}”"
    if wanted.unit:
        yield f"đơn vị: {_unit_name(wanted.unit)}"
    if wanted.class_:
        yield f"phân loại: {_label(Class, wanted.class_)}"
    if wanted.sponsor:
        one = session().scalar(organisations.by_code(wanted.sponsor))
        yield f"đỡ đầu: {one.name if one else wanted.sponsor}"
    yield from _further(wanted)


def _further(wanted: Wanted) -> Iterator[str]:
    if wanted.unsponsored:
        yield "chưa có đơn vị đỡ đầu"
    if wanted.minority:
        yield "dân tộc thiểu số"
    if wanted.protected:
        yield "đang hưởng bảo trợ xã hội"
    if wanted.able:
        yield "có khả năng thoát nghèo"
    if wanted.member_of:
        yield f"thuộc hội: {_label(Kind, wanted.member_of)}"
    if wanted.lacks:
        names = dict(map(tuple, indicators_offered()))
        yield f"thiếu hụt: {names.get(wanted.lacks, wanted.lacks)}"


def _label(words: Any, value: str) -> str:
    return next((str(word.label) for word in words if word.value == value), value)
