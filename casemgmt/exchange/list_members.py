"""What the rows of a household say, and what is wrong with them."""

from collections.abc import Callable, Mapping
from typing import Any

from casemgmt.exchange import sheets, words
from casemgmt.exchange.cells import Doubtful, shown
from casemgmt.exchange.list_cells import birth_of, class_of, day_of, is_tick
from casemgmt.exchange.list_households import CLASS_WORDS, Family, Person
from casemgmt.exchange.list_rows import NAMES, Cell, Line
from casemgmt.exchange.listing import Target
from casemgmt.exchange.titles import indicator
from casemgmt.register.models import Class, Relation, Sex
from casemgmt.typed import Birth, parse_tick
from casemgmt.vietnamese import fold

_MARKED = "cần giá trị gõ vào, không phải công thức hay ô lỗi"
_TWO_COLUMNS = "hai cột cùng nghĩa ghi khác nhau: chỉ để một"
_TWO_VALUES = "các dòng của một hộ ghi khác nhau (dòng {} ghi {}): chỉ để một"
_TICKS = (Target.MINORITY, Target.SOCIAL_PROTECTION, Target.MERIT)
_CLASS_TICKS = {
    Target.IS_POOR: Class.POOR,
    Target.IS_NEAR_POOR: Class.NEAR_POOR,
    Target.IS_NOT_POOR: Class.NOT_POOR,
}


def read_family(family: Family) -> None:
    """Fill in a household from its rows; what cannot be read is a fault of it."""
    for line in family.lines:
        person = _person(family, line)
        if person:
            family.people.append(person)
    _once(family)
    _marks(family)
    _causes(family)
    _class(family)
    _name(family)


def _read(
    family: Family, line: Line, target: Target, read: Callable[[Any], Any]
) -> tuple[Any, Cell | None]:
    """The value of the one cell of a row with this meaning, None where it is blank or faulty."""
    told = line.cells.get(target, [])
    if not told:
        return None, None
    cell = told[0]
    if any(other.value != cell.value for other in told[1:]):
        family.fault(line, target, _TWO_COLUMNS, told[-1])
        return None, cell
    if cell.mark is not None:
        family.fault(line, target, _MARKED)
        return None, cell
    try:
        value = read(cell.value)
    except ValueError as wrong:
        family.fault(line, target, str(wrong))
        return None, cell
    if isinstance(value, Doubtful):
        if target is not Target.ETHNICITY:  # the importer will say so, in the same words
            family.warn(line, target, value.warning)
        value = value.value
    return value, cell


# --- A member ------------------------------------------------------------------------------------


def _person(family: Family, line: Line) -> Person | None:
    name = _full_name(family, line)
    if not name:
        family.fault(line, _name_target(family), "thiếu họ và tên")
        return None
    person = Person(line.number, name, _relation(family, line, name))
    _born(family, line, person)
    for target, read in _PERSONAL.items():
        value, cell = _read(family, line, target, read)
        if cell is not None:
            setattr(person, target.value, value)
    if family.column(Target.CAN_WORK) and person.can_work is None:
        person.can_work = False
    return person


def _name_target(family: Family) -> Target:
    mapped = (one for one in NAMES if family.column(one))
    return next(mapped, Target.MEMBER_NAME)


def _full_name(family: Family, line: Line) -> str:
    for target in NAMES:
        name, cell = _read(family, line, target, sheets.MEMBERS.column("name").read)
        if cell is not None:
            # A capitals font of TCVN3 keeps its letters small.
            small = bool(name) and cell.column.encoding == "tcvn3" and name.islower()
            return " ".join(map(str.capitalize, name.split())) if small else name or ""
    return ""


def _relation(family: Family, line: Line, name: str) -> Relation:
    value, cell = _read(family, line, Target.RELATION, words.relation)
    if cell is not None:
        return value or Relation.OTHER
    head = fold(line.said(Target.HEAD_NAME))
    has_relations = family.column(Target.RELATION) is not None
    if line is family.lines[0] and head in ("", fold(name)):
        if has_relations and not head:
            family.warn(line, Target.RELATION, "để trống ở dòng đầu của hộ: đã hiểu là Chủ hộ")
        return Relation.HEAD
    if has_relations:
        family.fault(line, Target.RELATION, "không được để trống")
    else:
        family.warn(line, Target.RELATION, "không có cột quan hệ với chủ hộ: ghi là Khác")
    return Relation.OTHER


_PERSONAL: Mapping[Target, Callable[[Any], Any]] = {
    Target.SEX: sheets.MEMBERS.column("sex").read,
    Target.CITIZEN_ID: sheets.MEMBERS.column("citizen_id").read,
    Target.ETHNICITY: words.ethnicity,
    Target.CAN_WORK: parse_tick,
    Target.MEMBER_OF: sheets.MEMBERS.column("member_of").read,
}


def _born(family: Family, line: Line, person: Person) -> None:
    person.birth, _ = _read(family, line, Target.BIRTH, birth_of)
    if Target.BIRTH_YEAR in line.cells:
        _born_in_parts(family, line, person)
    sides = [one for one in (Target.BIRTH_MALE, Target.BIRTH_FEMALE) if one in line.cells]
    if len(sides) == 2:
        family.fault(line, sides[1], "cả cột Nam và cột Nữ đều có: chỉ để một")
    elif sides:
        person.sex = Sex.MALE if sides[0] is Target.BIRTH_MALE else Sex.FEMALE
        value, _ = _read(family, line, sides[0], _birth_or_tick)
        person.birth = value or person.birth


