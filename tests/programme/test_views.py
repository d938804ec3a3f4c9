"""The pages of the programme of a year: targets, households registered to exit."""

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from sqlalchemy import select

from casemgmt.programme.models import Target, TargetAmendment
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


def test_amendments_are_kept_and_shown(register: Site) -> None:
    district = register.client("district")
    district.post("/targets/set", **TARGET, value="24")
    assert "Đã điều chỉnh" not in district.page("/targets?year=2022")
    district.post("/targets/set", **{**TARGET, "document": "QĐ 50"}, value="30")
    district.post("/targets/set", **TARGET, value="", reason="xã đã nhập vào xã khác")
    district.post("/targets/set", **{**TARGET, "document": "QĐ 77"}, value="5")
    page = register.client("viewer").page("/targets?year=2022")
    told = [
        re.sub(r"\s+", " ", line).strip()
        for line in re.findall(r"<p>(Đã điều chỉnh:.*?)</p>", page, re.DOTALL)
    ]
    assert [line.partition(", ngày")[0] for line in told] == [
        "Đã điều chỉnh: 24 → 30, QĐ 50",
        "Đã điều chỉnh: 30 → bỏ, lý do: xã đã nhập vào xã khác",
        "Đã điều chỉnh: chưa giao → 5, QĐ 77",
    ]
    assert all(line.endswith("bởi district.") for line in told)


def test_a_target_set_again_as_it_is_is_no_amendment(register: Site) -> None:
    district = register.client("district")
    for _ in range(2):
        district.post("/targets/set", **TARGET, value="24")
    with register.session() as session:
        assert session.scalars(select(TargetAmendment)).all() == []


def test_a_target_that_was_taken_away_still_tells_its_history(register: Site) -> None:
    district = register.client("district")
    district.post("/targets/set", **TARGET, value="24")
    district.post("/targets/set", **TARGET, value="")
    page = district.page("/targets?year=2022")
    assert "24 → bỏ" in page
    assert "đã bỏ" in page


def test_named_exits_stand_beside_the_target_and_lead_to_their_list(register: Site) -> None:
    district = register.client("district")
    district.post("/targets/set", **TARGET, value="2")
    district.post("/registered-exits/add", year="2022", code="H1")
    district.post("/registered-exits/add", year="2022", code="F1")
    page = district.page("/targets?year=2022")
    quotas = page.split("so với chỉ tiêu</h2>")[1]
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", quotas, re.DOTALL)
    assert [name for name, _ in rows] == ["Xã Cam Tuyền", "Thị trấn Cam Lộ"]
    assert "còn thiếu 1 hộ" in rows[0][1]
    assert "chưa giao chỉ tiêu" in rows[1][1]
    (address,) = re.findall(r'href="([^"]+)">1<', rows[0][1])
    listed = district.page(address)
    assert "Đặng Thị Ước" in listed
    assert "Trần Xa Lạ" not in listed
    assert "/cells/" not in register.client("viewer").page("/targets?year=2022")
    of_the_unit = district.page("/registered-exits?year=2022&unit=19597")
    assert "Trần Xa Lạ" in of_the_unit
    assert "Đặng Thị Ước" not in of_the_unit
    assert district.get("/registered-exits?unit=nowhere").status_code == 404
