"""Units: their periods, their names on a day, what lies within what, resident households."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from casemgmt.errors import RuleBroken
from casemgmt.places import actions, queries
from casemgmt.places.models import Area, Level, Tier
from tests import make

DAY = date(2022, 3, 1)
MERGER = date(2025, 7, 1)


@pytest.mark.parametrize(
    ("level", "name", "called"),
    [
        (Level.TOWN, "Cam Lộ", "Thị trấn Cam Lộ"),
        (Level.COMMUNE, "Cam Tuyền", "Xã Cam Tuyền"),
        (Level.QUARTER, "Khu phố 1", "Khu phố 1"),
        (Level.THON, "thôn Tân Hòa", "Thôn Tân Hòa"),
        (Level.BAN, "Bản", "Bản Bản"),
        ("bản", "Chùa", "Bản Chùa"),
    ],
)
def test_how_a_unit_is_called(level: Level, name: str, called: str) -> None:
    assert queries.named(level, name) == called


def test_units_stand_in_the_registers_order(session: Session) -> None:
    at = make.places(session)
    rows = session.execute(queries.units_on(DAY, tiers=[Tier.COMMUNE], within=at.district.id)).all()
    assert [(row.code, row.name, row.level) for row in rows] == [
        ("19600", "Cam Tuyền", Level.COMMUNE),
        ("19597", "Cam Lộ", Level.TOWN),
    ]
    assert len(session.execute(queries.units_on(DAY)).all()) == 7


def test_the_ladder_goes_upwards(session: Session) -> None:
    at = make.places(session)
    rows = session.execute(queries.ladder(at.village.id, DAY)).all()
    assert [row.code for row in rows] == ["CT-TT", "19600", "465", "45"]


def test_a_merger_of_communes_moves_villages(session: Session) -> None:
    at = make.places(session)
    new = actions.add_unit(
        session,
        code="CL25",
        name="Cam Lộ",
        level=Level.COMMUNE,
        parent=at.province,
        starts=MERGER,
        official_code="19597",
    )
    actions.add_period(
        session, at.quarter, starts=MERGER, name="Khu phố 1", level=Level.QUARTER, parent=new
    )
    actions.end_period(session, at.town, last_day=date(2025, 6, 30))
    before, after = date(2025, 6, 30), MERGER
    assert queries.above(session, at.quarter, Tier.COMMUNE, before) is at.town
    assert queries.above(session, at.quarter, Tier.COMMUNE, after) is new
    assert queries.above(session, at.quarter, Tier.DISTRICT, after) is None
    assert session.scalars(queries.villages_under(new.id, after)).all() == [at.quarter.id]
    assert session.scalars(queries.villages_under(at.town.id, after)).all() == []
    assert not queries.stands(session, at.town, after)
    assert session.execute(queries.unit_on(at.town.id, after)).one().name == "Cam Lộ"


def test_a_renamed_unit_has_the_name_of_the_day(session: Session) -> None:
    at = make.places(session)
    actions.add_period(
        session,
        at.village,
        starts=DAY,
        name="Tân Hiệp",
        level=Level.THON,
        parent=at.commune,
    )
    names = [
        session.scalar(
            queries.unit_on(at.village.id, day).with_only_columns(
                queries.name_on(at.village.id, day)
            )
        )
        for day in (date(2022, 2, 28), DAY)
    ]
    assert names == ["Tân Hòa", "Tân Hiệp"]
    with pytest.raises(RuleBroken) as broken:
        actions.add_period(
            session, at.village, starts=DAY, name="X", level=Level.THON, parent=at.commune
        )
    assert broken.value.field == "starts"


def test_what_a_period_may_not_be(session: Session) -> None:
    at = make.places(session)

    def refused(**change: object) -> str | None:
        period = {"starts": DAY, "name": "X", "level": Level.THON, "parent": at.commune}
        with pytest.raises(RuleBroken) as broken:
            actions.add_period(session, at.village, **{**period, **change})
        return broken.value.field

    assert refused(name=" ") == "name"
    assert refused(level=Level.COMMUNE, parent=at.district) == "level"
    assert refused(parent=None) == "parent"
    assert refused(parent=at.other_village) == "parent"
    actions.end_period(session, at.commune, last_day=date(2022, 1, 1))
    assert refused() == "parent"  # the commune has ended


def test_a_period_is_corrected_and_reopened(session: Session) -> None:
    at = make.places(session)
    (period,) = at.village.periods
    actions.edit_period(session, period, name="Tân Hoà", level=Level.BAN, parent=at.town)
    assert queries.above(session, at.village, Tier.COMMUNE, DAY) is at.town
    with pytest.raises(RuleBroken):
        actions.edit_period(session, period, name="X", level=Level.TOWN, parent=at.district)
    actions.end_period(session, at.village, last_day=DAY)
    assert not queries.stands(session, at.village, date(2022, 3, 2))
    actions.end_period(session, at.village, last_day=None)
    assert queries.stands(session, at.village, date(2022, 3, 2), tier=Tier.VILLAGE)


def test_codes_are_a_units_own(session: Session) -> None:
    make.places(session)
    for code in ("19600", "x y", "total", ""):
        with pytest.raises(RuleBroken) as broken:
            actions.add_unit(session, code=code, name="X", level=Level.PROVINCE)
        assert broken.value.field == "code"


def test_the_area_of_a_village(session: Session) -> None:
    at = make.places(session)
    assert queries.area_on(session, at.village, DAY) is Area.RURAL
    assert queries.area_on(session, at.quarter, DAY) is Area.URBAN
    (period,) = at.commune.periods
    actions.edit_period(
        session,
        period,
        name="Cam Tuyền",
        level=Level.COMMUNE,
        parent=at.district,
        area=Area.URBAN,
    )
    assert queries.area_on(session, at.village, DAY) is Area.URBAN


def test_resident_households_of_a_day_are_corrected(session: Session) -> None:
    at = make.places(session)
    actions.set_residents(session, at.commune, starts=DAY, total=1481, ethnic_minority=60)
    row = actions.set_residents(session, at.commune, starts=DAY, total=1482)
    assert (row.total, row.ethnic_minority) == (1482, None)
    for total, minority, field in ((-1, None, "total"), (5, 6, "ethnic_minority")):
        with pytest.raises(RuleBroken) as broken:
            actions.set_residents(
                session, at.commune, starts=DAY, total=total, ethnic_minority=minority
            )
        assert broken.value.field == field
