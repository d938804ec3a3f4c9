"""Đỡ đầu: who leads and who supports the help to a household. At most one lead on any day."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy.orm import Session

from casemgmt.audit import trail
from casemgmt.errors import RuleBroken
from casemgmt.organisations.models import Organisation
from casemgmt.register import timeline
from casemgmt.register.models import Household, Lead, Supporter
from casemgmt.register.rules import apart, ordered, said
from casemgmt.sponsorship.closing import close_stale
from casemgmt.typed import show_date
from casemgmt.vietnamese import clean
from casemgmt.words import _

_DAY = timedelta(days=1)


class SomeBroken(RuleBroken):
    """An act on many households failed for some of them: `faults` maps their codes to why."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        told = "; ".join(f"{code}: {why}" for code, why in faults.items())
        super().__init__(
            _("Chưa giao hộ nào vì {n} hộ không giao được. {told}", n=len(faults), told=told)
        )
        self.faults = dict(faults)


def assign_lead(
    session: Session,
    household: Household,
    *,
    organisation: Organisation,
    starts: date,
    in_charge: str | None = None,
) -> Lead:
    """An organisation leads the help to a household from a day on, on which the household lives
    in the register and nobody leads. It holds until it is ended or the household's next lead."""
    lead = _assigned(session, household, organisation, starts, in_charge)
    _settle(session, [household])
    return lead


def assign_leads(
    session: Session,
    households: Sequence[Household],
    *,
    organisation: Organisation,
    starts: date,
    in_charge: str | None = None,
) -> list[Lead]:
    """The same for many households at once: all or none. Raises SomeBroken, which lists why for
    each household that cannot be assigned."""
    faults = {}
    for household in households:
        try:
            may_assign(household, starts)
        except RuleBroken as broken:
            faults[household.code] = broken.message
    if faults:
        raise SomeBroken(faults)
    leads = [
        _assigned(session, household, organisation, starts, in_charge) for household in households
    ]
    _settle(session, households)
    return leads


def change_lead(
    session: Session,
    household: Household,
    *,
    organisation: Organisation,
    starts: date,
    reason: str,
    in_charge: str | None = None,
) -> Lead:
    """Another organisation leads from a day on; the one before ends the day before, with the
    reason."""
    reason = said(reason)
    held = _may_change(household, organisation, starts)
    lead = _changed(session, held, organisation, starts, reason, in_charge)
    _settle(session, [household])
    return lead


def change_leads(
    session: Session,
    households: Sequence[Household],
    *,
    organisation: Organisation,
    starts: date,
    reason: str,
    in_charge: str | None = None,
) -> list[Lead]:
    """The same for many households at once: all or none. Raises SomeBroken, which lists why for
    each household whose lead cannot be changed."""
    reason = said(reason)
    faults, held = {}, []
    for household in households:
        try:
            held.append(_may_change(household, organisation, starts))
        except RuleBroken as broken:
            faults[household.code] = broken.message
    if faults:
        raise SomeBroken(faults)
    leads = [_changed(session, one, organisation, starts, reason, in_charge) for one in held]
    _settle(session, households)
    return leads


def end_lead(session: Session, household: Household, *, last_day: date, reason: str) -> None:
    """End the lead sponsorship of a household. It must have a lead on that day; the reason is
    kept."""
    reason = said(reason)
    held = _held(household, last_day, field="last_day")
    with trail.because(session, reason):
        held.last_day, held.end_reason = last_day, reason
    timeline.rewrite(session, [household.id])


def correct_lead(
    session: Session,
    lead: Lead,
    *,
    organisation: Organisation,
    starts: date,
    last_day: date | None,
    in_charge: str | None,
    end_reason: str | None,
    reason: str,
) -> None:
    """Correct a lead sponsorship that was recorded wrongly. It must not reach another one."""
    reason = said(reason)
    ordered(starts, last_day)
    household = lead.household
    for other in household.leads:
        if other is not lead:
            apart(other, starts, last_day)
    with trail.because(session, reason):
        lead.organisation, lead.starts, lead.last_day = organisation, starts, last_day
        lead.in_charge = clean(in_charge or "") or None
        lead.end_reason = clean(end_reason or "") or None
    _settle(session, [household])


