"""How households are classified: standards, scores, corrections, and their reasons."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt.audit.models import AuditEntry
from casemgmt.errors import RuleBroken
from casemgmt.households import classifying
from casemgmt.organisations.models import Kind
from casemgmt.places.models import Area
from casemgmt.register.lens import Lens
from casemgmt.register.models import Class, Classification, Household, Span
from casemgmt.register.scoring import implied_class
from tests import make

DAY = date(2022, 3, 1)


@pytest.fixture
def household(session: Session) -> Household:
    return make.household(session, make.places(session).village)


def classify(
    session: Session, household: Household, class_: Class = Class.POOR, **more: Any
) -> Classification:
    more.setdefault("starts", DAY)
    return classifying.classify(session, household, class_=class_, **more)


def states(session: Session, household: Household) -> list[tuple[date, Class]]:
    query = select(Span.starts, Span.class_).where(Span.household_id == household.id)
    rows = session.execute(query.order_by(Span.starts).execution_options(lens=Lens.everyone(DAY)))
    return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("area", "b1", "b2", "class_"),
    [
        (Area.RURAL, 140, 30, Class.POOR),
        (Area.RURAL, 140, 20, Class.NEAR_POOR),
        (Area.RURAL, 141, 90, Class.NOT_POOR),
        (Area.URBAN, 175, 30, Class.POOR),
        (Area.URBAN, 176, 30, Class.NOT_POOR),
        (Area.RURAL, None, 30, None),
        (Area.RURAL, 140, None, None),
        (None, 140, 30, None),
    ],
)
def test_what_the_scores_imply(
    session: Session, area: Area | None, b1: int | None, b2: int | None, class_: Class | None
) -> None:
    standard = classifying.standard_on(session, DAY)
    assert implied_class(standard, area=area, score_b1=b1, score_b2=b2) is class_


@pytest.mark.parametrize("day", [date(2021, 6, 1), date(2015, 1, 1), date(2027, 1, 1)])
def test_standards_without_a_cut_imply_nothing(session: Session, day: date) -> None:
    standard = classifying.standard_on(session, day)
    assert implied_class(standard, area=Area.RURAL, score_b1=1, score_b2=30) is None


def test_a_classification_keeps_what_was_said(session: Session, household: Household) -> None:
    row = classify(
        session,
        household,
        minority=True,
        social_protection=True,
        merit=True,
        member_of=Kind.FARMERS_UNION,
        score_b1=120,
        score_b2=30,
        deprivations=["water", "nutrition", "telecom"],
        decision_number=" 12/QĐ-UBND ",
        decision_date=date(2022, 2, 20),
        note="Nhà dột",
    )
    assert row.standard_code == "S2022"
    assert [d.indicator_code for d in row.deprivations] == ["nutrition", "telecom", "water"]
    assert (row.decision_number, row.note) == ("12/QĐ-UBND", "Nhà dột")
    assert states(session, household) == [(make.START, Class.NONE), (DAY, Class.POOR)]
    with pytest.raises(RuleBroken):
        classify(session, household, Class.NONE, starts=date(2023, 1, 1))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"deprivations": ["waste"]}, "deprivations"),  # of the next standard
        ({"score_b2": 25}, "score_b2"),
        ({"score_b2": 130}, "score_b2"),
        ({"score_b1": -1}, "score_b1"),
        ({"score_b1": 150, "score_b2": 30}, "reason"),  # implies not poor
        ({"score_b2": 30, "deprivations": ["water"]}, "reason"),
    ],
)
def test_what_is_refused(
    session: Session, household: Household, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleBroken) as broken:
        classify(session, household, **more)
    assert broken.value.field == field
    if field == "reason":
        classify(session, household, reason="Theo biên bản họp thôn", **more)


def test_the_past_is_corrected_with_a_reason(session: Session, household: Household) -> None:
    classify(session, household, deprivations=["water", "telecom"])
    for day in (DAY, date(2022, 1, 1)):
        with pytest.raises(RuleBroken) as broken:
            classify(session, household, Class.NEAR_POOR, starts=day)
        assert broken.value.field == "reason"
    classify(
        session, household, Class.NEAR_POOR, deprivations=["water", "sanitation"], reason="Nhầm"
    )
    (row,) = household.classifications
    assert (row.class_, row.reason) == (Class.NEAR_POOR, "Nhầm")
    assert [d.indicator_code for d in row.deprivations] == ["sanitation", "water"]
    entries = session.scalars(select(AuditEntry).where(AuditEntry.subject == "deprivation"))
    assert [entry.what for entry in entries] == ["added", "added", "added", "removed"]


def test_a_withdrawn_row_leaves_the_one_before_in_force(
    session: Session, household: Household
) -> None:
    classify(session, household)
    newer = classify(session, household, Class.NOT_POOR, starts=date(2023, 1, 1))
    with pytest.raises(RuleBroken):
        classifying.withdraw_classification(session, newer, reason="")
    classifying.withdraw_classification(session, newer, reason="Chưa có quyết định")
    assert states(session, household) == [(make.START, Class.NONE), (DAY, Class.POOR)]
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.what, entry.subject) == ("removed", "classification")
    assert '"reason":[null,"Chưa có quyết định"]' in entry.changes


def test_the_area_is_that_of_the_home_on_the_day(session: Session, household: Household) -> None:
    assert classifying.area_of(session, household, DAY) is Area.RURAL
    assert classifying.area_of(session, household, date(2020, 1, 1)) is None
    proposed = classifying.proposed_class(session, household, starts=DAY, score_b1=140, score_b2=30)
    assert proposed is Class.POOR
