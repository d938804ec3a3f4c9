"""`check` finds every falsified stretch, key, map, reference and entry, and every doubt."""

from datetime import date

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from casemgmt.db import open_engine
from casemgmt.households import moving
from casemgmt.households.classifying import classify
from casemgmt.households.members import add_member
from casemgmt.organisations.models import Kind
from casemgmt.places.actions import end_period
from casemgmt.register import checking, invariants, timeline
from casemgmt.register.findings import Severity, as_json
from casemgmt.register.models import Class, Household, Relation
from casemgmt.sponsorship.actions import assign_lead, change_lead
from tests import make

DAY = date(2022, 3, 1)
TODAY = date(2023, 10, 20)


@pytest.fixture
def at(session: Session) -> make.Places:
    return make.places(session)


@pytest.fixture
def household(session: Session, at: make.Places) -> Household:
    """Five stretches: unclassified, poor, led, led by another, elsewhere."""
    household = make.household(session, at.village, citizen_id="045060000123")
    classify(session, household, starts=date(2021, 6, 1), class_=Class.POOR, minority=True)
    women = make.organisation(session, at.commune)
    farmers = make.organisation(session, at.commune, code="HND", kind=Kind.FARMERS_UNION)
    assign_lead(session, household, organisation=women, starts=date(2022, 1, 1))
    change_lead(session, household, organisation=farmers, starts=DAY, reason="Đổi")
    moving.move_household(session, household, village=at.quarter, on=date(2022, 9, 1))
    make.household(session, at.village, head_name="Lê Văn Khác")
    session.commit()
    return household


def found(session: Session) -> dict[str, list[str]]:
    """The sentences of all findings by code."""
    told: dict[str, list[str]] = {}
    for finding in checking.check(session, today=TODAY):
        told.setdefault(finding.code, []).append(finding.sentence)
    return told


def broken(session: Session) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (finding.code, finding.subjects)
        for finding in checking.check(session, today=TODAY)
        if finding.is_invariant
    ]


def test_a_register_made_by_acts_breaks_nothing(session: Session, household: Household) -> None:
    assert found(session) == {}


FALSE_SPANS = {
    "taken away": "DELETE FROM span WHERE starts = '2022-03-01'",
    "all taken away": "DELETE FROM span",
    "a stretch too many": """
        INSERT INTO span (village_id, household_id, starts, ends, class, minority,
            social_protection, merit, member_of, lead_kind)
        SELECT village_id, household_id, '2020-01-01', '2020-02-01', class, minority,
            social_protection, merit, member_of, 'none' FROM span WHERE starts = '2021-06-01'""",
    "an overlapping stretch": "UPDATE span SET ends = '2022-06-01' WHERE starts = '2022-01-01'",
    "a gap": "UPDATE span SET ends = '2022-02-01' WHERE starts = '2022-01-01'",
    "begun earlier": "UPDATE span SET starts = '2020-06-01' WHERE starts = '2021-06-01'",
    "another class": "UPDATE span SET class = 'near_poor' WHERE starts = '2021-06-01'",
    "another village": """
        UPDATE span SET village_id = (SELECT id FROM unit WHERE code = 'CT-BC')
        WHERE starts = '2021-06-01'""",
    "no minority": "UPDATE span SET minority = false WHERE starts = '2021-06-01'",
    "protected": "UPDATE span SET social_protection = true WHERE starts = '2021-06-01'",
    "of merit": "UPDATE span SET merit = true WHERE starts = '2021-06-01'",
    "a member of a union": ("UPDATE span SET member_of = 'office' WHERE starts = '2021-06-01'"),
    "a lead of another kind": "UPDATE span SET lead_kind = 'office' WHERE starts = '2022-01-01'",
    "led by another": """
        UPDATE span SET lead_sponsor = (SELECT id FROM organisation WHERE code = 'HND'),
            lead_kind = 'farmers_union' WHERE starts = '2022-01-01'""",
    "led by none": """
        UPDATE span SET lead_sponsor = NULL, lead_kind = 'none' WHERE starts = '2022-01-01'""",
    "a fact changed behind it": "UPDATE classification SET class = 'not_poor'",
    "a home changed behind it": (
        "UPDATE stay SET last_day = '2022-05-01' WHERE last_day > '2022-05-01'"
    ),
    "a lead taken away behind it": "DELETE FROM lead WHERE starts = '2022-03-01'",
    "an organisation's kind behind it": (
        "UPDATE organisation SET kind = 'office' WHERE code = 'HPN'"
    ),
    "given to another household": """
        UPDATE span SET household_id = (SELECT max(id) FROM household)
        WHERE starts = '2021-06-01'""",
}


