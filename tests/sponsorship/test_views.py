"""The pages about sponsorship: one household, many at once, and those whom nobody leads."""

from collections.abc import Iterator
from datetime import date

import pytest

from casemgmt.sponsorship import many_views
from tests.browsing import Site, site


@pytest.fixture
def register(url: str) -> Iterator[Site]:
    """A small register on each kind of database."""
    with site(url) as opened:
        yield opened


def leads(register: Site, code: str) -> list[tuple[str, date, date | None]]:
    with register.session() as session:
        return [
            (lead.organisation.code, lead.starts, lead.last_day)
            for lead in register.household(session, code).leads
        ]


def test_assign_change_and_end_a_lead(register: Site) -> None:
    commune = register.client("commune")
    assigned = commune.post(
        "/households/H2/lead", organisation="HPN", starts="01/03/2022", in_charge="Chị Bưởi"
    )
    assert assigned.status_code == 303
    page = commune.page("/households/H2")
    assert "Tổ chức HPN" in page
    assert "Chị Bưởi" in page
    change = {"organisation": "HND", "starts": "01/06/2022"}
    assert commune.post("/households/H2/lead", **change).status_code == 422
    assert commune.post("/households/H2/lead", **change, reason="đổi chi hội").status_code == 303
    ended = commune.post("/households/H2/lead/end", last_day="30/09/2022", reason="đã thoát nghèo")
    assert ended.status_code == 303
    assert leads(register, "H2") == [
        ("HPN", date(2022, 3, 1), date(2022, 5, 31)),
        ("HND", date(2022, 6, 1), date(2022, 9, 30)),
    ]
    assert "đã thoát nghèo" in commune.page("/households/H2")


def test_a_lead_sent_twice_is_one_lead(register: Site) -> None:
    commune = register.client("commune")
    fields = {"organisation": "HPN", "starts": "01/03/2022"}
    assert commune.post("/households/H2/lead", **fields).status_code == 303
    assert commune.post("/households/H2/lead", **fields).status_code == 422
    assert len(leads(register, "H2")) == 1


def test_a_lead_is_corrected_and_taken_back(register: Site) -> None:
    commune = register.client("commune")
    path = "/households/H1/leads/2022-02-01"
    corrected = commune.post(
        path, organisation="HPN", starts="01/01/2022", last_day="", reason="ghi nhầm tổ chức"
    )
    assert corrected.status_code == 303
    assert leads(register, "H1") == [("HPN", date(2022, 1, 1), None)]
    path = "/households/H1/leads/2022-01-01/withdraw"
    assert commune.post(path, reason="").status_code == 422
    assert commune.post(path, reason="không có").status_code == 303
    assert leads(register, "H1") == []


def test_only_organisations_within_reach_are_offered(register: Site) -> None:
    commune = register.client("commune")
    assert "HPN-TT" not in commune.page("/households/H2/lead")
    answer = commune.post("/households/H2/lead", organisation="HPN-TT", starts="01/03/2022")
    assert answer.status_code == 422
    assert "HPN-TT" in register.client("district").page("/households/F1/lead")


def test_supporters(register: Site) -> None:
    commune = register.client("commune")
    fields = {"organisation": "HPN", "starts": "01/03/2022"}
    assert commune.post("/households/H1/supporters/add", **fields).status_code == 303
    assert commune.post("/households/H1/supporters/add", **fields).status_code == 422
    assert "phối hợp" in commune.page("/households/H1")
    path = "/households/H1/supporters/HPN/2022-03-01"
    ended = commune.post(f"{path}/end", last_day="01/09/2022", reason="hết kế hoạch")
    assert ended.status_code == 303
    assert "hết kế hoạch" in commune.page("/households/H1")
    assert commune.post(f"{path}/withdraw", reason="nhập nhầm").status_code == 303
    assert commune.get(f"{path}/withdraw").status_code == 404


def test_many_are_assigned_at_once(register: Site) -> None:
    commune = register.client("commune")
    form = commune.page("/assign-lead?codes=H2&codes=H3")
    assert "An Văn Bình" in form
    ticked = commune.send("/assign-lead", codes=["H2", "H3"])
    assert ticked.status_code == 200
    answer = commune.send(
        "/assign-lead", codes=["H2", "H3"], organisation="HPN", starts="01/03/2022"
    )
    assert answer.status_code == 303, answer.text
    page = commune.page(answer.location)
    assert ">H2<" in page
    assert ">H3<" in page
    assert ">H1<" not in page
    assert len(leads(register, "H2")) == len(leads(register, "H3")) == 1


def test_many_at_once_are_all_or_none_and_each_fault_is_named(register: Site) -> None:
    commune = register.client("commune")
    fields = {"organisation": "HPN", "starts": "01/03/2022", "in_charge": "Chị Bưởi"}
    answer = commune.send("/assign-lead", codes=["H2", "H1", "F1", "NOBODY"], **fields)
    assert answer.status_code == 422
    assert answer.text.count("không tìm thấy trong phạm vi của bạn") >= 2
    assert 'value="Chị Bưởi"' in answer.text
    assert "Trần Xa Lạ" not in answer.text
    assert leads(register, "H2") == []
    assert commune.send("/assign-lead", codes=["H2", "F1"], **fields).status_code == 422
    assert leads(register, "H2") == []
    again = commune.send("/assign-lead", codes=["H2", "H1"], **fields)
    assert again.status_code == 422
    assert "Đã có Tổ chức HND đỡ đầu từ 01/02/2022" in again.text
    assert leads(register, "H2") == []
    assert leads(register, "F1") == []


def test_what_is_too_many_for_one_time_is_said(
    register: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    district = register.client("district")
    given = {"organisation": "HND", "starts": "01/03/2022"}
    assert district.send("/assign-lead", codes=["H2", "H3"], **given).status_code == 303
    assert "3 hộ được chọn" in district.page("/change-lead?led_by=HND")
    monkeypatch.setattr(many_views, "_MOST_AT_ONCE", 2)
    page = district.page("/change-lead?led_by=HND")
    assert "2 hộ được chọn" in page
    assert "còn 1 hộ nữa" in page
    codes = ["H1", "H2", "H3"]
    change = {"organisation": "HPN", "starts": "01/06/2022", "reason": "đổi chi hội"}
    answer = district.send("/change-lead", codes=codes, **change)
    assert "nhiều nhất 2 hộ" in district.page(answer.location)
    assert {leads(register, code)[-1][0] for code in codes} == {"HND"}


def test_nothing_ticked_leads_back_to_the_list(register: Site) -> None:
    answer = register.client("commune").get("/assign-lead")
    assert answer.status_code == 303
    assert answer.location == "/households"


def test_the_short_list_of_an_organisation(register: Site) -> None:
    hoi = register.client("hoi")
    page = hoi.page("/unsponsored")
    assert "An Văn Bình" in page
    for other in ("Đặng Thị Ước", "Hồ Thị Cúc", "Trần Xa Lạ"):
        assert other not in page
    assert hoi.get("/households/H2").status_code == 404
