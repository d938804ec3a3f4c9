"""Phiếu theo dõi hộ được đỡ đầu: one household's case file on paper, no more of it than the one
who asks may see. CCCD, scores and notes stay off paper altogether."""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt.casefile.care import Care, care_of
from casemgmt.casefile.file import File, file_of
from casemgmt.paper import grid
from casemgmt.paper.fonts import Faces
from casemgmt.paper.grid import Head
from casemgmt.paper.head import Issuer, Signer, gap, letterhead, signing, title
from casemgmt.paper.page import A4, Made, Paper, foot
from casemgmt.paper.text import CENTRE, RIGHT, line
from casemgmt.register.lens import Lens
from casemgmt.register.models import Household
from casemgmt.support import queries as support
from casemgmt.support.models import Promise, SupportAction, Visit
from casemgmt.typed import show_date, show_number, show_thousandths

_SIZE = 10.5
_CHUNK = 50
_HEADED = 22  # millimetres that a heading needs under it
_HOW = "(Ký, ghi rõ họ tên)"
_LEFT = (
    "Hộ không còn trong phạm vi của người lập: kế hoạch, địa chỉ, điện thoại bây giờ không hiện."
)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What stands on one household's paper."""

    file: File
    care: Care
    visits: Sequence[Visit]


def case_file(session: Session, lens: Lens, household: Household) -> CaseFile:
    """The case file of a household in scope, as of the lens's day."""
    visits = support.visits_of(household.id, lens.as_of).where(Visit.voided_at.is_(None))
    return CaseFile(
        file_of(session, lens, household),
        care_of(session, lens, household.id),
        session.scalars(visits).unique().all(),
    )


def write(paper: Paper, one: CaseFile, issuer: Issuer, made: Made) -> None:
    """Put a case file on paper, on pages of its own."""
    faces, file = paper.faces, one.file
    household, day = file.household, show_date(file.as_of)
    name = "Phiếu theo dõi hộ được đỡ đầu"
    paper.begin(
        foot(f"{name}. {household.code}. Số liệu ngày {day}", made),
        A4,
        mark=f"{household.code} {household.head_name}",
    )
    paper.put(letterhead(faces, A4.room, issuer))
    paper.put(title(faces, name, of=(f"Số liệu ngày {day}",)))
    paper.put([_facts(faces, one), gap(2)])
    for heading, parts in _sections(faces, one):
        paper.keep(_HEADED)
        paper.put([line(faces, heading, face="bold", size=12, before=2, after=1)])
        paper.put(parts)
    paper.keep(50)
    blocks = (
        Signer(("Đại diện hộ",), _HOW),
        Signer(("Đơn vị đỡ đầu",), _HOW),
        Signer(("Ủy ban nhân dân xã",), _HOW),
    )
    paper.put([gap(4), signing(faces, A4.room, blocks)])


def _facts(faces: Faces, one: CaseFile) -> Any:
    file = one.file
    household, now = file.household, file.class_
    where = ", ".join(filter(None, [file.address, file.home.village if file.home else ""]))
    lead = file.lead
    rows = (
        ("Chủ hộ", household.head_name),
        ("Mã hộ", household.code),
        ("Nơi ở", where or "không còn ở trong sổ"),
        ("Điện thoại", file.phone or ""),
        ("Phân loại", _class(file) if now else "chưa phân loại"),
        ("Đơn vị đỡ đầu", _helper(lead.organisation, lead.in_charge) if lead else "chưa có"),
        ("Thăm lần cuối", _day(one.care.visited_on)),
        ("Hẹn thăm lần sau", _day(one.care.next_on)),
    )
    heads = (Head("", 40), Head("", A4.room - 40))
    return grid.facts(faces, heads, rows)


def _class(file: File) -> str:
    now = file.class_
    if now is None:
        return ""
    marks = [("DTTS", now.row.minority)]
    if file.private:
        marks += [("BTXH", now.row.social_protection), ("người có công", now.row.merit)]
    said = "".join(f", {word}" for word, true in marks if true)
    return f"{now.row.class_.label}{said}, từ ngày {show_date(now.row.starts)}"


def _helper(organisation: str, in_charge: str) -> str:
    return f"{organisation}; phụ trách: {in_charge}" if in_charge else organisation


