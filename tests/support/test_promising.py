"""Promises: made for a day to come, kept by what is given, dropped for a reason."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from casemgmt import settings
from casemgmt.errors import RuleBroken
from casemgmt.organisations.models import Organisation
from casemgmt.register.lens import Lens
from casemgmt.register.models import Household
from casemgmt.support import actions, promising, queries
from casemgmt.support.models import Promise
from tests import make

TODAY = date(2022, 10, 20)
DUE = date(2022, 11, 1)
everyone = Lens.everyone(TODAY)


@pytest.fixture
def household(session: Session) -> Household:
    session.add(settings.Setting(key=settings.TODAY, value=TODAY.isoformat()))
    return make.household(session, make.places(session).village)


@pytest.fixture
def women(session: Session, household: Household) -> Organisation:
    return make.organisation(session, household.stays[0].village)


def promise(session: Session, household: Household, by: Organisation, **more: Any) -> Promise:
    wanted = {"kind": "Bò giống sinh sản", "due_on": DUE, "organisation": by, **more}
    return promising.promise_support(session, household, **wanted)


def test_a_promise_is_kept_by_what_was_really_given(
    session: Session, household: Household, women: Organisation
) -> None:
    made = promise(session, household, women, quantity=Decimal(1), unit="con", value=15_000_000)
    assert (made.promised_on, made.due_on, made.recorded_by) == (TODAY, DUE, "test")
    action = promising.keep_promise(
        session, made, on=TODAY, kind="Quà Tết", value=14_000_000, source="Quỹ"
    )
    session.expire_all()
    assert made.kept_by is action
    assert (action.organisation, action.value, action.kind_name) == (women, 14_000_000, "Quà Tết")
    assert session.scalars(queries.open_promises(everyone)).all() == []
    for again in (
        lambda: promising.keep_promise(session, made, on=TODAY, kind="Quà Tết"),
        lambda: promising.drop_promise(session, made, reason="thôi"),
    ):
        with pytest.raises(RuleBroken):
            again()
    assert len(session.scalars(queries.support_of(everyone, household.id)).all()) == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"due_on": TODAY - timedelta(days=1)}, "due_on"),
        ({"kind": "Không có"}, "kind"),
        ({"quantity": Decimal("0.0001")}, "quantity"),
        ({"value": -1}, "value"),
    ],
)
def test_what_is_refused(
    session: Session, household: Household, women: Organisation, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleBroken) as broken:
        promise(session, household, women, **more)
    assert broken.value.field == field


def test_it_cannot_have_been_given_before_it_was_promised_nor_after_today(
    session: Session, household: Household, women: Organisation
) -> None:
    made = promise(session, household, women)
    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        with pytest.raises(RuleBroken) as broken:
            promising.keep_promise(session, made, on=day, kind="Quà Tết")
        assert broken.value.field == "on"
    assert made.kept_by_id is None


def test_a_dropped_one_stays_with_its_reason(
    session: Session, household: Household, women: Organisation
) -> None:
    made = promise(session, household, women)
    with pytest.raises(RuleBroken) as broken:
        promising.drop_promise(session, made, reason=" ")
    assert broken.value.field == "reason"
    promising.drop_promise(session, made, reason="nhà hảo tâm rút")
    assert (made.dropped_on, made.drop_reason) == (TODAY, "nhà hảo tâm rút")
    with pytest.raises(RuleBroken):
        promising.keep_promise(session, made, on=TODAY, kind="Quà Tết")
    assert session.scalars(queries.promises_of(household.id)).all() == [made]


def test_a_promise_is_open_again_when_what_kept_it_is_voided(
    session: Session, household: Household, women: Organisation
) -> None:
    made = promise(session, household, women)
    action = promising.keep_promise(session, made, on=TODAY, kind="Quà Tết")
    actions.void_support(session, action, reason="giao nhầm hộ")
    session.expire_all()
    assert made.kept_by_id is None
    assert session.scalars(queries.open_promises(everyone)).all() == [made]
    promising.keep_promise(session, made, on=TODAY, kind="Quà Tết")


def test_the_open_ones_by_their_day(
    session: Session, household: Household, women: Organisation
) -> None:
    late, soon, dropped = (
        promise(session, household, women, due_on=DUE + timedelta(days=days)) for days in (9, 1, 0)
    )
    promising.drop_promise(session, dropped, reason="thôi")
    assert session.scalars(queries.open_promises(everyone)).all() == [soon, late]
    before = Lens.everyone(TODAY - timedelta(days=1))
    assert session.scalars(queries.open_promises(before)).all() == []
    assert session.scalars(queries.open_promises(Lens(TODAY, TODAY))).all() == []
    assert session.scalar(queries.promise_by_number(Lens(TODAY, TODAY), soon.id)) is None
