"""Visits, promises, requests, plans and the rest of what the demonstration's offices do: it keeps
the rules, lies in the past where it happened, and is told by the audit trail."""

import re
from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, RowMapping, func, select

from casemgmt.audit.models import AuditEntry
from casemgmt.db import Base
from casemgmt.demo import plans, promises, register, requests, review, visits
from casemgmt.demo.baseline import Story
from casemgmt.demo.households import TODAY, on
from casemgmt.demo.reading import table
from casemgmt.demo.register import Told
from casemgmt.demo.working_days import _random
from casemgmt.demo.writing import Ids, ids
from casemgmt.organisations.models import Organisation
from casemgmt.programme.models import Target, TargetAmendment
from casemgmt.reviews.models import (
    CommuneReview,
    Proposal,
    ProposalEvent,
    ProposedDeprivation,
    Round,
)
from casemgmt.sponsorship.models import ExitPlan, Goal, PlanCause, SponsorRequest, Step
from casemgmt.support.models import Promise, SupportAction, Visit
from casemgmt.tables.models import AcceptedFinding

WRITTEN = (
    Visit,
    Promise,
    SponsorRequest,
    ExitPlan,
    PlanCause,
    Goal,
    Step,
    Round,
    CommuneReview,
    Proposal,
    ProposedDeprivation,
    ProposalEvent,
    TargetAmendment,
    AcceptedFinding,
)
SIXTY_DAYS_AGO = TODAY - timedelta(days=60)


@pytest.fixture(scope="session")
def told() -> Told:
    """The story."""
    return register.tell()


@pytest.fixture
def known(connection: Connection) -> Ids:
    """The numbers of what has a code."""
    return ids(connection)


@pytest.fixture
def by_id(told: Told, known: Ids) -> dict[int, Any]:
    """The households of the story by their numbers."""
    return {known.households[one.code]: one for one in told.story.households}


@pytest.fixture
def sponsors(known: Ids) -> dict[int, str]:
    """The codes of organisations by their numbers."""
    return {number: code for code, number in known.organisations.items()}


def _rows(connection: Connection, model: type[Base]) -> list[RowMapping]:
    return list(connection.execute(select(model.__table__)).mappings())


def test_each_row_has_its_entry_in_the_trail(connection: Connection) -> None:
    entries = {
        subject: (number, about)
        for subject, number, about in connection.execute(
            select(AuditEntry.subject, func.count(), func.count(AuditEntry.household_id)).group_by(
                AuditEntry.subject
            )
        )
    }
    unowned = {"review_round", "commune_review", "target_amendment", "accepted_finding"}
    for model in WRITTEN:
        name = model.__tablename__
        number = len(_rows(connection, model))
        assert number > 0
        assert entries[name] == (number, 0 if name in unowned else number), name


def test_sponsored_households_are_visited_about_twice_a_year(
    connection: Connection, by_id: dict[int, Any], sponsors: dict[int, str]
) -> None:
    visits = _rows(connection, Visit)
    led = [one for one in visits if one["organisation_id"] and one["voided_at"] is None]
    assert 1_200 < len(led) < 1_800
    assert 150 < sum(one["organisation_id"] is None for one in visits) < 400
    assert sum(one["voided_at"] is not None for one in visits) == 3
    counted: Counter[Any] = Counter()
    for one in visits:
        household = by_id[one["household_id"]]
        day = one["visited_on"]
        assert date(2022, 2, 15) <= day <= date(2023, 10, 19)
        assert on(household.stays, day) is not None
        if one["organisation_id"] is None:
            assert household.lead_on(day) is None
        else:
            assert household.lead_on(day) == sponsors[one["organisation_id"]]
        assert one["recorded_at"] is not None
        assert one["met"]
        assert one["done"]
        if one["voided_at"] is None:
            counted[one["household_id"], day.year] += 1
    per_year = [
        counted[number, 2022]
        for number, one in by_id.items()
        if one.lead_on(date(2022, 2, 20)) and one.lead_on(date(2022, 12, 20))
    ]
    assert 1.7 < sum(per_year) / len(per_year) < 2.1
    assert {one["situation"] for one in visits} == {"better", "same", "worse"}


