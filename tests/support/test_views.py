"""The pages about support: who may log it for which day, and how it is mended."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from casemgmt.register.lens import Lens
from casemgmt.register.models import Household
from casemgmt.sponsorship.actions import end_lead
from casemgmt.support.models import SupportAction
from tests.browsing import TODAY, Site, site

GIFT = {
    "on": "01/09/2022",
    "kind": "Quà Tết",
    "content": "Gạo nếp",
    "quantity": "1,5",
    "unit": "yến",
    "value": "300.000",
}


@pytest.fixture
def register(url: str) -> Iterator[Site]:
    """A small register on each kind of database."""
    with site(url) as opened:
        yield opened


def given(register: Site, code: str) -> list[SupportAction]:
    with register.session() as session:
        query = (
            select(SupportAction)
            .join(Household, Household.id == SupportAction.household_id)
            .where(Household.code == code)
            .order_by(SupportAction.id)
        )
        return list(session.scalars(Lens.everyone(TODAY).scoped(query)))


def test_log_and_see_it(register: Site) -> None:
    commune = register.client("commune")
    answer = commune.post("/households/H1/support/add", **GIFT, organisation="HPN")
    assert answer.status_code == 303, answer.text
    page = commune.page("/households/H1")
    for marker in ("Gạo nếp", "1,5 yến", "300.000 đồng", "Tổ chức HPN", "15.300.000 đồng"):
        assert marker in page
    assert "Gạo nếp" in commune.page("/households/H1/support")


def test_a_loan_is_not_added_to_gifts(register: Site) -> None:
    commune = register.client("commune")
    loan = {**GIFT, "kind": "Vay vốn NHCSXH", "value": "50000000"}
    assert commune.post("/households/H1/support/add", **loan).status_code == 303
    page = commune.page("/households/H1")
    assert "15.000.000 đồng. Khoản vay" in page
    assert "1 lần, 50.000.000 đồng" in page.replace("<strong>", "").replace("</strong>", "")


def test_a_form_sent_twice_is_logged_once(register: Site) -> None:
    commune = register.client("commune")
    path = "/households/H1/support/add"
    code = commune.page(path).partition('name="code"')[2].partition('value="')[2].partition('"')[0]
    assert code == "H1-HT001"
    for _ in range(3):
        assert commune.send(path, **GIFT, code=code, organisation="").status_code == 303
    assert len(given(register, "H1")) == 2
    other = {**GIFT, "content": "Gạo tẻ"}
    assert commune.send(path, **other, code=code).status_code == 303
    assert [action.code for action in given(register, "H1")] == ["A1", "H1-HT001", "H1-HT002"]


def test_what_was_typed_is_kept(register: Site) -> None:
    answer = register.client("commune").post(
        "/households/H1/support/add", **{**GIFT, "value": "-5", "on": "31/02/2022"}
    )
    assert answer.status_code == 422
    for typed in ("-5", "31/02/2022", "Gạo nếp", "1,5"):
        assert f'value="{typed}"' in answer.text
    assert '<option selected value="Quà Tết">' in answer.text


def test_an_organisation_logs_for_whom_it_led_on_the_day(register: Site) -> None:
    with register.session() as session:
        household = register.household(session, "H1")
        end_lead(session, household, last_day=date(2022, 9, 30), reason="hết hạn")
        session.commit()
    hoi = register.client("hoi")
    assert hoi.get("/households/H1/support/add").status_code == 404
    path = "/households/H1/support/add?on=15/09/2022"
    assert hoi.get(path).status_code == 200
    late = hoi.send(path, **{**GIFT, "on": "01/10/2022"}, organisation="HND")
    assert late.status_code == 404
    answer = hoi.send(path, **GIFT, organisation="HND")
    assert answer.status_code == 303
    assert len(given(register, "H1")) == 2


def test_an_organisation_logs_in_its_own_name_only(register: Site) -> None:
    hoi = register.client("hoi")
    answer = hoi.post("/households/H1/support/add", **GIFT, organisation="HPN")
    assert answer.status_code == 422
    assert hoi.post("/households/H1/support/add", **GIFT).status_code == 303
    (_, mine) = given(register, "H1")
    with register.session() as session:
        assert session.merge(mine, load=False).organisation.code == "HND"
    assert hoi.get("/households/H2/support/add").status_code == 404
    assert hoi.get("/households/H1/support/A1").status_code == 403


def test_correct_with_both_versions_after_a_stale_save(register: Site) -> None:
    commune = register.client("commune")
    path = "/households/H1/support/A1"
    fields = {"on": "02/03/2022", "kind": "Bò giống sinh sản", "content": "Hai con", "reason": "r"}
    assert commune.post(path, **{**fields, "reason": ""}).status_code == 422
    assert commune.post(path, **fields).status_code == 303
    stale = commune.send(path, **{**fields, "content": "Ba con"}, version="1")
    assert stale.status_code == 409
    assert "Ba con" in stale.text
    assert "Hai con" in stale.text
    assert [action.content for action in given(register, "H1")] == ["Hai con"]


def test_a_voided_one_stays_struck_through_and_counts_nowhere(register: Site) -> None:
    commune = register.client("commune")
    path = "/households/H1/support/A1/void"
    assert commune.post(path, reason="").status_code == 422
    assert commune.post(path, reason="giao nhầm hộ").status_code == 303
    page = commune.page("/households/H1")
    assert "<s>Một bò cái</s>" in page
    assert "giao nhầm hộ" in page
    assert "0 lần, 0 đồng. Khoản vay" in page.replace("<strong>", "").replace("</strong>", "")
    assert commune.post(path, reason="lần nữa").status_code == 422


def test_an_action_of_another_household_is_not_reached_through_this_one(register: Site) -> None:
    commune = register.client("commune")
    for action in ("FA1", "NOTHING"):
        assert commune.get(f"/households/H1/support/{action}").status_code == 404
        assert commune.get(f"/households/H1/support/{action}/void").status_code == 404
    assert register.client("district").get("/households/H1/support/FA1").status_code == 404
