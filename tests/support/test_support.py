"""What was given: logged, corrected, voided, and added up with loans apart."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from casemgmt import clock
from casemgmt.errors import RuleBroken
from casemgmt.register.lens import Lens
from casemgmt.register.models import Household
from casemgmt.support import actions, queries
from casemgmt.support.models import SupportAction
from tests import make

DAY = date(2022, 3, 1)


@pytest.fixture
def household(session: Session) -> Household:
    return make.household(session, make.places(session).village)


def log(session: Session, household: Household, **more: Any) -> SupportAction:
    return actions.log_support(session, household, **{"on": DAY, "kind": "Quà Tết", **more})


def test_who_logged_it_and_when_is_kept(session: Session, household: Household) -> None:
    before = clock.now()
    action = log(
        session,
        household,
        kind="Bò giống sinh sản",
        organisation=make.organisation(session, household.stays[0].village),
        quantity=Decimal("1.5"),
        unit="con",
        value=10_000_000,
        source="Quỹ Vì người nghèo",
        content=" Một con bò ",
    )
    session.expire_all()
    assert (action.code, action.recorded_by) == ("19600-0001-HT001", "test")
    assert before <= action.recorded_at <= clock.now()
    assert (action.quantity, action.value) == (Decimal("1.5"), 10_000_000)
    assert action.content == "Một con bò"
    assert log(session, household).code == "19600-0001-HT002"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kind": "Quà"}, "kind"),
        ({"on": clock.today() + timedelta(days=2)}, "on"),
        ({"value": -1}, "value"),
        ({"quantity": Decimal("-1")}, "quantity"),
        ({"quantity": Decimal("0.0001")}, "quantity"),
        ({"code": "19600-0001-HT001"}, "code"),
        ({"code": "a b"}, "code"),
    ],
)
def test_what_is_refused(
    session: Session, household: Household, more: dict[str, Any], field: str
) -> None:
    log(session, household)
    with pytest.raises(RuleBroken) as broken:
        log(session, household, **more)
    assert broken.value.field == field


def test_a_correction_needs_a_reason_and_a_voided_one_stays(
    session: Session, household: Household
) -> None:
    action = log(session, household, value=300_000)
    right = {"on": DAY, "kind": "Quà Tết", "value": 350_000}
    with pytest.raises(RuleBroken):
        actions.correct_support(session, action, reason="", **right)
    actions.correct_support(session, action, reason="Ghi thiếu", **right)
    assert action.value == 350_000
    with pytest.raises(RuleBroken):
        actions.void_support(session, action, reason=" ")
    actions.void_support(session, action, reason="Ghi hai lần")
    assert action.void_reason == "Ghi hai lần"
    with pytest.raises(RuleBroken):
        actions.void_support(session, action, reason="nữa")
    with pytest.raises(RuleBroken):
        actions.correct_support(session, action, reason="nữa", **right)
    everyone = Lens.everyone(DAY)
    assert session.scalars(queries.support_of(everyone, household.id)).all() == [action]
    assert session.scalar(queries.by_code(everyone, action.code)) is action
    assert session.scalar(queries.by_code(Lens(DAY, DAY), action.code)) is None


def test_loans_are_never_added_to_gifts(session: Session, household: Household) -> None:
    women = make.organisation(session, household.stays[0].village)
    log(session, household, value=300_000, organisation=women)
    log(session, household, kind="Thăm hỏi")
    log(session, household, kind="Vay vốn NHCSXH", value=50_000_000)
    log(session, household, on=date(2022, 6, 1), value=1)
    actions.void_support(session, log(session, household, value=9), reason="Nhầm")
    other = make.household(session, household.stays[0].village, head_name="Lê Văn Khác")
    log(session, other, value=1_000)

    def totals(**more: Any) -> tuple[Any, ...]:
        return tuple(session.execute(queries.support_totals(Lens.everyone(DAY), **more)).one())

    assert totals(household=household.id) == (2, 300_000, 1, 50_000_000)
    assert totals(organisation=women.id) == (1, 300_000, 0, 0)
    assert totals() == (3, 301_000, 1, 50_000_000)
    assert totals(since=date(2022, 3, 2)) == (0, 0, 0, 0)


def test_kinds_are_added_once(session: Session) -> None:
    kind = actions.add_kind(session, name="Vay vốn khác", is_loan=True)
    assert session.scalars(queries.kinds()).all()[-1] is kind
    for name in ("vay vốn KHÁC", "", "x" * 81):
        with pytest.raises(RuleBroken) as broken:
            actions.add_kind(session, name=name)
        assert broken.value.field == "name"
