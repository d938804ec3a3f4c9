"""The pages about promises: made by whom, kept with what was given, dropped, and what is open."""

import io
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from casemgmt.organisations import queries as organisations
from casemgmt.register.lens import Lens
from casemgmt.support.models import Attachment, Promise, SupportAction
from casemgmt.support.promising import promise_support
from tests.browsing import TODAY, Site, site
from tests.support.test_pictures import photo

ADD = "/households/H1/promises/add"
COW = {
    "kind": "Bò giống sinh sản",
    "content": "Một bê cái",
    "quantity": "1",
    "unit": "con",
    "value": "9.000.000",
    "due_on": "30/11/2022",
}
everyone = Lens.everyone(TODAY)


@pytest.fixture
def register(url: str) -> Iterator[Site]:
    """A small register on each kind of database."""
    with site(url) as opened:
        yield opened


def promises(register: Site) -> list[Promise]:
    with register.session() as session:
        query = select(Promise).order_by(Promise.id).execution_options(lens=everyone)
        return list(session.scalars(query))


def given(register: Site) -> list[SupportAction]:
    with register.session() as session:
        query = select(SupportAction).order_by(SupportAction.id)
        return list(session.scalars(query.execution_options(lens=everyone)))


def promised(register: Site, code: str, by: str, due_on: date = date(2022, 11, 30)) -> int:
    """A promise that is there already: its number."""
    with register.session() as session:
        organisation = session.scalars(organisations.by_code(by)).one()
        household = register.household(session, code)
        made = promise_support(
            session,
            household,
            organisation=organisation,
            kind="Quà Tết",
            due_on=TODAY,
            value=300_000,
        )
        made.promised_on, made.due_on = min(due_on, TODAY), due_on
        session.commit()
        return made.id


def test_a_promise_is_made_and_kept(register: Site) -> None:
    hoi = register.client("hoi")
    made = hoi.post(ADD, **COW)
    assert (made.status_code, made.location) == (303, "/households/H1")
    (promise,) = promises(register)
    page = hoi.page(f"/promises/{promise.id}/keep")
    for marker in "Tổ chức HND, Bò giống sinh sản, Một bê cái, 1 con, 9.000.000 đồng, hạn 30/11":
        assert marker in page
    for prefilled in ("Một bê cái", "9.000.000", "20/10/2022", "con"):
        assert f'value="{prefilled}"' in page
    fields = {name: COW[name] for name in ("kind", "content", "quantity", "unit")}
    answer = hoi.post(
        f"/promises/{promise.id}/keep",
        **fields,
        on="20/10/2022",
        value="8.500.000",
        photo=(io.BytesIO(photo()), "bê.jpg"),
    )
    assert (answer.status_code, answer.location) == (303, "/households/H1")
    (kept,) = promises(register)
    action = given(register)[-1]
    assert kept.kept_by_id == action.id
    assert (action.value, action.content) == (8_500_000, "Một bê cái")
    with register.session() as session:
        query = select(Attachment).execution_options(lens=everyone)
        picture = session.scalars(query).one()
        assert picture.action_id == action.id
    assert f'src="/attachments/{picture.id}"' in hoi.page("/households/H1/support")
    assert hoi.get(f"/attachments/{picture.id}").status_code == 200
    again = hoi.post(f"/promises/{promise.id}/keep", **fields, on="20/10/2022")
    assert again.status_code == 422
    assert len(given(register)) == 3  # two were there


def test_a_refused_picture_keeps_the_promise_open(register: Site) -> None:
    number = promised(register, "H1", "HND")
    answer = register.client("hoi").post(
        f"/promises/{number}/keep",
        on="20/10/2022",
        kind="Quà Tết",
        photo=(io.BytesIO(b"chu"), "a.jpg"),
    )
    assert answer.status_code == 422
    assert 'id="photo-error"' in answer.text
    assert promises(register)[0].kept_by_id is None
    assert len(given(register)) == 2


def test_who_may_promise_and_for_whom(register: Site) -> None:
    hoi, commune = register.client("hoi"), register.client("commune")
    assert hoi.get("/households/H2/promises/add").status_code == 404
    assert hoi.send("/households/H2/promises/add", **COW, organisation="HND").status_code == 404
    assert hoi.post(ADD, **COW, organisation="HPN").status_code == 422
    assert commune.post(ADD, **COW, organisation="").status_code == 422
    assert commune.post(ADD, **COW, organisation="HPN").status_code == 303
    assert commune.get("/households/F1/promises/add").status_code == 404
    assert register.client("district").get(ADD).status_code == 403
    assert register.client("viewer").get(ADD).status_code == 403
    past = {**COW, "due_on": "19/10/2022"}
    answer = hoi.post(ADD, **past)
    assert answer.status_code == 422
    assert 'id="due_on-error"' in answer.text
    assert 'value="Một bê cái"' in answer.text
    assert len(promises(register)) == 1


def test_a_promise_of_others_is_not_an_organisations_to_keep(register: Site) -> None:
    hoi, commune = register.client("hoi"), register.client("commune")
    others = [promised(register, "H1", "HPN"), promised(register, "F1", "HND"), 999]
    for number in others:
        for act in ("keep", "drop"):
            assert hoi.get(f"/promises/{number}/{act}").status_code == 404
            sent = hoi.send(f"/promises/{number}/{act}", on="20/10/2022", reason="r")
            assert sent.status_code == 404
    assert commune.get(f"/promises/{others[0]}/keep").status_code == 200
    assert commune.get(f"/promises/{others[1]}/drop").status_code == 404


def test_drop_with_a_reason(register: Site) -> None:
    path = f"/promises/{promised(register, 'H1', 'HND')}/drop"
    hoi = register.client("hoi")
    assert hoi.post(path, reason="").status_code == 422
    assert hoi.post(path, reason="hết kinh phí").status_code == 303
    (dropped,) = promises(register)
    assert (dropped.dropped_on, dropped.drop_reason) == (TODAY, "hết kinh phí")
    assert hoi.post(path, reason="nữa").status_code == 422


def test_the_open_ones_in_scope_late_first(register: Site) -> None:
    hoi, town = register.client("hoi"), register.client("town")
    assert "Không có cam kết nào đang chờ giao" in hoi.page("/promises")
    soon = promised(register, "H1", "HND")
    late = promised(register, "H1", "HPN", date(2022, 10, 19))
    foreign = promised(register, "F1", "HPN-TT")
    page = hoi.page("/promises")
    assert page.index("19/10/2022") < page.index("30/11/2022")
    assert page.count("✕</span> Quá hạn") == 1
    assert page.count("Đang hẹn") == 1
    assert f"/promises/{soon}/keep" in page
    assert f"/promises/{late}/keep" not in page
    assert "F1" not in page
    assert f"/promises/{foreign}/keep" in town.page("/promises")
    district = register.client("district").page("/promises")
    assert "F1" in district
    assert "/keep" not in district
    assert register.client("viewer").get("/promises").status_code == 403
    visit = hoi.page("/households/H1/visits/add")
    assert f"/promises/{soon}/keep" in visit
    assert "Quá hạn" in visit
