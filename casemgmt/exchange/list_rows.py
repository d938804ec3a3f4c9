"""The rows of a list by what they are: people, village bands, totals; headers that come again on
the next page, notes and signatures fall away."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from casemgmt.exchange import words
from casemgmt.exchange.cells import Doubtful, is_blank, shown
from casemgmt.exchange.encodings import decoded
from casemgmt.exchange.heading import is_numbering
from casemgmt.exchange.list_cells import birth_of, class_of, is_number
from casemgmt.exchange.listing import Column, Encoding, ListSheet, SheetMapping, Target
from casemgmt.exchange.titles import village_in, words_of
from casemgmt.typed import parse_citizen_id
from casemgmt.vietnamese import clean, fold


class Cell(NamedTuple):
    """A cell that is not blank: its column, what it says, how it stands in the file, and the
    formula or error in it."""

    column: Column
    value: object
    raw: object
    mark: str | None = None


class Kind(StrEnum):
    """What a row is."""

    PERSON = "person"
    BAND = "band"
    TOTAL = "total"
    TEXT = "text"  # not understood, though people stand below it


@dataclass(slots=True)
class Line:
    """One row. `text`: its words from the left; `village`: the one that a band names."""

    kind: Kind
    number: int
    cells: dict[Target, list[Cell]]
    text: str
    village: str | None = None

    def cell(self, *targets: Target) -> Cell | None:
        """The first cell with one of these meanings."""
        return next((cell for target in targets for cell in self.cells.get(target, ())), None)

    def said(self, *targets: Target) -> str:
        """The words of that cell, "" where it is blank."""
        cell = self.cell(*targets)
        return "" if cell is None else clean(str(shown(cell.value)))


NAMES = (Target.MEMBER_NAME, Target.HEAD_NAME)
_BIRTHS = (Target.BIRTH, Target.BIRTH_YEAR, Target.BIRTH_MALE, Target.BIRTH_FEMALE)
# What a person's row says and no band or total does.
_PERSONAL = frozenset(
    {
        Target.RELATION, *_BIRTHS, Target.BIRTH_DAY, Target.BIRTH_MONTH, Target.SEX,
        Target.CITIZEN_ID, Target.ETHNICITY, Target.CLASS, Target.SCORE_B1, Target.SCORE_B2,
        Target.DECISION_DATE, Target.DECISION_NUMBER, Target.HOUSEHOLD_CODE, Target.PHONE,
    }
)  # fmt: skip
_TOTAL = re.compile(
    r"(?:[ivx]+[.)]?\s+)?(?:tổng(?: cộng| số| toàn| thôn| xã| hộ| nhân)?|cộng"
    r"|toàn (?:xã|thôn))(?=$|[\s:.,(])"
)
_TOTAL_WITHOUT_TONES = re.compile(r"(?:tong (?:cong|so)|cong)(?=$|[\s:.,(])")
_FOOTER = re.compile(
    r"(?<!\w)(?:người (?:lập|tổng hợp|ghi)|lập (?:biểu|bảng)|t/?m\.|kt\.|tl\.|chủ tịch"
    r"|phó chủ tịch|ủy ban nhân dân|ubnd xã|nơi nhận|xác nhận|trưởng (?:thôn|bản|ban)|bí thư"
    r"|thủ trưởng|ban chỉ đạo|đã ký|ngày\s+[\d.…]*\s*tháng\s+[\d.…]*\s*năm|kế toán"
    r"|ký, (?:ghi rõ )?họ tên|\(?ký)"
)


def lines(sheet: ListSheet, mapping: SheetMapping, is_village: Callable[[str], bool]) -> list[Line]:
    """The rows of a sheet in their order. `is_village`: whether words are a village's name."""
    return _Page(sheet, mapping, is_village).lines()


