"""Which row of the register each row of a file is about; the same one twice is an error."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from casemgmt.exchange import sheets
from casemgmt.exchange.reading import File, Row
from casemgmt.exchange.sheets import HOUSEHOLD, Sheet
from casemgmt.exchange.standing import Standing
from casemgmt.exchange.stored import Stored
from casemgmt.vietnamese import same

_TWICE = "đã có ở dòng {} của trang này: mỗi dòng chỉ được ghi một lần"


def identify(file: File, standing: Standing) -> None:
    """Find each row's counterpart in the register."""
    for sheet in sheets.WORKBOOK:
        rows = file.get(sheet.name, [])
        if sheet is sheets.MEMBERS:
            _members(rows, standing.of(sheet))
        elif rows:
            _plain(sheet, rows, standing.of(sheet))


def _plain(sheet: Sheet, rows: Iterable[Row], stored: Iterable[Stored]) -> None:
    as_key: Callable[[Any], Any] = same if sheet is sheets.SUPPORT_KINDS else lambda value: value
    known = {tuple(as_key(each[key]) for key in sheet.identity): each for each in stored}
    seen: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        if not row.whole(*sheet.identity):
            continue
        identity = tuple(as_key(row.said(key)) for key in sheet.identity)
        if identity in seen:
            row.fault(sheet.identity[0], _TWICE.format(seen[identity].number))
            continue
        seen[identity] = row
        row.current = known.get(identity)
        for key in sheet.identity:
            row.values[key] = row.current[key] if row.current else row.said(key)


class _People:
    """The members of the register by what may find them; each is found once."""

    def __init__(self, stored: Iterable[Stored]) -> None:
        self.by_number: dict[tuple[str, str], Stored] = {}
        self.by_name: dict[tuple[str, str], list[Stored]] = defaultdict(list)
        self.taken: dict[int, Row] = {}
        for each in stored:
            if each["citizen_id"]:
                self.by_number[each[HOUSEHOLD], each["citizen_id"]] = each
            self.by_name[each[HOUSEHOLD], same(each["name"])].append(each)

    def numbered(self, row: Row) -> Stored | None:
        """The member of the household with this CCCD."""
        return self.by_number.get((row.values[HOUSEHOLD], row.values.get("citizen_id") or ""))

    def named(self, row: Row) -> list[Stored]:
        """The members of the household with this name and birth date (a sheet without the column
        says the name alone); those that another row has found come last."""
        named = self.by_name.get((row.values[HOUSEHOLD], same(row.values["name"])), [])
        born = [
            each
            for each in named
            if "birth" not in row.values or each["birth"] == row.values["birth"]
        ]
        return sorted(born, key=lambda each: (id(each) in self.taken, bool(each["citizen_id"])))


def _members(rows: Iterable[Row], stored: Iterable[Stored]) -> None:
    people = _People(stored)
    told = [row for row in rows if row.whole(HOUSEHOLD, "name", "birth", "citizen_id")]
    for row in told:
        if found := people.numbered(row):
            _take(people, row, found, "citizen_id")
    new: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in told:
        if row.current is not None or not row.whole("citizen_id"):
            continue
        found = next(iter(people.named(row)), None)
        if found is not None and not _another(row, people.taken.get(id(found))):
            _take(people, row, found, "name")
        else:
            _add(new, row)


def _take(people: _People, row: Row, found: Stored, key: str) -> None:
    if before := people.taken.get(id(found)):
        row.fault(key, _TWICE.format(before.number))
    else:
        people.taken[id(found)] = row
        row.current = found


def _add(new: Mapping[tuple[Any, ...], list[Row]], row: Row) -> None:
    """A new member; it is another person than those of the same name and birth date only where
    both have their own CCCD."""
    namesakes = new[row.values[HOUSEHOLD], same(row.values["name"]), row.said("birth")]
    before = next((other for other in namesakes if not _another(row, other)), None)
    if before is not None:
        row.fault("name", _TWICE.format(before.number))
    namesakes.append(row)


def _another(row: Row, other: Row | None) -> bool:
    """Whether a row of the same name and birth date is known to be about another person."""
    if other is None:
        return False
    numbers = row.values.get("citizen_id"), other.values.get("citizen_id")
    return all(numbers) and numbers[0] != numbers[1]
