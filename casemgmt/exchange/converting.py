"""A recognised list → rows of the register workbook, each fault at its place in the list."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from casemgmt.exchange.list_households import CLASS_TARGETS, Family, families
from casemgmt.exchange.list_members import read_family
from casemgmt.exchange.list_producing import produce
from casemgmt.exchange.list_rows import Kind, Line, lines
from casemgmt.exchange.list_sums import sums
from casemgmt.exchange.listing import (
    Converted,
    Known,
    ListMapping,
    ListSheet,
    Lookup,
    Recognised,
    SheetMapping,
    Sought,
    Target,
)
from casemgmt.exchange.report import Remark
from casemgmt.exchange.titles import bare_village, village_in, words_of
from casemgmt.places.models import Area
from casemgmt.register.models import Class, Standard
from casemgmt.register.scoring import implied_class
from casemgmt.vietnamese import fold

_MOST_NAMES = 20  # of villages, in a sentence
_CLASS_NEEDED = "không biết hộ thuộc loại nào: cần cột Phân loại, tên danh sách, hoặc điểm B1 và B2"


def converted(
    recognised: Recognised,
    mapping: ListMapping,
    *,
    commune_code: str,
    day: date,
    standard: Standard | None,
    taken_codes: Collection[str],
    villages: Mapping[str, str],
    area: Area | None = None,
    commune_name: str = "",
    lookup: Lookup | None = None,
) -> Converted:
    """The households of a list as rows of the sheets Hộ, Cư trú, Thành viên and Phân loại, as of
    `day`.

    `villages`: code → name of the commune's villages on the day. `standard` and `area` tell the
    class of a household that escaped poverty by its scores. `taken_codes`: the household codes of
    the register that begin like the commune's, and those that the list itself uses; new ones are
    `<commune>-<number of the list>`, or a free number after the highest. `lookup` finds households
    that the register has already: their code is kept, and they get no new place to live. A
    household with a fault is held back whole."""
    work = _Work(commune_name, _Villages(villages), standard, area)
    result = Converted()
    for sheet in recognised.sheets:
        chosen = mapping.sheets.get(sheet.name)
        if chosen is not None and chosen.used:
            work.read(sheet, chosen, result)
    _twice(work.families)
    sound = [family for family in work.families if not family.faults]
    known = _found_again(sound, lookup)
    sound = [family for family in sound if not family.faults]
    produce(sound, known, result, commune_code=commune_code, day=day, taken=taken_codes,
            villages=villages)  # fmt: skip
    for family in work.families:
        result.faults += family.faults
        result.warnings += family.warnings
    result.held_back = len(work.families) - len(sound)
    for sheet, found in work.lines:
        result.sums += sums(sheet, found, work.families)
    _in_order(result, [sheet.name for sheet in recognised.sheets])
    return result


class _Villages:
    """The villages of the commune by what people write for them."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names
        self.codes: dict[str, set[str]] = defaultdict(set)
        self.folded: dict[str, set[str]] = defaultdict(set)
        for code, name in names.items():
            for words in (words_of(name), bare_village(name), words_of(code)):
                self.codes[words].add(code)
            self.folded[fold(bare_village(name))].add(code)

    def code(self, said: str) -> str | None:
        """The village that these words name, None where it is none or more than one."""
        bare = bare_village(said) if said else ""
        for found in (self.codes.get(words_of(said)), self.codes.get(bare),
                      self.folded.get(fold(bare))):  # fmt: skip
            if found:
                return next(iter(found)) if len(found) == 1 else None
        return None

    def expected(self) -> str:
        names = sorted(self.names.values())
        more = ", …" if len(names) > _MOST_NAMES else ""
        return "không có thôn này trong xã; cần một trong: " + ", ".join(names[:_MOST_NAMES]) + more