@dataclass(slots=True)
class _Page:
    """A sheet while it is read from top to bottom."""

    sheet: ListSheet
    mapping: SheetMapping
    is_village: Callable[[str], bool]
    encodings: dict[int, Encoding] = field(init=False)
    headers: list[frozenset[str]] = field(init=False)
    found: list[Line] = field(default_factory=list)
    doubtful: list[Line] = field(default_factory=list)  # names alone, or words: a later row tells
    below: bool = False  # under the signatures

    def __post_init__(self) -> None:
        self.encodings = {column.index: column.encoding for column in self.sheet.columns}
        self.headers = _header_words(self.sheet, self.encodings)

    def lines(self) -> list[Line]:
        """All rows in their order."""
        for number in sorted(self.sheet.rows):
            line = self._line(number)
            if line is None:
                continue
            if line.kind is Kind.TEXT:
                self.doubtful.append(line)
            else:
                for doubtful in self.doubtful:
                    named = doubtful.cell(*NAMES) is not None
                    doubtful.kind = Kind.PERSON if named else Kind.TEXT
                self.found += [*self.doubtful, line]
                self.doubtful.clear()
        return self.found

    def _line(self, number: int) -> Line | None:
        texts = list(self._texts(number))
        if not texts:
            return None
        if is_numbering(texts) or self._repeats(texts):
            self.doubtful.clear()  # the title block of the next page
            self.below = False
            return None
        line = Line(
            Kind.TEXT, number, _by_target(self.sheet, self.mapping, number), " ".join(texts)
        )
        return self._judged(line, texts)

    def _texts(self, number: int) -> Iterator[str]:
        """The cells of a row that are not blank, whatever their column means."""
        for index, value in enumerate(self.sheet.rows[number]):
            if isinstance(value, str):
                value = decoded(value, self.encodings.get(index, "nfc"))
            if not is_blank(value):
                yield clean(str(shown(value)))

    def _repeats(self, texts: Iterable[str]) -> bool:
        """Whether a row is one of the header's rows again."""
        told = [words_of(text) for text in texts if not is_number(text)]
        return len(told) > 1 and any(
            sum(text in header for text in told) * 2 > len(told) for header in self.headers
        )

    def _judged(self, line: Line, texts: list[str]) -> Line | None:
        if self._is_person(line):
            line.kind = Kind.PERSON
            self.below = False
        elif _is_total(texts):
            line.kind = Kind.TOTAL
        elif village := self._band(texts):
            line.kind, line.village = Kind.BAND, village
        elif self.below or any(_FOOTER.search(text.casefold()) for text in texts):
            self.below = True
            return None
        return line

    def _is_person(self, line: Line) -> bool:
        named = line.cell(*NAMES) is not None
        if _is_total([line.said(*NAMES), line.text]):
            return False
        sure = sum(_is_sure(line, target) for target in line.cells)
        if self.below or _FOOTER.search(line.text.casefold()):
            return named and sure >= 2
        personal = len(line.cells.keys() & _PERSONAL)
        numbered = is_number(line.said(Target.HOUSEHOLD_NUMBER))
        return (named and (personal > 0 or numbered)) or personal >= 2

    def _band(self, texts: list[str]) -> str | None:
        for text in texts:
            if village := village_in(text):
                return village
        told = [text for text in texts if not re.fullmatch(r"[ivxIVX]+\.?|[0-9.]+", text)]
        return told[0] if len(told) == 1 and self.is_village(told[0]) else None


def _is_total(texts: Iterable[str]) -> bool:
    for text in texts:
        if _TOTAL.match(text.casefold()):
            return True
        if text.isascii() and _TOTAL_WITHOUT_TONES.match(text.casefold()):
            return True
    return False


def _by_target(sheet: ListSheet, mapping: SheetMapping, number: int) -> dict[Target, list[Cell]]:
    row = sheet.rows[number]
    found: dict[Target, list[Cell]] = {}
    for column in sheet.columns:
        target = mapping.columns.get(column.index)
        raw = row[column.index] if column.index < len(row) else None
        mark = sheet.marks.get((number, column.index + 1))
        if target is None or (is_blank(raw) and mark is None):
            continue
        value = decoded(raw, column.encoding) if isinstance(raw, str) else raw
        found.setdefault(target, []).append(Cell(column, value, raw, mark))
    return found


def _header_words(sheet: ListSheet, encodings: Mapping[int, Encoding]) -> list[frozenset[str]]:
    """The words of each row of the header."""
    leaves = {words_of(column.leaf) for column in sheet.columns}
    return [
        frozenset(
            words_of(decoded(cell, encodings.get(index, "nfc")))
            for index, cell in enumerate(row)
            if isinstance(cell, str)
        )
        | leaves
        for row in sheet.heading.values()
    ]


def _is_sure(line: Line, target: Target) -> bool:
    """Whether a cell says what its column means: a signer's name does not."""
    check = _CHECKS.get(target)
    cell = line.cell(target)
    if check is None or cell is None:
        return False
    try:
        return bool(check(cell.value))
    except ValueError:
        return False


def _is_relation(value: object) -> bool:
    return not isinstance(words.relation(value), Doubtful)


_CHECKS: Mapping[Target, Callable[[object], object]] = {
    Target.HOUSEHOLD_NUMBER: lambda value: is_number(str(shown(value))),
    Target.RELATION: _is_relation,
    **dict.fromkeys(_BIRTHS, birth_of),
    Target.SEX: lambda value: fold(str(value)) in ("nam", "nu"),
    Target.CITIZEN_ID: parse_citizen_id,
    Target.ETHNICITY: lambda value: not isinstance(words.ethnicity(value), Doubtful),
    Target.CLASS: class_of,
}
