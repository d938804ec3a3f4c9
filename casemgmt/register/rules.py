"""Rules that the acts on all dated facts share."""

from datetime import date
from typing import Protocol

from casemgmt.errors import RuleBroken
from casemgmt.typed import show_date
from casemgmt.vietnamese import clean
from casemgmt.words import _


class Interval(Protocol):
    """A dated row with both ends inclusive; an open one has no last day."""

    @property
    def starts(self) -> date: ...

    @property
    def last_day(self) -> date | None: ...


def said(reason: str | None) -> str:
    """The reason of an act that needs one; RuleBroken where it is blank."""
    if not clean(reason or ""):
        raise RuleBroken("Hãy ghi lý do.", field="reason")
    return clean(reason or "")


def ordered(starts: date | None, last_day: date | None) -> None:
    """An interval does not end before it starts."""
    if starts is not None and last_day is not None and last_day < starts:
        raise RuleBroken(
            _("Ngày cuối phải từ {day} trở đi.", day=show_date(starts)), field="last_day"
        )


def apart(other: Interval, starts: date, last_day: date | None) -> None:
    """An interval does not meet another fact of its kind; a blank end gives way to a later
    start, a written one does not (as in the register workbook)."""
    earlier, later = sorted(
        [(starts, last_day), (other.starts, other.last_day)], key=lambda ends: ends[0]
    )
    if earlier[0] == later[0] or (earlier[1] is not None and earlier[1] >= later[0]):
        raise RuleBroken(
            _("Trùng với lần đã ghi từ {day}.", day=show_date(other.starts)), field="starts"
        )