def test_some_next_visits_are_overdue_some_near_and_some_households_wait_long(
    connection: Connection, by_id: dict[int, Any]
) -> None:
    last: dict[int, RowMapping] = {}
    for one in sorted(_rows(connection, Visit), key=lambda one: (one["visited_on"], one["id"])):
        if one["voided_at"] is None:
            last[one["household_id"]] = one
    agreed = [one["next_on"] for one in last.values() if one["next_on"]]
    assert 40 < sum(day < TODAY for day in agreed) < 150
    assert 100 < sum(TODAY <= day <= TODAY + timedelta(days=35) for day in agreed) < 250
    poor = [
        number
        for number, one in by_id.items()
        if (held := one.classified_on(TODAY)) and held.word == "Hộ nghèo"
    ]
    seen = [one for one in poor if one in last and last[one]["visited_on"] >= SIXTY_DAYS_AGO]
    assert len(poor) == 385
    assert 100 < len(seen) < 200


def test_promises_are_kept_open_overdue_or_dropped(
    connection: Connection, by_id: dict[int, Any], sponsors: dict[int, str]
) -> None:
    given = {one["id"]: one for one in _rows(connection, SupportAction)}
    found = Counter()
    for one in _rows(connection, Promise):
        household = by_id[one["household_id"]]
        assert household.lead_on(one["promised_on"]) == sponsors[one["organisation_id"]]
        assert one["promised_on"] < TODAY
        if one["kept_by_id"]:
            found["kept"] += 1
            action = given[one["kept_by_id"]]
            assert action["given_on"] > one["promised_on"]
            for name in ("household_id", "organisation_id", "kind_name"):
                assert action[name] == one[name]
        elif one["dropped_on"]:
            found["dropped"] += 1
            assert one["promised_on"] <= one["dropped_on"] < TODAY
            assert one["drop_reason"]
        else:
            found["overdue" if one["due_on"] < TODAY else "open"] += 1
    assert found == {"kept": 26, "dropped": 5, "overdue": 9, "open": 18}
    own = [
        one
        for one in _rows(connection, Promise)
        if sponsors[one["organisation_id"]] == "HND-CAM-TUYEN"
        and not (one["kept_by_id"] or one["dropped_on"])
    ]
    assert min(one["due_on"] for one in own) < TODAY < max(one["due_on"] for one in own)


def test_requests_fit_who_leads(
    connection: Connection, by_id: dict[int, Any], sponsors: dict[int, str]
) -> None:
    units = {one["id"]: one["unit_id"] for one in _rows(connection, Organisation)}
    found = defaultdict(list)
    for one in _rows(connection, SponsorRequest):
        household, asked = by_id[one["household_id"]], one["asked_on"]
        held = household.classified_on(asked)
        assert held is not None
        assert held.word != "Hộ không nghèo"
        assert household.lead_on(asked) is None
        assert _lies_in(connection, household.village.code, units[one["organisation_id"]], asked)
        found[one["answer"].value].append((one, household))
    assert {answer: len(rows) for answer, rows in found.items()} == {
        "waiting": 7,
        "accepted": 4,
        "declined": 3,
        "stale": 2,
        "withdrawn": 2,
    }
    for _one, household in found["waiting"]:
        assert household.lead_on(TODAY) is None
        assert household.classified_on(TODAY).word != "Hộ không nghèo"
    asked = [one["asked_on"] for one, _household in found["waiting"]]
    assert max((TODAY - day).days for day in asked) == 20
    pairs = [(one["household_id"], one["organisation_id"]) for one, _h in found["waiting"]]
    assert len(set(pairs)) == 7 > len({household for household, _o in pairs})
    for one, household in found["accepted"]:
        assert household.lead_on(one["answered_on"]) == sponsors[one["organisation_id"]]
    for one, household in found["stale"]:
        lead = household.lead_on(one["answered_on"])
        assert lead not in (None, sponsors[one["organisation_id"]])
        assert "đỡ đầu hộ từ" in one["answer_reason"]