def _day(day: date | None) -> str:
    return show_date(day) if day else ""


def _until(starts: date | None, last: date | None) -> str:
    return f"{_day(starts)} – {_day(last) or 'nay'}"


def _sections(faces: Faces, one: CaseFile) -> Iterator[tuple[str, list[Any]]]:
    file, care = one.file, one.care
    yield f"I. Thành viên ({len(file.members)} người)", _members(faces, file)
    yield "II. Vì sao nghèo", _reasons(faces, one)
    yield "III. Kế hoạch thoát nghèo", _plan(faces, care, file)
    yield "IV. Đỡ đầu và phối hợp", _helpers(faces, file)
    yield "V. Cam kết hỗ trợ", _promises(faces, care.promises)
    yield "VI. Hỗ trợ đã nhận", _given(faces, file)
    yield f"VII. Các lần thăm ({len(one.visits)})", _visits(faces, one.visits)
    yield "VIII. Phân loại qua các năm", _classes(faces, file)


def _table(
    faces: Faces, heads: Sequence[Head], rows: Sequence[Sequence[str]], none: str
) -> list[Any]:
    if not rows:
        return [line(faces, none, face="italic", size=11)]
    wide = grid.stretched(heads, A4.room)
    return [grid.grid(faces, wide, rows, size=_SIZE)]


def _members(faces: Faces, file: File) -> list[Any]:
    heads = [
        Head("Họ và tên", 42),
        Head("Quan hệ", 24),
        Head("Ngày sinh", 22, CENTRE),
        Head("Giới tính", 14, CENTRE),
        Head("Dân tộc", 22),
        Head("Hội, đoàn thể", 30),
    ]
    rows = [
        (one.name, one.relation, one.birth, one.sex, one.ethnicity, one.member_of)
        for one in file.members
    ]
    return _table(faces, heads, rows, "Chưa ghi thành viên nào.")


def _reasons(faces: Faces, one: CaseFile) -> list[Any]:
    deprived = one.file.class_.deprived if one.file.class_ else ()
    causes = [cause.label for cause in one.care.causes]
    said = [("Thiếu hụt", deprived), ("Nguyên nhân", causes)]
    found = [f"{what}: {'; '.join(words)}." for what, words in said if words]
    return [line(faces, text, size=11.5) for text in found or ["Chưa ghi."]]


def _plan(faces: Faces, care: Care, file: File) -> list[Any]:
    if file.left:
        return [line(faces, _LEFT, face="italic", size=11)]
    plan = care.plan
    if plan is None:
        return [line(faces, "Chưa có kế hoạch.", face="italic", size=11)]
    said = [f"Năm {plan.year}, khảo sát ngày {show_date(plan.surveyed_on)}."]
    said += [f"Nguyện vọng: {plan.wishes}"] if plan.wishes else []
    said += [f"Thế mạnh: {plan.strengths}"] if plan.strengths else []
    rows = [
        (goal.content, step.content, step.who or "", _day(step.due_on), _day(step.done_on))
        for goal in plan.goals
        for step in goal.steps
    ]
    rows += [
        (goal.content, "", "", "", _day(goal.reached_on)) for goal in plan.goals if not goal.steps
    ]
    heads = (
        Head("Mục tiêu", 40),
        Head("Việc cần làm", 46),
        Head("Người làm", 30),
        Head("Hạn", 22, CENTRE),
        Head("Xong", 22, CENTRE),
    )
    texts = [line(faces, text, size=11.5, after=0.5) for text in said]
    return [*texts, *_table(faces, heads, rows, "Chưa đặt mục tiêu nào.")]


def _helpers(faces: Faces, file: File) -> list[Any]:
    heads = (
        Head("Tổ chức", 54),
        Head("Vai trò", 20),
        Head("Thời gian", 44, CENTRE),
        Head("Người phụ trách", 32),
    )
    rows = [
        (
            one.organisation,
            "đỡ đầu" if one.leads else "phối hợp",
            _until(one.starts, one.last_day),
            one.in_charge,
        )
        for one in file.helpers
    ]
    return _table(faces, heads, rows, "Chưa có tổ chức nào.")