def withdraw_lead(session: Session, lead: Lead, *, reason: str) -> None:
    """Take back a lead sponsorship that never was. The one before holds on unless its end was
    written."""
    household = lead.household
    with trail.because(session, said(reason)):
        session.delete(lead)
    timeline.rewrite(session, [household.id])


def add_supporter(
    session: Session,
    household: Household,
    *,
    organisation: Organisation,
    starts: date,
    in_charge: str | None = None,
) -> Supporter:
    """An organisation supports (phối hợp) from a day on, beside the lead; any number may. Its own
    intervals at one household do not overlap."""
    _lives(household, starts)
    for other in household.supporters:
        if other.organisation_id == organisation.id and (
            other.last_day is None or other.last_day >= starts
        ):
            raise RuleBroken(
                _("Tổ chức này đã phối hợp từ {day}.", day=show_date(other.starts)),
                field="organisation",
            )
    supporter = Supporter(
        household=household,
        organisation=organisation,
        starts=starts,
        in_charge=clean(in_charge or "") or None,
    )
    session.add(supporter)
    session.flush()
    return supporter


def end_supporter(session: Session, supporter: Supporter, *, last_day: date, reason: str) -> None:
    """End a supporting sponsorship; the reason is kept."""
    reason = said(reason)
    ordered(supporter.starts, last_day)
    if supporter.last_day is not None and supporter.last_day < last_day:
        raise RuleBroken(
            _("Đã kết thúc ngày {day}.", day=show_date(supporter.last_day)), field="last_day"
        )
    with trail.because(session, reason):
        supporter.last_day, supporter.end_reason = last_day, reason


def withdraw_supporter(session: Session, supporter: Supporter, *, reason: str) -> None:
    """Take back a supporting sponsorship that never was."""
    household = supporter.household
    with trail.because(session, said(reason)):
        session.delete(supporter)
    session.expire(household, ["supporters"])


def _settle(session: Session, households: Sequence[Household]) -> None:
    """After leads were given: the timeline follows, and requests of others are closed."""
    numbers = [household.id for household in households]
    timeline.rewrite(session, numbers)
    close_stale(session, numbers)


def _assigned(
    session: Session,
    household: Household,
    organisation: Organisation,
    starts: date,
    in_charge: str | None,
) -> Lead:
    may_assign(household, starts)
    lead = Lead(
        household=household,
        organisation=organisation,
        starts=starts,
        in_charge=clean(in_charge or "") or None,
    )
    session.add(lead)
    session.flush()
    return lead


def may_assign(household: Household, starts: date) -> None:
    """RuleBroken where the household cannot get a lead from this day on."""
    _lives(household, starts)
    held = timeline.in_force(household.leads, starts)
    if held is not None:
        raise RuleBroken(
            _(
                "Đã có {name} đỡ đầu từ {day}.",
                name=held.organisation.name,
                day=show_date(held.starts),
            ),
            field="starts",
        )


def _lives(household: Household, day: date) -> None:
    if timeline.in_force(household.stays, day) is None:
        raise RuleBroken(
            _("Hộ không ở trong sổ vào ngày {day}.", day=show_date(day)), field="starts"
        )


def _may_change(household: Household, organisation: Organisation, starts: date) -> Lead:
    held = _held(household, starts, field="starts")
    if held.organisation_id == organisation.id:
        raise RuleBroken(_("Tổ chức này đang đỡ đầu hộ."), field="organisation")
    if held.starts == starts:
        raise RuleBroken(
            _(
                "Đỡ đầu hiện có bắt đầu đúng ngày {day}: hãy sửa lần đó.",
                day=show_date(starts),
            ),
            field="starts",
        )
    _lives(household, starts)
    return held


def _changed(
    session: Session,
    held: Lead,
    organisation: Organisation,
    starts: date,
    reason: str,
    in_charge: str | None,
) -> Lead:
    with trail.because(session, reason):
        held.last_day, held.end_reason = starts - _DAY, reason
        session.flush()
        return _assigned(session, held.household, organisation, starts, in_charge)


def _held(household: Household, day: date, *, field: str) -> Lead:
    held = timeline.in_force(household.leads, day)
    if held is None:
        raise RuleBroken(
            _("Hộ không có đơn vị đỡ đầu chính vào ngày {day}.", day=show_date(day)), field=field
        )
    return held
