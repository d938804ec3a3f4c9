"""What is seen in a list of households as communes keep it, and how it is to be read.

`recognise` (recognising.py) finds it, people look at it and change the `Mapping`, `converted`
(converting.py) makes rows of the register workbook of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from casemgmt.exchange.report import Remark
from casemgmt.exchange.scanning import Places
from casemgmt.register.models import Class
from casemgmt.vietnamese import fold

Encoding = Literal["nfc", "nfd", "tcvn3", "vni"]


class Target(StrEnum):
    """What a column of a list can mean."""

    HOUSEHOLD_NUMBER = "household_number"  # STT of the household, blank on its other rows
    HOUSEHOLD_CODE = "household_code"
    HEAD_NAME = "head_name"
    MEMBER_NAME = "member_name"
    RELATION = "relation"
    BIRTH = "birth"
    BIRTH_DAY = "birth_day"
    BIRTH_MONTH = "birth_month"
    BIRTH_YEAR = "birth_year"
    BIRTH_MALE = "birth_male"  # a birth date, or a tick, that says by its place: a man
    BIRTH_FEMALE = "birth_female"
    SEX = "sex"
    CITIZEN_ID = "citizen_id"
    ETHNICITY = "ethnicity"
    CAN_WORK = "can_work"
    MEMBER_OF = "member_of"
    VILLAGE = "village"
    COMMUNE = "commune"
    ADDRESS = "address"
    PHONE = "phone"
    CLASS = "class"
    IS_POOR = "is_poor"  # ticks
    IS_NEAR_POOR = "is_near_poor"
    IS_NOT_POOR = "is_not_poor"
    DECISION_NUMBER = "decision_number"
    DECISION_DATE = "decision_date"
    SCORE_B1 = "score_b1"
    SCORE_B2 = "score_b2"
    DEPRIVATIONS = "deprivations"  # codes, or a tick under the indicator's name
    MINORITY = "minority"
    SOCIAL_PROTECTION = "social_protection"
    MERIT = "merit"
    CAUSE = "cause"  # words, or a tick under the cause's name
    NOTE = "note"
    PEOPLE = "people"  # số khẩu: only held against the rows

    @property
    def label(self) -> str:
        """The meaning in words, for a list to choose from."""
        return LABELS[self]


LABELS: dict[Target, str] = {
    Target.HOUSEHOLD_NUMBER: "Số thứ tự hộ",
    Target.HOUSEHOLD_CODE: "Mã hộ",
    Target.HEAD_NAME: "Họ tên chủ hộ",
    Target.MEMBER_NAME: "Họ tên thành viên",
    Target.RELATION: "Quan hệ với chủ hộ",
    Target.BIRTH: "Ngày sinh hoặc năm sinh",
    Target.BIRTH_DAY: "Ngày sinh: ngày",
    Target.BIRTH_MONTH: "Ngày sinh: tháng",
    Target.BIRTH_YEAR: "Ngày sinh: năm",
    Target.BIRTH_MALE: "Nam (năm sinh hoặc đánh dấu)",
    Target.BIRTH_FEMALE: "Nữ (năm sinh hoặc đánh dấu)",
    Target.SEX: "Giới tính",
    Target.CITIZEN_ID: "Số CCCD",
    Target.ETHNICITY: "Dân tộc",
    Target.CAN_WORK: "Khả năng lao động (đánh dấu)",
    Target.MEMBER_OF: "Hội, đoàn thể",
    Target.VILLAGE: "Thôn",
    Target.COMMUNE: "Xã",
    Target.ADDRESS: "Địa chỉ",
    Target.PHONE: "Điện thoại",
    Target.CLASS: "Phân loại",
    Target.IS_POOR: "Hộ nghèo (đánh dấu)",
    Target.IS_NEAR_POOR: "Hộ cận nghèo (đánh dấu)",
    Target.IS_NOT_POOR: "Hộ không nghèo (đánh dấu)",
    Target.DECISION_NUMBER: "Số quyết định",
    Target.DECISION_DATE: "Ngày quyết định",
    Target.SCORE_B1: "Điểm B1",
    Target.SCORE_B2: "Điểm B2",
    Target.DEPRIVATIONS: "Chỉ số thiếu hụt",
    Target.MINORITY: "Hộ DTTS (đánh dấu)",
    Target.SOCIAL_PROTECTION: "Hộ BTXH, không có khả năng lao động (đánh dấu)",
    Target.MERIT: "Hộ có người có công (đánh dấu)",
    Target.CAUSE: "Nguyên nhân nghèo",
    Target.NOTE: "Ghi chú",
    Target.PEOPLE: "Số khẩu (để đối chiếu)",
}


class Listed(StrEnum):
    """Whom a sheet lists, as its title says; the value is shown."""

    POOR = "Hộ nghèo"
    NEAR_POOR = "Hộ cận nghèo"
    BOTH = "Hộ nghèo và hộ cận nghèo"
    NOT_POOR = "Hộ không nghèo"
    ESCAPED_POOR = "Hộ thoát nghèo"
    ESCAPED_NEAR_POOR = "Hộ thoát cận nghèo"

    @property
    def class_(self) -> Class | None:
        """The class that every household of the sheet has; None where the rows must tell."""
        return _CLASSES.get(self)


_CLASSES = {
    Listed.POOR: Class.POOR,
    Listed.NEAR_POOR: Class.NEAR_POOR,
    Listed.NOT_POOR: Class.NOT_POOR,
    Listed.ESCAPED_NEAR_POOR: Class.NOT_POOR,
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list. `index` counts from 0 = column A; `title`: the rows of the header
    joined, `leaf`: the lowest of them; `samples` are (as it stands, as it is read), up to three."""

    index: int
    title: str
    leaf: str
    target: Target | None
    encoding: Encoding = "nfc"
    samples: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ListSheet:
    """A sheet with a list. Row numbers are Excel's. `rows`: the cells of every row below the
    header, by row number, as they came; `above`: the lines of the title block as they are read;
    `header`: first and last row of the header; `hidden`: the rows that Excel does not show."""

    name: str
    above: tuple[str, ...]
    header: tuple[int, int]
    first_row: int
    columns: tuple[Column, ...]
    listed: Listed | None
    village: str | None  # of the whole sheet, from its title or name
    decision: tuple[str, str] | None  # number and date in the title, as they stand
    rows: Mapping[int, Sequence[object]] = field(repr=False)
    heading: Mapping[int, Sequence[object]] = field(repr=False)  # the header's rows
    marks: Places = field(default_factory=dict, repr=False)
    hidden: frozenset[int] = frozenset()
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Recognised:
    """A workbook as it was recognised: the contract's register workbook, or sheets with lists
    (`others`: names of sheets in which no list was found)."""

    kind: Literal["register", "list"]
    sheets: tuple[ListSheet, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(slots=True)
class SheetMapping:
    """How one sheet is to be read. `columns`: index → meaning, None = not taken; `class_`: of
    every household of the sheet whose row does not tell."""

    columns: dict[int, Target | None]
    class_: Class | None = None
    listed: Listed | None = None
    used: bool = True


@dataclass(slots=True)
class ListMapping:
    """How a recognised workbook is to be read, by the names of its sheets; people may change it."""

    sheets: dict[str, SheetMapping]

    @classmethod
    def proposed(
        cls, recognised: Recognised, remembered: Mapping[str, str | None] | None = None
    ) -> "ListMapping":
        """What was recognised, with what a unit chose before for the same titles (`as_titles`)."""
        known = remembered or {}
        return cls(
            {
                sheet.name: SheetMapping(
                    {column.index: _chosen(column, known) for column in sheet.columns},
                    sheet.listed.class_ if sheet.listed else None,
                    sheet.listed,
                    used=not sheet.is_hidden,
                )
                for sheet in recognised.sheets
            }
        )

    def as_titles(self, recognised: Recognised) -> dict[str, str | None]:
        """The choices as plain data to be remembered: folded title → key of the meaning."""
        return {
            fold(column.title): None if target is None else target.value
            for sheet in recognised.sheets
            for column in sheet.columns
            for target in [self.sheets[sheet.name].columns.get(column.index)]
        }


def _chosen(column: Column, known: Mapping[str, str | None]) -> Target | None:
    title = fold(column.title)
    if title not in known:
        return column.target
    value = known[title]
    return Target(value) if value in set(Target) else None


@dataclass(frozen=True, slots=True)
class Sought:
    """A household of a list that the register may know."""

    citizen_ids: tuple[str, ...]
    code: str | None  # as the list has it
    head_search: str  # `fold` of the head's name
    birth_year: int | None
    village: str  # code


@dataclass(frozen=True, slots=True)
class Known:
    """A household of the register: its code, and the code of its village on the day (None where
    it lives nowhere then)."""

    code: str
    village: str | None


Lookup = Callable[[Sequence[Sought]], Sequence[Known | None]]
"""For each household that is sought the one of the register: by a CCCD of its members, else by
head's name, birth year and village. Called once for a whole file."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a produced row came from; `columns`: its headers → the list's titles."""

    sheet: str
    row: int
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sum:
    """A number that a sheet prints beside what its rows give. `counted` is over all rows read,
    `taken` over the households that were converted; `what` says in words what is counted."""

    sheet: str
    row: int
    column: str
    what: str
    printed: int
    counted: int
    taken: int

    @property
    def agrees(self) -> bool:
        """Whether the printed number is that of the rows."""
        return self.printed == self.counted


@dataclass(slots=True)
class Converted:
    """A list as rows of the register workbook: `rows` go to `importing.load` as they are.

    A household with any fault is held back whole; `held_back` counts those, `households` the
    others, `known` those of them that the register has already."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    origins: dict[str, list[Origin]] = field(default_factory=dict)  # one for each row of `rows`
    faults: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)
    households: int = 0
    known: int = 0
    held_back: int = 0
    hidden: int = 0

    def placed(self, remark: Remark) -> Remark:
        """A remark of the importer about `rows` → the same at its place in the list."""
        origins = self.origins.get(remark.sheet or "", ())
        place = (remark.row or 0) - 2  # in `load` the header is row 1
        if not 0 <= place < len(origins):
            return remark
        origin = origins[place]
        column = origin.columns.get(remark.column or "", remark.column)
        return Remark(remark.message, origin.sheet, origin.row, column, remark.value)

    def all_placed(self, remarks: Iterable[Remark]) -> list[Remark]:
        """`placed` for each."""
        return [self.placed(remark) for remark in remarks]