def _promises(faces: Faces, promises: Sequence[Promise]) -> list[Any]:
    heads = (
        Head("Tổ chức", 40),
        Head("Cam kết", 56),
        Head("Hạn giao", 22, CENTRE),
        Head("Tình trạng", 34),
    )
    rows = [
        (one.organisation.name, _what(one), show_date(one.due_on), _stands(one)) for one in promises
    ]
    return _table(faces, heads, rows, "Chưa có cam kết nào.")


def _stands(one: Promise) -> str:
    if one.kept_by is not None:
        return f"đã giao {show_date(one.kept_by.given_on)}"
    return f"đã thôi {show_date(one.dropped_on)}" if one.dropped_on else "chưa giao"


def _what(one: Promise | SupportAction) -> str:
    """`Bò giống sinh sản, một bò cái, 1 con`."""
    amount = (
        f"{show_thousandths(int(one.quantity * 1000))} {one.unit or ''}".strip()
        if one.quantity is not None
        else ""
    )
    return ", ".join(filter(None, [one.kind_name, one.content, amount]))


def _given(faces: Faces, file: File) -> list[Any]:
    heads = (
        Head("Ngày", 22, CENTRE),
        Head("Hỗ trợ", 60),
        Head("Trị giá (đồng)", 26, RIGHT),
        Head("Tổ chức, nguồn", 46),
    )
    rows = [
        (
            show_date(one.given_on),
            _what(one) + (" (vay)" if one.kind.is_loan else ""),
            "" if one.value is None else show_number(one.value),
            ", ".join(
                filter(None, [one.organisation.name if one.organisation else "", one.source])
            ),
        )
        for one in file.given
        if one.voided_at is None
    ]
    sums = file.totals
    said = (
        f"Tặng, giúp: {show_number(sums.gifts)} lần, {show_number(sums.gift_value)} đồng."
        f" Cho vay: {show_number(sums.loans)} lần, {show_number(sums.loan_value)} đồng."
    )
    return [
        *_table(faces, heads, rows, "Chưa ghi hỗ trợ nào."),
        *([line(faces, said, size=11, before=1)] if rows else []),
    ]


def _visits(faces: Faces, visits: Sequence[Visit]) -> list[Any]:
    heads = (
        Head("Ngày", 22, CENTRE),
        Head("Ai thăm", 36),
        Head("Tình hình", 22),
        Head("Việc đã làm", 44),
        Head("Vướng mắc, nguyện vọng", 40),
    )
    rows = [
        (
            show_date(one.visited_on),
            one.organisation.name if one.organisation else "Cán bộ xã",
            one.situation.label,
            one.done or "",
            one.wishes or "",
        )
        for one in visits
    ]
    return _table(faces, heads, rows, "Chưa ghi lần thăm nào.")


def _classes(faces: Faces, file: File) -> list[Any]:
    heads = (
        Head("Thời gian", 46, CENTRE),
        Head("Phân loại", 28),
        Head("Thiếu hụt", 54),
        Head("Quyết định", 34),
    )
    rows = [
        (
            _until(one.row.starts, one.last_day),
            one.row.class_.label,
            "; ".join(one.deprived),
            ", ".join(filter(None, [one.row.decision_number, _day(one.row.decision_date)])),
        )
        for one in file.classes
    ]
    return _table(faces, heads, rows, "Hộ chưa được phân loại.")


def as_bytes(
    session: Session,
    lens: Lens,
    households: Sequence[int],
    faces: Faces,
    name: str,
    issuer: Issuer,
    made: Callable[[str], Made],
    tell: Callable[[int], None] = lambda _done: None,
) -> bytes:
    """The case files of these households (ids, all in scope) as one file called `name`. Each is
    read, put on paper and forgotten before the next, so that memory holds but the pages' own
    bytes. `made`: what the paper of a household's code says of itself; `tell` hears how many are
    done."""
    out = io.BytesIO()
    paper = Paper(out, faces, title=name)
    for start in range(0, len(households), _CHUNK):
        chunk = households[start : start + _CHUNK]
        query = lens.scoped(select(Household).where(Household.id.in_(chunk)))
        found = {one.id: one for one in session.scalars(query)}
        for done, number in enumerate(chunk, start):
            tell(done)
            one = found[number]
            write(paper, case_file(session, lens, one), issuer, made(one.code))
    paper.save()
    return out.getvalue()
