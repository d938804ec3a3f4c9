"""The first page: the households in one's scope in figures, and what each role does from here."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, func, select

from casemgmt.access.policy import Act
from casemgmt.places.queries import named, unit_on
from casemgmt.register.lens import Lens
from casemgmt.register.measures import NEAR_POOR, POOR, by_kind
from casemgmt.register.models import Span
from casemgmt.web.asking import as_of, can, lens, me, needs, today
from casemgmt.web.database import session
from casemgmt.web.repeating import same_until_changed

bp = Blueprint("home", __name__)
_UNLED = {measure.key: measure for measure in by_kind(POOR, Span.lead_kind)}["unassigned"]


@dataclass(frozen=True, slots=True)
class Way:
    """A place to go on to: who may, where, what it is called, and what it is for."""

    act: Act
    url: str
    label: str
    about: str


@dataclass(frozen=True, slots=True)
class Count:
    """A number of households in scope, and the list of them."""

    number: int
    label: str
    url: str


WAYS = (
    Way(Act.SEE_HOUSEHOLDS, "/households", "Danh sách hộ", "Tìm, lọc, xem hồ sơ từng hộ"),
    Way(Act.EDIT_HOUSEHOLD, "/add-household", "Thêm hộ", "Ghi một hộ mới vào sổ"),
    Way(Act.ASSIGN_SPONSOR, "/assign-lead", "Phân công đỡ đầu", "Giao nhiều hộ cho một tổ chức"),
    Way(Act.SEE_FIGURES, "/tables", "Các bảng", "Biểu 2, Biểu 3, diễn biến, thoát nghèo"),
    Way(Act.SEE_FIGURES, "/targets", "Chỉ tiêu", "Chỉ tiêu giao theo năm và đơn vị"),
    Way(Act.RECONCILE, "/tables/bieu-2/reconcile", "Đối chiếu", "So bảng đã ký với sổ hộ"),
    Way(Act.MANAGE_ACCOUNTS, "/accounts", "Tài khoản", "Cấp, khóa, đặt lại mật khẩu"),
    Way(Act.MANAGE_ORGANISATIONS, "/organisations", "Tổ chức", "Hội, đoàn thể, cơ quan đỡ đầu"),
    Way(Act.MANAGE_UNITS, "/units", "Đơn vị hành chính", "Xã, thôn theo thời gian, số hộ dân cư"),
    Way(Act.MANAGE_LISTS, "/support-kinds", "Loại hỗ trợ", "Danh mục các loại hỗ trợ"),
)


@bp.get("/")
@needs(Act.OWN_ACCOUNT)
@same_until_changed
def show() -> ResponseReturnValue:
    """Where to go from here."""
    return render_template(
        "casefile/home.html",
        place=_place(),
        day=as_of(),
        counts=_counts() if can(Act.SEE_HOUSEHOLDS) else [],
        ways=[way for way in WAYS if can(way.act)],
    )


def _place() -> str | None:
    """The unit or organisation that the account serves."""
    user = me()
    if user.organisation is not None:
        return user.organisation.name
    if user.unit_id is None:
        return None
    unit = session().execute(unit_on(user.unit_id, today())).first()
    return named(unit.level, unit.name) if unit else None


def _counts() -> list[Count]:
    poor, near_poor, unled = session().execute(in_scope(lens())).one()
    found = [
        Count(poor, "hộ nghèo", "/households?class=poor"),
        Count(near_poor, "hộ cận nghèo", "/households?class=near_poor"),
    ]
    if lens().villages:
        found.append(
            Count(unled, "hộ nghèo chưa có đơn vị đỡ đầu", "/households?class=poor&unsponsored=1")
        )
    return found


def in_scope(seen: Lens) -> Select[*tuple[Any, ...]]:
    """The households in scope on the lens's day: poor, near-poor, poor without a lead."""
    counts = [func.count().filter(measure.where) for measure in (POOR, NEAR_POOR, _UNLED)]
    query: Select[*tuple[Any, ...]] = select(*counts).select_from(Span)
    query = query.where(Span.starts <= seen.as_of, Span.ends > seen.as_of)
    if seen.villages and seen.scope_day == seen.as_of:
        # Who lives in scope that day is who is counted that day: no second look at the timeline.
        query = query.where(Span.village_id.in_(sorted(seen.villages)))
        return query.execution_options(lens=seen)
    return seen.scoped(query, Span.household_id)
