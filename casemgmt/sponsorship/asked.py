"""The organisations that a form may choose among, and the one that was chosen."""

from collections.abc import Iterable

from sqlalchemy import Select, or_, select

from casemgmt.errors import RuleBroken
from casemgmt.households.forms import CHOOSE
from casemgmt.organisations import queries as organisations
from casemgmt.organisations.models import Organisation
from casemgmt.places.models import Lies
from casemgmt.places.queries import standing
from casemgmt.web.asking import lens_to_write, me, today
from casemgmt.web.database import session
from casemgmt.web.forms import PickField
from casemgmt.words import _


def within_reach() -> Select[Organisation]:
    """The organisations that the one who asks may name: an organisation's own and those under it;
    an officer's at the unit, at those under it and at those above it."""
    query = select(Organisation)
    user = me()
    if own := lens_to_write().organisations:
        return query.where(Organisation.id.in_(sorted(own)))
    under = select(Lies.unit_id).where(Lies.within_id == user.unit_id, standing(today()))
    above = select(Lies.within_id).where(Lies.unit_id == user.unit_id, standing(today()))
    return query.where(or_(Organisation.unit_id.in_(under), Organisation.unit_id.in_(above)))


def offer_organisations(
    field: PickField, *, blank: str | None = CHOOSE, also: Iterable[Organisation] = ()
) -> None:
    """Let a form choose an organisation within reach (`also`: those that stand there already)."""
    offered = organisations.by_name(session().scalars(within_reach()))
    offered += [organisation for organisation in also if organisation not in offered]
    choices = {one.code: one.name for one in offered}
    field.choices = choices if blank is None else {"": _(blank), **choices}


def organisation_chosen(code: str | None, field: str = "organisation") -> Organisation:
    """The organisation of a code that a form offered."""
    found = session().scalar(organisations.by_code(code or ""))
    if found is None:
        raise RuleBroken(_("Cần chọn tổ chức."), field=field)
    return found
