"""What a household's file holds for whom, before any page shows it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from casemgmt.casefile.care import care_of
from casemgmt.casefile.events import Event, events_of
from casemgmt.casefile.file import File, file_of
from casemgmt.register.lens import Lens
from tests.browsing import MASKED, TODAY, Site, site


@pytest.fixture
def register(url: str) -> Iterator[Site]:
    """A small register on each kind of database."""
    with site(url) as opened:
        yield opened


def file(register: Site, lens: Lens) -> File:
    with register.session() as session:
        return file_of(session, lens, register.household(session, "H1"))


def events(register: Site, lens: Lens) -> list[Event]:
    with register.session() as session:
        household = register.household(session, "H1")
        return events_of(file_of(session, lens, household), care_of(session, lens, household.id))


def test_private_fields_are_there_by_right_alone(register: Site) -> None:
    everything = Lens.everyone(TODAY)
    head = file(register, everything).members[0]
    assert (head.citizen_id, head.can_work) == (MASKED, True)
    head = file(register, replace(everything, private=False)).members[0]
    assert (head.citizen_id, head.can_work) == (None, None)


def test_the_timeline_is_newest_first_and_ends_on_the_day(register: Site) -> None:
    days = [event.day for event in events(register, Lens.everyone(TODAY))]
    assert days == sorted(days, reverse=True)
    assert days[0] == date(2022, 3, 1)
    then = Lens.everyone(date(2022, 1, 15))
    assert [event.what for event in events(register, then)] == ["Phân loại", "Nơi ở"]
    earlier = file(register, then)
    assert earlier.lead is None
    assert earlier.given == []


def test_a_sponsorship_that_ends_later_still_holds_on_the_day(register: Site) -> None:
    with register.session() as session:
        household = register.household(session, "H1")
        household.leads[0].last_day, household.leads[0].end_reason = date(2022, 9, 30), "hết hạn"
        session.commit()
    held = file(register, Lens.everyone(date(2022, 6, 1))).lead
    assert held is not None
    assert (held.last_day, held.why_ended) == (None, "")
    assert file(register, Lens.everyone(TODAY)).lead is None
