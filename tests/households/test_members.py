"""The members of a household: who may be added, how one leaves, how the head changes."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt.audit.models import AuditEntry
from casemgmt.errors import RuleBroken
from casemgmt.households import members, queries
from casemgmt.households.members import OldHead
from casemgmt.register.models import Household, Member, Relation, Sex, citizen_digest
from casemgmt.typed import Birth
from tests import make

CCCD = "045190000123"
DAY = date(2022, 3, 1)


@pytest.fixture
def household(session: Session) -> Household:
    return make.household(session, make.places(session).village, birth=Birth(1960))


def add(session: Session, household: Household, name: str = "Hồ Thị Mẫu", **more: Any) -> Member:
    more.setdefault("relation", Relation.WIFE)
    return members.add_member(session, household, name=name, **more)


def test_what_is_known_of_a_person_is_kept(session: Session, household: Household) -> None:
    member = add(
        session,
        household,
        "Hồ  Thị Mẫu",
        birth=Birth(1990, 5),
        sex=Sex.FEMALE,
        citizen_id="45190000123",
        ethnicity=" Bru-Vân Kiều ",
        can_work=True,
    )
    session.expire_all()
    assert (member.name, member.citizen_id) == ("Hồ Thị Mẫu", CCCD)
    assert (member.birth, member.sex) == (Birth(1990, 5), Sex.FEMALE)
    assert (member.ethnicity, member.can_work) == ("Bru-Vân Kiều", True)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("Người khác", {"citizen_id": CCCD}),
        ("hồ thị MẪU", {"birth": Birth(1990)}),
        ("Hồ Thị Mẫu", {"birth": Birth(1990), "citizen_id": CCCD}),
    ],
)
def test_the_same_person_is_refused(
    session: Session, household: Household, name: str, more: dict[str, Any]
) -> None:
    add(session, household, birth=Birth(1990), citizen_id=CCCD)
    with pytest.raises(RuleBroken) as broken:
        add(session, household, name, **more)
    assert broken.value.field == "name"


def test_namesakes_with_other_numbers_or_births_are_two_people(
    session: Session, household: Household
) -> None:
    add(session, household, birth=Birth(1990), citizen_id=CCCD)
    add(session, household, birth=Birth(1990), citizen_id="045190000124")
    add(session, household, birth=Birth(1991))
    assert len(household.members) == 4


def test_one_who_comes_back_takes_the_same_row(session: Session, household: Household) -> None:
    member = add(session, household, citizen_id=CCCD)
    members.end_member(session, member, last_day=DAY, reason="Đi làm xa")
    with pytest.raises(RuleBroken):
        add(session, household, citizen_id=CCCD, starts=DAY)
    again = add(session, household, "Hồ Thị Mẫu", citizen_id=CCCD, starts=date(2022, 9, 1))
    assert again is member
    assert (member.starts, member.last_day) == (date(2022, 9, 1), None)


@pytest.mark.parametrize("number", ["123", "abc", "0451900001234"])
def test_a_number_that_is_no_cccd_is_refused(
    session: Session, household: Household, number: str
) -> None:
    with pytest.raises(RuleBroken) as broken:
        add(session, household, citizen_id=number)
    assert broken.value.field == "citizen_id"


def test_a_second_head_and_a_blank_name_are_refused(session: Session, household: Household) -> None:
    with pytest.raises(RuleBroken) as broken:
        add(session, household, relation=Relation.HEAD)
    assert broken.value.field == "relation"
    wife = add(session, household)
    with pytest.raises(RuleBroken) as broken:
        members.edit_member(session, wife, name="Hồ Thị Mẫu", relation=Relation.HEAD)
    assert broken.value.field == "relation"
    with pytest.raises(RuleBroken) as broken:
        add(session, household, " ")
    assert broken.value.field == "name"


def test_editing_the_head_renames_the_household(session: Session, household: Household) -> None:
    (head,) = household.members
    members.edit_member(session, head, name="Hồ Văn Thật", relation=Relation.HEAD)
    assert household.head_name == "Hồ Văn Thật"
    assert household.head_search == "ho van that"


def test_an_edit_changes_no_head(session: Session, household: Household) -> None:
    (head,) = household.members
    head_name, wife = head.name, add(session, household)

    def refused(member: Member, relation: Relation, last_day: date | None = None) -> str | None:
        with pytest.raises(RuleBroken) as broken:
            members.edit_member(
                session, member, name=member.name, relation=relation, last_day=last_day
            )
        return broken.value.field

    assert refused(head, Relation.HUSBAND) == "relation"
    assert refused(head, Relation.HEAD, DAY) == "last_day"
    members.change_head(session, household, new_head=wife, on=DAY, old_head=OldHead.DIED)
    assert refused(head, Relation.HEAD) == "relation", "it has another head now"
    members.edit_member(session, head, name=head_name, relation=Relation.HEAD, last_day=make.START)
    assert head.last_day == make.START
    wife.relation = Relation.OTHER
    assert refused(wife, Relation.HEAD) == "relation", "also where nobody is the head"


def test_an_edit_makes_no_two_of_one(session: Session, household: Household) -> None:
    add(session, household, citizen_id=CCCD)
    other = add(session, household, "Hồ Thị Con", relation=Relation.CHILD)
    with pytest.raises(RuleBroken):
        members.edit_member(
            session, other, name="Hồ Thị Con", relation=Relation.CHILD, citizen_id=CCCD
        )
    with pytest.raises(RuleBroken) as broken:
        members.edit_member(
            session, other, name="X", relation=Relation.CHILD, starts=DAY, last_day=make.START
        )
    assert broken.value.field == "last_day"


def test_the_head_leaves_by_its_own_act_unless_alone(
    session: Session, household: Household
) -> None:
    (head,) = household.members
    wife = add(session, household, starts=DAY)
    with pytest.raises(RuleBroken):
        members.end_member(session, head, last_day=DAY, reason="Qua đời")
    with pytest.raises(RuleBroken) as broken:
        members.end_member(session, wife, last_day=date(2022, 2, 1), reason="Đi")
    assert broken.value.field == "last_day"
    members.end_member(session, wife, last_day=DAY, reason="Đi")
    with pytest.raises(RuleBroken):
        members.end_member(session, wife, last_day=date(2022, 5, 1), reason="Đi")
    members.end_member(session, head, last_day=date(2022, 4, 1), reason="Qua đời")
    assert head.last_day == date(2022, 4, 1)


@pytest.mark.parametrize(
    ("old", "last_day", "word"),
    [
        (OldHead.DIED, DAY, Relation.HEAD),
        (OldHead.LEFT, date(2022, 2, 28), Relation.HEAD),
        (OldHead.STAYS, None, Relation.HUSBAND),
    ],
)
def test_the_head_changes_in_one_act(
    session: Session, household: Household, old: OldHead, last_day: date | None, word: Relation
) -> None:
    (head,) = household.members
    wife = add(session, household)
    child = add(session, household, "Hồ Con", relation=Relation.GRANDCHILD)
    members.change_head(
        session,
        household,
        new_head=wife,
        on=DAY,
        old_head=old,
        old_relation=Relation.HUSBAND,
        relations={child.id: Relation.CHILD},
    )
    session.expire_all()
    assert (head.last_day, head.relation) == (last_day, word)
    assert (wife.relation, child.relation) == (Relation.HEAD, Relation.CHILD)
    assert household.head_name == wife.name
    entries = session.scalars(select(AuditEntry).where(AuditEntry.what == "changed")).all()
    assert entries
    assert all(f'"reason":[null,"Chủ hộ cũ {old.value}"]' in entry.changes for entry in entries)


def test_the_new_head_is_a_member_on_that_day(session: Session, household: Household) -> None:
    (head,) = household.members
    late = add(session, household, starts=date(2022, 4, 1))
    for new in (late, head):
        with pytest.raises(RuleBroken) as broken:
            members.change_head(session, household, new_head=new, on=DAY, old_head=OldHead.DIED)
        assert broken.value.field == "new_head"


def test_a_cccd_in_another_household_is_only_counted(
    session: Session, household: Household
) -> None:
    def households() -> int | None:
        return session.scalar(queries.households_of_citizen(citizen_digest(CCCD), DAY))

    add(session, household, citizen_id=CCCD)
    assert households() == 1
    other = make.household(session, household.stays[0].village, head_name="Lê Văn Khác")
    add(session, other, citizen_id=CCCD)
    assert households() == 2
    members.end_member(session, other.members[1], last_day=date(2022, 2, 1), reason="Đi")
    assert households() == 1
