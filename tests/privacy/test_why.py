"""Why somebody may, or may not, see a household."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from casemgmt.access.models import User
from casemgmt.organisations.models import Organisation
from casemgmt.register.lens import Way, lens_for
from casemgmt.register.models import Household
from casemgmt.sponsorship.actions import add_supporter
from tests.browsing import TODAY, USERS, Site, said, site


@pytest.fixture
def register(url: str) -> Iterator[Site]:
    """A small register on each kind of database."""
    with site(url) as opened:
        yield opened
        opened.close()


def test_the_reason_is_told(register: Site) -> None:
    for name in ("commune", "district"):
        page = register.client(name).page("/why?code=H1")
        assert "Hộ ở Thôn Tân Hòa, thuộc đơn vị của bạn, từ 01/01/2021." in page
    page = register.client("hoi").page("/why?code=H1")
    assert "Tổ chức HND đỡ đầu hộ này từ 01/02/2022." in page
    assert "Vì sao tôi xem được hộ này" in register.client("hoi").page("/households/H1")


def test_absent_and_out_of_scope_are_answered_alike(register: Site) -> None:
    for name in USERS:
        person = register.client(name)
        foreign = "H1" if name == "town" else "F1"
        if name == "district":
            continue
        page, absent = (said(person.page(f"/why?code={code}")) for code in (foreign, "XX"))
        assert "không có, hoặc ở ngoài phạm vi" in page
        assert "Trần Xa Lạ" not in page
        assert page.replace(foreign, "XX") == absent


def test_the_rule_is_told_by_role(register: Site) -> None:
    rules = {
        "commune": "ở trong Xã Cam Tuyền vào ngày 20/10/2022",
        "district": "ở trong Huyện Cam Lộ",
        "hoi": "mà Tổ chức HND, hoặc tổ chức cấp dưới",
        "viewer": "chỉ xem số liệu",
        "admin": "chỉ xem số liệu",
    }
    for name, told in rules.items():
        assert told in register.client(name).page("/why")


def test_a_reason_is_told_of_just_what_is_seen(register: Site) -> None:
    """Whoever is asked of whatever household on whatever day: a reason is there where the lens
    lets it through, and nowhere else."""
    with register.session() as session:
        farmers = session.scalars(select(Organisation).where(Organisation.code == "HND")).one()
        add_supporter(
            session,
            register.household(session, "H2"),
            organisation=farmers,
            starts=date(2022, 5, 1),
        )
        codes = ("H1", "H2", "H3", "F1")
        households = {code: register.household(session, code).id for code in codes}
        tried = {True: 0, False: 0}
        for user in session.scalars(select(User)).all():
            for day in (date(2020, 1, 1), date(2022, 1, 31), date(2022, 2, 1), TODAY):
                lens = lens_for(session, user, as_of=day, today=TODAY)
                seen = set(session.scalars(lens.scoped(select(Household.code))))
                for code, number in households.items():
                    reasons = lens.reasons(session, number)
                    assert bool(reasons) == (code in seen), (user.name, day, code)
                    tried[bool(reasons)] += 1
                    for one in reasons:
                        assert one.since <= day
                        by = {Way.LIVES: lens.villages or ()}.get(one.way, lens.organisations)
                        assert one.by in by
        assert min(tried.values()) > 20
