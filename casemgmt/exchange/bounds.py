"""How far an import may reach: the households and villages of the one who sends the file.

What lies outside is refused with the words that are said of what does not exist."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt.exchange import planning, sheets
from casemgmt.exchange.joined import household_code, household_key
from casemgmt.exchange.reading import File, Row
from casemgmt.exchange.report import Remark, Report
from casemgmt.exchange.sheets import HOUSEHOLD
from casemgmt.exchange.standing import Standing
from casemgmt.exchange.stored import CHUNK
from casemgmt.places.models import Unit
from casemgmt.register import timeline
from casemgmt.register.lens import Lens
from casemgmt.register.models import Class, Household

_CENTRAL = (
    sheets.UNITS,
    sheets.RESIDENTS,
    sheets.ORGANISATIONS,
    sheets.SUPPORT_KINDS,
    sheets.TARGETS,
)
_NOT_HERE = "trang này không nhập ở đây được: hãy bỏ trang này ở bước Trang và cột"
_UNKNOWN = "không có hộ nào mang mã này, trong tệp lẫn trong sổ"
_TAKEN = "mã này không dùng được cho đơn vị của bạn: cần mã khác"
_VILLAGE = "cần mã một thôn, bản, khu phố của đơn vị bạn"
_HOMELESS = "hộ mới cần một dòng Cư trú còn hiệu lực hôm nay, ở thôn của đơn vị bạn"
_REVIEWED = "đổi phân loại phải qua đợt rà soát, hoặc do cấp rà soát ghi"


@dataclass(frozen=True, slots=True)
class _Class:
    starts: date
    class_: Class


@dataclass(slots=True)
class Bounds:
    """What the one who sends a file may write about. `lens`: their lens to write;
    `reclassifies`: whether they may change a class outside a review.
    `outside`: how many rows of each sheet were taken out."""

    session: Session
    lens: Lens
    reclassifies: bool
    outside: dict[str, int] = field(default_factory=dict)

    def before(self, file: File, report: Report, standing: Standing) -> None:
        """Take out of a file what is not for its sender, each row with a fault."""
        for sheet in _CENTRAL:
            if (rows := file.pop(sheet.name, None)) is not None:
                self.outside[sheet.name] = len(rows)
                report.errors.append(Remark(_NOT_HERE, sheet.name))
        actions = {each["code"]: each[HOUSEHOLD] for each in standing.of(sheets.ACTIONS)}
        known = standing.ids[HOUSEHOLD].keys() | set(actions.values())
        foreign = known - self._within(known)
        if foreign:
            self._refuse(file, foreign, {code for code, home in actions.items() if home in foreign})
            for name, stored in standing.rows.items():
                standing.rows[name] = [
                    each for each in stored if each.get(HOUSEHOLD) not in foreign
                ]

    def _within(self, codes: Iterable[str]) -> set[str]:
        wanted, found = sorted(codes), set[str]()
        for start in range(0, len(wanted), CHUNK):
            query = select(Household.code).where(Household.code.in_(wanted[start : start + CHUNK]))
            found |= set(self.session.scalars(self.lens.scoped(query)))
        return found

    def _refuse(self, file: File, foreign: set[str], actions: set[str]) -> None:
        said = {household_code(row) for row in file.get(sheets.HOUSEHOLDS.name, ())}
        for name, rows in file.items():
            kept = []
            for row in rows:
                code = household_code(row)
                if code in foreign:
                    row.fault(household_key(row), _TAKEN if code in said else _UNKNOWN)
                elif row.form.sheet is sheets.ACTIONS and row.values.get("code") in actions:
                    row.fault("code", _TAKEN)
                else:
                    kept.append(row)
            self.outside[name] = len(rows) - len(kept)
            file[name] = kept

    def after(self, file: File, standing: Standing) -> None:
        """Judge what is left, each row's counterpart in the register being known."""
        mine = self._villages()
        stays = [row for row in file.get(sheets.STAYS.name, ()) if row.whole()]
        for row in stays:
            if mine is not None and _is_written(row) and not _villages_of(row) <= mine:
                row.fault("village", _VILLAGE)
        at_home = {row.get(HOUSEHOLD) for row in stays if _holds(row, standing)}
        unread = {household_code(row) for row in file.get(sheets.STAYS.name, ()) if row.broken}
        for row in file.get(sheets.HOUSEHOLDS.name, ()):
            code = household_code(row)
            if row.current is None and code and code not in at_home | unread:
                row.fault("code", _HOMELESS)
        if not self.reclassifies:
            _keep_classes(file, standing)

    def _villages(self) -> set[str] | None:
        if self.lens.villages is None:
            return None
        table = Unit.__table__
        return set(
            self.session.connection().scalars(
                select(table.c.code).where(table.c.id.in_(sorted(self.lens.villages)))
            )
        )


def _is_written(row: Row) -> bool:
    return row.current is None or bool(planning.changes_of(row))


def _villages_of(row: Row) -> set[str]:
    """The village of a stay after the import, and the one before."""
    before = {row.current["village"]} if row.current else set[str]()
    return before | {row.get("village")}


def _holds(row: Row, standing: Standing) -> bool:
    last = row.get("last_day")
    return row.get("starts") <= standing.today and (last is None or last >= standing.today)


def _keep_classes(file: File, standing: Standing) -> None:
    """A household that has a class keeps it: only the review changes it."""
    held: dict[str, list[_Class]] = {}
    for each in standing.of(sheets.CLASSIFICATIONS):
        held.setdefault(each[HOUSEHOLD], []).append(_Class(each["starts"], each["class"]))
    for row in file.get(sheets.CLASSIFICATIONS.name, ()):
        if row.whole() and _is_written(row):
            known = held.get(row.get(HOUSEHOLD), [])
            before = timeline.in_force(known, row.get("starts"))
            if known and (before is None or before.class_ is not row.get("class")):
                row.fault("class", _REVIEWED)
