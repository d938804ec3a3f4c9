"""Requests to sponsor a household, as `requests.tsv` says: who asked when, and what became of it.
An accepted one led to the lead sponsorship that the story tells; a stale one came second."""

from collections.abc import Iterator
from datetime import date
from random import Random

from casemgmt.demo import organisations, places
from casemgmt.demo.baseline import Story
from casemgmt.demo.households import DAY, LEAD, TODAY, Household, Sponsored, on
from casemgmt.demo.reading import day, table
from casemgmt.demo.saying import account, officer
from casemgmt.demo.scoring import NOT_POOR
from casemgmt.demo.sponsors import SIGNED
from casemgmt.demo.writing import Ids, Values
from casemgmt.sponsorship.models import Answer
from casemgmt.typed import show_date

_ORGANISATIONS = {str(row["Mã"]): row for row in organisations.organisations()}


def requests(story: Story, random: Random, ids: Ids) -> list[Values]:
    """All requests, in the order of the table."""
    mixed = random.sample(story.here(), len(story.here()))
    taken: list[Household] = []
    rows = []
    for told in table("requests"):
        answer = Answer(told["answer"])
        if answer in (Answer.ACCEPTED, Answer.STALE):
            household, lead = _became_led(mixed, taken, told["organisation"], answer)
            asked = lead.starts - DAY * random.randint(4, 12)
            rows.append(_row(ids, told | _why(answer, lead), household, asked, lead.starts))
        else:
            household = taken[-1] if told["again"] else next(_unled(mixed, taken, told))
            rows.append(_row(ids, told, household, _said(told["asked"]), day(told["answered"])))
        taken.append(household)
    return rows


def _why(answer: Answer, lead: Sponsored) -> dict[str, str]:
    """A stale request says who became the lead."""
    if answer is Answer.ACCEPTED:
        return {}
    name = _ORGANISATIONS[lead.organisation]["Tên"]
    return {"reason": f"{name} đỡ đầu hộ từ {show_date(lead.starts)}."}


def _said(text: str) -> date:
    asked = day(text)
    if asked is None:
        raise ValueError("requests.tsv: a request is asked on a day")
    return asked


def _in_area(household: Household, organisation: str) -> bool:
    return _ORGANISATIONS[organisation]["Mã đơn vị"] in (household.village.commune, places.DISTRICT)


def _listed_without_lead(household: Household, on_day: date) -> bool:
    held = household.classified_on(on_day)
    return held is not None and held.word != NOT_POOR and household.lead_on(on_day) is None


def _unled(
    mixed: list[Household], taken: list[Household], told: dict[str, str]
) -> Iterator[Household]:
    """Poor and near-poor households of the organisation's area that nobody led when it asked, nor
    leads today; poor ones first."""
    asked = _said(told["asked"])
    found = [
        one
        for one in mixed
        if one not in taken
        and _in_area(one, told["organisation"])
        and _listed_without_lead(one, asked)
        and _listed_without_lead(one, TODAY)
    ]
    yield from sorted(found, key=lambda one: one.recorded[-1].word != "Hộ nghèo")


def _became_led(
    mixed: list[Household], taken: list[Household], organisation: str, answer: Answer
) -> tuple[Household, Sponsored]:
    """A household that nobody led until the organisation that asked became its lead sponsor or,
    where the request became stale, another one."""
    for household in mixed:
        leads = [one for one in household.sponsors if one.part == LEAD]
        if household in taken or not leads or leads[0].starts < SIGNED + 30 * DAY:
            continue
        before = leads[0].starts - 12 * DAY
        stood = on(household.stays, before) is on(household.stays, leads[0].starts)
        same = leads[0].organisation == organisation
        if (
            stood
            and same is (answer is Answer.ACCEPTED)
            and _in_area(household, organisation)
            and _listed_without_lead(household, before)
            and _listed_without_lead(household, leads[0].starts - DAY)
        ):
            return household, leads[0]
    raise ValueError(f"requests.tsv: {organisation} has no household whose request is {answer}")


def _row(
    ids: Ids, told: dict[str, str], household: Household, asked: date, answered: date | None
) -> Values:
    answer, commune = Answer(told["answer"]), household.village.commune
    by_itself = answer is Answer.WITHDRAWN
    answerer = account(told["organisation"]) if by_itself else officer(commune)
    return {
        "household_id": ids.households[household.code],
        "organisation_id": ids.organisations[told["organisation"]],
        "asked_on": asked,
        "asked_by": account(told["organisation"]),
        "message": told["message"] or None,
        "answer": answer,
        "answered_on": answered,
        "answered_by": answerer if answered else None,
        "answer_reason": told["reason"] or None,
    }
