"""Households of a list → rows of the register workbook, each with the place it came from."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casemgmt.exchange import sheets
from casemgmt.exchange.list_cells import number_of
from casemgmt.exchange.list_households import CLASS_WORDS, Family, Person
from casemgmt.exchange.listing import Converted, Known, Origin, Target
from casemgmt.exchange.reading import KEPT
from casemgmt.exchange.sheets import Sheet
from casemgmt.organisations.models import Kind
from casemgmt.register.models import Arrival, Relation
from casemgmt.vietnamese import fold

_SHEETS = (sheets.HOUSEHOLDS, sheets.STAYS, sheets.MEMBERS, sheets.CLASSIFICATIONS)
_DIGITS = 4
_KINDS: dict[Kind, str] = {kind: label for label, kind in sheets.KINDS.items()}

# The columns that a list can fill, and the meanings that fill them.
_MEMBER = {
    "name": (Target.MEMBER_NAME, Target.HEAD_NAME),
    "relation": (Target.RELATION,),
    "birth": (Target.BIRTH, Target.BIRTH_YEAR, Target.BIRTH_MALE, Target.BIRTH_FEMALE),
    "sex": (Target.SEX, Target.BIRTH_MALE, Target.BIRTH_FEMALE),
    "citizen_id": (Target.CITIZEN_ID,),
    "ethnicity": (Target.ETHNICITY,),
    "can_work": (Target.CAN_WORK,),
    "member_of": (Target.MEMBER_OF,),
}
_CLASSIFICATION = {
    "class": (Target.CLASS, Target.IS_POOR, Target.IS_NEAR_POOR, Target.IS_NOT_POOR),
    "minority": (Target.MINORITY,),
    "social_protection": (Target.SOCIAL_PROTECTION,),
    "merit": (Target.MERIT,),
    "member_of": (Target.MEMBER_OF,),
    "score_b1": (Target.SCORE_B1,),
    "score_b2": (Target.SCORE_B2,),
    "deprivations": (Target.DEPRIVATIONS,),
    "decision_number": (Target.DECISION_NUMBER,),
    "decision_date": (Target.DECISION_DATE,),
    "note": (Target.NOTE,),
}
_HOUSEHOLD = {
    "code": (Target.HOUSEHOLD_CODE, Target.HOUSEHOLD_NUMBER),
    "head_name": (Target.HEAD_NAME, Target.MEMBER_NAME),
    "address": (Target.ADDRESS,),
    "phone": (Target.PHONE,),
}
_STAY = {"village": (Target.VILLAGE, Target.ADDRESS)}


def produce(
    found: Sequence[Family],
    known: Mapping[int, Known],
    result: Converted,
    *,
    commune_code: str,
    day: date,
    taken: Collection[str],
    villages: Mapping[str, str],
) -> None:
    """Write the rows of these households. `known`: the register's households by `id` of the
    family."""
    codes = _codes(found, known, commune_code, taken)
    writing = _Writing(result, day, villages)
    for family, code in zip(found, codes, strict=True):
        writing.household(family, code, known.get(id(family)))
    result.households = len(found)
    result.known = sum(id(family) in known for family in found)


# --- Codes ----------------------------------------------------------------------------------------


def _codes(
    found: Sequence[Family], known: Mapping[int, Known], commune: str, taken: Collection[str]
) -> list[str]:
    """A code for each household: the register's, its own, its number in the list, a free one."""
    used = set(taken) | {one.code for one in known.values()}
    codes: dict[int, str] = {id(family): known[id(family)].code for family in found
                             if id(family) in known}  # fmt: skip
    rest = [family for family in found if id(family) not in codes]
    for family in rest:
        wanted = _own(family, used) or _numbered(family, commune)
        if wanted and wanted not in used:
            used.add(wanted)
            codes[id(family)] = wanted
    free = _highest(used, commune)
    for family in rest:
        if id(family) not in codes:
            free += 1
            codes[id(family)] = _code(commune, free)
    return [codes[id(family)] for family in found]


def _own(family: Family, used: Collection[str]) -> str | None:
    code: str | None = family.values.get(Target.HOUSEHOLD_CODE)
    if code in used:
        line = next(one for one in family.lines if one.said(Target.HOUSEHOLD_CODE))
        message = "mã này là của một hộ khác: hộ được ghi với mã mới"
        family.warn(line, Target.HOUSEHOLD_CODE, message)
        return None
    return code


def _numbered(family: Family, commune: str) -> str | None:
    number = number_of(family.lines[0].said(Target.HOUSEHOLD_NUMBER))
    return _code(commune, number) if number else None