@dataclass(slots=True)
class _Work:
    """All sheets of a file while they are read."""

    commune_name: str
    villages: _Villages
    standard: Standard | None
    area: Area | None
    families: list[Family] = field(default_factory=list)
    lines: list[tuple[ListSheet, list[Line]]] = field(default_factory=list)

    def read(self, sheet: ListSheet, mapping: SheetMapping, result: Converted) -> None:
        """The households of one sheet."""
        found = lines(sheet, mapping, lambda words: self.villages.code(words) is not None)
        self.lines.append((sheet, found))
        for line in found:
            if line.kind is Kind.TEXT:
                message = "không hiểu dòng này: bỏ qua"
                result.warnings.append(
                    Remark(message, sheet.name, line.number, None, line.text[:60])
                )
        people = [line for line in found if line.kind in (Kind.PERSON, Kind.BAND)]
        before = ""
        for family in families(sheet, mapping, people):
            read_family(family)
            before = self._place(family, before)
            self._commune(family)
            self._classify(family)
            self.families.append(family)
        _hidden(sheet, people, result)

    def _place(self, family: Family, before: str) -> str:
        """Find the village; what was said last in a column holds where a household says none."""
        said: str = family.values.get(Target.VILLAGE, "")
        line = next((one for one in family.lines if one.said(Target.VILLAGE)), family.lines[0])
        if not said and not family.band and before:
            said = before
            family.warn(line, Target.VILLAGE, f"để trống: đã lấy thôn của dòng trên, {before}")
        of_sheet = family.sheet.village or ""
        choice = said or family.band or self._in_address(family)
        choice = choice or (of_sheet if self.villages.code(of_sheet) else "")
        code = self.villages.code(choice) or self.villages.code(village_in(choice) or "")
        if not choice:
            family.fault(line, Target.VILLAGE, "không biết hộ ở thôn nào")
        elif code is None:
            message = self.villages.expected()
            family.fault(line, Target.VILLAGE, message if said else f"{choice}: {message}")
        family.village = code or ""
        return said

    def _in_address(self, family: Family) -> str:
        address = family.values.get(Target.ADDRESS, "")
        parts = [part.strip() for part in address.replace(" - ", ",").split(",")]
        return next((part for part in parts if self.villages.code(part)), "")

    def _commune(self, family: Family) -> None:
        said = family.values.get(Target.COMMUNE)
        if said and self.commune_name and _bare_commune(said) != _bare_commune(self.commune_name):
            line = next(one for one in family.lines if one.said(Target.COMMUNE))
            family.fault(line, Target.COMMUNE, f"hộ không ở {self.commune_name}")

    def _classify(self, family: Family) -> None:
        if family.class_ is not None or family.is_faulty(*CLASS_TARGETS):
            return
        family.class_ = implied_class(
            self.standard,
            area=self.area,
            score_b1=family.values.get(Target.SCORE_B1),
            score_b2=family.values.get(Target.SCORE_B2),
        )
        escaped = family.mapping.listed is not None and "thoát" in family.mapping.listed.value
        if family.class_ is None:
            family.fault(family.lines[0], Target.CLASS, _CLASS_NEEDED)
        elif family.class_ is Class.POOR and escaped:
            message = "hộ ở danh sách thoát nghèo mà điểm B1, B2 cho thấy vẫn là hộ nghèo"
            family.fault(family.lines[0], Target.SCORE_B1, message)


def _bare_commune(name: str) -> str:
    words = words_of(name)
    for level in map(words_of, ("thị trấn", "phường", "xã", "tt")):
        words = words.removeprefix(level + " ")
    return words


def _hidden(sheet: ListSheet, people: Iterable[Line], result: Converted) -> None:
    hidden = [line.number for line in people if line.number in sheet.hidden]
    result.hidden += len(hidden)
    if hidden:
        told = ", ".join(map(str, hidden[:10])) + (", …" if len(hidden) > 10 else "")
        message = f"{len(hidden)} dòng bị ẩn trong Excel (dòng {told}): vẫn đọc"
        result.warnings.append(Remark(message, sheet.name, hidden[0]))
    if sheet.is_hidden and people:
        result.warnings.append(Remark("trang này bị ẩn trong Excel: vẫn đọc", sheet.name))


