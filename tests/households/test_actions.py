"""Households as such: how one is added, its code, what is written about it."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from casemgmt import clock
from casemgmt.errors import RuleBroken
from casemgmt.households import actions
from casemgmt.register.models import Arrival, Relation, Sex
from tests import make


def test_a_household_begins_with_its_home_and_its_head(session: Session) -> None:
    at = make.places(session)
    household = actions.add_household(
        session,
        head_name=" Hồ  Văn Thử ",
        village=at.village,
        starts=make.START,
        arrival=Arrival.MOVED_IN,
        phone="+84 912 345 678",
        note="Nhà cuối thôn",
        sex=Sex.MALE,
    )
    assert (household.code, household.head_name) == ("19600-0001", "Hồ Văn Thử")
    assert (household.phone, household.note) == ("0912345678", "Nhà cuối thôn")
    (head,) = household.members
    assert (head.name, head.relation, head.sex) == ("Hồ Văn Thử", Relation.HEAD, Sex.MALE)
    (stay,) = household.stays
    assert (stay.village, stay.starts, stay.arrival) == (
        at.village,
        make.START,
        Arrival.MOVED_IN,
    )


def test_the_proposed_code_runs_on_within_the_commune(session: Session) -> None:
    at = make.places(session)
    make.household(session, at.village, code="19600-0041")
    make.household(session, at.village, code="19600-XYZ")
    assert actions.propose_code(session, at.other_village, make.START) == "19600-0042"
    assert actions.propose_code(session, at.quarter, make.START) == "19597-0001"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "19600-0001"}, "code"),
        ({"code": "mã hộ"}, "code"),
        ({"code": "TOTAL"}, "code"),
        ({"head_name": " "}, "head_name"),
        ({"phone": "12"}, "phone"),
        ({"starts": clock.today() + timedelta(days=2)}, "starts"),
        ({"citizen_id": "12"}, "citizen_id"),
    ],
)
def test_what_is_refused(session: Session, change: dict[str, object], field: str) -> None:
    at = make.places(session)
    make.household(session, at.village)
    with pytest.raises(RuleBroken) as broken:
        make.household(session, at.village, **change)
    assert broken.value.field == field


def test_a_household_lives_in_a_village_that_stands(session: Session) -> None:
    at = make.places(session)
    with pytest.raises(RuleBroken) as broken:
        make.household(session, at.commune)
    assert broken.value.field == "village"


def test_a_corrected_name_of_the_head_is_corrected_among_the_members(session: Session) -> None:
    at = make.places(session)
    household = make.household(session, at.village)
    actions.edit_household(session, household, head_name="Hồ Văn Thật", address="Xóm 2")
    assert household.members[0].name == "Hồ Văn Thật"
    assert (household.address, household.phone) == ("Xóm 2", None)
    assert household.head_search == "ho van that"
    with pytest.raises(RuleBroken):
        actions.edit_household(session, household, head_name="")
