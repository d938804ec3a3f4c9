"""Many households at once: give those ticked a lead sponsor, or another one; all or none."""

from collections.abc import Callable, Sequence
from functools import partial

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.wrappers import Response

from casemgmt.access.policy import Act
from casemgmt.households import queries as households_queries
from casemgmt.organisations import queries as organisations
from casemgmt.places import queries as places
from casemgmt.register.models import Household
from casemgmt.sponsorship import actions
from casemgmt.sponsorship.asked import offer_organisations, organisation_chosen
from casemgmt.sponsorship.forms import ChangeManyForm, SponsorForm
from casemgmt.vietnamese import clean
from casemgmt.web.asking import given, lens_to_write, needs
from casemgmt.web.database import session
from casemgmt.web.going import go
from casemgmt.words import _

bp = Blueprint("many", __name__)
_MOST_AT_ONCE = 500


@bp.route("/assign-lead", methods=["GET", "POST"])
@needs(Act.ASSIGN_SPONSOR)
def assign() -> ResponseReturnValue:
    """Give the households that were ticked in the list one lead sponsor: all of them or none."""
    form = SponsorForm()
    return _answer(form, _codes(), partial(_assign, form), _("Giao đơn vị đỡ đầu cho nhiều hộ"))


def _assign(form: SponsorForm, households: Sequence[Household]) -> Response:
    actions.assign_leads(
        session(),
        households,
        organisation=organisation_chosen(form.organisation.data),
        starts=given(form.starts.data),
        in_charge=form.in_charge.data,
    )
    return _done(form, _("Đã giao {n} hộ.", n=len(households)))


@bp.route("/change-lead", methods=["GET", "POST"])
@needs(Act.ASSIGN_SPONSOR)
def change() -> ResponseReturnValue:
    """Give households another lead sponsor, for a reason: those that are ticked (`codes`), or all
    that an organisation (`led_by`) leads in a unit (`unit`). Where these are too many for one time,
    the page says how many it leaves out."""
    form, left = ChangeManyForm(), 0
    codes = _codes()
    if not codes:
        led = _led(request.args.get("led_by", ""), request.args.get("unit", ""))
        codes, left = led[:_MOST_AT_ONCE], len(led[_MOST_AT_ONCE:])
    act, title = partial(_change, form), _("Đổi đơn vị đỡ đầu cho nhiều hộ")
    return _answer(form, codes, act, title, left=left)


def _change(form: ChangeManyForm, households: Sequence[Household]) -> Response:
    actions.change_leads(
        session(),
        households,
        organisation=organisation_chosen(form.organisation.data),
        starts=given(form.starts.data),
        reason=form.reason.data or "",
        in_charge=form.in_charge.data,
    )
    return _done(form, _("Đã đổi đơn vị đỡ đầu của {n} hộ.", n=len(households)))


def _done(form: SponsorForm, said: str) -> Response:
    return go(url_for("households.index", sponsor=form.organisation.data, as_of=None), said)


def _codes() -> list[str]:
    return list(dict.fromkeys(request.values.getlist("codes")))


def _led(organisation: str, unit: str) -> list[str]:
    """The codes of the households that an organisation leads today in a unit."""
    leader = session().scalar(organisations.by_code(clean(organisation)))
    place = session().scalar(places.by_code(clean(unit))) if clean(unit) else None
    if leader is None or (clean(unit) and place is None):
        return []
    query = households_queries.listed(
        lens_to_write(), sponsor=leader.id, unit=place.id if place else None
    )
    return [row.code for row in session().execute(query)]


def _answer(
    form: SponsorForm,
    codes: Sequence[str],
    act: Callable[[Sequence[Household]], Response],
    title: str,
    *,
    left: int = 0,
) -> ResponseReturnValue:
    """The form for these households; sent, it does the act for all of them or none. Each that it
    cannot be done for is named with why. `left`: how many more there are for another time."""
    if not codes:
        return go(url_for("households.index"), _("Hãy đánh dấu ít nhất một hộ trong danh sách."))
    if len(codes) > _MOST_AT_ONCE:
        said = _("Mỗi lần làm được nhiều nhất {n} hộ: hãy đánh dấu ít hộ hơn.", n=_MOST_AT_ONCE)
        return go(url_for("households.index"), said)
    households = _ticked(codes)
    offer_organisations(form.organisation)
    lost = set(codes) - {one.code for one in households}
    faults = {code: _("không tìm thấy trong phạm vi của bạn") for code in codes if code in lost}
    if _begun(form) and form.sent():
        with form.showing_rules():
            try:
                if faults:
                    raise actions.SomeBroken(faults)
                return act(households)
            except actions.SomeBroken as broken:
                faults = {**faults, **broken.faults}
                raise
    return render_template(
        "sponsorship/assign.html",
        form=form,
        codes=codes,
        households=households,
        faults=faults,
        title=title,
        left=left,
    )


def _begun(form: SponsorForm) -> bool:
    """Whether the answers were sent: a POST of the list's ticks alone asks for the form."""
    return form.is_submitted() and "organisation" in request.form


def _ticked(codes: Sequence[str]) -> list[Household]:
    query = select(Household).where(Household.code.in_(codes))
    query = lens_to_write().scoped(query.order_by(Household.head_order, Household.code))
    return list(session().scalars(query))
