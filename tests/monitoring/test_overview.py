"""One page of figures: the numbers of the tables, small ones of villages hidden from outsiders."""

import re
from collections.abc import Iterator

import pytest

from tests.browsing import Site, site


@pytest.fixture
def register(url: str) -> Iterator[Site]:
    """A small register on each kind of database."""
    with site(url) as opened:
        yield opened


def test_everyone_sees_it_and_each_number_leads_on(register: Site) -> None:
    for name in ("commune", "district", "hoi", "viewer", "admin"):
        person = register.client(name)
        page = person.page("/overview?unit=")
        assert re.search(r'<span class="count">2</span>\s*hộ nghèo', page), name
        assert page.count("<h1>") == 1
        addresses = set(re.findall(r'href="(/(?:tables|overview)[^"]*)"', page))
        assert len(addresses) >= 9
        for address in addresses:
            assert person.get(address).status_code == 200, (name, address)


def test_who_sees_no_household_is_led_to_tables_alone(register: Site) -> None:
    assert "/cells/" not in register.client("viewer").page("/overview")
    assert "/tables/bieu-2/cells/total/poor" in register.client("district").page("/overview")


def test_small_numbers_of_villages_are_hidden_from_outsiders(register: Site) -> None:
    outsider = register.client("viewer").page("/overview?unit=19600")
    assert "&lt;5" in outsider or "<5" in outsider
    assert "“<5” là số từ 0 đến 4" in outsider
    inside = register.client("commune").page("/overview")
    assert "Xã Cam Tuyền" in inside
    assert "“<5”" not in inside
    assert 'class="flow"' in inside


def test_a_unit_that_is_none_is_said(register: Site) -> None:
    viewer = register.client("viewer")
    for code in ("nowhere", "CT-TT"):
        answer = viewer.get(f"/overview?unit={code}")
        assert answer.status_code == 404
        assert "hãy chọn xã hoặc cấp trên" in answer.get_data(as_text=True)
