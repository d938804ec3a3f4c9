"""The pages of the programme of a year: targets, households registered to exit."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from sqlalchemy import select

from casemgmt.programme.models import Target
from tests.browsing import Site, site

TARGET = {"year": "2022", "unit": "19600", "kind": "exit_households", "document": "QĐ 12"}


@pytest.fixture
def register(url: str) -> Iterator[Site]:
    """A small register on each kind of database."""
    with site(url) as opened:
        yield opened


def values(register: Site) -> list[Decimal]:
    with register.session() as session:
        return list(session.scalars(select(Target.value)))


def test_the_district_sets_changes_and_takes_away_a_target(register: Site) -> None:
    district = register.client("district")
    assert district.post("/targets/set", **TARGET, value="24").status_code == 303
    page = district.page("/targets?year=2022")
    assert "Xã Cam Tuyền" in page
    assert "QĐ 12" in page
    assert 'value="24"' in district.page("/targets/set?year=2022&unit=19600&kind=exit_households")
    assert district.post("/targets/set", **TARGET, value="25").status_code == 303
    assert values(register) == [25]
    assert district.post("/targets/set", **TARGET, value="1,5").status_code == 422
    assert district.post("/targets/set", **TARGET, value="").status_code == 303
    assert values(register) == []


def test_everyone_sees_targets_and_only_the_district_sets_them(register: Site) -> None:
    register.client("district").post("/targets/set", **TARGET, value="24")
    for name in ("commune", "hoi", "viewer"):
        person = register.client(name)
        assert "QĐ 12" in person.page("/targets?year=2022")
        assert person.get("/targets/set").status_code == 403


def test_a_target_is_set_only_for_units_under_ones_own(register: Site) -> None:
    answer = register.client("district").post("/targets/set", **{**TARGET, "unit": "45"}, value="1")
    assert answer.status_code == 422
    assert values(register) == []


def test_years_that_are_none_show_a_year(register: Site) -> None:
    viewer = register.client("viewer")
    for year in ("0", "9999", "x", "²²²²", "-1", "20222"):
        assert viewer.get(f"/targets?year={year}").status_code == 200


def test_register_and_remove_by_name(register: Site) -> None:
    commune = register.client("commune")
    answer = commune.post("/registered-exits/add", year="2022", code="H1")
    assert answer.status_code == 303
    assert "Đặng Thị Ước" in commune.page(answer.location)
    assert commune.post("/registered-exits/add", year="2022", code="H1").status_code == 422
    assert commune.post("/registered-exits/add", year="2022", code="H2").status_code == 422
    assert "Đặng Thị Ước" not in register.client("town").page("/registered-exits?year=2022")
    assert commune.send("/registered-exits/2022/H1/remove").status_code == 303
    assert commune.send("/registered-exits/2022/H1/remove").status_code == 400
    assert "Đặng Thị Ước" not in commune.page("/registered-exits?year=2022")


def test_a_household_elsewhere_is_neither_registered_nor_removed(register: Site) -> None:
    town, commune = register.client("town"), register.client("commune")
    assert town.post("/registered-exits/add", year="2022", code="F1").status_code == 303
    assert commune.post("/registered-exits/add", year="2022", code="F1").status_code == 422
    assert commune.send("/registered-exits/2022/F1/remove").status_code == 404
    assert "Trần Xa Lạ" in town.page("/registered-exits?year=2022")
