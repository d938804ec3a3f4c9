"""The workbook to fill in: what a unit may import, with lists to choose from and an example."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt.exchange import sheets
from casemgmt.exchange.layout import LISTS
from casemgmt.exchange.reading import EXAMPLE
from casemgmt.exchange.sheets import Column, Sheet
from casemgmt.organisations.models import Organisation
from casemgmt.places.models import Tier, Unit
from casemgmt.places.queries import named, units_on
from casemgmt.register.models import Relation
from casemgmt.support.models import SupportKind

_VERSION = 1
_ROWS = 2000  # rows with lists
_MADE = datetime(2022, 1, 1)  # noqa: DTZ001 written as it is, in no zone
_DAY = date(2022, 1, 1)
FORM = (
    sheets.HOUSEHOLDS,
    sheets.STAYS,
    sheets.MEMBERS,
    sheets.CLASSIFICATIONS,
    sheets.SPONSORS,
    sheets.ACTIONS,
    sheets.EXITS,
)
_EXAMPLES: dict[str, object] = {
    "Mã hộ": "H0001", "Chủ hộ": "Nguyễn Văn Mẫu", "Họ và tên": "Nguyễn Văn Mẫu",
    "Địa chỉ": "Xóm Trên", "Điện thoại": "0905000000", "Từ ngày": _DAY, "Ngày": _DAY,
    "Quan hệ với chủ hộ": "Chủ hộ", "Ngày sinh": "1970", "Giới tính": "Nam",
    "Dân tộc": "Kinh", "Khả năng lao động": "x", "Phân loại": "Hộ nghèo",
    "Vai trò": "Chính", "Mã hoạt động": "HD0001", "Loại": "Quà Tết", "Giá trị (đồng)": 500_000,
    "Năm": 2022,
}  # fmt: skip
_TICKS = "ticks"


@dataclass(frozen=True, slots=True)
class _List:
    """A list to choose from: its defined name, its words, and what stands beside each."""

    name: str
    title: str
    words: Sequence[str]
    beside: Sequence[str] = ()


def blank_form(session: Session, unit: Unit, today: date) -> bytes:
    """The workbook for a unit: its villages, the organisations and kinds of support to choose."""
    import xlsxwriter  # noqa: PLC0415 heavy

    into = BytesIO()
    book = xlsxwriter.Workbook(into, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": _MADE, "title": "Mẫu nhập sổ bộ"})
    forms = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "num_format": "@"}),
        "text": book.add_format({"num_format": "@"}),
        "day": book.add_format({"num_format": "dd/mm/yyyy"}),
        "whole": book.add_format({"num_format": "#,##0"}),
        "example": book.add_format({"font_color": "#808080", "italic": True}),
        "example day": book.add_format(
            {"font_color": "#808080", "italic": True, "num_format": "dd/mm/yyyy"}
        ),
    }
    lists = _lists(session, unit, today)
    for sheet in FORM:
        _page(book.add_worksheet(sheet.name), sheet, lists, forms)
    _write_lists(book, lists, forms)
    book.define_name("phien_ban_mau", f"={_VERSION}")
    book.close()
    return into.getvalue()


def _lists(session: Session, unit: Unit, today: date) -> dict[str, _List]:
    rows = session.execute(units_on(today, tiers=[Tier.VILLAGE], within=unit.id)).all()
    villages = [(row.code, named(row.level, row.name)) for row in rows]
    organisations = session.execute(
        select(Organisation.code, Organisation.name).order_by(Organisation.code)
    ).all()
    kinds = session.scalars(select(SupportKind.name).order_by(SupportKind.position)).all()
    found = {
        "village": _List("ds_thon", "Mã thôn", *_columns(villages)),
        "organisation": _List("ds_to_chuc", "Mã tổ chức", *_columns(organisations)),
        "kind_name": _List("ds_loai_ho_tro", "Loại hỗ trợ", kinds),
        "relation": _List("ds_quan_he", "Quan hệ", [word.value for word in Relation]),
        _TICKS: _List("ds_danh_dau", "Đánh dấu", ["x"]),
    }
    for sheet in FORM:
        for column in sheet.columns:
            if column.words and column.key not in found:
                name = f"ds_{column.key}"
                found[column.key] = _List(name, column.header, list(column.words))
    return found


def _columns(rows: Iterable[Any]) -> tuple[list[str], list[str]]:
    pairs = list(rows)
    return [code for code, _name in pairs], [name for _code, name in pairs]


def _write_lists(book: Any, lists: dict[str, _List], forms: dict[str, Any]) -> None:
    page = book.add_worksheet(LISTS)
    page.hide()
    place = 0
    for one in lists.values():
        page.write_string(0, place, one.title, forms["head"])
        page.write_column(1, place, one.words)
        if one.words:
            letters = _letters(place)
            last = len(one.words) + 1
            book.define_name(one.name, f"='{LISTS}'!${letters}$2:${letters}${last}")
        if one.beside:
            page.write_column(1, place + 1, one.beside)
        place += 2 if one.beside else 1


def _letters(place: int) -> str:
    from xlsxwriter.utility import xl_col_to_name  # noqa: PLC0415 heavy

    return str(xl_col_to_name(place))


def _page(page: Any, sheet: Sheet, lists: dict[str, _List], forms: dict[str, Any]) -> None:
    page.freeze_panes(1, 0)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, max(12, len(column.header) + 4), _form(column, forms))
        page.write_string(0, place, column.header, forms["head"])
        _example(page, place, column, lists, forms)
        one = lists.get(_TICKS if column.blank is False else column.key)
        if one is not None and one.words:
            page.data_validation(1, place, _ROWS, place, _choice(column, one))


def _form(column: Column, forms: dict[str, Any]) -> Any:
    if "ngày" in column.header.casefold() and column.key != "birth":
        return forms["day"]
    return forms["whole" if column.key in ("value", "quantity", "year") else "text"]


def _example(
    page: Any, place: int, column: Column, lists: dict[str, _List], forms: dict[str, Any]
) -> None:
    value = _EXAMPLES.get(column.header)
    if column.key in ("village", "organisation") and lists[column.key].words:
        value = lists[column.key].words[0]
    if place == 0:
        page.write_string(1, place, f"{EXAMPLE}{value}", forms["example"])
    elif isinstance(value, date):
        page.write_datetime(1, place, value, forms["example day"])
    elif value is not None:
        page.write(1, place, value, forms["example"])


def _choice(column: Column, one: _List) -> dict[str, Any]:
    """A list that helps to choose; what it lacks may be typed all the same and is judged later."""
    return {
        "validate": "list",
        "source": f"={one.name}",
        "error_type": "warning",
        "error_title": column.header[:32],
        "error_message": "Giá trị này không có trong danh sách.",
        "input_title": column.header[:32],
        "input_message": "Chọn trong danh sách.",
    }
