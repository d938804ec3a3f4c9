"""Households that split, merge and dissolve."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from casemgmt.errors import RuleBroken
from casemgmt.households import classifying, moving, parting
from casemgmt.households.members import add_member
from casemgmt.register.models import Arrival, Class, Departure, Household, Relation
from casemgmt.sponsorship.actions import add_supporter, assign_lead
from tests import make

DAY = date(2022, 3, 1)
EVE = date(2022, 2, 28)


@pytest.fixture
def at(session: Session) -> make.Places:
    return make.places(session)


@pytest.fixture
def household(session: Session, at: make.Places) -> Household:
    household = make.household(session, at.village)
    for name, relation in (("Hồ Văn Con", Relation.CHILD), ("Hồ Thị Dâu", Relation.OTHER)):
        add_member(session, household, name=name, relation=relation)
    classifying.classify(session, household, starts=make.START, class_=Class.POOR, minority=True)
    return household


def test_a_split_takes_the_chosen_members_along(
    session: Session, at: make.Places, household: Household
) -> None:
    _head, child, wife = household.members
    new = parting.split_household(
        session,
        household,
        on=DAY,
        new_head=child,
        members=[wife],
        village=at.quarter,
        relations={wife.id: Relation.WIFE},
    )
    (stay,) = new.stays
    assert (stay.starts, stay.arrival, stay.village) == (DAY, Arrival.SPLIT, at.quarter)
    assert stay.arrived_from_id == household.id
    assert (child.last_day, wife.last_day) == (EVE, EVE)
    assert [(m.name, m.relation, m.starts) for m in new.members] == [
        ("Hồ Văn Con", Relation.HEAD, DAY),
        ("Hồ Thị Dâu", Relation.WIFE, DAY),
    ]
    assert (new.head_name, new.code) == ("Hồ Văn Con", "19597-0001")
    assert new.classifications == []
    assert household.stays[0].last_day is None


def test_the_class_goes_along_only_when_asked(session: Session, household: Household) -> None:
    child = household.members[1]
    new = parting.split_household(
        session, household, on=DAY, new_head=child, members=[child], copy_class=True
    )
    (row,) = new.classifications
    assert (row.starts, row.class_, row.minority) == (DAY, Class.POOR, True)
    assert new.stays[0].village is household.stays[0].village


def test_splits_that_are_refused(session: Session, household: Household) -> None:
    head, child, wife = household.members

    def split(new_head: object, members: list[object], on: date = DAY) -> str | None:
        with pytest.raises(RuleBroken) as broken:
            parting.split_household(session, household, on=on, new_head=new_head, members=members)
        return broken.value.field

    assert split(head, [child]) == "members"  # the head stays
    assert split(child, [], date(2020, 1, 1)) == "on"  # lives nowhere
    wife.last_day = date(2021, 6, 1)
    session.flush()
    assert split(child, [wife]) == "members"  # has left before
    head.last_day = date(2021, 6, 1)
    session.flush()
    assert split(child, []) == "members"  # nobody would stay


def test_a_merger_ends_one_household_within_another(
    session: Session, at: make.Places, household: Household
) -> None:
    into = make.household(session, at.other_village, head_name="Lê Văn Nhận")
    assign_lead(
        session, household, organisation=make.organisation(session, at.commune), starts=make.START
    )
    helper = make.organisation(session, at.commune, code="HND")
    add_supporter(session, household, organisation=helper, starts=make.START)
    head, child, wife = household.members
    parting.merge_household(
        session,
        household,
        into=into,
        on=DAY,
        members=[head, child],
        relations={head.id: Relation.FATHER},
    )
    (stay,) = household.stays
    assert (stay.last_day, stay.departure) == (EVE, Departure.MERGED)
    assert stay.left_for_id == into.id
    assert {member.last_day for member in (head, child, wife)} == {EVE}
    assert [(m.name, m.relation) for m in into.members[1:]] == [
        (head.name, Relation.FATHER),
        (child.name, Relation.OTHER),
    ]
    for row in (household.leads[0], household.supporters[0]):
        assert (row.last_day, row.end_reason) == (EVE, f"Nhập vào hộ {into.code}")


def test_mergers_that_are_refused(session: Session, at: make.Places, household: Household) -> None:
    gone = make.household(session, at.village, head_name="Lê Văn Đi")
    moving.move_out(session, gone, last_day=date(2021, 6, 1))
    for into in (household, gone):
        with pytest.raises(RuleBroken) as broken:
            parting.merge_household(session, household, into=into, on=DAY)
        assert broken.value.field == "into"
    into = make.household(session, at.village, head_name="Lê Văn Nhận")
    moving.move_household(session, household, village=at.quarter, on=date(2022, 6, 1))
    with pytest.raises(RuleBroken) as broken:
        parting.merge_household(session, household, into=into, on=DAY)
    assert broken.value.field == "last_day"
    session.rollback()


def test_a_sponsorship_after_the_end_must_be_corrected_first(
    session: Session, at: make.Places, household: Household
) -> None:
    organisation = make.organisation(session, at.commune)
    assign_lead(session, household, organisation=organisation, starts=date(2022, 6, 1))
    with pytest.raises(RuleBroken) as broken:
        parting.dissolve_household(session, household, last_day=DAY, reason="Không còn ai")
    assert "01/06/2022" in broken.value.message


def test_a_dissolution_ends_all_and_may_send_the_members_on(
    session: Session, at: make.Places, household: Household
) -> None:
    organisation = make.organisation(session, at.commune)
    assign_lead(session, household, organisation=organisation, starts=make.START)
    to = make.household(session, at.village, head_name="Lê Văn Nhận")
    with pytest.raises(RuleBroken) as broken:
        parting.dissolve_household(session, household, last_day=EVE, reason="")
    assert broken.value.field == "reason"
    with pytest.raises(RuleBroken) as broken:
        parting.dissolve_household(
            session, household, last_day=EVE, reason="x", members_to=household
        )
    assert broken.value.field == "members_to"
    parting.dissolve_household(
        session, household, last_day=EVE, reason="Chủ hộ qua đời", members_to=to
    )
    (stay,) = household.stays
    assert (stay.last_day, stay.departure, stay.left_for_id) == (
        EVE,
        Departure.DISSOLVED,
        to.id,
    )
    assert household.leads[0].end_reason == "Hộ giải thể: Chủ hộ qua đời"
    assert [member.starts for member in to.members[1:]] == [DAY] * 3
