"""Rows with a first and a last day: those of the file laid over those of the register.

A blank last day before a later row of the same subject ends the day before it; a written one that
reaches the next row's first day is an error."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from casemgmt.db import FOREVER, SINCE_ALWAYS
from casemgmt.exchange.reading import Row
from casemgmt.exchange.stored import Stored
from casemgmt.typed import show_date

DAY = timedelta(days=1)


class Entry:
    """One row of a subject as it will stand: the file's (`row`) or the register's (`stored`).
    `ends`: the last day on which it holds, FOREVER where it is open."""

    __slots__ = ("ends", "row", "starts", "stored")

    def __init__(self, row: Row | None, stored: Stored | None) -> None:
        self.row, self.stored = row, stored
        self.starts: date = self.get("starts") or SINCE_ALWAYS
        self.ends: date = self.get("last_day") or FOREVER

    def get(self, key: str) -> Any:
        """The value of a column after the import."""
        if self.row is not None:
            return self.row.get(key)
        return self.stored[key] if self.stored else None

    def on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.starts <= day <= self.ends


Entries = dict[str, list[Entry]]


def ordered(rows: Iterable[Row]) -> None:
    """No row ends before it starts."""
    for row in rows:
        if row.whole("starts", "last_day"):
            starts, last_day = row.get("starts"), row.get("last_day")
            if starts and last_day and last_day < starts:
                late = "last_day" if "last_day" in row.values else "starts"
                row.fault(late, f"Đến ngày phải từ ngày {show_date(starts)} trở đi")


def overlay(rows: Sequence[Row], stored: Iterable[Stored], subject: str, *needed: str) -> Entries:
    """The rows by subject, by first day: the register's, except those that the file speaks of,
    and the file's. Rows whose days, or what else is needed of them, could not be read are left
    out."""
    replaced = {id(row.current) for row in rows if row.current is not None}
    found: Entries = defaultdict(list)
    for each in stored:
        if id(each) not in replaced:
            found[each[subject]].append(Entry(None, each))
    for row in rows:
        if row.whole(subject, "starts", "last_day", *needed):
            found[row.get(subject)].append(Entry(row, None))
    for entries in found.values():
        entries.sort(key=lambda entry: entry.starts)
    return found


def settle(entries: Entries, what: str) -> None:
    """Report what overlaps and set each entry's end in effect; `what` names the rows."""
    for own in entries.values():
        for before, after in pairwise(own):
            _meet(before, after, what)
        following = [entry.starts for entry in own[1:]]
        for entry, starts in zip(own, [*following, None], strict=True):
            _end(entry, starts)


def _meet(before: Entry, after: Entry, what: str) -> None:
    written = before.get("last_day")
    later = after.row or before.row
    gives_way = written is None and before.starts < after.starts
    if later is None or gives_way or before.ends < after.starts:
        return
    told = f"chồng lên lần {what} từ {{}}"
    if before.starts < after.starts and before.row and "last_day" in before.row.values:
        before.row.fault(
            "last_day",
            told.format(show_date(after.starts)) + ": cần ngày trước đó, hoặc để trống",
        )
    else:
        other = before if after.row else after
        later.fault("starts", told.format(_first_day(other)) + ": cần ngày khác")


def _first_day(entry: Entry) -> str:
    return "đầu" if entry.starts == SINCE_ALWAYS else show_date(entry.starts)


def _end(entry: Entry, following: date | None) -> None:
    """Set the end in effect, and keep what the register has where it means the same day."""
    until = following - DAY if following else FOREVER
    entry.ends = min(entry.ends, max(until, entry.starts))
    row = entry.row
    if row is None or not row.whole("last_day", "starts"):
        return
    leaves = "departure" in (column.key for column in row.form.sheet.columns)
    if leaves and row.get("departure") is not None and row.get("last_day") is None:
        _leave(row, following)
    elif row.current is not None and "last_day" in row.values:
        old = row.current["last_day"]
        same_day = min(old or FOREVER, until) == entry.ends
        reaches = old is not None and old > until
        needed = leaves and row.get("departure") is not None and old is None
        if same_day and not reaches and not needed:
            row.values["last_day"] = old


def _leave(row: Row, following: date | None) -> None:
    """A reason for leaving needs a last day; before a later stay it is the day before."""
    if following is not None:
        row.values["last_day"] = following - DAY
        if row.current is not None and row.current["last_day"] == row.values["last_day"]:
            row.values["last_day"] = row.current["last_day"]
    elif row.whole("departure"):
        row.fault("departure", "có Lý do đi thì phải có Đến ngày")
