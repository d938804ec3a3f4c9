"""What an entry keeps: old and new values whatever was loaded, removals by any way, the reason."""

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from casemgmt.audit import trail
from casemgmt.audit.models import AuditEntry
from casemgmt.households.classifying import classify
from casemgmt.register.models import Class, Deprivation, Household, Member
from tests import make


@pytest.fixture
def household(session: Session) -> Household:
    return make.household(session, make.places(session).village, address="Xóm 1")


def newest(session: Session) -> tuple[str, str, dict[str, Any]]:
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    return entry.what.value, entry.subject, json.loads(entry.changes)


def test_the_old_value_is_kept_also_where_it_was_not_loaded(
    session: Session, household: Household
) -> None:
    session.expire_all()
    household.address = "Xóm 2"
    session.flush()
    assert newest(session) == ("changed", "household", {"address": ["Xóm 1", "Xóm 2"]})


def test_a_removed_row_is_kept_in_full_also_where_it_was_not_loaded(
    session: Session, household: Household
) -> None:
    (stay,) = household.stays
    session.expire_all()
    session.delete(stay)
    session.flush()
    what, subject, changes = newest(session)
    assert (what, subject) == ("removed", "stay")
    assert changes["starts"] == ["2021-01-01", None]
    assert changes["village_id"] == [stay.village_id, None]


def test_a_row_removed_from_its_parents_list_is_written_down(
    session: Session, household: Household
) -> None:

    row = classify(
        session, household, starts=date(2022, 3, 1), class_=Class.POOR, deprivations=["water"]
    )
    row.deprivations.clear()
    session.flush()
    assert (
        session.get(
            Deprivation,
            (household.id, row.starts, "S2022", "water"),
            execution_options={"lens": "test"},
        )
        is None
    )
    what, subject, changes = newest(session)
    assert (what, subject) == ("removed", "deprivation")
    assert changes["indicator_code"] == ["water", None]


def test_the_reason_of_an_act_is_in_its_entries_alone(
    session: Session, household: Household
) -> None:
    with trail.because(session, "Ghi nhầm"):
        household.address = "Xóm 3"
    assert newest(session)[2] == {"address": ["Xóm 1", "Xóm 3"], "reason": [None, "Ghi nhầm"]}
    household.address = "Xóm 4"
    session.flush()
    assert newest(session)[2] == {"address": ["Xóm 3", "Xóm 4"]}
    trail.act_as(session, actor="an", act="edit_household", reason="Theo đơn")
    household.address = "Xóm 5"
    session.flush()
    assert newest(session)[2]["reason"] == [None, "Theo đơn"]
    assert trail.actor(session) == "an"


def test_secrets_are_not_kept(session: Session, household: Household) -> None:
    household.note = "chuyện riêng"
    session.flush()
    assert newest(session)[2] == {"note": [None, trail.HIDDEN]}


def test_bulk_changes_of_audited_rows_are_refused(session: Session, household: Household) -> None:
    with pytest.raises(RuntimeError):
        session.execute(update(Member).values(name="x"))


def test_an_act_that_fails_leaves_no_reason_behind(session: Session, household: Household) -> None:
    with pytest.raises(ZeroDivisionError), trail.because(session, "x"):
        raise ZeroDivisionError
    household.address = "Xóm 2"
    session.flush()
    assert "reason" not in newest(session)[2]
