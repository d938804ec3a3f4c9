"""The first page: what waits for the one who signs in, by what their work is; and the lists that it
leads to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from casemgmt.access.policy import Act
from casemgmt.casefile import commune_day, district_day, doubts, organisation_day
from casemgmt.casefile.work import Due, age, due
from casemgmt.register.findings import Finding
from casemgmt.support import queries as support
from casemgmt.web.asking import as_of, can, lens, me, needs, while_unchanged
from casemgmt.web.database import session
from casemgmt.web.language import spoken
from casemgmt.web.paging import page_of, page_of_list
from casemgmt.web.repeating import same_until_changed
from casemgmt.words import N_

bp = Blueprint("home", __name__)


@dataclass(frozen=True, slots=True)
class Way:
    """A place to go on to: who may, where, what it is called, and what it is for."""

    act: Act
    url: str
    label: str
    about: str


WAYS = (
    Way(Act.MANAGE_ACCOUNTS, "/accounts", N_("Tài khoản"), N_("Cấp, khóa, đặt lại mật khẩu")),
    Way(
        Act.MANAGE_UNITS,
        "/units",
        N_("Đơn vị hành chính"),
        N_("Xã, thôn theo thời gian, số hộ dân cư"),
    ),
    Way(
        Act.MANAGE_ORGANISATIONS,
        "/organisations",
        N_("Tổ chức"),
        N_("Hội, đoàn thể, cơ quan đỡ đầu"),
    ),
    Way(Act.MANAGE_LISTS, "/support-kinds", N_("Loại hỗ trợ"), N_("Danh mục các loại hỗ trợ")),
    Way(
        Act.MANAGE_STANDARDS,
        "/standards",
        N_("Chuẩn nghèo"),
        N_("Mức thu nhập, chỉ số thiếu hụt theo từng giai đoạn"),
    ),
    Way(Act.SEE_FIGURES, "/tables", N_("Các bảng"), N_("Biểu 2, Biểu 3, diễn biến, thoát nghèo")),
    Way(Act.SEE_FIGURES, "/targets", N_("Chỉ tiêu"), N_("Chỉ tiêu giao theo năm và đơn vị")),
)


@bp.get("/")
@needs(Act.OWN_ACCOUNT)
@same_until_changed
def show() -> ResponseReturnValue:
    """What waits today; for who looks at figures alone, these."""
    if can(Act.REQUEST_SPONSORSHIP):
        return _organisation()
    if can(Act.REVIEW):
        return _commune()
    if can(Act.FOLLOW_COMMUNES):
        return _district()
    if not can(Act.MANAGE_ACCOUNTS):
        return redirect(url_for("overview.show"))
    return render_template("casefile/home.html", ways=[way for way in WAYS if can(way.act)])


def _organisation() -> str:
    day = organisation_day.day_of(session(), lens())
    return render_template("casefile/organisation_day.html", work_of=day, day=as_of(), due=_due)


def _commune() -> str:
    day = commune_day.day_of(session(), lens(), me(), _doubts())
    return render_template(
        "casefile/commune_day.html", work_of=day, day=as_of(), due=_due, waits=_waits
    )


def _district() -> str:
    day = district_day.day_of(session(), lens(), me().unit_id, _doubts())
    return render_template("casefile/district_day.html", work_of=day, day=as_of(), waits=_waits)


def _due(day: date) -> Due:
    return due(day, as_of())


def _waits(since: date) -> str:
    return age(since, as_of())


def _doubts() -> Sequence[Finding]:
    """The doubts about households in scope: looking for them takes a while, so they are kept."""
    return while_unchanged(
        ("doubts", lens(), spoken()), lambda: list(doubts.in_scope(session(), lens()))
    )


@bp.get("/unvisited")
@needs(Act.VISIT)
@same_until_changed
def unvisited() -> ResponseReturnValue:
    """The poor and near-poor households in scope that nobody has visited for 60 days."""
    since = as_of() - support.RECENT
    page = page_of(session(), support.unvisited(lens(), since))
    return render_template("casefile/unvisited.html", page=page, since=since)


@bp.get("/doubts")
@needs(Act.EDIT_HOUSEHOLD)
@same_until_changed
def doubtful() -> ResponseReturnValue:
    """What a person should look at in the data of the households in scope."""
    return render_template("casefile/doubts.html", page=page_of_list(_doubts()))
