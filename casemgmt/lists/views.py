"""Pages of the lists that a register rests on: units through their periods and the households
that live in them, organisations, kinds of support; and the merger of villages."""

from datetime import timedelta

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from casemgmt.access.policy import Act
from casemgmt.errors import RuleBroken
from casemgmt.households.asked import fact_from, offer_villages, values, village_chosen
from casemgmt.households.moving import merge_villages
from casemgmt.lists.forms import (
    EditOrganisationForm,
    EditPeriodForm,
    EndPeriodForm,
    KindForm,
    MergeVillagesForm,
    NewOrganisationForm,
    PeriodForm,
    ResidentsForm,
    UnitForm,
)
from casemgmt.organisations import actions as organisation_actions
from casemgmt.organisations import queries as organisations
from casemgmt.organisations.models import Organisation
from casemgmt.places import actions, queries
from casemgmt.places.models import ResidentHouseholds, Unit, UnitPeriod
from casemgmt.register import timeline
from casemgmt.support import actions as support_actions
from casemgmt.support import queries as support
from casemgmt.vietnamese import clean
from casemgmt.web.asking import given, needs, one_or_404
from casemgmt.web.database import session
from casemgmt.web.going import both_versions, go, stale
from casemgmt.web.paging import page_of
from casemgmt.words import _

bp = Blueprint("lists", __name__)


def _unit_named(code: str | None, field: str) -> Unit:
    """The unit of a code typed in a form."""
    typed = clean(code or "")
    unit = session().scalar(queries.by_code(typed))
    if unit is None:
        raise RuleBroken(_("Không có đơn vị nào mang mã “{typed}”.", typed=typed), field=field)
    return unit


def _parent(code: str | None) -> Unit | None:
    return _unit_named(code, "parent") if clean(code or "") else None


# --- Units ---------------------------------------------------------------------------------------


@bp.get("/units")
@needs(Act.MANAGE_UNITS)
def units() -> ResponseReturnValue:
    """All units as they are in their newest period, in the register's order."""
    query = select(Unit).order_by(Unit.position, Unit.id).options(selectinload(Unit.periods))
    return render_template("lists/units.html", page=page_of(session(), query))


@bp.route("/units/add", methods=["GET", "POST"])
@needs(Act.MANAGE_UNITS)
def add_unit() -> ResponseReturnValue:
    """Add a unit with its first period."""
    form = UnitForm()
    if form.sent():
        with form.showing_rules():
            unit = actions.add_unit(
                session(),
                code=str(form.code.data),
                name=str(form.name.data),
                level=given(form.level.data),
                parent=_parent(form.parent.data),
                starts=form.starts.data,
                official_code=form.official_code.data,
                area=form.area.data,
            )
            return go(url_for("lists.unit", code=unit.code), _("Đã thêm đơn vị."))
    return render_template("lists/act.html", form=form, title=_("Thêm đơn vị"), back="lists.units")


@bp.get("/units/<code>")
@needs(Act.MANAGE_UNITS)
def unit(code: str) -> ResponseReturnValue:
    """One unit: its periods, its resident households."""
    unit = one_or_404(queries.by_code(code))
    residents = session().scalars(
        select(ResidentHouseholds)
        .where(ResidentHouseholds.unit_id == unit.id)
        .order_by(ResidentHouseholds.starts.desc())
    )
    return render_template(
        "lists/unit.html",
        unit=unit,
        periods=[
            (period, ends - timedelta(days=1))
            for _starts, ends, period in timeline.holds(unit.periods)
        ],
        residents=list(residents),
    )


