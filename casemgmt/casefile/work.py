"""Things that wait for somebody: the first few of them, and how many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func
from sqlalchemy.orm import Session

from casemgmt.typed import show_date
from casemgmt.words import _

MOST = 5


@dataclass(frozen=True, slots=True)
class Work:
    """The first things of a kind that wait, and how many there are in all."""

    first: Sequence[Any]
    total: int

    def __bool__(self) -> bool:
        return self.total > 0


def waiting(session: Session, query: Select[Any], most: int = MOST) -> Work:
    """The first rows (or objects, where a query selects one kind) of an ordered query, and how
    many it has in all. One statement."""
    rows = session.execute(query.add_columns(func.count().over()).limit(most)).unique().all()
    single = len(query.column_descriptions) == 1
    return Work([row[0] if single else row for row in rows], rows[0][-1] if rows else 0)


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due, as it is said: a word, and the kind of its tag."""

    word: str
    kind: str


def due(day: date, today: date) -> Due:
    """How a day on which something is due stands to today."""
    days = (day - today).days
    if days < 0:
        return Due(_("Quá hạn {n} ngày", n=-days), "stop")
    if days == 0:
        return Due(_("Hạn hôm nay"), "wait")
    return Due(_("Hạn {day}, còn {n} ngày", day=show_date(day), n=days), "none")


def next_visit(visited_on: date | None, next_on: date | None, today: date) -> Due:
    """What is said about the next visit to a household: the day agreed, else the last one."""
    if next_on is None:
        if visited_on is None:
            return Due(_("Chưa thăm"), "wait")
        return Due(_("Thăm {day}", day=show_date(visited_on)), "none")
    days = (next_on - today).days
    if days < 0:
        return Due(_("Quá hẹn {n} ngày", n=-days), "stop")
    if days == 0:
        return Due(_("Hẹn hôm nay"), "wait")
    return Due(_("Hẹn {day}", day=show_date(next_on)), "not")


def age(since: date, today: date) -> str:
    """How long something has waited, in words."""
    days = (today - since).days
    return _("hôm nay") if days <= 0 else _("{n} ngày", n=days)
