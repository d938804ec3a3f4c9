"""What an address or a form names — a household, a member, a fact, a village — found within what
the one who asks may write about, or 404."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar

from flask import abort, request, url_for
from werkzeug.wrappers import Response

from casemgmt.audit.models import What
from casemgmt.errors import RuleBroken
from casemgmt.households import queries
from casemgmt.households.forms import CHOOSE
from casemgmt.places import queries as places
from casemgmt.places.models import Tier, Unit
from casemgmt.register.models import Household, Member
from casemgmt.typed import parse_code
from casemgmt.vietnamese import clean
from casemgmt.web.asking import lens, lens_to_write, me, note, one_or_404, today
from casemgmt.web.database import session
from casemgmt.web.forms import PickField
from casemgmt.web.going import go
from casemgmt.words import _


class Dated(Protocol):
    """A fact of a household."""

    @property
    def starts(self) -> date: ...


Fact = TypeVar("Fact", bound=Dated)


def household_to_write(code: str, day: date | None = None) -> Household:
    """The household of an address, which the one who asks may write about today (or, for support,
    on the day of the act); else 404. `?as_of=` does not matter. That its page was opened is
    written down."""
    household = one_or_404(queries.household_by_code(lens_to_write(day), code))
    if request.method == "GET":
        note_read(household)
    return household


def note_read(household: Household) -> None:
    """Have it written down that a household was read, by one who sees what is private."""
    if lens().private:
        note(What.READ, "household", {"id": household.id}, household.id)


def household_named(code: str | None, field: str) -> Household:
    """The household of a code typed in a form. Unknown and out of scope are refused alike."""
    typed = clean(code or "")
    found = session().scalar(queries.household_by_code(lens_to_write(), typed))
    if found is None:
        raise RuleBroken(
            _("Không tìm thấy hộ mã “{typed}” trong phạm vi của bạn.", typed=typed), field=field
        )
    return found


def member_of(household: Household, number: int) -> Member:
    """A member by number, of this household; else 404."""
    found = next((member for member in household.members if member.id == number), None)
    return found or abort(404)


def fact_from(facts: Iterable[Fact], day: str) -> Fact:
    """The fact of a household that begins on the day in an address (yyyy-mm-dd); else 404."""
    found = next((fact for fact in facts if fact.starts.isoformat() == day), None)
    return found or abort(404)


def offer_villages(field: PickField) -> None:
    """Let a form choose among the villages that lie today under the unit of the one who asks, by
    commune where there are several."""
    unit = me().unit_id
    if unit is None:
        return
    rows = session().execute(
        places.units_on(today(), tiers=[Tier.COMMUNE, Tier.VILLAGE], within=unit)
    )
    groups: dict[int, tuple[str, dict[str, str]]] = {}
    loose: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: row.level.tier is Tier.VILLAGE):
        name = places.named(row.level, row.name)
        if row.level.tier is Tier.VILLAGE:
            groups.get(row.parent_id, ("", loose))[1][row.code] = name
        else:
            groups[row.id] = (name, {})
    full = {name: villages for name, villages in groups.values() if villages}
    if len(full) == 1 and not loose:
        field.choices = {"": CHOOSE, **next(iter(full.values()))}
    else:
        field.choices = {"": CHOOSE, **loose, **full}


def values(field: PickField) -> dict[str, str]:
    """What a field offers: value → label."""
    offered = field.iter_choices()  # type: ignore[no-untyped-call]
    return {choice.value: choice.label for choice in offered if choice.value}


def village_chosen(code: str | None, field: str = "village") -> Unit:
    """The village of a code chosen or typed in a form."""
    try:
        typed = parse_code(code)
    except ValueError as wrong:
        raise RuleBroken(_("Mã thôn: {why}.", why=_(str(wrong))), field=field) from None
    unit = session().scalar(places.by_code(typed))
    if unit is None or not any(period.level.tier is Tier.VILLAGE for period in unit.periods):
        raise RuleBroken(
            _("Không có thôn, bản, khu phố nào mang mã {typed}.", typed=typed), field=field
        )
    return unit


def file_address(household: Household) -> str:
    """Where the household's file is, as of today."""
    return url_for("casefile.show", code=household.code, as_of=None)


def parts_address(code: str) -> str:
    """Where the parts of a household are, one by one."""
    return url_for("parts.show", code=code, as_of=None)


def among_parts() -> bool:
    """Whether this page was opened from the parts of a household, and leads back there."""
    return request.args.get("next") == "parts"


def back_to(household: Household, said: str) -> Response:
    """After an act: to the household's file (or its parts, where one came from there), saying
    what was done. Where the household has left the scope of the one who asks, to the list."""
    session().flush()
    code = household.code
    seen = session().scalar(queries.household_by_code(lens_to_write(), code))
    if seen is None:
        return go(url_for("households.index", as_of=None), said)
    if among_parts():
        return go(parts_address(code), said)
    return go(url_for("casefile.show", code=code, as_of=None), said)