@bp.route("/units/<code>/period", methods=["GET", "POST"])
@needs(Act.MANAGE_UNITS)
def add_period(code: str) -> ResponseReturnValue:
    """From a day on the unit has another name, level or unit above it."""
    unit = one_or_404(queries.by_code(code))
    newest = unit.periods[-1]
    form = PeriodForm(
        data={
            "name": newest.name,
            "level": newest.level,
            "parent": newest.parent.code if newest.parent else "",
            "area": newest.area,
        }
    )
    if form.sent():
        with form.showing_rules():
            actions.add_period(
                session(),
                unit,
                starts=form.starts.data,
                name=str(form.name.data),
                level=given(form.level.data),
                parent=_parent(form.parent.data),
                official_code=form.official_code.data,
                area=form.area.data,
            )
            return go(url_for("lists.unit", code=code), _("Đã thêm thời kỳ."))
    return render_template(
        "lists/act.html",
        form=form,
        title=_("Thời kỳ mới của {code}", code=code),
        back="lists.units",
    )


@bp.route("/units/<code>/periods/<day>", methods=["GET", "POST"])
@needs(Act.MANAGE_UNITS)
def edit_period(code: str, day: str) -> ResponseReturnValue:
    """Correct what a period of a unit says; its first day stays."""
    unit = one_or_404(queries.by_code(code))
    period = fact_from(unit.periods, day)
    said = _said_by(period)
    form, stored = EditPeriodForm(data=said), EditPeriodForm(None, data=said)
    if stale(form, stored):
        back = url_for("lists.unit", code=code)
        return both_versions(form, stored, what=period.name, back=back, row=period)
    if form.sent():
        with form.showing_rules():
            actions.edit_period(
                session(),
                period,
                name=str(form.name.data),
                level=given(form.level.data),
                parent=_parent(form.parent.data),
                official_code=form.official_code.data,
                area=form.area.data,
            )
            return go(url_for("lists.unit", code=code), _("Đã ghi thời kỳ."))
    title = _("Sửa thời kỳ của {code}", code=code)
    return render_template("lists/act.html", form=form, title=title, back="lists.units")


def _said_by(period: UnitPeriod) -> dict[str, object]:
    return {
        "name": period.name,
        "level": period.level,
        "parent": period.parent.code if period.parent else "",
        "official_code": period.official_code,
        "area": period.area,
    }


@bp.route("/units/<code>/end", methods=["GET", "POST"])
@needs(Act.MANAGE_UNITS)
def end_period(code: str) -> ResponseReturnValue:
    """The newest period of a unit ends."""
    unit = one_or_404(queries.by_code(code))
    newest = unit.periods[-1]
    form, stored = EndPeriodForm(obj=newest), EndPeriodForm(None, obj=newest)
    if stale(form, stored):
        back = url_for("lists.unit", code=code)
        return both_versions(form, stored, what=newest.name, back=back, row=newest)
    if form.sent():
        with form.showing_rules():
            actions.end_period(session(), unit, last_day=form.last_day.data)
            return go(url_for("lists.unit", code=code), _("Đã ghi ngày cuối."))
    return render_template(
        "lists/act.html", form=form, title=_("Ngày cuối của {code}", code=code), back="lists.units"
    )


@bp.route("/units/<code>/residents", methods=["GET", "POST"])
@needs(Act.MANAGE_UNITS)
def residents(code: str) -> ResponseReturnValue:
    """How many households live in a unit."""
    unit = one_or_404(queries.by_code(code))
    form = ResidentsForm()
    if form.sent():
        with form.showing_rules():
            actions.set_residents(
                session(),
                unit,
                starts=given(form.starts.data),
                total=given(form.total.data),
                ethnic_minority=form.ethnic_minority.data,
            )
            return go(url_for("lists.unit", code=code), _("Đã ghi số hộ dân cư."))
    return render_template(
        "lists/act.html",
        form=form,
        title=_("Số hộ dân cư của {code}", code=code),
        back="lists.units",
    )


