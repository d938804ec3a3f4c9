"""The whole demonstration register as the sheets of the register workbook: always the same rows.

What the review that is under way is to change is in no sheet: it is proposed, not yet decided."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from casemgmt.demo import baseline, histories, organisations, places, sponsors, support
from casemgmt.demo.baseline import Story
from casemgmt.demo.households import Classified, Household, Sponsored, Stay
from casemgmt.demo.people import Person, Registrar
from casemgmt.demo.reading import Row, table
from casemgmt.programme.models import TargetKind

SEED = 2022
Sheets = dict[str, list[Row]]
_Fact = TypeVar("_Fact")


@dataclass(frozen=True, slots=True)
class Told:
    """The story to its end; `given`: the sheet `Hỗ trợ`."""

    story: Story
    given: list[Row]


def tell() -> Told:
    """Make the story up."""
    random = Random(SEED)  # noqa: S311 a story, not a secret
    story = Story(random, Registrar(random))
    baseline.begin(story)
    sponsors.begin(story)
    histories.tell(story)
    sponsors.go_on(story)
    return Told(story, support.support(story))


def sheets(told: Told | None = None) -> Sheets:
    """Sheet name → its rows, by their headers."""
    told = told or tell()
    story = told.story
    return {
        "Đơn vị": places.units(),
        "Dân cư": places.residents(),
        "Tổ chức": organisations.organisations(),
        "Hộ": [_household(one) for one in story.households],
        "Cư trú": _each(story, lambda one: one.stays, _stay),
        "Thành viên": _each(story, lambda one: one.people, _member),
        "Phân loại": _each(story, lambda one: one.recorded, _classified),
        "Đỡ đầu": _each(story, lambda one: one.sponsors, _sponsored),
        "Hỗ trợ": told.given,
        "Đăng ký thoát nghèo": [
            {"Năm": year, "Mã hộ": household.code} for year, household in story.registered
        ],
        "Chỉ tiêu": _targets(),
    }


def _each(
    story: Story,
    facts: Callable[[Household], Sequence[_Fact]],
    row: Callable[[_Fact], Row],
) -> list[Row]:
    return [
        {"Mã hộ": household.code, **row(fact)}
        for household in story.households
        for fact in facts(household)
    ]


def _household(household: Household) -> Row:
    return {
        "Mã hộ": household.code,
        "Chủ hộ": household.head.name,
        "Địa chỉ": household.address,
        "Điện thoại": household.phone,
        "Ghi chú": household.note,
    }


def _stay(stay: Stay) -> Row:
    return {
        "Mã thôn": stay.village.code,
        "Từ ngày": stay.starts,
        "Đến ngày": stay.last_day,
        "Lý do đến": stay.arrival,
        "Lý do đi": stay.departure,
    }


def _member(person: Person) -> Row:
    return {
        "Họ và tên": person.name,
        "Quan hệ với chủ hộ": person.relation,
        "Ngày sinh": person.birth,
        "Giới tính": person.sex,
        "Số CCCD": person.citizen_id,
        "Dân tộc": person.ethnicity,
        "Khả năng lao động": _tick(person.works),
        "Hội, đoàn thể": person.union,
        "Từ ngày": person.starts,
        "Đến ngày": person.last_day,
    }


def _classified(held: Classified) -> Row:
    return {
        "Từ ngày": held.starts,
        "Phân loại": held.word,
        "DTTS": _tick(held.minority),
        "BTXH": _tick(held.social_protection),
        "Người có công": _tick(held.merit),
        "Thuộc hội": held.union,
        "Điểm B1": held.scores.b1,
        "Điểm B2": held.scores.b2,
        "Thiếu hụt": ", ".join(held.scores.lacking) or None,
        "Số quyết định": held.decision,
        "Ngày quyết định": held.decided,
        "Ghi chú": held.note,
    }


def _sponsored(sponsored: Sponsored) -> Row:
    return {
        "Mã tổ chức": sponsored.organisation,
        "Vai trò": sponsored.part,
        "Từ ngày": sponsored.starts,
        "Đến ngày": sponsored.last_day,
        "Người phụ trách": sponsored.in_charge,
        "Lý do kết thúc": sponsored.why_ended,
    }


def _tick(is_so: bool) -> str | None:
    return "x" if is_so else None


def _targets() -> list[Row]:
    return [
        {
            "Năm": int(row["year"]),
            "Mã đơn vị": row["unit"],
            "Chỉ tiêu": kind.value,
            "Giá trị": row[kind.value].replace(".", ","),
            "Văn bản": row["document"],
        }
        for row in table("targets")
        for kind in TargetKind
        if row[kind.value]
    ]
