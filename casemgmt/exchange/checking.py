"""The rules across the rows of a file and the register. Every fault is reported; nothing is
written."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection

from casemgmt.exchange import homes, people, sheets
from casemgmt.exchange.identities import identify
from casemgmt.exchange.ladder import Ladder
from casemgmt.exchange.reading import File, Row
from casemgmt.exchange.sheets import HOUSEHOLD, ORGANISATION, UNIT, Column
from casemgmt.exchange.standing import Standing
from casemgmt.exchange.stored import Stored
from casemgmt.programme.models import TargetKind
from casemgmt.vietnamese import same

_UNKNOWN = {
    UNIT: "không có đơn vị nào mang mã này, trong tệp lẫn trong sổ",
    ORGANISATION: "không có tổ chức nào mang mã này, trong tệp lẫn trong sổ",
    HOUSEHOLD: "không có hộ nào mang mã này, trong tệp lẫn trong sổ",
}
_DEFINED = {
    UNIT: (sheets.UNITS, UNIT),
    ORGANISATION: (sheets.ORGANISATIONS, "code"),
    HOUSEHOLD: (sheets.HOUSEHOLDS, "code"),
}

_WITH_DECIMALS = TargetKind.POVERTY_RATE_REDUCTION


def check(connection: Connection, file: File, standing: Standing) -> None:
    """Judge a file against itself and the register; the rows' report gets what is wrong."""
    identify(file, standing)
    _references(file, standing)
    ladder = Ladder(_of(file, sheets.UNITS), standing.of(sheets.UNITS))
    lived = homes.stays(_of(file, sheets.STAYS), standing, ladder)
    homes.left_behind(connection, _of(file, sheets.UNITS), standing, ladder, lived)
    _residents(_of(file, sheets.RESIDENTS))
    _organisations(_of(file, sheets.ORGANISATIONS), standing.of(sheets.ORGANISATIONS))
    people.members(connection, file, standing, lived)
    homes.classifications(_of(file, sheets.CLASSIFICATIONS), standing, ladder, lived)
    homes.sponsors(_of(file, sheets.SPONSORS), standing)
    _actions(file, standing)
    _targets(_of(file, sheets.TARGETS))


def _of(file: File, sheet: sheets.Sheet) -> list[Row]:
    return file.get(sheet.name, [])


def _references(file: File, standing: Standing) -> None:
    known = {owner: _known(file, standing, owner) for owner in _DEFINED}
    for rows in file.values():
        columns = [column for _place, column in rows[0].form.columns] if rows else []
        for column in columns:
            codes = known.get(column.refers or "")
            if codes is not None:
                _refer(rows, column, codes)


def _known(file: File, standing: Standing, owner: str) -> Collection[str] | None:
    """The codes that may be referred to; None where the file lacks the very column that says
    them, which was told already."""
    sheet, key = _DEFINED[owner]
    rows = _of(file, sheet)
    if rows and key in rows[0].form.missing:
        return None
    return standing.ids[owner].keys() | {row.values[key] for row in rows if key in row.values}


def _refer(rows: Iterable[Row], column: Column, known: Collection[str]) -> None:
    for row in rows:
        code = row.values.get(column.key)
        if code is not None and code not in known and row.whole(column.key):
            row.fault(column.key, _UNKNOWN[column.refers or ""])


def _residents(rows: Iterable[Row]) -> None:
    for row in rows:
        if row.whole("total", "ethnic_minority"):
            total, minority = row.get("total"), row.get("ethnic_minority")
            if minority is not None and minority > total:
                row.fault("ethnic_minority", f"cần số không lớn hơn Số hộ ({total})")


def _organisations(rows: list[Row], stored: Iterable[Stored]) -> None:
    parents: dict[str, str | None] = {one["code"]: one["parent"] for one in stored}
    parents |= {row.get("code"): row.get("parent") for row in rows if row.whole("code", "parent")}
    for row in rows:
        if row.whole("code", "parent") and _in_a_circle(row.get("code"), parents):
            row.fault("parent", "các tổ chức nằm trong nhau thành vòng")
            parents[row.get("code")] = None


def _in_a_circle(code: str, parents: Mapping[str, str | None]) -> bool:
    above, seen = parents.get(code), set()
    while above is not None and above not in seen:
        if above == code:
            return True
        seen.add(above)
        above = parents.get(above)
    return False


def _actions(file: File, standing: Standing) -> None:
    kinds = {same(one["name"]): one["name"] for one in standing.of(sheets.SUPPORT_KINDS)}
    for row in _of(file, sheets.SUPPORT_KINDS):
        if "name" in row.values:
            kinds.setdefault(same(row.values["name"]), row.values["name"])
    told = not any("name" in row.form.missing for row in _of(file, sheets.SUPPORT_KINDS)[:1])
    for row in _of(file, sheets.ACTIONS):
        if row.current is not None and row.current["_voided"]:
            row.warn("code", "hoạt động này đã bị hủy trong sổ: dòng này không thay đổi gì")
        if told and "kind_name" in row.values:
            _kind(row, kinds)


def _kind(row: Row, kinds: Mapping[str, str]) -> None:
    name = kinds.get(same(row.values["kind_name"]))
    if name is None:
        row.fault("kind_name", "không có loại hỗ trợ này, trong sổ lẫn trong trang “Loại hỗ trợ”")
    else:
        row.values["kind_name"] = name


def _targets(rows: Iterable[Row]) -> None:
    for row in rows:
        whole = row.whole("kind", "value") and row.get("kind") is not _WITH_DECIMALS
        if whole and row.get("value") % 1:
            row.fault("value", f"cần số nguyên: chỉ {_WITH_DECIMALS.value} có phần thập phân")
