"""The pages of the lists: units, organisations, kinds of support, the merger of villages."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from casemgmt.organisations.models import Organisation
from casemgmt.places.models import Unit
from casemgmt.register.lens import Lens
from casemgmt.register.models import Span
from tests.browsing import Site, site


@pytest.fixture
def register(url: str) -> Iterator[Site]:
    """A small register on each kind of database."""
    with site(url) as opened:
        yield opened


def test_units_and_their_periods(register: Site) -> None:
    admin = register.client("admin")
    new = {"code": "CT-M", "name": "Mới", "level": "thôn", "parent": "19600"}
    assert admin.post("/units/add", **new).status_code == 303
    assert admin.post("/units/add", **new).status_code == 422
    assert "CT-M" in admin.page("/units")
    period = {"name": "Mới", "level": "thôn", "parent": "19597", "starts": "01/01/2022"}
    assert admin.post("/units/CT-M/period", **period).status_code == 303
    page = admin.page("/units/CT-M")
    assert "31/12/2021" in page
    assert "19597" in page
    assert admin.post("/units/CT-M/end", last_day="31/12/2021").status_code == 422
    assert admin.post("/units/CT-M/end", last_day="31/12/2022").status_code == 303
    assert admin.post("/units/CT-M/period", **{**period, "parent": "none"}).status_code == 422
    assert admin.get("/units/none").status_code == 404


def test_a_misspelt_unit_is_corrected_in_its_period(register: Site) -> None:
    admin = register.client("admin")
    path = "/units/CT-TT/periods/0001-01-01"
    assert f'href="{path}"' in admin.page("/units/CT-TT")
    assert 'value="Tân Hòa"' in admin.page(path)
    fields = {"name": "Tân Hoà Mới", "level": "thôn", "parent": "19600"}
    assert admin.post(path, **{**fields, "level": "xã"}).status_code == 422
    assert admin.post(path, **fields).status_code == 303
    assert "Tân Hoà Mới" in register.client("commune").page("/households")
    assert admin.get("/units/CT-TT/periods/2020-01-01").status_code == 404
    assert register.client("commune").get(path).status_code == 403


def test_resident_households(register: Site) -> None:
    admin = register.client("admin")
    path = "/units/19600/residents"
    fields = {"starts": "31/12/2021", "total": "1.481"}
    assert admin.post(path, **fields, ethnic_minority="2000").status_code == 422
    assert admin.post(path, **fields).status_code == 303
    page = admin.page("/units/19600")
    assert "1.481" in page
    assert "chưa biết" in page


def test_organisations(register: Site) -> None:
    admin = register.client("admin")
    new = {"code": "CCB", "name": "Hội Cựu chiến binh xã", "kind": "veterans_association"}
    assert admin.post("/organisations/add", **new, unit="nowhere").status_code == 422
    assert admin.post("/organisations/add", **new, unit="19600").status_code == 303
    assert "Hội Cựu chiến binh xã" in admin.page("/organisations")
    edit = {"name": "Hội Nông dân xã", "kind": "youth_union", "unit": "19600", "parent": ""}
    assert admin.post("/organisations/HND", **edit).status_code == 303
    with register.session() as session:
        number = session.scalars(select(Organisation.id).where(Organisation.code == "HND")).one()
        kinds = select(Span.lead_kind).where(Span.lead_sponsor == number)
        everyone = Lens.everyone(date(2022, 10, 20))
        assert {
            kind.value for kind in session.scalars(everyone.scoped(kinds, Span.household_id))
        } == {"youth_union"}


def test_kinds_of_support(register: Site) -> None:
    admin = register.client("admin")
    assert admin.post("/support-kinds", name="Quà Tết").status_code == 422
    assert admin.post("/support-kinds", name="Vay vốn của xóm", is_loan="y").status_code == 303
    assert "Vay vốn của xóm" in admin.page("/support-kinds")
    assert "Vay vốn của xóm" in register.client("commune").page("/households/H1/support/add")


def test_a_merger_of_villages_moves_their_households_on_one_day(register: Site) -> None:
    commune = register.client("commune")
    merger = {"old": "CT-BC", "new": "CT-TT", "on": "01/09/2022"}
    assert commune.post("/merge-villages", **merger).status_code == 422
    assert commune.post("/merge-villages", **merger, reason="NQ 5").status_code == 303
    with register.session() as session:
        stays = register.household(session, "H2").stays
        assert [(stay.village.code, stay.last_day) for stay in stays] == [
            ("CT-BC", date(2022, 8, 31)),
            ("CT-TT", None),
        ]
        old = session.scalars(select(Unit).where(Unit.code == "CT-BC")).one()
        assert old.periods[-1].last_day == date(2022, 8, 31)


def test_villages_elsewhere_are_not_merged(register: Site) -> None:
    answer = register.client("commune").post(
        "/merge-villages", old="CL-1", new="CT-TT", on="01/09/2022", reason="NQ 5"
    )
    assert answer.status_code == 422


def test_lists_are_the_admins(register: Site) -> None:
    for name in ("commune", "hoi", "viewer"):
        person = register.client(name)
        for path in ("/units", "/units/add", "/organisations", "/support-kinds"):
            assert person.get(path).status_code == 403, (name, path)
    assert register.client("admin").get("/merge-villages").status_code == 403