# --- The same twice, and what the register has already -------------------------------------------


def _place_of(family: Family) -> str:
    return f"trang “{family.sheet.name}”, dòng {family.row}"


def _twice(found: Iterable[Family]) -> None:
    """One household listed twice is a fault of the second; a CCCD that two people bear is one
    within a household, and between households a warning."""
    seen: dict[tuple[object, ...], Family] = {}
    bearers: dict[str, tuple[Family, int]] = {}
    for family in found:
        for key in _keys(family):
            before = seen.setdefault(key, family)
            if before is not family:
                message = f"hộ này đã có ở {_place_of(before)}"
                family.fault(family.lines[0], _name_of(family), message)
                break
        else:
            _bearers(family, bearers)
            _namesakes(family)


def _keys(family: Family) -> Iterable[tuple[object, ...]]:
    head = family.head
    if head and head.citizen_id:
        yield "citizen", head.citizen_id
    if family.village and family.head_name and head and head.birth:
        yield "name", fold(family.head_name), head.birth.year, family.village


def _name_of(family: Family) -> Target:
    names = (Target.HEAD_NAME, Target.MEMBER_NAME)
    return next((one for one in names if family.lines[0].said(one)), Target.HEAD_NAME)


def _bearers(family: Family, bearers: dict[str, tuple[Family, int]]) -> None:
    for line in family.lines:
        person = next((one for one in family.people if one.row == line.number), None)
        if person is None or not person.citizen_id:
            continue
        before, row = bearers.setdefault(person.citizen_id, (family, line.number))
        if row == line.number and before is family:
            continue
        if before is family:
            family.fault(line, Target.CITIZEN_ID, f"số CCCD này đã có ở dòng {row} của hộ")
        else:
            message = f"số CCCD này cũng có ở trang “{before.sheet.name}”, dòng {row}"
            family.warn(line, Target.CITIZEN_ID, message)


def _namesakes(family: Family) -> None:
    seen: dict[tuple[object, ...], int] = {}
    for line, person in zip(family.lines, family.people, strict=False):
        key = fold(person.name), person.birth, person.citizen_id
        row = seen.setdefault(key, person.row)
        if row != person.row and not person.citizen_id:
            target = Target.MEMBER_NAME if line.said(Target.MEMBER_NAME) else Target.HEAD_NAME
            family.fault(line, target, f"người này đã có ở dòng {row} của hộ")


def _found_again(found: list[Family], lookup: Lookup | None) -> dict[int, Known]:
    """What the register knows of these households, by their place in the list."""
    if lookup is None or not found:
        return {}
    seen: dict[str, Family] = {}
    known: dict[int, Known] = {}
    for family, one in zip(found, lookup([_sought(family) for family in found]), strict=True):
        if one is None:
            continue
        before = seen.setdefault(one.code, family)
        if before is not family:
            message = f"trong sổ, hộ này và hộ ở {_place_of(before)} là một: {one.code}"
            family.fault(family.lines[0], _name_of(family), message)
        known[id(family)] = one
    return known


def _sought(family: Family) -> Sought:
    head = family.head
    return Sought(
        tuple(person.citizen_id for person in family.people if person.citizen_id),
        family.values.get(Target.HOUSEHOLD_CODE),
        fold(family.head_name),
        head.birth.year if head and head.birth else None,
        family.village,
    )


def _in_order(result: Converted, names: list[str]) -> None:
    places = {name: place for place, name in enumerate(names)}
    for remarks in (result.faults, result.warnings):
        remarks.sort(key=lambda one: (places.get(one.sheet or "", -1), one.row or 0))
