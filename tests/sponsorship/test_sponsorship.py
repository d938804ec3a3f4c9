"""Who leads and supports: one lead on any day, any number of supporters."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from casemgmt.errors import RuleBroken
from casemgmt.households import classifying, moving
from casemgmt.organisations.models import Kind, Organisation
from casemgmt.register.lens import Lens
from casemgmt.register.models import Class, Household
from casemgmt.sponsorship import actions, queries
from tests import make

DAY = date(2022, 3, 1)
EVE = date(2022, 2, 28)


@pytest.fixture
def at(session: Session) -> make.Places:
    return make.places(session)


@pytest.fixture
def household(session: Session, at: make.Places) -> Household:
    return make.household(session, at.village)


@pytest.fixture
def women(session: Session, at: make.Places) -> Organisation:
    return make.organisation(session, at.commune)


@pytest.fixture
def farmers(session: Session, at: make.Places) -> Organisation:
    return make.organisation(session, at.commune, code="HND", kind=Kind.FARMERS_UNION)


def test_one_leads_at_a_time(
    session: Session, household: Household, women: Organisation, farmers: Organisation
) -> None:
    lead = actions.assign_lead(
        session, household, organisation=women, starts=DAY, in_charge=" Lê Thị Giúp "
    )
    assert (lead.in_charge, lead.last_day) == ("Lê Thị Giúp", None)
    for day in (DAY, date(2022, 9, 1)):
        with pytest.raises(RuleBroken) as broken:
            actions.assign_lead(session, household, organisation=farmers, starts=day)
        assert broken.value.field == "starts"
    earlier = actions.assign_lead(session, household, organisation=farmers, starts=date(2021, 6, 1))
    assert earlier.last_day is None  # gives way to the later one


def test_a_change_ends_the_old_lead_the_day_before(
    session: Session, household: Household, women: Organisation, farmers: Organisation
) -> None:
    actions.assign_lead(session, household, organisation=women, starts=make.START)

    def change(organisation: Organisation, starts: date, reason: str) -> str | None:
        with pytest.raises(RuleBroken) as broken:
            actions.change_lead(
                session, household, organisation=organisation, starts=starts, reason=reason
            )
        return broken.value.field

    assert change(women, DAY, "x") == "organisation"
    assert change(farmers, make.START, "x") == "starts"
    assert change(farmers, date(2020, 1, 1), "x") == "starts"
    assert change(farmers, DAY, " ") == "reason"
    new = actions.change_lead(
        session, household, organisation=farmers, starts=DAY, reason="Theo đề nghị"
    )
    old = household.leads[0]
    assert (old.last_day, old.end_reason) == (EVE, "Theo đề nghị")
    assert (new.starts, new.organisation) == (DAY, farmers)


def test_a_lead_is_ended_corrected_and_withdrawn_for_a_reason(
    session: Session, household: Household, women: Organisation, farmers: Organisation
) -> None:
    lead = actions.assign_lead(session, household, organisation=women, starts=make.START)
    for day, reason, field in ((DAY, "", "reason"), (date(2020, 1, 1), "x", "last_day")):
        with pytest.raises(RuleBroken) as broken:
            actions.end_lead(session, household, last_day=day, reason=reason)
        assert broken.value.field == field
    actions.end_lead(session, household, last_day=EVE, reason="Hộ thoát nghèo")
    later = actions.assign_lead(session, household, organisation=farmers, starts=DAY)
    more = {"organisation": women, "in_charge": None, "end_reason": None}
    for starts, last_day, reason, field in (
        (make.START, DAY, "x", "starts"),
        (DAY, None, "x", "starts"),
        (DAY, EVE, "x", "last_day"),
        (make.START, EVE, "", "reason"),
    ):
        with pytest.raises(RuleBroken) as broken:
            actions.correct_lead(
                session, lead, starts=starts, last_day=last_day, reason=reason, **more
            )
        assert broken.value.field == field
    actions.correct_lead(
        session, lead, starts=date(2021, 2, 1), last_day=EVE, reason="Nhầm", **more
    )
    assert household.leads[0].starts == date(2021, 2, 1)
    actions.withdraw_lead(session, later, reason="Không nhận")
    assert len(household.leads) == 1


def test_many_are_assigned_together_or_none(
    session: Session, at: make.Places, household: Household, women: Organisation
) -> None:
    other = make.household(session, at.village, head_name="Lê Văn Hai")
    away = make.household(session, at.village, head_name="Lê Văn Ba")
    moving.move_out(session, away, last_day=date(2021, 6, 1))
    actions.assign_lead(session, other, organisation=women, starts=make.START)
    with pytest.raises(actions.SomeBroken) as broken:
        actions.assign_leads(session, [household, other, away], organisation=women, starts=DAY)
    assert set(broken.value.faults) == {other.code, away.code}
    assert household.leads == []
    third = make.household(session, at.village, head_name="Lê Văn Tư")
    leads = actions.assign_leads(session, [household, third], organisation=women, starts=DAY)
    assert [lead.household for lead in leads] == [household, third]


def test_a_household_that_lives_nowhere_gets_no_sponsor(
    session: Session, household: Household, women: Organisation
) -> None:
    day = date(2020, 1, 1)
    for act in (actions.assign_lead, actions.add_supporter):
        with pytest.raises(RuleBroken) as broken:
            act(session, household, organisation=women, starts=day)
        assert broken.value.field == "starts"


def test_supporters_are_any_number(
    session: Session, household: Household, women: Organisation, farmers: Organisation
) -> None:
    first = actions.add_supporter(session, household, organisation=women, starts=make.START)
    actions.add_supporter(session, household, organisation=farmers, starts=make.START)
    with pytest.raises(RuleBroken) as broken:
        actions.add_supporter(session, household, organisation=women, starts=DAY)
    assert broken.value.field == "organisation"
    for day, reason, field in ((date(2020, 1, 1), "x", "last_day"), (EVE, "", "reason")):
        with pytest.raises(RuleBroken) as broken:
            actions.end_supporter(session, first, last_day=day, reason=reason)
        assert broken.value.field == field
    actions.end_supporter(session, first, last_day=EVE, reason="Hết chương trình")
    with pytest.raises(RuleBroken):
        actions.end_supporter(session, first, last_day=DAY, reason="x")
    again = actions.add_supporter(session, household, organisation=women, starts=DAY)
    actions.withdraw_supporter(session, again, reason="Nhầm")
    everyone = Lens.everyone(DAY)
    rows = session.scalars(queries.supporters_of(everyone, household.id)).all()
    assert len(rows) == 2
    assert session.scalars(queries.supported_by(everyone, women.id)).all() == []
    assert len(session.scalars(queries.supported_by(everyone, farmers.id)).all()) == 1
    assert session.scalars(queries.leads_of(everyone, household.id)).all() == []


def test_the_short_list_of_an_organisations_area(
    session: Session, at: make.Places, household: Household, women: Organisation
) -> None:
    led, near, rich, elsewhere = (
        make.household(session, village, head_name=name)
        for village, name in (
            (at.village, "Lê Văn Được"),
            (at.other_village, "Lê Văn Cận"),
            (at.village, "Lê Văn Khá"),
            (at.quarter, "Lê Văn Xa"),
        )
    )
    for row, class_ in (
        (household, Class.POOR),
        (led, Class.POOR),
        (near, Class.NEAR_POOR),
        (rich, Class.NOT_POOR),
        (elsewhere, Class.POOR),
    ):
        classifying.classify(session, row, starts=make.START, class_=class_)
    actions.assign_lead(session, led, organisation=women, starts=make.START)
    lens = Lens(DAY, DAY, area=frozenset({at.village.id, at.other_village.id}))
    rows = session.execute(queries.unsponsored_in_area(lens)).all()
    assert [tuple(row) for row in rows] == [
        (near.code, "Lê Văn Cận", "Chùa", Class.NEAR_POOR),
        (household.code, "Hồ Văn Thử", "Tân Hòa", Class.POOR),
    ]