@bp.route("/merge-villages", methods=["GET", "POST"])
@needs(Act.MOVE_HOUSEHOLD)
def merge() -> ResponseReturnValue:
    """Sáp nhập thôn, by those who serve the households of the villages: all stays end and open on
    one day, and the old villages end."""
    form = MergeVillagesForm()
    offer_villages(form.new)
    form.old.choices = values(form.new)
    if form.sent():
        with form.showing_rules():
            moved = merge_villages(
                session(),
                old=[village_chosen(code, "old") for code in form.old.data or ()],
                new=village_chosen(form.new.data, "new"),
                on=given(form.on.data),
                reason=str(form.reason.data),
            )
            said = _("Đã sáp nhập thôn: {moved} hộ chuyển sang thôn mới.", moved=moved)
            return go(url_for("households.index", as_of=None), said)
    return render_template("lists/merge.html", form=form)


# --- Organisations -------------------------------------------------------------------------------


@bp.get("/organisations")
@needs(Act.MANAGE_ORGANISATIONS)
def all_organisations() -> ResponseReturnValue:
    """All organisations by code."""
    page = page_of(session(), organisations.organisations())
    return render_template("lists/organisations.html", page=page)


def _organisation_named(code: str | None) -> Organisation | None:
    typed = clean(code or "")
    if not typed:
        return None
    found = session().scalar(organisations.by_code(typed))
    if found is None:
        raise RuleBroken(_("Không có tổ chức nào mang mã “{typed}”.", typed=typed), field="parent")
    return found


@bp.route("/organisations/add", methods=["GET", "POST"])
@needs(Act.MANAGE_ORGANISATIONS)
def add_organisation() -> ResponseReturnValue:
    """Add an organisation."""
    form = NewOrganisationForm()
    if form.sent():
        with form.showing_rules():
            organisation_actions.add_organisation(
                session(),
                code=str(form.code.data),
                name=str(form.name.data),
                kind=given(form.kind.data),
                unit=_unit_named(form.unit.data, "unit"),
                parent=_organisation_named(form.parent.data),
            )
            return go(url_for("lists.all_organisations"), _("Đã thêm tổ chức."))
    return render_template(
        "lists/act.html", form=form, title=_("Thêm tổ chức"), back="lists.all_organisations"
    )


@bp.route("/organisations/<code>", methods=["GET", "POST"])
@needs(Act.MANAGE_ORGANISATIONS)
def edit_organisation(code: str) -> ResponseReturnValue:
    """Change what an organisation is."""
    one = one_or_404(organisations.by_code(code))
    said = _said(one)
    form, stored = EditOrganisationForm(data=said), EditOrganisationForm(None, data=said)
    if stale(form, stored):
        back = url_for("lists.all_organisations")
        return both_versions(form, stored, what=one.name, back=back, row=one)
    if form.sent():
        with form.showing_rules():
            organisation_actions.edit_organisation(
                session(),
                one,
                name=str(form.name.data),
                kind=given(form.kind.data),
                unit=_unit_named(form.unit.data, "unit"),
                parent=_organisation_named(form.parent.data),
            )
            return go(url_for("lists.all_organisations"), _("Đã ghi tổ chức."))
    return render_template(
        "lists/act.html",
        form=form,
        title=_("Sửa tổ chức {code}", code=code),
        back="lists.all_organisations",
    )


def _said(one: Organisation) -> dict[str, object]:
    return {
        "name": one.name,
        "kind": one.kind,
        "unit": one.unit.code,
        "parent": one.parent.code if one.parent else "",
    }


# --- Kinds of support ----------------------------------------------------------------------------


@bp.route("/support-kinds", methods=["GET", "POST"])
@needs(Act.MANAGE_LISTS)
def kinds() -> ResponseReturnValue:
    """The kinds of support of this register; add one."""
    form = KindForm()
    if form.sent():
        with form.showing_rules():
            support_actions.add_kind(session(), name=str(form.name.data), is_loan=form.is_loan.data)
            return go(url_for("lists.kinds"), _("Đã thêm hình thức giúp đỡ."))
    return render_template(
        "lists/kinds.html", form=form, kinds=list(session().scalars(support.kinds()))
    )
