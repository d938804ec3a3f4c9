"""Requests to sponsor by real requests: who asks, who answers, who sees nothing."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from casemgmt.organisations import queries as organisations
from casemgmt.register.lens import Lens
from casemgmt.sponsorship.models import SponsorRequest
from casemgmt.sponsorship.requesting import ask_to_lead
from tests.browsing import TODAY, Site, site


@pytest.fixture
def register(url: str) -> Iterator[Site]:
    """A small register on each kind of database."""
    with site(url) as opened:
        yield opened


def asked(register: Site, organisation: str, code: str, on: date = TODAY) -> int:
    """A request that somebody else sent before: its number."""
    with register.session() as session:
        leader = session.scalars(organisations.by_code(organisation)).one()
        request = ask_to_lead(session, leader, register.household(session, code), on=on)
        session.commit()
        return request.id


def answers(register: Site) -> list[tuple[str, str, str]]:
    with register.session() as session:
        query = select(SponsorRequest).order_by(SponsorRequest.id)
        rows = session.scalars(Lens.everyone(TODAY).scoped(query, SponsorRequest.household_id))
        return [(row.organisation.code, row.household.code, row.answer.value) for row in rows]


def test_an_organisation_asks_and_the_commune_accepts(register: Site) -> None:
    hoi = register.client("hoi")
    assert 'href="/households/H2/request"' in hoi.page("/unsponsored")
    form = hoi.page("/households/H2/request")
    assert "An Văn Bình" in form
    assert "H2 · Chùa" in form
    sent = hoi.post("/households/H2/request", organisation="HND", message="Cùng thôn với hộ")
    assert (sent.status_code, sent.location) == (303, "/requests")
    assert hoi.post("/households/H2/request", organisation="HND").status_code == 422
    assert "Đã gửi đề nghị" in hoi.page("/unsponsored")
    assert "gửi hôm nay" in hoi.page("/requests")
    other = asked(register, "HPN", "H2", date(2022, 10, 8))
    old = asked(register, "HPN-TT", "F1", date(2022, 9, 1))

    commune = register.client("commune")
    page = commune.page("/requests")
    assert page.index("chờ 12 ngày") < page.index("gửi hôm nay")
    assert "Trần Xa Lạ" not in page
    late = register.client("town").page("/requests")
    assert 'class="tag tag-stop"' in late
    assert "chờ 49 ngày" in late
    one = commune.page("/requests/1")
    for text in ("Cùng thôn với hộ", "Tổ chức HPN", "1 hộ nghèo, cận nghèo"):
        assert text in one
    assert commune.get(f"/requests/{old}").status_code == 404

    wrong = commune.post("/requests/1", starts="01/01/2020")
    assert wrong.status_code == 422
    done = commune.post("/requests/1", starts="20/10/2022", in_charge="Anh Sáu")
    assert done.status_code == 303, done.text
    assert commune.post("/requests/1", starts="20/10/2022").status_code == 422
    assert answers(register) == [
        ("HND", "H2", "accepted"),
        ("HPN", "H2", "stale"),
        ("HPN-TT", "F1", "waiting"),
    ]
    assert "Anh Sáu" in hoi.page("/households/H2")
    assert "Đã nhận" in hoi.page("/requests")
    assert "Tổ chức HND đỡ đầu hộ từ 20/10/2022" in commune.page(f"/requests/{other}")
    assert commune.page("/requests").count("/requests/1") == 0


def test_requests_are_declined_and_withdrawn_for_a_reason(register: Site) -> None:
    first = asked(register, "HND", "H2")
    commune, hoi = register.client("commune"), register.client("hoi")
    assert commune.post(f"/requests/{first}/decline", reason="").status_code == 422
    declined = commune.post(f"/requests/{first}/decline", reason="Hộ muốn tổ chức cùng thôn")
    assert declined.status_code == 303
    assert "Hộ muốn tổ chức cùng thôn" in hoi.page("/requests")
    second = asked(register, "HND", "H2")
    assert hoi.post(f"/requests/{second}/withdraw", reason="").status_code == 422
    assert hoi.post(f"/requests/{second}/withdraw", reason="Hết kinh phí").status_code == 303
    assert hoi.post(f"/requests/{second}/withdraw", reason="Lần nữa").status_code == 422
    assert [answer for _, _, answer in answers(register)] == ["declined", "withdrawn"]
    history = commune.page(f"/requests/{second}")
    assert "Hộ muốn tổ chức cùng thôn" in history
    assert "Hết kinh phí" in history


def test_nobody_asks_or_answers_out_of_place(register: Site) -> None:
    theirs = asked(register, "HPN", "H2")
    foreign = asked(register, "HPN-TT", "F1")
    hoi = register.client("hoi")
    for code in ("H1", "H3", "F1", "NOBODY"):  # led; not poor; of another commune; nobody
        assert hoi.get(f"/households/{code}/request").status_code == 404, code
        sent = hoi.send(f"/households/{code}/request", organisation="HND")
        assert sent.status_code == 404, code
    assert hoi.get(f"/requests/{theirs}").status_code == 403
    assert hoi.get(f"/requests/{theirs}/withdraw").status_code == 404
    assert "HPN" not in hoi.page("/requests")
    not_ours = hoi.send("/households/H2/request", organisation="HPN")
    assert not_ours.status_code == 422
    for name in ("commune", "district"):
        officer = register.client(name)
        assert officer.get("/households/H2/request").status_code == 403
        assert officer.get(f"/requests/{theirs}/withdraw").status_code == 403
    commune = register.client("commune")
    for path in (f"/requests/{foreign}", f"/requests/{foreign}/decline", "/requests/999"):
        assert commune.get(path).status_code == 404, path
        assert commune.send(path, starts="20/10/2022", reason="x").status_code == 404, path
    for name in ("viewer", "admin"):
        outsider = register.client(name)
        for path in ("/requests", f"/requests/{theirs}", "/households/H2/request"):
            assert outsider.get(path).status_code == 403, (name, path)
    assert {answer for _, _, answer in answers(register)} == {"waiting"}
