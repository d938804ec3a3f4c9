"""What the offices have done and still have to do on the register's today: visits, promises,
requests, plans, the review, amended targets, an accepted finding.

Each kind is made up by a random stream of its own, so that none changes another."""

from datetime import date
from decimal import Decimal
from random import Random

from sqlalchemy.orm import Session

from casemgmt.db import Base
from casemgmt.demo import places, plans, promises, register, requests, review, visits
from casemgmt.demo.households import REVIEW
from casemgmt.demo.reading import day, table
from casemgmt.demo.register import Told
from casemgmt.demo.saying import DISTRICT, moment, officer
from casemgmt.demo.writing import Ids, Values, ids, write
from casemgmt.programme.models import TargetAmendment
from casemgmt.reviews.models import (
    CommuneReview,
    Decider,
    Proposal,
    ProposalEvent,
    ProposedDeprivation,
    Round,
    RoundKind,
    State,
)
from casemgmt.sponsorship.models import ExitPlan, Goal, PlanCause, SponsorRequest, Step
from casemgmt.support.models import Promise, Visit
from casemgmt.tables.definitions import Basis
from casemgmt.tables.models import AcceptedFinding

Pair = tuple[Values, int]  # a row, and the household that it is about

_STANDARD = "S2022"  # of the review's day
_SIGNED_ON = date(2022, 2, 15)
_ACCEPTED_ON = date(2022, 2, 25)


def fill(session: Session, told: Told) -> None:
    """Write all of it into a database that holds the sheets of this story."""
    session.flush()
    known = ids(session.connection())
    story = told.story
    write(session, Visit, visits.visits(story, _random("visits"), known))
    write(session, Promise, promises.promises(story, told.given, _random("promises"), known))
    write(session, SponsorRequest, requests.requests(story, _random("requests"), known))
    _plans(session, plans.plans(story, _random("plans"), known))
    _review(session, review.found(story, _random("review")), known)
    _amendments(session, known)
    _accepted_finding(session, known)


def _random(name: str) -> Random:
    return Random(f"{register.SEED} {name}")  # noqa: S311 a story, not a secret


def _plans(session: Session, made: list[plans.Plan]) -> None:
    """The plans, then their causes and goals, then the steps to these."""
    numbers = write(session, ExitPlan, [plan.row for plan in made])
    causes: list[Pair] = []
    goals: list[Pair] = []
    steps: list[tuple[Values, Pair]] = []
    for plan, number in zip(made, numbers, strict=True):
        household = plan.row["household_id"]
        causes += [({"plan_id": number, "cause": cause}, household) for cause in plan.causes]
        for goal, to_it in plan.goals:
            goal["plan_id"] = number
            goals.append((goal, household))
            steps += [(goal, (step, household)) for step in to_it]
    _write_pairs(session, PlanCause, causes)
    _write_pairs(session, Goal, goals)
    for goal, (step, _household) in steps:
        step["goal_id"] = goal["id"]
    _write_pairs(session, Step, [pair for _goal, pair in steps])


def _write_pairs(session: Session, model: type[Base], pairs: list[Pair]) -> None:
    write(session, model, [row for row, _household in pairs], about=[one for _row, one in pairs])


def _review(session: Session, proposed: list[review.Found], known: Ids) -> None:
    """The round of the district, and what its communes have proposed."""
    [round_id] = write(
        session,
        Round,
        [
            {
                "kind": RoundKind.PERIODIC,
                "unit_id": known.units[places.DISTRICT],
                "starts": review.STARTS,
                "last_day": REVIEW,
                "decider": Decider.LEVEL_ABOVE,
                "opened_by": DISTRICT,
                "closed_on": None,
            }
        ],
    )
    write(
        session,
        CommuneReview,
        [
            {
                "round_id": round_id,
                "commune_id": known.units[commune],
                "submitted_on": sent,
                "submitted_by": officer(commune) if sent else None,
            }
            for commune, sent in review.submitted_on().items()
        ],
    )
    numbers = write(
        session,
        Proposal,
        [
            review.row(
                one,
                round_id=round_id,
                commune_id=known.units[one.household.village.commune],
                household_id=known.households[one.household.code],
            )
            for one in proposed
        ],
    )
    lacking: list[Pair] = []
    events: list[Pair] = []
    for one, number in zip(proposed, numbers, strict=True):
        household = known.households[one.household.code]
        events += [(event, household) for event in review.events(one, number)]
        if one.state is not State.TO_REVIEW:
            lacking += [
                ({"proposal_id": number, **_indicator(code)}, household)
                for code in one.found.scores.lacking
            ]
    _write_pairs(session, ProposedDeprivation, lacking)
    _write_pairs(session, ProposalEvent, sorted(events, key=lambda pair: pair[0]["at"]))


def _indicator(code: str) -> Values:
    return {"standard_code": _STANDARD, "indicator_code": code}


def _amendments(session: Session, known: Ids) -> None:
    """What some targets were before they were amended."""
    random = _random("amendments")
    rows = [
        {
            "year": int(row["year"]),
            "unit_id": known.units[row["unit"]],
            "kind": row["kind"],
            "value": Decimal(row["value"]),
            "document": row["document"],
            "amended_at": moment(random, day(row["amended_on"]) or _ACCEPTED_ON),
            "amended_by": DISTRICT,
        }
        for row in table("amendments")
    ]
    write(session, TargetAmendment, rows)


def _accepted_finding(session: Session, known: Ids) -> None:
    """One wrong cell of the signed Biểu 2 that was looked at and left as it is."""
    row = {
        "table_name": "bieu-2",
        "unit_id": known.units[places.DISTRICT],
        "as_of": _SIGNED_ON,
        "year": _SIGNED_ON.year,
        "map_day": _SIGNED_ON,
        "basis": Basis.SPONSOR.value,
        "row_code": "CAM-THANH",
        "column_key": "poor_social_protection_rate",
        "declared": "1.49",
        "note": "Sai số làm tròn: 33/2.223 = 1,48 %. Biểu đã ký, không in lại.",
        "accepted_by": DISTRICT,
        "accepted_at": moment(_random("finding"), _ACCEPTED_ON),
    }
    write(session, AcceptedFinding, [row])