def _lies_in(connection: Connection, village: str, unit: int, day: date) -> bool:
    return (
        connection.exec_driver_sql(
            f"SELECT 1 FROM lies JOIN unit ON unit.id = lies.unit_id WHERE unit.code = '{village}'"
            f" AND within_id = {unit} AND starts <= '{day}' AND ends > '{day}'"
        ).first()
        is not None
    )


def test_plans_follow_from_what_the_households_lacked(
    connection: Connection, by_id: dict[int, Any], told: Told
) -> None:
    made = {one["id"]: one for one in _rows(connection, ExitPlan)}
    assert 50 <= len(made) <= 70
    planned = {by_id[one["household_id"]].code for one in made.values()}
    registered = {one.code for year, one in told.story.registered if year == 2023}
    assert len(registered & planned) >= 44
    assert len(planned - registered) >= 10
    goals = {one["id"]: one for one in _rows(connection, Goal)}
    steps = defaultdict(list)
    for step in _rows(connection, Step):
        steps[step["goal_id"]].append(step)
    for goal in goals.values():
        plan = made[goal["plan_id"]]
        held = by_id[plan["household_id"]].classified_on(plan["surveyed_on"])
        assert held.word == "Hộ nghèo"
        assert goal["indicator_code"] in (None, *held.scores.lacking)
        done = [step["done_on"] for step in steps[goal["id"]]]
        assert done
        assert goal["reached_on"] == (max(done) if all(done) else None)
        for step in steps[goal["id"]]:
            assert plan["surveyed_on"] <= step["due_on"] <= date(2023, 12, 31)
            assert plan["surveyed_on"] <= (step["done_on"] or TODAY) <= TODAY
    every = [step for found in steps.values() for step in found]
    late = [step for step in every if step["due_on"] < TODAY and step["done_on"] is None]
    assert len(late) > 20
    assert sum(step["done_on"] is not None for step in every) > 100
    caused = {one["plan_id"] for one in _rows(connection, PlanCause)}
    assert caused == set(made)


def test_amended_targets_and_an_accepted_finding(connection: Connection) -> None:
    targets = {(one["year"], one["unit_id"], one["kind"]): one for one in _rows(connection, Target)}
    amended = _rows(connection, TargetAmendment)
    assert len(amended) == 4
    for one in amended:
        held = targets[one["year"], one["unit_id"], one["kind"]]
        assert one["value"] < held["value"]
        assert one["document"] != held["document"]
    [accepted] = _rows(connection, AcceptedFinding)
    assert (accepted["row_code"], accepted["declared"]) == ("CAM-THANH", "1.49")


def test_what_is_said_of_a_visit_is_one_of_the_sentences(connection: Connection) -> None:
    told = {row["text"] for row in table("sentences")}
    assert len(told) == len(table("sentences"))
    visits = _rows(connection, Visit)
    assert {one["done"] for one in visits} <= told
    assert {one["wishes"] for one in visits} - {None} <= told


def test_it_is_always_the_same_and_changes_nothing_of_the_story(told: Told, known: Ids) -> None:
    def made(story: Story) -> str:
        kinds: dict[str, Any] = {
            "visits": lambda random: visits.visits(story, random, known),
            "promises": lambda random: promises.promises(story, told.given, random, known),
            "requests": lambda random: requests.requests(story, random, known),
            "plans": lambda random: plans.plans(story, random, known),
            "review": lambda random: [
                review.row(one, round_id=1, commune_id=1, household_id=1)
                for one in review.found(story, random)
            ],
        }
        return repr([make(_random(name)) for name, make in kinds.items()])

    fresh = register.tell()
    before = register.sheets()
    assert made(fresh.story) == made(told.story)
    assert register.sheets(fresh) == before


def test_who_wrote_it_down_has_or_could_have_an_account(connection: Connection) -> None:
    names = {one["recorded_by"] for one in _rows(connection, Visit)}
    names |= {one["asked_by"] for one in _rows(connection, SponsorRequest)}
    assert {"nongdan-camtuyen", "phunu-huyen", "xa-camtuyen", "thitran-camlo"} <= names
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)+", name) for name in names)
