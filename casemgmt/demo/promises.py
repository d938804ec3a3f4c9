"""Promises of support: kept by what was given, still open, past their day, or dropped."""

from collections.abc import Iterator
from datetime import date
from random import Random

from casemgmt.demo.baseline import Story
from casemgmt.demo.households import DAY, TODAY, Household
from casemgmt.demo.reading import Row, table
from casemgmt.demo.saying import between, sentence, soon_after, writer
from casemgmt.demo.scoring import NOT_POOR
from casemgmt.demo.support import fits
from casemgmt.demo.writing import Ids, Values

_KEPT, _OPEN, _OVERDUE, _DROPPED = 26, 18, 9, 5
_MANY = 100  # of such things a round number is promised
_NOT_PROMISED = {
    "Thăm hỏi",
    "Tuyên truyền, tư vấn",
    "Quà Tết",
    "Thẻ BHYT",
    "Trợ cấp xã hội",
    "Vay vốn NHCSXH",
}
_LED_SINCE = date(2023, 6, 1)  # who makes a promise that is not kept yet has led so long at least
_FIRST = (("HND-CAM-TUYEN", 4), ("LHPN-", 8))  # those who have accounts, so many of their promises


def promises(story: Story, given: list[Row], random: Random, ids: Ids) -> list[Values]:
    """All promises."""
    rows = list(_kept(story, given, random, ids))
    ways = [_open, _overdue, _open, _dropped, _open] * _DROPPED
    ways += [_open] * (_OPEN - ways.count(_open)) + [_overdue] * (_OVERDUE - _DROPPED)
    return rows + [
        way(random, ids, one) for way, one in zip(ways, _led(story, random), strict=False)
    ]


def _led(story: Story, random: Random) -> list[Household]:
    """Who has had the sponsor of today for long: in mixed order, but some whose sponsor has an
    account first."""
    led = [
        one
        for one in story.here()
        if one.recorded[-1].word != NOT_POOR
        and one.lead_on(TODAY)
        and one.lead_on(TODAY) == one.lead_on(_LED_SINCE)
    ]
    mixed, first = random.sample(led, len(led)), []
    for sponsor, number in _FIRST:
        first += [one for one in mixed if str(one.lead_on(TODAY)).startswith(sponsor)][:number]
    return first + [one for one in mixed if one not in first]


def _kept(story: Story, given: list[Row], random: Random, ids: Ids) -> Iterator[Values]:
    """Promises of what was given afterwards by the lead sponsor of the day of the promise."""
    by_code = {household.code: household for household in story.households}
    left = _KEPT
    for action in random.sample(given, len(given)):
        household, day = by_code[str(action["Mã hộ"])], action["Ngày"]
        if not isinstance(day, date) or action["Loại"] in _NOT_PROMISED:
            continue
        promised = day - DAY * random.randint(20, 80)
        organisation = action["Mã tổ chức"]
        if organisation is None or household.lead_on(promised) != organisation:
            continue
        due = max(promised, day + DAY * random.randint(-12, 25))
        wanted = {
            "kind": action["Loại"],
            "content": action["Nội dung"],
            "quantity": action["Số lượng"],
            "unit": action["Đơn vị tính"],
            "value": action["Giá trị (đồng)"],
        }
        kept_by = ids.actions[str(action["Mã hoạt động"])]
        yield _row(random, ids, household, str(organisation), wanted, promised, due) | {
            "kept_by_id": kept_by
        }
        left -= 1
        if not left:
            return


def _open(random: Random, ids: Ids, household: Household) -> Values:
    due = TODAY + DAY * random.randint(0, 60)
    return _promised(random, ids, household, due)


def _overdue(random: Random, ids: Ids, household: Household) -> Values:
    due = TODAY - DAY * random.randint(1, 45)
    return _promised(random, ids, household, due)


def _dropped(random: Random, ids: Ids, household: Household) -> Values:
    row = _promised(random, ids, household, TODAY - DAY * random.randint(20, 60))
    held = household.classified_on(TODAY)
    if held is None:
        raise ValueError(f"{household.code} lives nowhere")
    dropped_on = between(random, row["promised_on"], TODAY - DAY)
    return row | {
        "dropped_on": dropped_on,
        "drop_reason": sentence(random, "dropped", household, held),
    }


def _promised(random: Random, ids: Ids, household: Household, due: date) -> Values:
    """A promise of the lead sponsor of today, made when it led already."""
    organisation = household.lead_on(TODAY)
    held = household.classified_on(TODAY)
    if organisation is None or held is None:
        raise ValueError(f"nobody leads {household.code}")
    promised = min(TODAY - DAY, max(_LED_SINCE, due - DAY * random.randint(20, 70)))
    kinds = [
        kind
        for kind in table("support")
        if kind["kind"] not in _NOT_PROMISED
        and kind["givers"] not in ("none", "office", "business")
        and fits(kind["wants"])(household, held)
    ]
    kind = random.choice(kinds)
    least, most = int(kind["least"]), int(kind["most"])
    quantity = least if most >= _MANY else random.randint(least, most)
    value = quantity * 1000 * int(kind["value"]) if kind["value"] else None
    wanted = {
        "kind": kind["kind"],
        "content": kind["content"],
        "quantity": quantity,
        "unit": kind["unit"],
        "value": value,
    }
    return _row(random, ids, household, organisation, wanted, promised, due)


def _row(
    random: Random,
    ids: Ids,
    household: Household,
    organisation: str,
    wanted: Row,
    promised: date,
    due: date,
) -> Values:
    return {
        "household_id": ids.households[household.code],
        "organisation_id": ids.organisations[organisation],
        "kind_name": wanted["kind"],
        "content": wanted["content"],
        "quantity": wanted["quantity"],
        "unit": wanted["unit"],
        "value": wanted["value"],
        "promised_on": promised,
        "due_on": due,
        "kept_by_id": None,
        "dropped_on": None,
        "drop_reason": None,
        "recorded_by": writer(organisation, household.village.commune),
        "recorded_at": soon_after(random, promised),
    }
