"""Báo cáo Hội: what organisations did and what came of it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from casemgmt import clock
from casemgmt.audit.models import AuditEntry, What
from casemgmt.households.classifying import classify
from casemgmt.monitoring import report as reports
from casemgmt.monitoring import sponsoring
from casemgmt.monitoring.sponsoring import Work
from casemgmt.organisations.models import Organisation
from casemgmt.places.models import Unit
from casemgmt.register.models import Class
from casemgmt.sponsorship.actions import assign_lead, end_lead
from casemgmt.support.actions import log_support
from casemgmt.support.models import Promise
from casemgmt.support.visiting import log_visit
from tests.browsing import Site, site

ADDRESS = "/organisation-report"
YEAR = (date(2022, 1, 1), date(2022, 10, 20))


@pytest.fixture
def register(url: str) -> Iterator[Site]:
    """A small register on each kind of database in which the farmers' union has worked: H1 left
    poverty on the day on which its lead changed hands."""
    with site(url) as opened:
        with opened.session() as session:
            farmers, women = (
                session.scalars(select(Organisation).where(Organisation.code == code)).one()
                for code in ("HND", "HPN")
            )
            mine, other = (opened.household(session, code) for code in ("H1", "H2"))
            log_support(
                session, other, on=date(2022, 4, 1), kind="Vay vốn NHCSXH", organisation=farmers,
                value=50_000_000, code="A2",
            )  # fmt: skip
            log_visit(session, mine, on=date(2022, 5, 1), organisation=farmers)
            log_visit(session, mine, on=date(2022, 6, 1), organisation=farmers)
            for due in (date(2022, 10, 19), date(2022, 12, 1)):
                session.add(
                    Promise(
                        household=mine, organisation=farmers, kind_name="Quà Tết",
                        promised_on=date(2022, 7, 1), due_on=due, recorded_by="hoi",
                        recorded_at=clock.now(),
                    )
                )  # fmt: skip
            classify(session, mine, starts=date(2022, 8, 1), class_=Class.NOT_POOR, reason="khá")
            end_lead(session, mine, last_day=date(2022, 7, 31), reason="đã thoát nghèo")
            assign_lead(session, mine, organisation=women, starts=date(2022, 8, 1))
            session.commit()
        yield opened


def numbers(page: str) -> dict[str, str]:
    """The numbers of a report that lead to lists, by the last part of their address."""
    return {
        key: number for key, number in re.findall(rf'{ADDRESS}/(\w+)\?[^"]*">([\d.]+)</a>', page)
    }


def work(register: Site, *codes: str) -> Work:
    with register.session() as session:
        found = session.scalars(select(Organisation.id).where(Organisation.code.in_(codes))).all()
    return Work(frozenset(found), None, *YEAR)


def test_results_belong_to_the_one_who_led_then(register: Site) -> None:
    theirs, ours = work(register, "HND"), work(register, "HPN")
    with register.session() as session:
        farmers, women = reports.report(session, theirs), reports.report(session, ours)
    assert (farmers.counts["exits"], women.counts["exits"]) == (1, 0)
    assert farmers.counts["poor"] == 0


def test_gifts_and_loans_apart_promises_and_visits(register: Site) -> None:
    asked = work(register, "HND")
    with register.session() as session:
        found = reports.report(session, asked)
    assert [(kind.name, kind.value) for kind in found.of(loans=False)] == [
        ("Bò giống sinh sản", 15_000_000)
    ]
    assert [kind.value for kind in found.of(loans=True)] == [50_000_000]
    counts = found.counts
    assert (counts["gift_value"], counts["loan_value"]) == (15_000_000, 50_000_000)
    assert (counts["visits"], counts["visited"]) == (2, 1)
    assert (counts["kept"], counts["open"], counts["late"]) == (0, 1, 1)


def test_each_figure_is_the_length_of_its_list(register: Site) -> None:
    asked = work(register, "HND", "HPN")
    with register.session() as session:
        counts = reports.report(session, asked).counts
        for key in ("poor", "near_poor", "visited", "given", "lent", "exits", "relapses"):
            assert counts[key] == len(session.scalars(sponsoring.households(asked, key)).all()), key


def test_lines_add_up_to_the_report(register: Site) -> None:
    with register.session() as session:
        ones = session.scalars(select(Organisation)).all()
        asked = Work(frozenset(one.id for one in ones), None, *YEAR)
        found = reports.lines(session, Work(None, None, *YEAR), ones)
        whole = reports.report(session, asked).counts
        for key in reports.FIGURES:
            assert sum(line.counts[key] for line in found) == whole[key], key


def test_an_organisation_sees_its_own_also_of_households_it_has_left(register: Site) -> None:
    hoi = register.client("hoi")
    page = hoi.page(f"{ADDRESS}?from=01/01/2022&to=20/10/2022")
    assert numbers(page) == {
        "visited": "1", "given": "1", "lent": "1", "open": "1", "late": "1", "exits": "1",
    }  # fmt: skip
    listed = hoi.page(f"{ADDRESS}/exits")
    assert "1 hộ ngoài phạm vi của bạn" in listed
    assert "Đặng Thị Ước" not in listed
    assert "Đặng Thị Ước" in hoi.page(f"{ADDRESS}/visited?from=01/01/2022&to=31/07/2022")


def test_an_organisation_asks_for_no_other(register: Site) -> None:
    answer = register.client("hoi").get(f"{ADDRESS}?organisation=HPN")
    assert answer.status_code == 422
    assert "Tổ chức HPN" not in answer.get_data(as_text=True)


def test_officers_see_all_side_by_side_and_open_each(register: Site) -> None:
    for name, sees_town in (("commune", False), ("district", True)):
        person = register.client(name)
        page = person.page(ADDRESS)
        assert ("Tổ chức HPN-TT" in page) is sees_town
        assert "organisation=HND" in page
        assert numbers(person.page(f"{ADDRESS}?organisation=HND"))["exits"] == "1"
        assert "Đặng Thị Ước" in person.page(f"{ADDRESS}/exits?organisation=HND")
        of_a_kind = person.page(f"{ADDRESS}?kind=farmers_union")
        assert "organisation=HND" in of_a_kind
        assert "organisation=HPN" not in of_a_kind


def test_what_was_done_elsewhere_does_not_count_in_a_place(register: Site) -> None:
    asked = work(register, "HND")
    with register.session() as session:
        villages = dict(session.execute(select(Unit.code, Unit.id)).all())
        there = reports.report(session, replace(asked, villages={villages["CL-1"]}))
        here = reports.report(
            session, replace(asked, villages={villages["CT-TT"], villages["CT-BC"]})
        )
        anywhere = reports.report(session, asked)
    assert set(there.counts.values()) == {0}
    assert here == anywhere
    assert register.client("town").get(f"{ADDRESS}?organisation=HND").status_code == 422


def test_the_period_is_checked(register: Site) -> None:
    hoi = register.client("hoi")
    wrong = hoi.get(f"{ADDRESS}?from=02/10/2022&to=01/10/2022")
    assert wrong.status_code == 422
    assert "Ngày đầu kỳ phải trước ngày cuối kỳ" in wrong.get_data(as_text=True)
    assert hoi.get(f"{ADDRESS}?from=x").status_code == 422
    assert "visited" not in numbers(hoi.page(f"{ADDRESS}?from=01/09/2022&to=20/10/2022"))


def test_the_file_holds_the_same_and_is_written_down(register: Site) -> None:
    answer = register.client("hoi").get(f"{ADDRESS}.csv")
    assert "Vay vốn NHCSXH: giá trị (đồng),50000000" in answer.get_data(as_text=True)
    table = register.client("district").get(f"{ADDRESS}.csv").get_data(as_text=True)
    assert "HND,Tổ chức HND,Hội Nông dân,0,0,2,1,15000000,1,50000000,0,1,1,1,0" in table
    with register.session() as session:
        left = session.scalars(select(AuditEntry).where(AuditEntry.what == What.EXPORTED)).all()
    assert [one.subject for one in left] == ["organisation_report"] * 2


def test_who_may_not(register: Site) -> None:
    for name in ("viewer", "admin"):
        person = register.client(name)
        for address in (ADDRESS, f"{ADDRESS}.csv", f"{ADDRESS}/poor"):
            assert person.get(address).status_code == 403
