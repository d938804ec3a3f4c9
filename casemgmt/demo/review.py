"""The review that is under way: what the communes have found so far, village by village, as
`review.tsv` says. Who is to leave or enter a list is looked at first: so the proposals that are
there already lead to the numbers published for the end of the year."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count
from random import Random

from casemgmt.demo import scoring
from casemgmt.demo.baseline import Story
from casemgmt.demo.households import AREAS, DAY, REVIEW, TODAY, Classified, Household
from casemgmt.demo.places import villages
from casemgmt.demo.reading import day, number, table
from casemgmt.demo.saying import DISTRICT, between, moment, officer, sentence
from casemgmt.demo.scoring import NEAR_POOR, NOT_POOR, POOR, Scores
from casemgmt.demo.writing import Values
from casemgmt.organisations.models import Kind
from casemgmt.register.models import Class
from casemgmt.reviews.models import EventKind, Listing, State

STARTS = date(2023, 9, 1)
_MET = {
    "sent": (date(2023, 9, 18), date(2023, 10, 6)),
    "met": (date(2023, 10, 10), date(2023, 10, 18)),
}
_RETURNED = (date(2023, 10, 18), date(2023, 10, 19))
_POSTED = 4  # days after the first: three working days, whatever the weekday
_LISTED = {POOR: Listing.POOR, NEAR_POOR: Listing.NEAR_POOR, NOT_POOR: Listing.APPLIED}
_CLASSES = {one.label: one for one in Class}
_KINDS = {one.label: one for one in Kind}
_EVERY = {"still_lacking": 11, "kept": 70}  # one in so many is unlike the others
_TAKEN_BACK = ("CAM-TUYEN", 2)  # the commune, and which of its proposals that were sent


@dataclass(frozen=True, slots=True)
class Meeting:
    """Họp thôn, and what was posted after it."""

    day: date
    present: int
    agreed: int
    posted_from: date

    @property
    def posted_until(self) -> date:
        """The last day of posting."""
        return self.posted_from + _POSTED * DAY


@dataclass(frozen=True, slots=True)
class Found:
    """What is proposed for one household. `found` is what the review finds there, also where it
    has not looked yet (`state`)."""

    household: Household
    today: Classified
    found: Classified
    state: State
    reason: str | None = None
    meeting: Meeting | None = None
    submitted: datetime | None = None
    returned: tuple[str, str, datetime] | None = None  # field, reason, when
    taken_back: datetime | None = None

    @property
    def listed(self) -> Listing:
        """Why the household is in the list."""
        return _LISTED[self.today.word]


def found(story: Story, random: Random) -> list[Found]:
    """What is proposed for each household to review, by commune and household."""
    special = {name: count(1) for name in _EVERY}
    return [
        one
        for told in table("review")
        for one in _in_commune(_Commune(story, random, told, special))
    ]


@dataclass(frozen=True, slots=True)
class _Commune:
    story: Story
    random: Random
    told: dict[str, str]
    special: dict[str, "count[int]"]

    def stages(self) -> dict[str, str]:
        """How far each village has come, by its code."""
        here = [one.code for one in villages(self.told["commune"]) if one.stands(TODAY)]
        stages = [
            stage
            for stage in ("sent", "met", "surveyed")
            for _ in range(number(self.told[stage]) or 0)
        ]
        return dict(zip(here, stages + ["to_review"] * (len(here) - len(stages)), strict=True))


def _in_commune(commune: _Commune) -> Iterator[Found]:
    stages, random = commune.stages(), commune.random
    meetings = {
        village: _meeting(random, stage) for village, stage in stages.items() if stage in _MET
    }
    sent = 0
    returns = list(table("returns")[: number(commune.told["returned"]) or 0])
    for household in commune.story.here():
        today = household.recorded[-1]
        listed = today.word != NOT_POOR or household.to_come is not None
        if household.village.commune != commune.told["commune"] or not listed:
            continue
        one = _look(commune, household, stages[household.village.code])
        one = replace(one, meeting=meetings.get(household.village.code))
        if one.state is State.SUBMITTED and one.meeting is not None:
            one = replace(one, submitted=_sent(random, one.meeting))
            sent += 1
            one = _sent_back(random, one, sent, returns, commune.told["commune"])
        yield one


def _look(commune: _Commune, household: Household, stage: str) -> Found:
    """What is found at a household, and how far it has come with its village."""
    today, to_come = household.recorded[-1], household.to_come
    state = State.SUBMITTED if stage == "sent" else State.DRAFT
    if stage == "to_review" and to_come is None:
        state = State.TO_REVIEW
    finds = to_come or replace(
        today,
        social_protection=household.social_protection,
        union=scoring.membership(household.members),
        scores=scoring.score(
            commune.random,
            today.word,
            AREAS[household.village.commune],
            REVIEW,
            household.members,
            today.scores,
        ),
    )
    about, scores = _reasoned(commune, household, today, finds)
    reason = sentence(commune.random, about, household, today) if about else None
    return Found(household, today, replace(finds, scores=scores), state, reason)


def _reasoned(
    commune: _Commune, household: Household, today: Classified, finds: Classified
) -> tuple[str | None, Scores]:
    """What the reason is about, and the scores: some, with a reason, imply another class."""
    match today.word, finds.word:
        case (scoring.POOR, scoring.NEAR_POOR | scoring.NOT_POOR):
            if _is_special(commune, "still_lacking"):
                return "still_lacking", _lacking(commune.random, household, finds.scores, 3)
            return "exit_social" if today.social_protection else "exit", finds.scores
        case (scoring.POOR, scoring.POOR) if _is_special(commune, "kept"):
            return "kept", _lacking(commune.random, household, finds.scores, 2)
        case (scoring.NEAR_POOR, scoring.NOT_POOR):
            return "leave_near", finds.scores
        case before, after if before != after:
            return "enter", finds.scores
    return None, finds.scores


def _is_special(commune: _Commune, name: str) -> bool:
    return next(commune.special[name]) % _EVERY[name] == 0


def _lacking(random: Random, household: Household, scores: Scores, wanted: int) -> Scores:
    """The same scores, but with so many deprivations."""
    others = [one for one in scoring.possible(household.members) if one not in scores.lacking]
    lacking = [*scores.lacking, *random.sample(others, len(others))][:wanted]
    return Scores(scores.b1, 10 * len(lacking), tuple(sorted(lacking)))


def _meeting(random: Random, stage: str) -> Meeting:
    met = between(random, *_MET[stage])
    present = random.randint(18, 46)
    agreed = random.randint(round(0.7 * present), present)
    return Meeting(met, present, agreed, met + DAY * random.randint(1, 2))


def _sent(random: Random, meeting: Meeting) -> datetime:
    return moment(random, meeting.posted_until + DAY * random.randint(1, 3))


def _sent_back(
    random: Random, one: Found, place: int, returns: list[dict[str, str]], commune: str
) -> Found:
    """One of the first that were sent comes back, with a reason for one of its fields, or is taken
    back by the commune to be mended."""
    if one.submitted is None:
        return one
    if (commune, place) == _TAKEN_BACK:
        return replace(one, state=State.DRAFT, submitted=None, taken_back=one.submitted)
    leaves = one.today.word == POOR and one.found.word != POOR
    if returns and leaves:
        told = returns.pop(0)
        back = moment(random, between(random, *_RETURNED))
        return replace(one, state=State.RETURNED, returned=(told["field"], told["reason"], back))
    return one


# -- as rows --------------------------------------------------------------------------------


def row(one: Found, *, round_id: int, commune_id: int, household_id: int) -> Values:
    """The proposal. What has not been looked at says only what the household is today."""
    looked = one.state is not State.TO_REVIEW
    held, meeting, back = one.found, one.meeting if looked else None, one.returned
    return {
        "round_id": round_id,
        "commune_id": commune_id,
        "household_id": household_id,
        "listed": one.listed,
        "state": one.state,
        "class": _CLASSES[held.word] if looked else None,
        "minority": held.minority,
        "social_protection": held.social_protection,
        "merit": held.merit,
        "member_of": _KINDS[held.union or ""],
        "score_b1": held.scores.b1 if looked else None,
        "score_b2": held.scores.b2 if looked else None,
        "reason": one.reason if looked else None,
        "met_on": meeting.day if meeting else None,
        "met_present": meeting.present if meeting else None,
        "met_agreed": meeting.agreed if meeting else None,
        "posted_from": meeting.posted_from if meeting else None,
        "posted_until": meeting.posted_until if meeting else None,
        "proposed_by": officer(one.household.village.commune) if looked else None,
        "submitted_at": one.submitted,
        "return_reason": back[1] if back else None,
        "return_field": back[0] if back else None,
        "decided_by": None,
        "decided_at": None,
        "decision_number": None,
        "decision_date": None,
        "starts": None,
    }


def events(one: Found, proposal_id: int) -> Iterator[Values]:
    """Its way between commune and district, oldest first."""
    commune = officer(one.household.village.commune)
    sent = one.submitted or one.taken_back
    if sent is not None:
        yield _event(proposal_id, sent, commune, EventKind.SUBMITTED)
    if one.taken_back is not None:
        yield _event(proposal_id, one.taken_back + DAY, commune, EventKind.TAKEN_BACK)
    if one.returned is not None:
        field, reason, at = one.returned
        yield _event(proposal_id, at, DISTRICT, EventKind.RETURNED, reason, field)


def _event(
    proposal_id: int,
    at: datetime,
    by: str,
    what: EventKind,
    reason: str | None = None,
    field: str | None = None,
) -> Values:
    return {
        "proposal_id": proposal_id,
        "at": at,
        "by": by,
        "what": what,
        "reason": reason,
        "field": field,
    }


def submitted_on() -> dict[str, date | None]:
    """The day on which each commune sent its review as complete."""
    return {told["commune"]: day(told["submitted_on"]) for told in table("review")}
