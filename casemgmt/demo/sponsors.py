"""Who helps whom: the lead sponsors of 15/02/2022 exactly as the signed Biểu 3 counts them, those
under "Khác" parted among other organisations and nobody; and what changed afterwards."""

from datetime import date

from casemgmt.demo import organisations, places
from casemgmt.demo.baseline import Story
from casemgmt.demo.households import DAY, LEAD, SUPPORT, Household, Sponsored
from casemgmt.demo.reading import table
from casemgmt.demo.scoring import NEAR_POOR, POOR, membership
from casemgmt.organisations.models import Kind

UNIONS = (
    Kind.FARMERS_UNION,
    Kind.WOMENS_UNION,
    Kind.YOUTH_UNION,
    Kind.VETERANS_ASSOCIATION,
)
_OTHERS = (Kind.FATHERLAND_FRONT, Kind.ELDERLY_ASSOCIATION, Kind.OFFICE, Kind.BUSINESS)
_PROGRAMME_2021, SIGNED = date(2021, 3, 15), date(2022, 2, 10)
_LAST = date(2023, 10, 13)
_CHANGES, _ENDS, _TAKEN_ON, _SUPPORTED = 24, 10, 58, 70
_WHY_CHANGED = (
    "Chuyển cho tổ chức ở gần hộ hơn",
    "Phân công lại theo chương trình phối hợp",
    "Hộ có hội viên của tổ chức khác",
)
_WHY_ENDED = ("Hộ xin thôi nhận đỡ đầu", "Hết kinh phí đỡ đầu", "Hộ đã có người thân chăm lo")


def begin(story: Story) -> None:
    """The sponsors of 15/02/2022."""
    for group, row in enumerate(table("groups")):
        left = [one for one in story.here(group) if one.word == POOR]
        story.random.shuffle(left)
        for kind in (*UNIONS, *_OTHERS):
            # Who has a member of the organisation is taken first.
            left.sort(key=lambda one: membership(one.members) != kind.label)
            led, left = left[: int(row[kind.value])], left[int(row[kind.value]) :]
            for household in led:
                _lead(story, household, kind, _early_day(story, household))
        near = [one for one in story.here(group) if one.word == NEAR_POOR]
        for household in story.random.sample(near, len(near) // 4):
            _lead(story, household, story.random.choice(UNIONS), _early_day(story, household))


def _early_day(story: Story, household: Household) -> date:
    known = household.stays[0].starts <= _PROGRAMME_2021
    if known and story.random.random() < 0.35:
        return _PROGRAMME_2021
    return story.random.choice((SIGNED, SIGNED, date(2022, 1, 10) + DAY * _below(story, 30)))


def go_on(story: Story) -> None:
    """What changed afterwards: leads end with poverty, change or are taken on; some support."""
    here = story.here()
    for household in here:
        _end_with_poverty(story, household)
    led = [one for one in here if one.lead is not None and one.word == POOR]
    story.random.shuffle(led)
    for household in led[:_CHANGES]:
        _change(story, household)
    for household in led[_CHANGES : _CHANGES + _ENDS]:
        _stop(story, household)
    alone = [one for one in here if one.word == POOR and not one.sponsors]
    for household in story.random.sample(alone, _TAKEN_ON):
        kind = story.random.choice((*UNIONS, *_OTHERS))
        _lead(story, household, kind, _later_day(story, household))
    for household in story.random.sample([one for one in here if one.lead], _SUPPORTED):
        _support(story, household)


def _end_with_poverty(story: Story, household: Household) -> None:
    """Where a household has left poverty, its lead mostly stops a month later."""
    left, lead = household.classes[-1], household.lead
    until = left.starts + 30 * DAY
    if lead is None or left.word == POOR or left.starts < SIGNED or until > _LAST:
        return
    if household.was(POOR) and lead.starts < until and story.random.random() < 0.7:
        lead.end(until, "Hộ đã thoát nghèo")


def _change(story: Story, household: Household) -> None:
    kind, day = story.random.choice((*UNIONS, *_OTHERS)), _later_day(story, household)
    organisation = _one(story, household, kind)
    lead = household.lead
    if lead is not None and organisation != lead.organisation and lead.starts < day - DAY:
        lead.end(day - DAY, story.random.choice(_WHY_CHANGED))
        household.sponsors.append(Sponsored(organisation, LEAD, day, _in_charge(story)))


def _stop(story: Story, household: Household) -> None:
    lead, day = household.lead, _later_day(story, household)
    if lead is not None and lead.starts < day:
        lead.end(day, story.random.choice(_WHY_ENDED))


def _support(story: Story, household: Household) -> None:
    organisation = _one(story, household, story.random.choice((*_OTHERS, Kind.OTHER)))
    day = _later_day(story, household)
    support = Sponsored(organisation, SUPPORT, day, _in_charge(story))
    if day.year == 2022 and story.random.random() < 0.4:
        support.end(date(2022, 12, 31), "Hết năm chương trình")
    household.sponsors.append(support)


def _lead(story: Story, household: Household, kind: Kind, day: date) -> None:
    organisation = _one(story, household, kind)
    household.sponsors.append(Sponsored(organisation, LEAD, day, _in_charge(story)))


def _one(story: Story, household: Household, kind: Kind) -> str:
    """An organisation of the commune; sometimes the one of the district."""
    own = story.random.random() > 0.12
    place = household.village.commune if own else places.DISTRICT
    return story.random.choice(organisations.of_kind(kind, place))


def _in_charge(story: Story) -> str | None:
    return story.any_name() if story.random.random() < 0.7 else None


def _below(story: Story, days: int) -> int:
    return story.random.randrange(days)


def _later_day(story: Story, household: Household) -> date:
    """A day between the signing and the register's today, on which the household lives where it
    lives now."""
    first = max(SIGNED + 20 * DAY, household.stays[-1].starts)
    return first + DAY * _below(story, max(1, (_LAST - first).days))
