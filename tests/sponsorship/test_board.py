"""The board of sponsors: its numbers are those of the lists behind them."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy.orm import Session

from casemgmt.households.classifying import classify
from casemgmt.organisations import queries as organisations
from casemgmt.places.queries import by_code
from casemgmt.register.models import Class
from casemgmt.sponsorship.actions import assign_lead
from tests import make
from tests.browsing import Person, Site, site

HOUSEHOLDS = (
    ("B0", "CT-TT", Class.POOR, "HND"),
    ("B1", "CT-TT", Class.NEAR_POOR, "HND"),
    ("B2", "CT-BC", Class.POOR, "HPN"),
    ("B3", "CT-TT", Class.NOT_POOR, "HND"),
    ("B4", "CL-1", Class.POOR, "HPN-TT"),
    ("B5", "CL-1", Class.NEAR_POOR, None),
)
LINK = re.compile(r'<a href="(/households\?[^"]+)"><span aria-hidden="true">.</span> ([\d.]+)<')


def fill(session: Session) -> None:
    for code, village, class_, sponsor in HOUSEHOLDS:
        place = session.scalars(by_code(village)).one()
        household = make.household(session, place, head_name=f"Lê Văn {code}", code=code)
        classify(session, household, starts=date(2021, 12, 31), class_=class_)
        if sponsor:
            leader = session.scalars(organisations.by_code(sponsor)).one()
            starts = date(2022, 1, 1)
            in_charge = f"Chị Bưởi {code}"
            assign_lead(session, household, organisation=leader, starts=starts, in_charge=in_charge)
    session.commit()


@pytest.fixture
def register(url: str) -> Iterator[Site]:
    """The small register with more households on each kind of database."""
    with site(url) as opened:
        with opened.session() as session:
            fill(session)
        yield opened


def cells(page: str) -> dict[str, int]:
    return {address: int(number) for address, number in LINK.findall(page)}


def listed(person: Person, address: str) -> int:
    return person.page(address).count('<td class="code">')


def test_each_number_of_the_board_is_a_list(register: Site) -> None:
    commune = register.client("commune")
    found = cells(commune.page("/sponsorship"))
    assert found == {
        "/households?class=poor&sponsor=HND&unit=CT-TT": 2,
        "/households?class=near_poor&sponsor=HND&unit=CT-TT": 1,
        "/households?class=poor&sponsor=HND&unit=19600": 2,
        "/households?class=near_poor&sponsor=HND&unit=19600": 1,
        "/households?class=poor&sponsor=HPN&unit=CT-BC": 1,
        "/households?class=poor&sponsor=HPN&unit=19600": 1,
        "/households?class=near_poor&unsponsored=1&unit=CT-BC": 1,
        "/households?class=near_poor&unsponsored=1&unit=19600": 1,
        "/households?class=poor&unit=CT-TT": 2,
        "/households?class=near_poor&unit=CT-TT": 1,
        "/households?class=poor&unit=CT-BC": 1,
        "/households?class=near_poor&unit=CT-BC": 1,
        "/households?class=poor&unit=19600": 3,
        "/households?class=near_poor&unit=19600": 2,
    }
    for address, number in found.items():
        assert listed(commune, address) == number, address


def test_a_district_sees_its_communes_and_each_of_them(register: Site) -> None:
    district = register.client("district")
    found = cells(district.page("/sponsorship"))
    assert found["/households?class=poor&sponsor=HPN-TT&unit=19597"] == 1
    assert found["/households?class=poor&unit=465"] == 5
    for address, number in found.items():
        assert listed(district, address) == number, address
    commune = cells(district.page("/sponsorship?unit=19600"))
    assert commune == cells(register.client("commune").page("/sponsorship"))
    earlier = cells(district.page("/sponsorship?as_of=31/01/2022"))
    assert earlier["/households?class=poor&unsponsored=1&unit=19600&as_of=31/01/2022"] == 1
    for address, number in earlier.items():
        assert listed(district, address) == number, address


def test_who_may_see_the_board(register: Site) -> None:
    for name, status in (("hoi", 403), ("viewer", 403), ("admin", 403)):
        person = register.client(name)
        for path in ("/sponsorship", "/sponsorship/print", "/change-lead?codes=B0"):
            assert person.get(path).status_code == status, (name, path)
    commune = register.client("commune")
    for path in ("/sponsorship?unit=19597", "/sponsorship/print?unit=465", "/sponsorship?unit=x"):
        assert commune.get(path).status_code == 404, path


def test_the_list_for_signature(register: Site) -> None:
    page = register.client("commune").page("/sponsorship/print")
    for text in ("Tổ chức HND: 3 hộ", "Tổ chức HPN: 1 hộ", "Chị Bưởi B0", "01/02/2022", "B2"):
        assert text in page
    for text in ("B3", "B4", "An Văn Bình", "HPN-TT"):
        assert text not in page
    one = register.client("district").page("/sponsorship/print?organisation=HPN-TT")
    assert "Chị Bưởi B4" in one
    assert "Chị Bưởi B0" not in one


def leads(register: Site, code: str) -> list[tuple[str, date | None, str | None]]:
    with register.session() as session:
        return [
            (lead.organisation.code, lead.last_day, lead.end_reason)
            for lead in register.household(session, code).leads
        ]


def test_leads_are_changed_in_bulk_all_or_none(register: Site) -> None:
    commune = register.client("commune")
    form = commune.page("/change-lead?led_by=HND&unit=CT-TT")
    assert set(re.findall(r'name="codes" value="([^"]+)"', form)) == {"H1", "B0", "B1", "B3"}
    fields = {"organisation": "HPN", "starts": "01/06/2022", "reason": "Phân công lại"}
    some = {"codes": ["B0", "H2", "F1", "B2"], **fields}
    answer = commune.send("/change-lead", **some)
    assert answer.status_code == 422
    assert "không tìm thấy trong phạm vi của bạn" in answer.text
    assert "Trần Xa Lạ" not in answer.text
    answer = commune.send("/change-lead", **{**some, "codes": ["B0", "H2", "B2"]})
    assert answer.status_code == 422
    assert "Hộ không có đơn vị đỡ đầu chính vào ngày 01/06/2022" in answer.text
    assert "Tổ chức này đang đỡ đầu hộ" in answer.text
    assert leads(register, "B0") == [("HND", None, None)]
    assert (
        commune.send("/change-lead", **{**fields, "reason": "", "codes": "B0"}).status_code == 422
    )
    answer = commune.send("/change-lead?led_by=HND", **{**some, "codes": ["B0", "B1"]})
    assert answer.status_code == 303, answer.text
    for code in ("B0", "B1"):
        assert leads(register, code) == [
            ("HND", date(2022, 5, 31), "Phân công lại"),
            ("HPN", None, None),
        ]
    assert leads(register, "B3") == [("HND", None, None)]
    assert commune.get("/change-lead?led_by=HPN-TT").status_code == 303
