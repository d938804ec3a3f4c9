"""Pages about the programme of a year: targets, and the households registered to exit by name."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.errors import RuleBroken
from casemgmt.households.asked import household_named, household_to_write
from casemgmt.places import queries as places
from casemgmt.places.models import Tier, Unit
from casemgmt.programme import actions, queries, standing
from casemgmt.programme.forms import ExitForm, TargetForm
from casemgmt.programme.models import Target, TargetKind
from casemgmt.web.asking import as_of, given, lens, me, needs
from casemgmt.web.database import session
from casemgmt.web.going import go
from casemgmt.web.paging import page_of
from casemgmt.words import _

bp = Blueprint("programme", __name__)
_TIERS = (Tier.PROVINCE, Tier.DISTRICT, Tier.COMMUNE)


def year_asked() -> int:
    """`?year=`, else that of the day that is looked at."""
    text = request.args.get("year", "")
    year = int(text) if text.isdecimal() and len(text) == 4 else as_of().year
    return min(max(year, actions.FIRST_YEAR), actions.LAST_YEAR)


# --- Targets -------------------------------------------------------------------------------------


@bp.get("/targets")
@needs(Act.SEE_FIGURES)
def targets() -> ResponseReturnValue:
    """The targets of a year by unit."""
    year = year_asked()
    day = min(as_of(), date(year, 12, 31))
    return render_template(
        "programme/targets.html",
        year=year,
        day=day,
        rows=standing.lines(session(), year),
        quotas=standing.quotas(session(), year, day, me().unit_id),
    )


@bp.route("/targets/set", methods=["GET", "POST"])
@needs(Act.SET_TARGETS)
def set_target() -> ResponseReturnValue:
    """Set one target of one unit for a year. `?year=&unit=&kind=`: the one to begin with."""
    form = TargetForm()
    year = form.year.data or year_asked()
    units = _units(year)
    offered = {unit.code: places.named(unit.level, unit.name) for unit in units}
    form.unit.choices = {"": _("— chọn —"), **offered}
    if not form.is_submitted():
        _begin(form, year)
    if form.sent():
        with form.showing_rules():
            actions.set_target(
                session(),
                year=given(form.year.data),
                unit=_unit(form.unit.data),
                kind=form.kind.data,
                value=form.value.data,
                document=form.document.data,
                reason=form.reason.data,
            )
            return go(url_for("programme.targets", year=form.year.data), _("Đã ghi chỉ tiêu."))
    return render_template("programme/target.html", form=form, year=year)


def _units(year: int) -> Sequence[Any]:
    """The units under that of the one who asks, on the first or the last day of a year."""
    found: dict[str, Any] = {}
    for day in (date(year, 1, 1), date(year, 12, 31)):
        query = places.units_on(day, tiers=_TIERS, within=me().unit_id)
        found |= {row.code: row for row in session().execute(query)}
    return list(found.values())


def _unit(code: str | None) -> Unit:
    unit = session().scalar(places.by_code(code or ""))
    if unit is None:
        raise RuleBroken(_("Cần chọn đơn vị."), field="unit")
    return unit


def _begin(form: TargetForm, year: int) -> None:
    form.year.data = year
    form.unit.data = request.args.get("unit", "")
    kind = request.args.get("kind", "")
    form.kind.data = TargetKind(kind) if kind in set(TargetKind) else TargetKind.EXIT_HOUSEHOLDS
    unit = session().scalar(places.by_code(form.unit.data))
    if unit is not None:
        stands = session().get(Target, (year, unit.id, form.kind.data))
        if stands is not None:
            form.value.data, form.document.data = stands.value, stands.document


# --- Registered exits ----------------------------------------------------------------------------


@bp.get("/registered-exits")
@needs(Act.SEE_HOUSEHOLDS)
def exits() -> ResponseReturnValue:
    """The households in scope that are registered to exit in a year. `?unit=`: under this unit."""
    year, unit = year_asked(), _unit_asked()
    page = page_of(session(), queries.registered(lens(), year, unit=unit.id if unit else None))
    name = standing.names_on(session(), {unit.id}, as_of())[unit.id] if unit else ""
    return render_template("programme/exits.html", year=year, page=page, unit=unit, place=name)


def _unit_asked() -> Unit | None:
    code = request.args.get("unit", "")
    if not code:
        return None
    unit = session().scalar(places.by_code(code))
    return unit or abort(404)


@bp.route("/registered-exits/add", methods=["GET", "POST"])
@needs(Act.EDIT_HOUSEHOLD)
def register() -> ResponseReturnValue:
    """Register a household by name. `?year=&code=`: the one to begin with."""
    form = ExitForm()
    if not form.is_submitted():
        form.year.data = year_asked()
        form.code.data = request.args.get("code", "")
    if form.sent():
        with form.showing_rules():
            household = household_named(form.code.data, "code")
            actions.register_exit(session(), household, year=given(form.year.data))
            said = _(
                "Đã đăng ký hộ {code} ({name}).", code=household.code, name=household.head_name
            )
            return go(url_for("programme.exits", year=form.year.data, as_of=None), said)
    return render_template("programme/register.html", form=form)


@bp.post("/registered-exits/<int:year>/<code>/remove")
@needs(Act.EDIT_HOUSEHOLD)
def unregister(year: int, code: str) -> ResponseReturnValue:
    """Take a household off the list of a year."""
    household = household_to_write(code)
    actions.unregister_exit(session(), household, year=year)
    said = _("Đã bỏ hộ {code} khỏi danh sách.", code=code)
    return go(url_for("programme.exits", year=year, as_of=None), said)
