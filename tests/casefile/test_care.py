"""What a household's page shows of what is being done for it, and to whom."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from casemgmt.casefile.care import Care, care_of
from casemgmt.organisations.models import Organisation
from casemgmt.register.lens import Lens
from casemgmt.sponsorship.models import Cause, ExitPlan, PlanCause, SponsorRequest
from casemgmt.support.models import Promise
from casemgmt.support.visiting import log_visit, void_visit
from tests.browsing import TODAY, Site, site


@pytest.fixture
def register(url: str) -> Iterator[Site]:
    with site(url) as opened:
        yield opened


def care(register: Site, lens: Lens) -> Care:
    with register.session() as session:
        found = care_of(session, lens, register.household(session, "H1").id)
        session.expunge_all()
        return found


def organisations(session) -> dict[str, Organisation]:
    return {one.code: one for one in session.scalars(select(Organisation))}


def test_illness_is_a_cause_for_those_alone_who_may_see_health(register: Site) -> None:
    with register.session() as session:
        plan = ExitPlan(
            household=register.household(session, "H1"),
            year=2022,
            surveyed_on=date(2022, 1, 5),
            made_by="test",
            causes=[PlanCause(cause=Cause.ILLNESS), PlanCause(cause=Cause.NO_LAND)],
        )
        session.add(plan)
        session.commit()
    everything = Lens.everyone(TODAY)
    assert set(care(register, everything).causes) == {Cause.ILLNESS, Cause.NO_LAND}
    assert care(register, replace(everything, private=False)).causes == [Cause.NO_LAND]
    page = register.client("hoi").page("/households/H1")
    assert Cause.NO_LAND.label in page
    assert Cause.ILLNESS.label not in page
    assert Cause.ILLNESS.label in register.client("commune").page("/households/H1")


def test_a_plan_of_an_earlier_year_stands_until_there_is_a_new_one(register: Site) -> None:
    def plan(year: int) -> None:
        with register.session() as session:
            household = register.household(session, "H1")
            day = date(year, 1, 5)
            session.add(ExitPlan(household=household, year=year, surveyed_on=day, made_by="test"))
            session.commit()

    plan(2021)
    plan(2020)
    assert care(register, Lens.everyone(TODAY)).plan.year == 2021
    plan(2022)
    assert care(register, Lens.everyone(TODAY)).plan.year == 2022


def test_the_last_visit_is_one_that_counts_and_was_made_by_the_day(register: Site) -> None:
    with register.session() as session:
        household = register.household(session, "H1")
        for month in range(3, 8):
            day = date(2022, month, 1)
            visit = log_visit(session, household, on=day, next_on=day + timedelta(days=9))
            if month > 3:
                void_visit(session, visit, reason="ghi nhầm hộ")
        session.commit()
    found = care(register, Lens.everyone(TODAY))
    assert (found.visited, len(found.visits)) == (5, 3)
    assert found.visits[0].visited_on == date(2022, 7, 1)
    assert (found.visited_on, found.next_on) == (date(2022, 3, 1), date(2022, 3, 10))
    earlier = care(register, Lens.everyone(date(2022, 2, 1)))
    assert (earlier.visited, earlier.visited_on) == (0, None)


def test_an_organisation_sees_what_itself_asked(register: Site) -> None:
    with register.session() as session:
        household, all_ = register.household(session, "H1"), organisations(session)
        for code in ("HND", "HPN"):
            session.add(
                SponsorRequest(
                    household=household,
                    organisation=all_[code],
                    asked_on=date(2022, 9, 1),
                    asked_by="x",
                )
            )
        session.commit()
    assert "Tổ chức HPN" in register.client("commune").page("/households/H1")
    page = register.client("hoi").page("/households/H1")
    assert "Đề nghị nhận đỡ đầu" in page
    assert "Tổ chức HPN" not in page


def test_what_others_promised_is_seen_by_all_in_scope(register: Site) -> None:
    with register.session() as session:
        session.add(
            Promise(
                household=register.household(session, "H1"),
                organisation=organisations(session)["HPN"],
                kind_name="Bò giống sinh sản",
                content="một con bò đỏ",
                promised_on=date(2022, 9, 1),
                due_on=date(2022, 12, 1),
                recorded_by="x",
                recorded_at=datetime(2022, 9, 1, tzinfo=UTC),
            )
        )
        session.commit()
    for name in ("hoi", "commune", "district"):
        assert "một con bò đỏ" in register.client(name).page("/households/H1"), name
    assert "một con bò đỏ" not in register.client("hoi").page("/households/H1?as_of=01/08/2022")


def test_the_main_act_stands_on_top_for_each_role(register: Site) -> None:
    def acts(name: str) -> list[str]:
        page = register.client(name).page("/households/H1").partition('class="main-acts"')[2]
        found = page.partition("</div>")[0].split("</a>")
        return [part.rpartition(">")[2] for part in found if "<a" in part]

    assert acts("hoi") == ["Ghi thăm", "Cam kết", "Ghi hỗ trợ"]
    assert acts("commune") == ["Ghi thăm", "Cam kết", "Ghi hỗ trợ", "Sửa"]
    assert acts("district") == ["Ghi thăm", "Ghi hỗ trợ", "Sửa"]


def test_the_places_above_are_the_crumbs(register: Site) -> None:
    page = register.client("district").page("/households/H1")
    crumbs = page.partition('class="crumbs"')[2].partition("</nav>")[0]
    for address, name in (
        ("465", "Huyện Cam Lộ"),
        ("19600", "Xã Cam Tuyền"),
        ("CT-TT", "Thôn Tân Hòa"),
    ):
        assert f'<a href="/households?unit={address}">{name}</a>' in crumbs