@pytest.mark.behind_its_back
@pytest.mark.parametrize("way", FALSE_SPANS)
def test_every_way_to_falsify_a_stretch_is_found(
    session: Session, household: Household, way: str
) -> None:
    assert session.connection().execute(text(FALSE_SPANS[way])).rowcount > 0
    codes = {code for code, subjects in broken(session) if household.code in subjects}
    assert codes in ({"timeline"}, {"lead_kind"})
    assert (codes == {"lead_kind"}) == ("kind" in way)


@pytest.mark.behind_its_back
@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE household SET head_search = 'khac'", "key"),
        ("UPDATE member SET name_search = 'khac'", "key"),
        ("UPDATE member SET tail_digest = 'khac' WHERE citizen_id IS NOT NULL", "key"),
        ("UPDATE member SET citizen_digest = NULL", "key"),
        ("DELETE FROM lies WHERE tier = 'village' AND within_tier = 'district'", "map"),
        ("UPDATE lies SET starts = '2020-01-01' WHERE tier = 'commune'", "map"),
        ("UPDATE unit_period SET last_day = '2022-01-01' WHERE level = 'xã'", "map"),
    ],
)
def test_other_derived_things_are_held_against_what_they_derive_from(
    session: Session, household: Household, statement: str, code: str
) -> None:
    assert session.connection().execute(text(statement)).rowcount > 0
    assert code in {found_code for found_code, _subjects in broken(session)}


@pytest.mark.behind_its_back
def test_units_in_a_circle_are_told_not_raised(session: Session, household: Household) -> None:
    session.connection().execute(
        text(
            "UPDATE unit_period SET parent_id = (SELECT id FROM unit WHERE code = 'CT-TT')"
            " WHERE unit_id = (SELECT id FROM unit WHERE code = '19600')"
        )
    )
    assert "map" in {code for code, _subjects in broken(session)}