def _birth_or_tick(value: object) -> Birth | Doubtful | None:
    return None if is_tick(value) else birth_of(value)


def _born_in_parts(family: Family, line: Line, person: Person) -> None:
    targets = (Target.BIRTH_DAY, Target.BIRTH_MONTH, Target.BIRTH_YEAR)
    parts = [line.said(target) for target in targets if line.said(target)]

    def joined(_year: object) -> Birth | Doubtful:
        return birth_of("/".join(parts))

    person.birth, _ = _read(family, line, Target.BIRTH_YEAR, joined)


# --- The household -------------------------------------------------------------------------------

_ONCE: Mapping[Target, Callable[[Any], Any]] = {
    Target.HOUSEHOLD_CODE: sheets.HOUSEHOLDS.column("code").read,
    Target.PHONE: sheets.HOUSEHOLDS.column("phone").read,
    Target.ADDRESS: sheets.HOUSEHOLDS.column("address").read,
    Target.VILLAGE: sheets.HOUSEHOLDS.column("address").read,
    Target.COMMUNE: sheets.HOUSEHOLDS.column("address").read,
    Target.CLASS: lambda value: (class_of(value),),
    Target.SCORE_B1: sheets.CLASSIFICATIONS.column("score_b1").read,
    Target.SCORE_B2: sheets.CLASSIFICATIONS.column("score_b2").read,
    Target.DECISION_NUMBER: sheets.CLASSIFICATIONS.column("decision_number").read,
    Target.DECISION_DATE: day_of,
}
_MAY_DIFFER = (Target.PHONE, Target.ADDRESS)


def _once(family: Family) -> None:
    """What a household has once: on its first row, or the same on each."""
    for target, read in _ONCE.items():
        before: Line | None = None
        for line in family.lines:
            value, cell = _read(family, line, target, read)
            if value is None or cell is None:
                continue
            if before is None:
                before = line
                family.values[target] = value
            elif value != family.values[target] and target not in _MAY_DIFFER:
                said = before.said(target)
                family.fault(line, target, _TWO_VALUES.format(before.number, said))


def _marks(family: Family) -> None:
    """The ticks of a household: on any of its rows; a mapped column without one says no."""
    for target in (*_TICKS, *_CLASS_TICKS):
        if family.column(target) is None:
            continue
        told = [(line, cell) for line in family.lines for cell in line.cells.get(target, ())]
        family.values[target] = any([_any_tick(family, *one) for one in told])


def _any_tick(family: Family, line: Line, cell: Cell) -> bool:
    target = family.mapping.columns.get(cell.column.index) or Target.NOTE
    try:
        if cell.mark is not None:
            raise ValueError(_MARKED)
        return parse_tick(cell.value)
    except ValueError as wrong:
        family.fault(line, target, str(wrong), cell)
        return False


def _causes(family: Family) -> None:
    """Causes and deprivations: words, or a tick under their name; notes."""
    causes, lacks, notes = [], [], []
    for line in family.lines:
        for cell in line.cells.get(Target.CAUSE, ()):
            causes.append(cell.column.leaf if is_tick(cell.value) else str(shown(cell.value)))
        for cell in line.cells.get(Target.DEPRIVATIONS, ()):
            lacks += _deprivations(family, line, cell)
        for cell in line.cells.get(Target.NOTE, ()):
            said = str(shown(cell.value))
            notes.append(said if line is family.lines[0] else f"{line.said(*NAMES)}: {said}")
    told = ["Nguyên nhân: " + ", ".join(dict.fromkeys(causes))] if causes else []
    if told or notes:
        family.values[Target.NOTE] = "; ".join([*told, *notes])
    if family.column(Target.DEPRIVATIONS):
        family.values[Target.DEPRIVATIONS] = ", ".join(dict.fromkeys(lacks))


def _deprivations(family: Family, line: Line, cell: Cell) -> list[str]:
    said = str(shown(cell.value))
    if cell.mark is not None:
        family.fault(line, Target.DEPRIVATIONS, _MARKED, cell)
        return []
    if not is_tick(cell.value):
        return [] if said.casefold() in ("0", "không", "false") else said.split(", ")
    code = indicator(cell.column.leaf)
    if code is None:
        family.fault(line, Target.DEPRIVATIONS, "không biết chỉ số thiếu hụt nào có tên này", cell)
        return []
    return [code]


def _class(family: Family) -> None:
    """The class that the rows tell, else the sheet's; None where only scores may tell."""
    ticked = [one for one in _CLASS_TICKS if family.values.get(one)]
    told: Class | None = family.values.get(Target.CLASS, (None,))[0]
    if len(ticked) > 1:
        message = "hộ được đánh dấu ở hai loại: chỉ để một"
        family.fault(family.lines[0], ticked[1], message)
    own = told or next((_CLASS_TICKS[one] for one in ticked), None)
    of_sheet = family.mapping.class_
    if own and of_sheet and own is not of_sheet and told:
        line = next(line for line in family.lines if Target.CLASS in line.cells)
        message = f"trang này là danh sách {CLASS_WORDS[of_sheet]}: đã theo ô này"
        family.warn(line, Target.CLASS, message)
    family.class_ = own or of_sheet


def _name(family: Family) -> None:
    said = filter(None, (line.said(Target.HEAD_NAME) for line in family.lines))
    family.head_name = family.head.name if family.head else next(said, "")
    if not family.head_name:
        family.fault(
            family.lines[0],
            Target.RELATION,
            "hộ này không có dòng nào là Chủ hộ: ghi Chủ hộ ở dòng của người đó",
        )
