"""The sums that a list prints, held against its rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from casemgmt.exchange.list_cells import counts_in, is_tick
from casemgmt.exchange.list_households import Family
from casemgmt.exchange.list_rows import NAMES, Cell, Kind, Line
from casemgmt.exchange.listing import Column, ListSheet, Sum, Target
from casemgmt.typed import parse_whole

HOUSEHOLDS, PEOPLE, TICKED = "số hộ", "số khẩu", "số dòng được đánh dấu"
_OF_HOUSEHOLDS = (Target.HOUSEHOLD_NUMBER, Target.HOUSEHOLD_CODE, Target.HEAD_NAME)
_TICKED = (
    Target.MINORITY, Target.SOCIAL_PROTECTION, Target.MERIT, Target.IS_POOR, Target.IS_NEAR_POOR,
    Target.IS_NOT_POOR, Target.CAUSE, Target.DEPRIVATIONS, Target.CAN_WORK,
)  # fmt: skip
_SIDES = (Target.BIRTH_MALE, Target.BIRTH_FEMALE)


@dataclass(frozen=True, slots=True)
class _Scope:
    """The rows that a sum is about, first and last."""

    first: int
    last: int

    def households(self, found: Iterable[Family], sheet: ListSheet) -> list[Family]:
        return [one for one in found if one.sheet is sheet and self.first <= one.row <= self.last]


def sums(sheet: ListSheet, lines: Sequence[Line], found: Iterable[Family]) -> list[Sum]:
    """Every number that a total or a village's band prints."""
    found = list(found)
    result = []
    for line in lines:
        if line.kind not in (Kind.TOTAL, Kind.BAND):
            continue
        households = _scope(lines, line).households(found, sheet)
        sound = [one for one in households if not one.faults]
        for column, what, printed in dict.fromkeys(_printed(line)):
            counted, taken = _count(households, what, column), _count(sound, what, column)
            title = column.title if column else ""
            result.append(Sum(sheet.name, line.number, title, what, printed, counted, taken))
    return result


def _scope(lines: Sequence[Line], line: Line) -> _Scope:
    """A band tells of what follows it; a total of its village, or of the whole sheet."""
    last = max((one.number for one in lines), default=0)
    bands = [one.number for one in lines if one.kind is Kind.BAND]
    totals = [one.number for one in lines if one.kind is Kind.TOTAL]
    if line.kind is Kind.BAND:
        return _Scope(line.number, min((n for n in bands if n > line.number), default=last))
    people = [one.number for one in lines if one.kind is Kind.PERSON]
    whole = "tổng" in line.text.casefold() or "toàn xã" in line.text.casefold()
    if whole and (not bands or line.number == totals[-1] or line.number < min(people, default=0)):
        return _Scope(0, last)
    before = [number for number in (*bands, *totals) if number < line.number]
    return _Scope(max(before, default=0), line.number)


def _printed(line: Line) -> Iterator[tuple[Column | None, str, int]]:
    """The numbers of a row: in its words (`12 hộ, 40 khẩu`), and under the titles."""
    for words, number in counts_in(line.text):
        yield None, HOUSEHOLDS if words == "hộ" else PEOPLE, number
    for target, told in line.cells.items():
        what = None if line.kind is Kind.BAND and target in _OF_HOUSEHOLDS else _what(target)
        for cell in told:
            printed = _number(cell)
            if what is not None and printed is not None:
                yield cell.column, what, printed


def _what(target: Target) -> str | None:
    if target in _OF_HOUSEHOLDS:
        return HOUSEHOLDS
    if target in (Target.MEMBER_NAME, Target.PEOPLE):
        return PEOPLE
    return TICKED if target in (*_TICKED, *_SIDES) else None


def _number(cell: Cell) -> int | None:
    try:
        return parse_whole(cell.value)
    except ValueError:
        return None


def _count(found: Sequence[Family], what: str, column: Column | None) -> int:
    if what == HOUSEHOLDS:
        return len(found)
    if what == PEOPLE:
        return sum(_people(one) for one in found)
    return sum(
        target in _SIDES or is_tick(cell.value)
        for family in found
        for line in family.lines
        for target, told in line.cells.items()
        for cell in told
        if cell.column is column
    )


def _people(family: Family) -> int:
    """The persons of a household: what its own row prints where a list has only heads."""
    cell = family.lines[0].cell(Target.PEOPLE)
    related = Target.RELATION in family.mapping.columns.values()
    printed = None if cell is None or related else _number(cell)
    return sum(bool(line.said(*NAMES)) for line in family.lines) if printed is None else printed
