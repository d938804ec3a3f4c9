"""The lists of a review: poor, near-poor and exited households (as Form 02 of Circular
07/2021/TT-BLĐTBXH), and the list that is posted in public, which says nothing about people but
who they are and what is found."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session, contains_eager, selectinload

from casemgmt.households.members import head_on, here_on
from casemgmt.paper import page
from casemgmt.paper.grid import Head
from casemgmt.paper.head import Issuer
from casemgmt.paper.page import Made
from casemgmt.paper.roll import Part, Roll
from casemgmt.paper.text import CENTRE
from casemgmt.papers.lists import MAKER, chair
from casemgmt.register.lens import Lens
from casemgmt.register.models import Class, Household, Member
from casemgmt.reviews import queries
from casemgmt.reviews.models import CommuneReview, Proposal, State
from casemgmt.reviews.standing import standings
from casemgmt.typed import show_date
from casemgmt.vietnamese import letter_key

_POOR = (Class.POOR, Class.NEAR_POOR)


class Which(StrEnum):
    """One list of a review."""

    POOR = "poor"
    NEAR_POOR = "near-poor"
    EXITED = "exited"
    POSTED = "posted"

    @property
    def of_what(self) -> str:
        """What the list is of."""
        return _TITLES[self]


_TITLES = {
    Which.POOR: "Hộ nghèo",
    Which.NEAR_POOR: "Hộ cận nghèo",
    Which.EXITED: "Hộ thoát nghèo, hộ thoát cận nghèo",
    Which.POSTED: "Niêm yết kết quả rà soát hộ nghèo, hộ cận nghèo",
}


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One household of a round: what it was and is to be, and where it lives on the day."""

    proposal: Proposal
    was: Class
    village: str
    day: date

    @property
    def head(self) -> Member | None:
        """The head of the household on the day."""
        return head_on(self.proposal.household, self.day)

    @property
    def result(self) -> str:
        """What is found, in words; "" where it was and stays neither poor nor near-poor."""
        now = self.proposal.class_
        if now in _POOR:
            return "Hộ nghèo" if now is Class.POOR else "Hộ cận nghèo"
        if self.was in _POOR:
            return "Thoát nghèo" if self.was is Class.POOR else "Thoát cận nghèo"
        return ""

    @property
    def exited(self) -> str:
        """How it leaves poverty; "": it does not."""
        now = self.proposal.class_
        if self.was is Class.POOR and now is Class.NEAR_POOR:
            return "Thoát nghèo, trở thành hộ cận nghèo"
        if self.was is Class.POOR and now is Class.NOT_POOR:
            return "Thoát nghèo, vượt chuẩn cận nghèo"
        return "Thoát cận nghèo" if (self.was, now) == (Class.NEAR_POOR, Class.NOT_POOR) else ""


def found(session: Session, lens: Lens, part: CommuneReview) -> list[Reviewed]:
    """What is proposed or accepted in a commune's part of a round, by village and name."""
    query = queries.of_commune(lens, part.round_id, part.commune_id)
    people = contains_eager(Proposal.household).selectinload(Household.members)
    query = query.where(Proposal.class_.is_not(None)).options(
        people, selectinload(Proposal.deprivations)
    )
    proposals = session.scalars(query).all()
    stands = standings(session, lens, proposals)
    homes = queries.homes(session, lens, proposals)
    rows = [
        Reviewed(one, stands[one.id].class_, homes.get(one.household_id) or "", lens.as_of)
        for one in proposals
    ]
    return sorted(rows, key=lambda row: letter_key(row.village))


_Cells = Callable[[Reviewed], Sequence[str]]
_NAME, _YEAR = Head("Họ và tên chủ hộ", 42), Head("Năm sinh", 14, CENTRE)


