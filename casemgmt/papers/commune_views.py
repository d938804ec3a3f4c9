"""The report of a commune on the programme, due before 15/11: on screen, on paper, and the
households behind each figure."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.households.queries import listed
from casemgmt.monitoring.report import FIGURES
from casemgmt.paper.fonts import chosen
from casemgmt.papers import asked, commune_paper
from casemgmt.papers.commune_figures import ACTS, LED, NO_LEAD, SOME_LEAD, TITLES, CommuneFigures
from casemgmt.papers.commune_report import address, parts
from casemgmt.places import queries as places
from casemgmt.places.models import Tier
from casemgmt.register.models import Household
from casemgmt.typed import show_date
from casemgmt.vietnamese import clean
from casemgmt.web.asking import as_of, lens, me, needs
from casemgmt.web.database import session
from casemgmt.web.downloads import download, made_here
from casemgmt.web.paging import page_of
from casemgmt.words import _

bp = Blueprint("commune_report", __name__)
_KEYS = ", ".join(TITLES)


def _communes() -> list[Any]:
    """The communes under one's unit on the day that is looked at."""
    query = places.units_on(as_of(), tiers=[Tier.COMMUNE], within=me().unit_id or abort(404))
    return list(session().execute(query))


def _report() -> CommuneFigures:
    """The report of the commune that the address names; of the only one, where there is one."""
    found = _communes()
    code = clean(request.args.get("unit", ""))
    chosen_ones = [one for one in found if one.code == code] if code else found
    if len(chosen_ones) != 1:
        abort(404)
    return CommuneFigures(session(), lens(), chosen_ones[0])


@bp.get("/commune-report")
@needs(Act.REPORT_PROGRAMME)
def show() -> ResponseReturnValue:
    """The report as it would be printed; above a commune, first the choice of one."""
    communes = _communes()
    if not clean(request.args.get("unit", "")) and len(communes) != 1:
        if not communes:
            abort(404)
        return redirect(url_for(".show", unit=communes[0].code))
    report = _report()
    return render_template(
        "papers/commune_report.html",
        report=report,
        parts=parts(report),
        communes=[(one.code, places.named(one.level, one.name)) for one in communes],
        address=address,
        columns={**LED, **{key: FIGURES[key] for key in ACTS}},
        led=LED,
        acts=ACTS,
    )


@bp.get("/commune-report.pdf")
@needs(Act.REPORT_PROGRAMME)
def paper() -> ResponseReturnValue:
    """The report as an official paper, to be numbered and signed."""
    asked.in_vietnamese()
    report = _report()
    content = commune_paper.as_bytes(
        report,
        chosen(),
        asked.issuer_of(session(), report.commune.id, as_of()),
        made_here(address(report)),
    )
    name = f"Báo cáo đỡ đầu hộ nghèo {report.commune.code} {show_date(report.day)}.pdf"
    key = {"unit": report.commune.code, "as_of": report.day.isoformat()}
    return download(content, name.replace("/", "-"), subject="commune_report", key=key)


@bp.get(f"/commune-report/<any({_KEYS}):key>")
@needs(Act.REPORT_PROGRAMME)
def behind(key: str) -> ResponseReturnValue:
    """The households behind a figure: those in scope, and how many are not. `?organisation=`: of
    one line of the annex."""
    report = _report()
    code = clean(request.args.get("organisation", ""))
    names = {
        "": "",
        **{one.code: one.name for one in report.organisations},
        NO_LEAD: _("Chưa có đơn vị đỡ đầu"),
        SOME_LEAD: _("Đã có đơn vị đỡ đầu"),
    }
    if code not in names:
        abort(404)
    ids = report.behind(key, code)
    return render_template(
        "papers/behind_commune_report.html",
        report=report,
        title=_(TITLES[key]),
        organisation=names[code],
        page=page_of(session(), listed(lens()).where(Household.id.in_(sorted(ids)))),
        counted=len(ids),
        back=address(report),
    )
