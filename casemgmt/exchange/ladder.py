"""The units of a file laid over those of the register: who lies in whom, and is that possible."""

from collections import defaultdict
from datetime import date

from casemgmt.db import FOREVER
from casemgmt.exchange.periods import Entries, Entry, ordered, overlay, settle
from casemgmt.exchange.reading import Row
from casemgmt.exchange.sheets import UNIT
from casemgmt.exchange.stored import Stored
from casemgmt.places.models import Area, Level, Tier
from casemgmt.typed import show_date

_HEIGHT = {Tier.PROVINCE: 0, Tier.DISTRICT: 1, Tier.COMMUNE: 2, Tier.VILLAGE: 3}
_URBAN = {Level.WARD, Level.TOWN, Level.QUARTER}


class Ladder:
    """All units with their periods as they will stand. Units of which a row could not be read are
    `unsure`: nothing is concluded from what is missing of them."""

    def __init__(self, rows: list[Row], stored: list[Stored]) -> None:
        ordered(rows)
        self.unsure = {
            row.values[UNIT]
            for row in rows
            if UNIT in row.values and not row.whole("level", "starts", "last_day")
        }
        self.periods: Entries = overlay(rows, stored, UNIT, "level")
        settle(self.periods, "của đơn vị này")
        self._parents()

    # -- asking -----------------------------------------------------------------------------

    def on(self, unit: str | None, day: date) -> Entry | None:
        """The period of a unit on a day."""
        entries = self.periods.get(unit or "", ())
        return next((entry for entry in entries if entry.on(day)), None)

    def last_day(self, village: str) -> date:
        """The last day on which a village stands as a village; FOREVER where it still does."""
        ends = [
            entry.ends
            for entry in self.periods.get(village, ())
            if entry.get("level").tier is Tier.VILLAGE
        ]
        return max(ends, default=FOREVER)

    def is_village(self, unit: str, first: date, last: date) -> bool:
        """Whether a unit is a village whenever it stands between two days, and ever is one."""
        if unit in self.unsure:
            return True
        entries = self.periods.get(unit, ())
        during = [entry for entry in entries if entry.starts <= last and entry.ends >= first]
        tiers = {entry.get("level").tier for entry in during or entries}
        return tiers == {Tier.VILLAGE}

    def area(self, village: str, day: date) -> Area | None:
        """Khu vực on a day: the village's own, else the nearest above that says; where none says,
        wards, towns and quarters are urban and all else rural."""
        levels = set()
        entry = self.on(village, day)
        for _rung in _HEIGHT:
            if entry is None:
                break
            if (area := entry.get("area")) is not None:
                return Area(area)
            levels.add(entry.get("level"))
            entry = self.on(entry.get("parent"), day)
        if not levels:
            return None
        return Area.URBAN if levels & _URBAN else Area.RURAL

    # -- judging ----------------------------------------------------------------------------

    def _parents(self) -> None:
        children: dict[str, list[Entry]] = defaultdict(list)
        for entries in self.periods.values():
            for entry in entries:
                if parent := entry.get("parent"):
                    children[parent].append(entry)
        for parent, entries in children.items():
            touched = any(above.row for above in self.periods.get(parent, ()))
            for entry in entries:
                if (touched or entry.row) and parent not in self.unsure:
                    self._under(entry, parent)

    def _under(self, entry: Entry, parent: str) -> None:
        if entry.get(UNIT) == parent:
            if entry.row and entry.row.whole("parent"):
                entry.row.fault("parent", "đơn vị không thể nằm trong chính nó")
            return
        held = self.periods.get(parent, ())
        during = [
            above for above in held if above.starts <= entry.ends and above.ends >= entry.starts
        ]
        for above in during:
            if _HEIGHT[above.get("level").tier] >= _HEIGHT[entry.get("level").tier]:
                _fault(entry, above)
                return
        if held and not during and entry.row:
            entry.row.warn("parent", "đơn vị cấp trên không tồn tại trong khoảng thời gian này")


def _fault(entry: Entry, above: Entry) -> None:
    if entry.row is not None:
        if entry.row.whole("parent", "level"):
            entry.row.fault("parent", "cần đơn vị ở cấp cao hơn (tỉnh, huyện, xã, thôn)")
    elif above.row is not None and above.row.whole("level"):
        since = show_date(entry.starts) if entry.starts.year > 1 else "trước đến nay"
        above.row.fault(
            "level", f"cần cấp cao hơn cấp của {entry.get(UNIT)} nằm trong nó (từ {since})"
        )
