"""The audit trail as people search it: who did what, when; who has seen this household.

An officer sees what was done about the households in scope today, whatever day is looked at, and
the own acts; an administrator sees of everything who, when, what and the household's code, never
a value."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, or_, select

from casemgmt.access.policy import Act
from casemgmt.audit import queries
from casemgmt.audit.models import AuditEntry, What
from casemgmt.casefile.recorded import Line, Reader
from casemgmt.casefile.subjects import SUBJECTS
from casemgmt.clock import VIETNAM
from casemgmt.register.models import Household
from casemgmt.vietnamese import clean
from casemgmt.web.asking import can, day_asked, lens_to_write, me, needs
from casemgmt.web.database import session
from casemgmt.web.paging import SIZE, page_asked
from casemgmt.words import N_

bp = Blueprint("audit", __name__)
KINDS = {
    What.ADDED: N_("Thêm"),
    What.CHANGED: N_("Sửa"),
    What.REMOVED: N_("Xóa"),
    What.READ: N_("Xem"),
    What.EXPORTED: N_("Xuất, in"),
    What.REFUSED: N_("Bị từ chối"),
    What.SIGNED_IN: N_("Đăng nhập"),
    What.SIGNED_OUT: N_("Đăng xuất"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as its reader may see it: without lines where the values are not for them."""

    row: Any
    code: str
    lines: list[Line]


@bp.get("/audit")
@needs(Act.SEE_AUDIT)
def index() -> ResponseReturnValue:
    """Search the trail."""
    since, until = day_asked("from"), day_asked("to")
    kind = next((one for one in What if one.value == request.args.get("what")), None)
    actor, code = clean(request.args.get("actor", "")), clean(request.args.get("household", ""))
    number = _number(code)
    found: list[Told] = []
    if not code or number is not None:
        query = queries.entries(
            since=_begin(since),
            before=_begin(until + timedelta(days=1)) if until else None,
            actor=actor,
            what=kind,
            household=number,
        )
        start = (page_asked() - 1) * SIZE
        rows = session().execute(_scoped(query).limit(SIZE + 1).offset(start)).mappings().all()
        found = _told(rows)
    return render_template(
        "casefile/audit.html",
        rows=found[:SIZE],
        page=page_asked(),
        further=len(found) > SIZE,
        kinds=KINDS,
        acts={one.value: one.label for one in Act},
        subjects=SUBJECTS,
        asked={"from": since, "to": until, "actor": actor, "household": code, "what": kind},
    )


def _begin(day: date | None) -> datetime | None:
    """The first moment of a day in Vietnam."""
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC) if day else None


def _number(code: str) -> int | None:
    """The household of a code, where the one who asks may know of it; None: none such."""
    if not code:
        return None
    query = select(Household.id).where(Household.code == code)
    if can(Act.SEE_HOUSEHOLDS):
        return session().scalar(lens_to_write().scoped(query))
    table = Household.__table__.c
    return session().connection().scalar(select(table.id).where(table.code == code))


def _scoped(query: Select[Any]) -> Select[Any]:
    """What the one who asks may see of the trail."""
    if not can(Act.SEE_HOUSEHOLDS):
        return query
    own = AuditEntry.actor == me().name
    seen = query.where(or_(own, lens_to_write().sees(AuditEntry.household_id)))
    return seen.execution_options(lens=lens_to_write())


def _told(rows: Sequence[Any]) -> list[Told]:
    """The entries; codes of households that an officer may not see are left out with the values."""
    table = Household.__table__.c
    query = select(table.id, table.code).where(table.id.in_({row["household_id"] for row in rows}))
    officer = can(Act.SEE_HOUSEHOLDS)
    if officer:
        query = query.where(lens_to_write().sees(table.id))
    codes = {row.id: row.code for row in session().connection().execute(query)}
    seen = [row["household_id"] in codes and officer for row in rows]
    changes = [
        json.loads(row["changes"]) if ours else {} for row, ours in zip(rows, seen, strict=True)
    ]
    reader = Reader(session(), changes)
    return [
        Told(row, codes.get(row["household_id"], ""), reader.lines(row["subject"], told))
        for row, told in zip(rows, changes, strict=True)
    ]
