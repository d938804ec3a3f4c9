"""The programme of a year: targets and the households registered to exit."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from casemgmt.errors import RuleBroken
from casemgmt.households.classifying import classify
from casemgmt.programme import actions, queries
from casemgmt.programme.models import TargetKind
from casemgmt.register.lens import Lens
from casemgmt.register.models import Class
from tests import make

EXITS = TargetKind.EXIT_HOUSEHOLDS


def test_targets_are_set_changed_and_taken_away(session: Session) -> None:
    at = make.places(session)

    def put(value: str | None, kind: TargetKind = EXITS, year: int = 2022) -> None:
        actions.set_target(
            session,
            year=year,
            unit=at.commune,
            kind=kind,
            value=None if value is None else Decimal(value),
            document=" 01/KH ",
        )

    put("24")
    put("25")
    (target,) = session.scalars(queries.targets(2022))
    assert (target.value, target.document) == (Decimal(25), "01/KH")
    put("1.25", TargetKind.POVERTY_RATE_REDUCTION)
    for value, kind, year, field in (
        ("-1", EXITS, 2022, "value"),
        ("1.5", EXITS, 2022, "value"),
        ("0.0001", TargetKind.POVERTY_RATE_REDUCTION, 2022, "value"),
        ("1", EXITS, 1900, "year"),
    ):
        with pytest.raises(RuleBroken) as broken:
            put(value, kind, year)
        assert broken.value.field == field
    put(None)
    put(None)
    assert len(session.scalars(queries.targets(2022)).all()) == 1
    assert session.scalars(queries.targets(2022, kind=EXITS)).all() == []
    assert session.scalars(queries.years()).all() == [2022]


def test_next_years_targets_stand_beside_this_years(session: Session) -> None:
    at = make.places(session)
    for year, value in ((2022, 24), (2023, 20)):
        actions.set_target(session, year=year, unit=at.commune, kind=EXITS, value=Decimal(value))
    rows = session.execute(
        queries.next_year_targets(date(2022, 12, 31), within=at.district.id)
    ).all()
    assert [(row.code, row.this_year, row.next_year) for row in rows] == [
        ("19600", 24, 20),
        ("19597", None, None),
    ]


def test_only_the_poor_register_to_exit(session: Session) -> None:
    at = make.places(session)
    poor = make.household(session, at.village)
    classify(session, poor, starts=make.START, class_=Class.POOR)
    classify(session, poor, starts=date(2022, 6, 1), class_=Class.NOT_POOR)
    other = make.household(session, at.village, head_name="Lê Văn Khá")
    actions.register_exit(session, poor, year=2022)
    for household, year in ((poor, 2022), (poor, 2024), (other, 2022), (poor, 1900)):
        with pytest.raises(RuleBroken) as broken:
            actions.register_exit(session, household, year=year)
        assert broken.value.field == "year"
    everyone = Lens.everyone(date(2022, 3, 1))
    (row,) = session.execute(queries.registered(everyone, 2022)).all()
    assert (row.code, row.village, row.class_) == (poor.code, "Tân Hòa", Class.POOR)
    assert session.execute(queries.registered(Lens(make.START, make.START), 2022)).all() == []
    actions.unregister_exit(session, poor, year=2022)
    with pytest.raises(RuleBroken):
        actions.unregister_exit(session, poor, year=2022)
    assert session.execute(queries.registered(everyone, 2022)).all() == []