def roll(
    which: Which,
    rows: Sequence[Reviewed],
    part: CommuneReview,
    issuer: Issuer,
    made: Made,
) -> Roll:
    """One list on paper."""
    day = part.round.last_day
    chosen = [row for row in rows if _stands_in(which, row)]
    accepted = sum(row.proposal.state is State.ACCEPTED for row in chosen)
    heads, cells = _columns(which, day)
    about = f"{which.of_what} năm {day.year}"
    posted = which is Which.POSTED
    said = f"Đợt rà soát từ ngày {show_date(part.round.starts)} đến ngày {show_date(day)}"
    so_far = f"{len(chosen)} hộ" if posted else f"{len(chosen)} hộ, trong đó đã duyệt {accepted} hộ"
    return Roll(
        "Danh sách",
        about,
        heads,
        _parts(chosen, cells),
        page.foot(f"{about}. {said}; {so_far}", made),
        issuer,
        of=(said, so_far),
        below=tuple(_posting(rows, issuer)) if posted else (),
        signers=(chair(),) if posted else (MAKER, chair()),
        receivers=("Niêm yết ở thôn và trụ sở xã;", "Lưu: VT.") if posted else (),
    )


def _stands_in(which: Which, row: Reviewed) -> bool:
    match which:
        case Which.POOR:
            return row.proposal.class_ is Class.POOR
        case Which.NEAR_POOR:
            return row.proposal.class_ is Class.NEAR_POOR
        case Which.EXITED:
            return bool(row.exited)
        case Which.POSTED:
            return bool(row.result)


def _parts(rows: Sequence[Reviewed], cells: _Cells) -> list[Part]:
    under: dict[str, list[Sequence[str]]] = {}
    for row in rows:
        under.setdefault(row.village or "Không còn ở trong xã", []).append(cells(row))
    return [Part(village, lines) for village, lines in under.items()]


def _columns(which: Which, day: date) -> tuple[tuple[Head, ...], _Cells]:
    """The columns of a list and what stands in them."""
    match which:
        case Which.POSTED:
            return (_NAME, _YEAR, Head("Kết quả rà soát", 50)), lambda row: (
                row.proposal.household.head_name,
                _birth_year(row),
                row.exited or row.result,
            )
        case Which.EXITED:
            return (*_WHO, Head("Kết quả", 50), _DECISION), lambda row: (
                *_who(row, day),
                row.exited,
                _decision(row),
            )
        case _:
            return (*_WHO, *_SCORES, _DECISION), lambda row: (
                *_who(row, day),
                *_scores(row),
                _decision(row),
            )


_WHO = (
    _NAME,
    _YEAR,
    Head("Giới tính", 12, CENTRE),
    Head("Dân tộc", 20),
    Head("Số khẩu", 12, CENTRE),
)
_SCORES = (
    Head("B1", 12, CENTRE),
    Head("B2", 12, CENTRE),
    Head("DTTS", 12, CENTRE),
    Head("BTXH", 12, CENTRE),
    Head("NCC", 12, CENTRE),
)
_DECISION = Head("Quyết định", 34)


def _birth_year(row: Reviewed) -> str:
    return str(row.head.birth_year) if row.head and row.head.birth_year else ""


def _who(row: Reviewed, day: date) -> tuple[str, ...]:
    head, household = row.head, row.proposal.household
    return (
        household.head_name,
        _birth_year(row),
        head.sex.value if head and head.sex else "",
        head.ethnicity or "" if head else "",
        str(sum(here_on(member, day) for member in household.members)),
    )


def _scores(row: Reviewed) -> tuple[str, ...]:
    one = row.proposal
    marks = (one.minority, one.social_protection, one.merit)
    scores = ("" if score is None else str(score) for score in (one.score_b1, one.score_b2))
    return (*scores, *("x" if mark else "" for mark in marks))


def _decision(row: Reviewed) -> str:
    one = row.proposal
    if one.state is not State.ACCEPTED:
        return "chưa duyệt"
    day = f", {show_date(one.decision_date)}" if one.decision_date else ""
    return f"{one.decision_number or ''}{day}".removeprefix(", ")


def _posting(rows: Sequence[Reviewed], issuer: Issuer) -> Iterator[str]:
    """When the list is posted, where all households have one time, and whom to tell."""
    times: Mapping[tuple[date, date], None] = {
        (row.proposal.posted_from, row.proposal.posted_until): None
        for row in rows
        if row.proposal.posted_from and row.proposal.posted_until
    }
    if len(times) == 1:
        ((first, last),) = times
        yield f"Niêm yết từ ngày {show_date(first)} đến hết ngày {show_date(last)}."
    else:
        yield "Niêm yết từ ngày …/…/…… đến hết ngày …/…/……"
    yield f"Ý kiến, khiếu nại trong thời gian niêm yết xin gửi {issuer.body}."
