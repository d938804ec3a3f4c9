"""Whether a household that is about to be added may already be in the register."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from casemgmt.households.queries import belongs_on, households_of_citizen
from casemgmt.places.models import Unit
from casemgmt.register.lens import Lens
from casemgmt.register.models import Household, Member, Relation, Span, citizen_digest
from casemgmt.typed import Birth, parse_citizen_id
from casemgmt.vietnamese import fold
from casemgmt.words import _


@dataclass(frozen=True, slots=True)
class Likeness:
    """A household in scope that may be the same, and why."""

    code: str
    head_name: str
    why: str


@dataclass(slots=True)
class Alike:
    """What may already be there: households in scope, by name; `elsewhere`: the CCCD stands in a
    household out of scope, of which nothing more is told."""

    found: list[Likeness] = field(default_factory=list)
    elsewhere: bool = False

    def __bool__(self) -> bool:
        return bool(self.found) or self.elsewhere

    def sentence(self) -> str:
        """What was found, in words."""
        said = []
        if self.found:
            codes = ", ".join(one.code for one in self.found)
            said.append(_("Có thể đã có hộ này trong sổ: {codes}.", codes=codes))
        if self.elsewhere:
            said.append(_("Số CCCD này đang ghi ở một hộ khác trong sổ."))
        return " ".join([*said, _("Nếu đúng là hộ khác, hãy đánh dấu ở đây.")])


def alike(
    session: Session,
    lens: Lens,
    *,
    head_name: str,
    village: Unit,
    birth: Birth | None = None,
    citizen_id: str | None = None,
) -> Alike:
    """Households that may be the one of this head: those with a member of this CCCD, and those of
    the village whose head is called so (tones aside) and was not born in another year."""
    found: dict[str, Likeness] = {}
    digest = _digest(citizen_id)
    elsewhere = False
    if digest:
        for code, name in session.execute(lens.scoped(_with_citizen(digest, lens.as_of))):
            found[code] = Likeness(code, name, _("cùng số CCCD"))
        elsewhere = session.scalar(households_of_citizen(digest, lens.as_of)) != len(found)
    for code, name in session.execute(_namesakes(lens, head_name, village, birth)):
        found.setdefault(code, Likeness(code, name, _("cùng tên chủ hộ, cùng thôn")))
    return Alike(sorted(found.values(), key=lambda one: one.code), elsewhere)


def _digest(citizen_id: str | None) -> str | None:
    try:
        return citizen_digest(parse_citizen_id(citizen_id)[0]) if citizen_id else None
    except ValueError:
        return None  # the act itself refuses it


def _with_citizen(digest: str, day: date) -> Select[*tuple[Any, ...]]:
    members = select(Member.household_id).where(Member.citizen_digest == digest, belongs_on(day))
    return (
        select(Household.code, Household.head_name)
        .where(Household.id.in_(members))
        .order_by(Household.code)
    )


def _namesakes(
    lens: Lens, head_name: str, village: Unit, birth: Birth | None
) -> Select[*tuple[Any, ...]]:
    day = lens.as_of
    query = (
        select(Household.code, Household.head_name)
        .join(Span, and_(Span.household_id == Household.id, Span.starts <= day, Span.ends > day))
        .where(Span.village_id == village.id, Household.head_search == fold(head_name))
        .order_by(Household.code)
    )
    if birth is not None:
        born_otherwise = select(Member.household_id).where(
            Member.household_id == Household.id,
            Member.relation == Relation.HEAD,
            Member.birth_year != birth.year,
            belongs_on(day),
        )
        query = query.where(~born_otherwise.exists())
    return lens.scoped(query)
