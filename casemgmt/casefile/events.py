"""Everything that happened to a household on one line, newest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from casemgmt.casefile.care import Care
from casemgmt.casefile.file import File, Helper, Home
from casemgmt.words import _


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline. `voided`: it counts nowhere."""

    day: date
    what: str
    text: str
    voided: bool = False


def events_of(file: File, care: Care) -> list[Event]:
    """The events of a household's file, newest first."""
    return sorted(_events(file, care), key=lambda event: event.day, reverse=True)


def _events(file: File, care: Care) -> Iterator[Event]:
    yield from _moves(file.homes)
    for one in file.classes:
        yield Event(one.row.starts, _("Phân loại"), _(one.row.class_.label))
    yield from _help(file.helpers)
    for row in file.given:
        content = f": {row.content}" if row.content else ""
        yield Event(
            row.given_on, _("Hỗ trợ"), f"{row.kind_name}{content}", row.voided_at is not None
        )
    yield from _promised(care)
    for person in (*file.members, *file.former):
        if person.starts:
            yield Event(person.starts, _("Thành viên"), _("{name} vào hộ", name=person.name))
        if person.last_day:
            yield Event(person.last_day, _("Thành viên"), _("{name} rời hộ", name=person.name))


def _promised(care: Care) -> Iterator[Event]:
    for one in care.promises:
        told = _(
            "{organisation} hứa {what}", organisation=one.organisation.name, what=one.kind_name
        )
        yield Event(one.promised_on, _("Cam kết"), told, one.dropped_on is not None)


def _moves(homes: Sequence[Home]) -> Iterator[Event]:
    for home in homes:
        arrival = f" ({_(home.arrival)})" if home.arrival else ""
        yield Event(home.starts, _("Nơi ở"), _("Đến {village}", village=home.village) + arrival)
        if home.departure and home.last_day:
            left = _("Rời {village} ({why})", village=home.village, why=_(home.departure))
            yield Event(home.last_day, _("Nơi ở"), left)


def _help(helpers: Sequence[Helper]) -> Iterator[Event]:
    for helper in helpers:
        who = helper.organisation
        begins = (
            _("{who} bắt đầu đỡ đầu", who=who)
            if helper.leads
            else _("{who} bắt đầu phối hợp", who=who)
        )
        yield Event(helper.starts, _("Đỡ đầu"), begins)
        if helper.last_day:
            ends = (
                _("{who} thôi đỡ đầu", who=who)
                if helper.leads
                else _("{who} thôi phối hợp", who=who)
            )
            why = f": {helper.why_ended}" if helper.why_ended else ""
            yield Event(helper.last_day, _("Đỡ đầu"), ends + why)