@pytest.mark.behind_its_back
def test_what_points_nowhere_is_found(engine: Engine, household: Household) -> None:
    """As a tool writes that does not keep references (SQLite without its pragma, PostgreSQL
    with triggers off)."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=0")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        connection.exec_driver_sql("DELETE FROM organisation WHERE code = 'HND'")
        connection.exec_driver_sql("UPDATE deprivation SET indicator_code = 'x'")
        with Session(connection) as session:
            subjects = {s for code, s in broken(session) if code == "reference"}
    assert {("lead",), ("span",)} <= subjects


def test_what_was_stored_past_the_constraints_is_found(
    sqlite_url: str,
) -> None:
    engine = open_engine(sqlite_url)
    with Session(engine) as session:
        make.household(session, make.places(session).village)
        session.commit()
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints=1")
        connection.exec_driver_sql("UPDATE span SET class = 'rich'")
        connection.exec_driver_sql("PRAGMA ignore_check_constraints=0")
        with Session(connection) as session:
            codes = {code for code, _subjects in broken(session)}
    engine.dispose()
    assert {"stored", "timeline"} <= codes


def test_a_missing_guard_and_a_changed_entry_are_found(
    engine: Engine, session: Session, household: Household
) -> None:
    connection = session.connection()
    on = "" if engine.dialect.name == "sqlite" else " ON audit_entry"
    connection.execute(text(f"DROP TRIGGER audit_entry_no_update{on}"))
    connection.execute(text("UPDATE audit_entry SET actor = 'ai đó' WHERE id = 3"))
    assert [found for found in broken(session) if found[0] in ("guard", "audit")] == [
        ("guard", ("audit_entry_no_update",)),
        ("audit", ("3",)),
    ]


# -- doubts -----------------------------------------------------------------------------------


def doubts(session: Session) -> dict[str, tuple[str, ...]]:
    findings = checking.check(session, today=TODAY)
    assert all(finding.severity is Severity.DOUBT for finding in findings)
    assert len(as_json(findings)["findings"]) == len(findings)
    told: dict[str, tuple[str, ...]] = {}
    for finding in findings:
        told[finding.code] = (*told.get(finding.code, ()), *finding.subjects)
    return told


def test_a_stay_that_outlasts_its_village(
    session: Session, at: make.Places, household: Household
) -> None:
    end_period(session, at.village, last_day=date(2023, 1, 1))
    assert doubts(session) == {"outlasts": ("19600-0002",)}


def test_a_poor_household_without_a_lead_or_of_merit(
    session: Session, at: make.Places, household: Household
) -> None:
    other = make.household(session, at.village, head_name="Lê Thị Công")
    classify(session, other, starts=DAY, class_=Class.POOR, merit=True)
    assert doubts(session) == {"no_lead": (other.code,), "merit": (other.code,)}


def test_heads_none_two_or_of_another_name(
    session: Session, at: make.Places, household: Household
) -> None:
    none, two, named, empty = (
        make.household(session, at.village, head_name=f"Lê Văn {name}")
        for name in ("Không", "Hai", "Sai", "Trống")
    )
    none.members[0].relation = Relation.OTHER
    add_member(session, two, name="Lê Thị Nữa", relation=Relation.WIFE).relation = Relation.HEAD
    named.head_name = "Lê Văn Đúng"
    session.delete(empty.members[0])
    session.flush()
    assert doubts(session) == {
        "heads": (none.code, two.code, named.code),
        "no_members": (empty.code,),
    }


def test_one_cccd_in_two_households_at_once(
    session: Session, at: make.Places, household: Household
) -> None:
    other = make.household(session, at.village, head_name="Lê Văn Trùng", citizen_id="045060000123")
    assert doubts(session) == {"citizen_twice": (household.code, other.code)}


@pytest.mark.parametrize(
    ("village", "b1", "doubtful"),
    [("village", 140, False), ("village", 150, True), ("quarter", 150, False)],
)
def test_scores_that_imply_another_class(
    session: Session,
    at: make.Places,
    household: Household,
    village: str,
    b1: int,
    doubtful: bool,
) -> None:
    other = make.household(session, getattr(at, village), head_name="Lê Văn Điểm")
    row = classify(session, other, starts=DAY, class_=Class.NEAR_POOR)
    row.score_b1, row.score_b2 = b1, 20
    session.flush()
    assert doubts(session) == ({"scores": (other.code,)} if doubtful else {})
    row.reason = "Biên bản họp thôn"
    session.flush()
    assert doubts(session) == {}


def test_facts_whose_written_end_reaches_the_next(
    session: Session, at: make.Places, household: Household
) -> None:
    household.stays[0].last_day = DAY.replace(year=2023)
    household.leads[0].last_day = DAY
    session.flush()
    timeline.rewrite(session, [household.id])
    assert doubts(session) == {"overlap": (household.code, household.code)}


def test_a_household_that_never_lived_in_a_village(
    session: Session, at: make.Places, household: Household
) -> None:
    household.stays[1].village = at.town
    session.flush()
    timeline.rewrite(session, [household.id])
    assert doubts(session) == {"outlasts": (household.code,)}


def test_it_reads_in_chunks(
    session: Session, household: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invariants, "_CHUNK", 1)
    assert broken(session) == []
    session.connection().execute(text("UPDATE span SET merit = true"))
    assert len(broken(session)) == 2
