"""Báo cáo Hội: for an organisation its own figures, for officers the same cut by organisation."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from casemgmt.access.policy import Act
from casemgmt.households.queries import listed
from casemgmt.monitoring import report as reports
from casemgmt.monitoring import sponsoring
from casemgmt.monitoring.forms import ReportForm
from casemgmt.monitoring.sponsoring import Work
from casemgmt.organisations import queries as organisations
from casemgmt.organisations.models import Kind, Organisation
from casemgmt.paper.book import Listing
from casemgmt.places import queries as places
from casemgmt.register.lens import family, villages_under
from casemgmt.register.models import Household
from casemgmt.typed import show_date
from casemgmt.web.asking import as_of, lens, lens_on, me, needs
from casemgmt.web.database import session
from casemgmt.web.downloads import LISTS, download_list
from casemgmt.web.paging import page_of
from casemgmt.words import _, as_written

bp = Blueprint("report", __name__)
_KEYS = ", ".join(sponsoring.TITLES)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the address asks for: the organisations side by side, the one that was chosen (None:
    none), the work of it and of those under it, and the parameters that ask so again."""

    form: ReportForm
    among: Sequence[Organisation]
    chosen: Organisation | None
    work: Work

    def query(self, **changes: str | None) -> str:
        """The parameters of an address that asks for the same again, with changes."""
        said = {
            "from": show_date(self.work.start),
            "to": show_date(self.work.end),
            "organisation": self.chosen.code if self.chosen else None,
            "kind": self.form.kind.data,
        } | changes
        return urlencode({name: value for name, value in said.items() if value})


def _asked() -> _Asked:
    form = ReportForm.of(as_of())
    among = _offered()
    form.offer(among)
    if not form.validate():
        form.begin(as_of())
    start, end = form.start.data, form.end.data
    chosen = _chosen(form, among)
    own = family(session(), chosen.id) if chosen else {one.id for one in among}
    work = Work(frozenset(own), _villages(end), start, end)
    if form.kind.data:
        among = [one for one in among if one.kind.value == form.kind.data]
    return _Asked(form, among, chosen, work)


def _offered() -> Sequence[Organisation]:
    own = lens().organisations if me().organisation_id else None
    return organisations.by_name(session().scalars(sponsoring.reporting(me().unit_id, own)))


def _chosen(form: ReportForm, among: Sequence[Organisation]) -> Organisation | None:
    """The organisation asked for; an organisation's account begins with its own."""
    code = form.organisation.data
    if code:
        return next((one for one in among if one.code == code), None)
    return None if form.kind.data else me().organisation


def _villages(day: date) -> frozenset[int] | None:
    """Where the work is counted: anywhere for an organisation, else under one's own unit."""
    return None if me().organisation_id else lens_on(day).villages


@bp.get("/organisation-report")
@needs(Act.REPORT_SPONSORSHIP)
def show() -> ResponseReturnValue:
    """The report of one organisation, or all side by side."""
    asked = _asked()
    one = reports.report(session(), asked.work) if asked.chosen else None
    side_by_side = asked.chosen is None or (
        asked.chosen is me().organisation and len(asked.among) > 1
    )
    many = asked.among if side_by_side else []
    lines = reports.lines(session(), replace(asked.work, organisations=None), many)
    return render_template(
        "monitoring/report.html",
        asked=asked,
        form=asked.form,
        report=one,
        lines=lines,
        figures=reports.FIGURES,
    ), 422 if asked.form.errors else 200


@bp.get(f"/organisation-report.<any({LISTS}):ending>")
@needs(Act.REPORT_SPONSORSHIP)
def export(ending: str) -> ResponseReturnValue:
    """The same as a file."""
    asked = _asked()
    end = show_date(asked.work.end)
    with as_written():
        listing = _listing(asked)
        name = f"{_('Báo cáo Hội')} {end.replace('/', '-')}.{ending}"
    back = f"/organisation-report?{asked.query()}"
    key = {"query": asked.query()}
    return download_list(listing, name, back=back, subject="organisation_report", key=key)


def _listing(asked: _Asked) -> Listing:
    """The report of the organisation that was chosen, or all side by side."""
    heads: Sequence[str] = (_("Phần"), _("Nội dung"), _("Số"))
    rows: list[Sequence[object]]
    if asked.chosen:
        rows = list(reports.rows_of_report(reports.report(session(), asked.work)))
    else:
        heads = (_("Mã"), _("Tổ chức"), _("Loại"), *map(_, reports.FIGURES.values()))
        work = replace(asked.work, organisations=None)
        rows = [
            (line.code, line.name, line.kind, *line.counts.values())
            for line in reports.lines(session(), work, asked.among)
        ]
    start, end = show_date(asked.work.start), show_date(asked.work.end)
    days = _("Từ ngày {first} đến ngày {last}", first=start, last=end)
    whose = asked.chosen.name if asked.chosen else _("Các tổ chức")
    kind = asked.form.kind.data
    notes = [(_("Tổ chức"), whose), (_("Ngày"), days)]
    notes += [(_("Loại"), Kind(kind).label)] if kind else []
    return Listing(_("Báo cáo Hội"), heads, rows, of=(whose, days), notes=notes)


@bp.get(f"/organisation-report/<any({_KEYS}):key>")
@needs(Act.REPORT_SPONSORSHIP)
def behind(key: str) -> ResponseReturnValue:
    """The households behind a figure: those in scope, and how many are not. `?commune=`: in this
    commune alone; `?support=`: helped so."""
    asked = _asked()
    work = asked.work
    if code := request.args.get("commune", ""):
        work = _in_commune(work, code)
    support = request.args.get("support") or None
    ids = sponsoring.households(work, key, support)
    counted = session().scalar(_how_many(ids)) or 0
    scope = lens_on(work.end)
    query = listed(scope).where(Household.id.in_(ids))
    return render_template(
        "monitoring/behind_report.html",
        asked=asked,
        title=_(sponsoring.TITLES[key]),
        support=support,
        page=page_of(session(), query),
        counted=counted,
        day=work.end,
    )


def _how_many(ids: Any) -> Any:
    options = ids.get_execution_options()
    return select(func.count()).select_from(ids.subquery()).execution_options(**options)


def _in_commune(work: Work, code: str) -> Work:
    commune = session().scalar(places.by_code(code)) or abort(404)
    villages = villages_under(session(), commune.id, work.end)
    return replace(
        work, villages=villages if work.villages is None else villages & frozenset(work.villages)
    )
