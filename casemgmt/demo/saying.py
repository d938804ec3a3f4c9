"""What people write in free words, who they are, and when they write it down."""

from datetime import date, datetime, time
from random import Random

from casemgmt import clock
from casemgmt.demo.households import DAY, TODAY, Classified, Household
from casemgmt.demo.reading import table
from casemgmt.demo.support import fits

DISTRICT = "huyen-camlo"  # the account that opens and decides reviews
_TOWN = "thitran-camlo"
_OFFICERS = {"HND-CAM-TUYEN": "nongdan-camtuyen"}
_WOMENS_UNION, _DISTRICTS_WOMEN = "LHPN-", "phunu-huyen"


def sentence(random: Random, about: str, household: Household, held: Classified) -> str:
    """One of the sentences about something that suits a household of a class."""
    suiting = [
        row["text"]
        for row in table("sentences")
        if row["about"] == about and fits(row["wants"])(household, held)
    ]
    return random.choice(suiting)


def perhaps(
    random: Random, chance: float, about: str, household: Household, held: Classified
) -> str | None:
    """The same, sometimes."""
    return sentence(random, about, household, held) if random.random() < chance else None


def officer(commune: str) -> str:
    """The account of a commune."""
    return _TOWN if commune.startswith("TT-") else f"xa-{commune.replace('-', '').lower()}"


def account(organisation: str) -> str:
    """The account of an organisation."""
    if organisation.startswith(_WOMENS_UNION):
        return _DISTRICTS_WOMEN
    return _OFFICERS.get(organisation, organisation.lower())


def writer(organisation: str | None, commune: str) -> str:
    """Who writes down what an organisation does: itself, where it works with the register; else
    the commune, which enters the paper forms."""
    own = organisation is not None and organisation.startswith((_WOMENS_UNION, *_OFFICERS))
    return account(organisation) if organisation and own else officer(commune)


def moment(random: Random, day: date) -> datetime:
    """Some minute of a day's office hours."""
    return datetime.combine(
        day, time(7 + random.randrange(10), random.randrange(60)), clock.VIETNAM
    )


def soon_after(random: Random, day: date) -> datetime:
    """Some minute of the day or of one of the next three, which are not after today."""
    return moment(random, min(TODAY, day + DAY * random.randrange(4)))


def between(random: Random, first: date, last: date) -> date:
    """A day from the first to the last one."""
    return first + DAY * random.randrange((last - first).days + 1)