def _code(commune: str, number: int) -> str:
    return f"{commune}-{number:0{_DIGITS}d}"


def _highest(used: Iterable[str], commune: str) -> int:
    form = re.compile(re.escape(commune) + r"-([0-9]{1,9})")
    return max((int(one[1]) for code in used if (one := form.fullmatch(code))), default=0)


# --- Rows -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Writing:
    """The rows that are being written."""

    result: Converted
    day: date
    villages: Mapping[str, str]

    def household(self, family: Family, code: str, known: Known | None) -> None:
        """All rows of one household."""
        said = family.values
        named = {
            "code": code,
            "head_name": family.head_name,
            "address": said.get(Target.ADDRESS, KEPT),
            "phone": said.get(Target.PHONE, KEPT),
        }
        self._add(sheets.HOUSEHOLDS, family, family.row, named, _HOUSEHOLD)
        self._stay(family, code, known)
        for person in family.people:
            self._add(sheets.MEMBERS, family, person.row, _member(code, person), _MEMBER)
        told = {"household": code, "starts": self.day, **_classification(family)}
        self._add(sheets.CLASSIFICATIONS, family, family.row, told, _CLASSIFICATION)

    def _stay(self, family: Family, code: str, known: Known | None) -> None:
        if known is not None and known.village is not None:
            if known.village != family.village:
                name = self.villages.get(known.village, "một thôn ngoài xã")
                message = f"trong sổ hộ {code} đang ở {name}: không đổi nơi ở theo danh sách"
                family.warn(family.lines[0], Target.VILLAGE, message)
            return
        arrival = None if known is None else Arrival.MOVED_IN.value
        told = {
            "household": code,
            "village": family.village,
            "starts": self.day,
            "arrival": arrival,
        }
        self._add(sheets.STAYS, family, family.row, told, _STAY)

    def _add(
        self,
        sheet: Sheet,
        family: Family,
        row: int,
        told: Mapping[str, Any],
        sources: Mapping[str, tuple[Target, ...]],
    ) -> None:
        cells = {sheet.column(key).header: value for key, value in told.items()}
        titles = {}
        for key, targets in sources.items():
            if column := next(filter(None, map(family.column, targets)), None):
                titles[sheet.column(key).header] = column.title
        self.result.rows.setdefault(sheet.name, []).append(cells)
        self.result.origins.setdefault(sheet.name, []).append(
            Origin(family.sheet.name, row, titles)
        )


def _kept(value: Any) -> Any:
    return KEPT if value is None else value


def _member(code: str, person: Person) -> dict[str, Any]:
    return {
        "household": code,
        "name": person.name,
        "relation": person.relation.value,
        "birth": KEPT if person.birth is None else person.birth.show(),
        "sex": KEPT if person.sex is None else person.sex.value,
        "citizen_id": _kept(person.citizen_id),
        "ethnicity": _kept(person.ethnicity),
        "can_work": _tick(person.can_work),
        "member_of": _union(person.member_of),
    }


def _union(kind: Kind | None) -> Any:
    return KEPT if kind is None else _KINDS[kind]


def _tick(value: bool | None) -> Any:
    return KEPT if value is None else "x" if value else None


def _classification(family: Family) -> dict[str, Any]:
    said = family.values
    decision = family.sheet.decision or (KEPT, KEPT)
    head = family.head
    return {
        "class": CLASS_WORDS[family.class_] if family.class_ else None,
        "minority": _tick(said.get(Target.MINORITY, _minority(family))),
        "social_protection": _tick(said.get(Target.SOCIAL_PROTECTION)),
        "merit": _tick(said.get(Target.MERIT)),
        "member_of": _union(head.member_of if head else None),
        "score_b1": _kept(said.get(Target.SCORE_B1)),
        "score_b2": _kept(said.get(Target.SCORE_B2)),
        "deprivations": _kept(said.get(Target.DEPRIVATIONS)),
        "decision_number": said.get(Target.DECISION_NUMBER, decision[0]),
        "decision_date": said.get(Target.DECISION_DATE, decision[1]),
        "note": _kept(said.get(Target.NOTE)),
    }


_COUPLE = (Relation.HEAD, Relation.WIFE, Relation.HUSBAND)
_MAJORITY = ("kinh", "nguoi nuoc ngoai")


def _minority(family: Family) -> bool | None:
    """Hộ DTTS where a list has no such column: head or spouse of an ethnic minority."""
    groups = [one.ethnicity for one in family.people if one.relation in _COUPLE and one.ethnicity]
    return any(fold(group) not in _MAJORITY for group in groups) if groups else None
