"""Organisations: their codes, their circles, and what a change of kind draws after it."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt.errors import RuleBroken
from casemgmt.organisations import actions, queries
from casemgmt.organisations.models import Kind
from casemgmt.places.models import Unit
from casemgmt.register.lens import Lens
from casemgmt.register.models import Span
from casemgmt.sponsorship.actions import assign_lead
from tests import make
from tests.browsing import site


def test_a_change_of_kind_rewrites_the_timeline(session: Session) -> None:
    at = make.places(session)
    household = make.household(session, at.village)
    women = make.organisation(session, at.commune)
    assign_lead(session, household, organisation=women, starts=make.START)

    def kinds() -> list[Kind]:
        query = select(Span.lead_kind).execution_options(lens=Lens.everyone(make.START))
        return list(session.scalars(query))

    assert kinds() == [Kind.WOMENS_UNION]
    actions.edit_organisation(
        session, women, name="Hội Nông dân xã", kind=Kind.FARMERS_UNION, unit=at.commune
    )
    assert kinds() == [Kind.FARMERS_UNION]


def test_organisations_lie_in_no_circle(session: Session) -> None:
    at = make.places(session)
    top = make.organisation(session, at.district, code="A")
    under = make.organisation(session, at.commune, code="B", parent=top)
    same = {"name": "A", "kind": Kind.OFFICE, "unit": at.district}
    for parent in (top, under):
        with pytest.raises(RuleBroken) as broken:
            actions.edit_organisation(session, top, parent=parent, **same)
        assert broken.value.field == "parent"
    assert session.scalars(queries.under(top.id)).all() == [under]


def test_what_an_organisation_needs(session: Session) -> None:
    at = make.places(session)
    make.organisation(session, at.commune, code="A")
    for change, field in (
        ({"code": "A"}, "code"),
        ({"code": "a b"}, "code"),
        ({"name": ""}, "name"),
        ({"kind": Kind.NONE}, "kind"),
    ):
        given = {"code": "B", "name": "B", "kind": Kind.OFFICE, "unit": at.commune, **change}
        with pytest.raises(RuleBroken) as broken:
            actions.add_organisation(session, **given)
        assert broken.value.field == field
    assert len(session.scalars(queries.organisations(kind=Kind.WOMENS_UNION)).all()) == 1
    assert session.scalars(queries.organisations(unit=at.town.id)).all() == []


def test_they_are_offered_as_a_vietnamese_dictionary_orders_them(url: str) -> None:
    names = {"HND": "Hội Nông dân", "HPN": "Ủy ban Mặt trận", "DTN": "Đoàn Thanh niên"}
    with site(url) as there:
        with there.session() as session:
            commune = session.scalars(select(Unit).where(Unit.code == "19600")).one()
            make.organisation(session, commune, code="DTN")
            for one in session.scalars(queries.organisations(unit=commune.id)):
                one.name = names[one.code]
            for code in names:
                household = make.household(session, _village(session), code=code)
                lead = session.scalars(queries.by_code(code)).one()
                assign_lead(session, household, organisation=lead, starts=make.START)
            session.commit()
        person = there.client("commune")
        for path in ("/households/H3/lead", "/households", "/organisation-report"):
            offered = re.findall(r'<option [^>]*value="(DTN|HND|HPN)"', person.page(path))
            assert offered == ["DTN", "HND", "HPN"], path
        there.close()


def _village(session: Session) -> Unit:
    return session.scalars(select(Unit).where(Unit.code == "CT-TT")).one()
