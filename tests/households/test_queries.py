"""The list of households: its scope, its search, its filters; one household's file."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from casemgmt.households import moving, queries
from casemgmt.households.classifying import classify
from casemgmt.households.members import add_member, end_member
from casemgmt.places.actions import end_period
from casemgmt.register.lens import Lens
from casemgmt.register.models import Class, Household, Relation
from casemgmt.sponsorship.actions import add_supporter, assign_lead
from tests import make

DAY = date(2022, 3, 1)
TODAY = date(2023, 10, 20)
CCCD = "045190000123"


@pytest.fixture
def at(session: Session) -> make.Places:
    return make.places(session)


def officer(*villages: int, as_of: date = DAY, private: bool = True) -> Lens:
    return Lens(as_of, min(as_of, TODAY), villages=frozenset(villages), private=private)


def codes(session: Session, lens: Lens, **filters: object) -> list[str]:
    query = queries.listed(lens, **filters)
    rows = session.execute(query).all()
    assert session.scalar(queries.counted(query)) == len(rows)
    return [row.code for row in rows]


@pytest.fixture
def four(session: Session, at: make.Places) -> dict[str, Household]:
    """Four households in the order of a roll: Ánh, Bình, Đức in two villages; Ân in the town."""
    made = {
        name: make.household(session, village, head_name=head, code=name, phone=phone)
        for name, village, head, phone in (
            ("duc", at.village, "Nguyễn Văn Đức", None),
            ("binh", at.village, "Hồ Thị Bình", "0912345678"),
            ("anh", at.other_village, "Lê Thị Ánh", None),
            ("an", at.quarter, "Lê Ân", None),
        )
    }
    add_member(
        session, made["duc"], name="Hồ Thị Hồng Vân", relation=Relation.WIFE, citizen_id=CCCD
    )
    classify(session, made["duc"], starts=make.START, class_=Class.POOR, minority=True)
    classify(session, made["anh"], starts=make.START, class_=Class.NEAR_POOR)
    women = make.organisation(session, at.commune)
    assign_lead(session, made["duc"], organisation=women, starts=make.START)
    return made


@pytest.fixture
def commune(at: make.Places) -> Lens:
    return officer(at.village.id, at.other_village.id)


@pytest.mark.usefixtures("four")
def test_a_list_row_tells_the_state_of_the_day(session: Session, commune: Lens) -> None:
    row = session.execute(queries.listed(commune)).all()[2]
    assert (row.code, row.head_name, row.village) == ("duc", "Nguyễn Văn Đức", "Tân Hòa")
    assert (row.class_, row.minority, row.lead) == (Class.POOR, True, "Tổ chức HPN")


@pytest.mark.usefixtures("four")
def test_the_list_is_a_roll_of_the_scope(session: Session, commune: Lens, at: make.Places) -> None:
    assert codes(session, commune) == ["anh", "binh", "duc"]
    assert codes(session, officer(at.quarter.id)) == ["an"]
    assert codes(session, Lens(DAY, DAY)) == []
    assert codes(session, Lens.everyone(DAY)) == ["anh", "an", "binh", "duc"]


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("duc", ["duc"]),
        ("Đức nguyễn", ["duc"]),
        ("NGUYEN D", ["duc"]),
        ("uc", []),  # a word is found by its beginning
        ("van", ["duc"]),
        ("hồng hồ", ["duc"]),  # a member
        ("ho", ["binh", "duc"]),
        ("hồng nguyễn", []),  # of two people
        ("bin", ["binh"]),
        ("0912 345", ["binh"]),
        ("+84 912 345 678", ["binh"]),
        ("345678", ["binh"]),
        (CCCD, ["duc"]),
        ("0451 9000 0123", ["duc"]),
        ("%", []),
        ("_", []),
        ("   ", ["anh", "binh", "duc"]),
    ],
)
def test_a_search_finds_words_in_any_order(
    session: Session, commune: Lens, q: str, found: list[str]
) -> None:
    assert codes(session, commune, q=q) == found


@pytest.mark.usefixtures("four")
def test_the_filters(session: Session, commune: Lens, at: make.Places) -> None:
    assert codes(session, commune, unit=at.village.id) == ["binh", "duc"]
    assert codes(session, Lens.everyone(DAY), unit=at.town.id) == ["an"]
    assert codes(session, commune, class_=Class.NEAR_POOR) == ["anh"]
    assert codes(session, commune, unsponsored=True) == ["anh", "binh"]
    (lead,) = {row.lead_sponsor for row in session.execute(queries.listed(commune))} - {None}
    assert codes(session, commune, sponsor=lead) == ["duc"]


def test_the_day_decides_who_is_listed(
    session: Session, four: dict[str, Household], at: make.Places
) -> None:
    moving.move_household(session, four["binh"], village=at.quarter, on=date(2022, 6, 1))
    moving.move_out(session, four["duc"], last_day=date(2022, 5, 31))
    end_member(session, four["duc"].members[1], last_day=date(2022, 2, 1), reason="Đi")
    villages = (at.village.id, at.other_village.id)
    assert codes(session, officer(*villages, as_of=date(2022, 5, 31))) == ["anh", "binh", "duc"]
    assert codes(session, officer(*villages, as_of=date(2022, 6, 1))) == ["anh"]
    assert codes(session, officer(*villages), q="hồng vân") == []  # had left by then
    classify(session, four["anh"], starts=date(2024, 1, 1), class_=Class.POOR)
    future = officer(*villages, as_of=date(2024, 1, 1))
    assert codes(session, future, class_=Class.POOR) == ["anh"]


def test_an_organisation_sees_whom_it_helps_and_finds_nobody_by_cccd(
    session: Session, four: dict[str, Household], at: make.Places
) -> None:
    women = four["duc"].leads[0].organisation
    add_supporter(session, four["an"], organisation=women, starts=make.START)
    lens = Lens(DAY, DAY, organisations=frozenset({women.id}))
    assert codes(session, lens) == ["an", "duc"]
    assert codes(session, lens, q="duc") == ["duc"]
    assert codes(session, lens, q=CCCD) == []
    moving.move_out(session, four["duc"], last_day=date(2022, 2, 1))
    rows = session.execute(queries.listed(lens)).all()
    assert [(row.code, row.village_id) for row in rows] == [("an", at.quarter.id), ("duc", None)]
    for digits in (CCCD, "0123"):
        found = session.scalars(queries.found_by_citizen_tail(lens, digits)).all()
        assert found == []


def test_officers_find_by_the_last_four_digits(
    session: Session, four: dict[str, Household], commune: Lens, at: make.Places
) -> None:
    for digits in (CCCD, "0123"):
        query = queries.found_by_citizen_tail(commune, digits)
        assert session.scalars(query).all() == [four["duc"]]
    elsewhere = officer(at.quarter.id)
    assert session.scalars(queries.found_by_citizen_tail(elsewhere, "0123")).all() == []
    assert session.scalars(queries.found_by_citizen_tail(commune, "9999")).all() == []


def test_a_household_out_of_scope_and_none_answer_alike(
    session: Session, four: dict[str, Household], commune: Lens
) -> None:
    assert session.scalar(queries.household_by_code(commune, "duc")) is four["duc"]
    for code in ("an", "none"):
        assert session.scalar(queries.household_by_code(commune, code)) is None


def test_a_write_needs_scope_today_or_on_the_day_of_the_act(
    session: Session, four: dict[str, Household], at: make.Places
) -> None:
    moving.move_household(session, four["binh"], village=at.quarter, on=date(2022, 6, 1))
    looking = officer(at.village.id, as_of=date(2022, 1, 1))

    def writable(code: str, day: date | None = None) -> bool:
        lens = looking.to_write(today=TODAY, day=day)
        return session.scalar(queries.household_by_code(lens, code)) is not None

    assert writable("duc")
    assert writable("duc", date(2020, 1, 1))
    assert not writable("binh")
    assert writable("binh", DAY)
    assert not writable("binh", date(2022, 6, 1))
    assert not writable("binh", date(2024, 1, 1))
    assert not writable("an", DAY)


def test_the_file_of_a_household_up_to_a_day(
    session: Session, four: dict[str, Household], at: make.Places
) -> None:
    duc = four["duc"]
    classify(session, duc, starts=date(2022, 6, 1), class_=Class.NOT_POOR)
    moving.move_household(session, duc, village=at.other_village, on=date(2022, 9, 1))
    end_member(session, duc.members[1], last_day=date(2022, 2, 1), reason="Đi")
    early, late = officer(at.village.id), officer(at.other_village.id, as_of=TODAY)
    for lens, stretches, stays, classes in ((early, 1, 1, 1), (late, 3, 2, 2)):
        rows = session.execute(queries.timeline_of(lens, duc.id)).all()
        assert len(rows) == stretches
        assert len(session.scalars(queries.stays_of(lens, duc.id)).all()) == stays
        assert len(session.scalars(queries.classifications_of(lens, duc.id)).all()) == classes
    assert (rows[0].village, rows[0].lead) == ("Tân Hòa", "Tổ chức HPN")
    (here,) = session.scalars(queries.members_of(early, duc.id))
    assert here.name == "Nguyễn Văn Đức"
    (gone,) = session.scalars(queries.members_of(early, duc.id, former=True))
    assert gone.name == "Hồ Thị Hồng Vân"


def test_stays_that_outlast_their_village_are_listed_in_scope(
    session: Session, four: dict[str, Household], commune: Lens, at: make.Places
) -> None:
    end_period(session, at.village, last_day=date(2023, 1, 1))
    rows = session.execute(queries.outlasting(commune)).all()
    assert [(row.code, row.village, row.ends) for row in rows] == [
        ("binh", "CT-TT", date(2023, 1, 2)),
        ("duc", "CT-TT", date(2023, 1, 2)),
    ]
    assert session.execute(queries.outlasting(officer(at.quarter.id))).all() == []
