"""Where households live: moves, returns, corrections, the merger of villages."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt.audit.models import AuditEntry
from casemgmt.errors import RuleBroken
from casemgmt.households import moving
from casemgmt.places import queries
from casemgmt.places.models import Tier
from casemgmt.register.lens import Lens
from casemgmt.register.models import Arrival, Departure, Household, Span
from tests import make

D = date
DAY = D(2022, 3, 1)


def homes(session: Session, household: Household) -> list[tuple[int, D, D]]:
    """The timeline as (village, starts, ends)."""
    query = select(Span).where(Span.household_id == household.id).order_by(Span.starts)
    rows = session.scalars(query.execution_options(lens=Lens.everyone(DAY)))
    return [(row.village_id, row.starts, row.ends) for row in rows]


FOREVER = D(9999, 12, 31)


def test_a_move_ends_the_old_stay_the_day_before(session: Session) -> None:
    at = make.places(session)
    household = make.household(session, at.village)
    moving.move_household(session, household, village=at.quarter, on=DAY)
    old, new = household.stays
    assert (old.last_day, old.departure) == (D(2022, 2, 28), Departure.MOVED_OUT)
    assert (new.starts, new.last_day, new.arrival) == (DAY, None, Arrival.MOVED_IN)
    assert homes(session, household) == [
        (at.village.id, make.START, DAY),
        (at.quarter.id, DAY, FOREVER),
    ]


def test_a_move_before_a_later_stay_goes_between_and_needs_a_reason(session: Session) -> None:
    at = make.places(session)
    household = make.household(session, at.village)
    moving.move_household(session, household, village=at.quarter, on=DAY)
    with pytest.raises(RuleBroken) as broken:
        moving.move_household(session, household, village=at.other_village, on=D(2021, 6, 1))
    assert broken.value.field == "reason"
    moving.move_household(
        session, household, village=at.other_village, on=D(2021, 6, 1), reason="Ghi sót"
    )
    first, between, last = household.stays
    assert first.last_day == D(2021, 5, 31)
    assert (between.last_day, between.departure) == (D(2022, 2, 28), Departure.MOVED_OUT)
    assert last.last_day is None


@pytest.mark.parametrize(
    ("village", "on", "field"),
    [
        ("village", DAY, "village"),  # lives there already
        ("quarter", make.START, "on"),  # came that day
        ("quarter", D(2020, 12, 31), "on"),  # lives nowhere yet
        ("commune", DAY, "village"),  # no village
    ],
)
def test_moves_that_are_refused(session: Session, village: str, on: D, field: str) -> None:
    at = make.places(session)
    household = make.household(session, at.village)
    with pytest.raises(RuleBroken) as broken:
        moving.move_household(session, household, village=getattr(at, village), on=on)
    assert broken.value.field == field


def test_moving_out_and_coming_back(session: Session) -> None:
    at = make.places(session)
    household = make.household(session, at.village)
    with pytest.raises(RuleBroken):
        moving.move_in(session, household, village=at.quarter, on=DAY)
    moving.move_out(session, household, last_day=DAY)
    assert homes(session, household) == [(at.village.id, make.START, D(2022, 3, 2))]
    with pytest.raises(RuleBroken):
        moving.move_out(session, household, last_day=D(2022, 3, 2))
    moving.move_in(session, household, village=at.quarter, on=D(2022, 6, 1))
    assert homes(session, household)[-1] == (at.quarter.id, D(2022, 6, 1), FOREVER)


def test_a_written_departure_is_corrected_only_with_a_reason(session: Session) -> None:
    at = make.places(session)
    household = make.household(session, at.village)
    moving.move_out(session, household, last_day=DAY)
    with pytest.raises(RuleBroken) as broken:
        moving.move_out(session, household, last_day=D(2022, 2, 1))
    assert broken.value.field == "reason"


def test_a_corrected_stay_meets_no_other_and_leaves_its_reason(session: Session) -> None:
    at = make.places(session)
    household = make.household(session, at.village)
    moving.move_household(session, household, village=at.quarter, on=DAY)
    first, _second = household.stays
    wrong = dict(village=at.village, arrival=None, departure=None, reason="Nhập nhầm ngày")
    for starts, last_day, field in (
        (DAY, None, "starts"),
        (make.START, DAY, "starts"),
        (D(2021, 5, 1), D(2021, 4, 1), "last_day"),
    ):
        with pytest.raises(RuleBroken) as broken:
            moving.correct_stay(session, first, starts=starts, last_day=last_day, **wrong)
        assert broken.value.field == field
    moving.correct_stay(session, first, starts=D(2020, 1, 1), last_day=D(2022, 1, 31), **wrong)
    assert homes(session, household) == [
        (at.village.id, D(2020, 1, 1), D(2022, 2, 1)),
        (at.quarter.id, DAY, FOREVER),
    ]
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert entry.subject == "stay"
    assert '"reason":[null,"Nhập nhầm ngày"]' in entry.changes


def test_a_withdrawn_stay_needs_a_reason_and_the_written_end_before_it_stays(
    session: Session,
) -> None:
    at = make.places(session)
    household = make.household(session, at.village)
    moving.move_household(session, household, village=at.quarter, on=DAY)
    with pytest.raises(RuleBroken):
        moving.withdraw_stay(session, household.stays[1], reason=" ")
    moving.withdraw_stay(session, household.stays[1], reason="Không chuyển")
    assert homes(session, household) == [(at.village.id, make.START, DAY)]


def test_a_merger_of_villages_moves_all_on_one_day(session: Session) -> None:
    at = make.places(session)
    stays = make.household(session, at.village)
    moved = make.household(session, at.village)
    moving.move_household(session, moved, village=at.quarter, on=D(2022, 1, 1))
    comes_later = make.household(session, at.quarter)
    moving.move_household(session, comes_later, village=at.village, on=D(2022, 9, 1))
    number = moving.merge_villages(session, old=[at.village], new=at.other_village, on=DAY)
    assert number == 2
    assert homes(session, stays) == [
        (at.village.id, make.START, DAY),
        (at.other_village.id, DAY, FOREVER),
    ]
    assert homes(session, moved)[-1] == (at.quarter.id, D(2022, 1, 1), FOREVER)
    assert homes(session, comes_later)[-1] == (at.other_village.id, D(2022, 9, 1), FOREVER)
    assert not queries.stands(session, at.village, DAY, tier=Tier.VILLAGE)
    assert queries.stands(session, at.village, D(2022, 2, 28), tier=Tier.VILLAGE)


def test_a_village_merges_with_others_that_stand(session: Session) -> None:
    at = make.places(session)
    with pytest.raises(RuleBroken):
        moving.merge_villages(session, old=[at.village], new=at.village, on=DAY)
    with pytest.raises(RuleBroken):
        moving.merge_villages(session, old=[at.commune], new=at.village, on=DAY)
    moving.merge_villages(session, old=[at.village], new=at.other_village, on=DAY)
    with pytest.raises(RuleBroken):
        moving.merge_villages(session, old=[at.village], new=at.quarter, on=D(2022, 9, 1))
