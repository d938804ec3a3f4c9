"""The rows of a list → households: which row begins another one."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from casemgmt.exchange import sheets
from casemgmt.exchange.cells import shown
from casemgmt.exchange.list_rows import Cell, Line
from casemgmt.exchange.listing import Column, ListSheet, SheetMapping, Target
from casemgmt.exchange.report import Remark
from casemgmt.organisations.models import Kind
from casemgmt.register.models import Class, Relation, Sex
from casemgmt.typed import Birth
from casemgmt.vietnamese import fold, same

CLASS_WORDS: dict[Class, str] = {class_: word for word, class_ in sheets.CLASSES.items()}

CLASS_TARGETS = (Target.CLASS, Target.IS_POOR, Target.IS_NEAR_POOR, Target.IS_NOT_POOR)


@dataclass(slots=True)
class Person:
    """A member as a row tells of them; None where it does not."""

    row: int
    name: str
    relation: Relation
    birth: Birth | None = None
    sex: Sex | None = None
    citizen_id: str | None = None
    ethnicity: str | None = None
    can_work: bool | None = None
    member_of: Kind | None = None


@dataclass(slots=True)
class Family:
    """A household of a list: its rows, the village band it stands under, and what `read_family`
    finds in them. `values`: what is said of the household itself, by meaning."""

    sheet: ListSheet
    mapping: SheetMapping
    columns: Mapping[Target, Column]
    lines: list[Line]
    band: str | None
    faults: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    values: dict[Target, Any] = field(default_factory=dict)
    head_name: str = ""
    class_: Class | None = None
    village: str = ""  # its code, once it is found

    @property
    def row(self) -> int:
        """Its first row."""
        return self.lines[0].number

    @property
    def head(self) -> Person | None:
        """The head among its people."""
        return next((one for one in self.people if one.relation is Relation.HEAD), None)

    def fault(self, line: Line, target: Target, message: str, cell: Cell | None = None) -> None:
        """Something is wrong at a row."""
        self.faults.append(self._remark(line, target, message, cell))

    def warn(self, line: Line, target: Target, message: str, cell: Cell | None = None) -> None:
        """Something at a row was accepted in a way to be told."""
        self.warnings.append(self._remark(line, target, message, cell))

    def _remark(self, line: Line, target: Target, message: str, cell: Cell | None) -> Remark:
        cell = cell or line.cell(target)
        if cell is None:
            return Remark(message, self.sheet.name, line.number, self.title(target))
        value = cell.mark or shown(cell.raw)
        return Remark(message, self.sheet.name, line.number, cell.column.title, value)

    def is_faulty(self, *targets: Target) -> bool:
        """Whether something is wrong in the columns of these meanings."""
        titles = {
            column.title
            for column in self.sheet.columns
            if self.mapping.columns.get(column.index) in targets
        }
        return any(fault.column in titles for fault in self.faults)

    def title(self, target: Target) -> str:
        """The title of the column with a meaning, else the meaning."""
        column = self.column(target)
        return target.label if column is None else column.title

    def column(self, target: Target) -> Column | None:
        """The first column with a meaning."""
        return self.columns.get(target)


def _first_columns(sheet: ListSheet, mapping: SheetMapping) -> dict[Target, Column]:
    """The first column of each meaning."""
    found: dict[Target, Column] = {}
    for column in sheet.columns:
        if target := mapping.columns.get(column.index):
            found.setdefault(target, column)
    return found


# --- Which rows make a household ----------------------------------------------------------------


def begins(line: Line, family: Family | None, mapped: Container[Target]) -> bool:
    """Whether a row begins another household than the one before."""
    if family is None:
        return True
    first = family.lines[0]
    relation = same(line.said(Target.RELATION))
    if relation in _HEADS:
        return any(same(one.said(Target.RELATION)) in _HEADS for one in family.lines) or any(
            line.said(target) for target in _NUMBERS
        )
    for target in _NUMBERS:
        if said := line.said(target):
            return said != first.said(target)
    if relation:
        return False
    name = fold(line.said(Target.HEAD_NAME))
    if Target.MEMBER_NAME in mapped:
        return bool(name) and name != fold(first.said(Target.HEAD_NAME))
    return bool(name)


_NUMBERS = (Target.HOUSEHOLD_CODE, Target.HOUSEHOLD_NUMBER)
_HEADS = frozenset(map(same, ("chủ hộ", "chủ", "bản thân")))


def families(sheet: ListSheet, mapping: SheetMapping, found: Iterable[Line]) -> list[Family]:
    """The households of a sheet's rows, in their order."""
    columns = _first_columns(sheet, mapping)
    result: list[Family] = []
    current: Family | None = None
    band: str | None = None
    for line in found:
        if line.village is not None:
            band, current = line.village, None
        elif begins(line, current, columns):
            current = Family(sheet, mapping, columns, [line], band)
            result.append(current)
        elif current is not None:
            current.lines.append(line)
    return result
