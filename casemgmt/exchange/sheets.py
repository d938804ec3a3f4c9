"""The register workbook (sổ bộ) as data: its sheets, their columns and what each means.

Import and export both read this page and nothing else says what a workbook looks like. A column's
`key` is the name of the database column (without `_id` where it holds the code of another row)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from casemgmt.db import SINCE_ALWAYS
from casemgmt.exchange import cells, words
from casemgmt.exchange.cells import Read
from casemgmt.organisations.models import Kind
from casemgmt.places.models import Area, Level
from casemgmt.programme.models import TargetKind
from casemgmt.register.models import Arrival, Class, Departure, Sex
from casemgmt.typed import parse_birth, parse_code, parse_date, parse_phone, parse_tick
from casemgmt.vietnamese import same

UNIT, ORGANISATION, HOUSEHOLD = "unit", "organisation", "household"


class Part(StrEnum):
    """Vai trò of a sponsor."""

    LEAD = "Chính"
    SUPPORT = "Phối hợp"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: how its cells are read, what a blank one means, whose codes it holds."""

    header: str
    key: str
    read: Read = cells.text
    required: bool = False
    blank: Any = None
    refers: str | None = None
    words: Mapping[str, Any] | None = None  # the words of a list, by their label


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet; `identity`: the keys that together say which row of the register it is."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    identity: tuple[str, ...]

    def column(self, key: str) -> Column:
        """The column of this key."""
        return next(column for column in self.columns if column.key == key)


def _listed(header: str, key: str, labels: Mapping[str, Any], **more: Any) -> Column:
    return Column(header, key, cells.word_of(labels), words=labels, **more)


def _refers(header: str, to: str, *, key: str | None = None, required: bool = True) -> Column:
    return Column(header, key or to, parse_code, required=required, refers=to)


def _day(header: str, key: str, **more: Any) -> Column:
    return Column(header, key, parse_date, **more)


def _tick(header: str, key: str) -> Column:
    return Column(header, key, parse_tick, blank=False)


KINDS = {kind.label: kind for kind in Kind if kind is not Kind.NONE}
CLASSES = {word.label: word for word in Class if word is not Class.NONE}

_HOUSEHOLD = _refers("Mã hộ", HOUSEHOLD)
_STARTS = _day("Từ ngày", "starts", required=True)
_LAST_DAY = _day("Đến ngày", "last_day")

UNITS = Sheet(
    "Đơn vị",
    "Đơn vị hành chính, mỗi dòng một khoảng thời gian dưới một cấp trên.",
    (
        _refers("Mã", UNIT),
        Column("Tên", "name", required=True),
        _listed("Cấp", "level", {level.value: level for level in Level}, required=True),
        _refers("Mã cấp trên", UNIT, key="parent", required=False),
        Column("Mã TCTK", "official_code", cells.text_up_to(40)),
        _listed("Khu vực", "area", {area.value: area for area in Area}),
        _day("Từ ngày", "starts", blank=SINCE_ALWAYS),
        _LAST_DAY,
    ),
    (UNIT, "starts"),
)
RESIDENTS = Sheet(
    "Dân cư",
    "Số hộ dân cư, có hiệu lực từ ngày ghi đến dòng sau; để trống Số hộ DTTS là chưa biết.",
    (
        _refers("Mã đơn vị", UNIT),
        _day("Ngày", "starts", required=True),
        Column("Số hộ", "total", cells.whole(), required=True),
        Column("Số hộ DTTS", "ethnic_minority", cells.whole()),
    ),
    (UNIT, "starts"),
)
ORGANISATIONS = Sheet(
    "Tổ chức",
    "Các tổ chức đỡ đầu.",
    (
        Column("Mã", "code", parse_code, required=True),
        Column("Tên", "name", required=True),
        _listed("Loại", "kind", KINDS, required=True),
        _refers("Mã đơn vị", UNIT),
        _refers("Mã cấp trên", ORGANISATION, key="parent", required=False),
    ),
    ("code",),
)
HOUSEHOLDS = Sheet(
    "Hộ",
    "Các hộ; Chủ hộ là tên gọi của hộ hôm nay.",
    (
        Column("Mã hộ", "code", parse_code, required=True),
        Column("Chủ hộ", "head_name", required=True),
        Column("Địa chỉ", "address"),
        Column("Điện thoại", "phone", parse_phone),
        Column("Ghi chú", "note"),
    ),
    ("code",),
)
STAYS = Sheet(
    "Cư trú",
    "Hộ sống ở thôn nào, từ ngày nào đến hết ngày nào.",
    (
        _HOUSEHOLD,
        _refers("Mã thôn", UNIT, key="village"),
        _STARTS,
        _LAST_DAY,
        _listed("Lý do đến", "arrival", {word.value: word for word in Arrival}),
        _listed("Lý do đi", "departure", {word.value: word for word in Departure}),
    ),
    (HOUSEHOLD, "starts"),
)
MEMBERS = Sheet(
    "Thành viên",
    "Người trong hộ; để trống Đến ngày là vẫn ở trong hộ.",
    (
        _HOUSEHOLD,
        Column("Họ và tên", "name", required=True),
        Column("Quan hệ với chủ hộ", "relation", words.relation, required=True),
        Column("Ngày sinh", "birth", parse_birth),
        _listed("Giới tính", "sex", {sex.value: sex for sex in Sex}),
        Column("Số CCCD", "citizen_id", cells.citizen_id),
        Column("Dân tộc", "ethnicity", words.ethnicity),
        _tick("Khả năng lao động", "can_work"),
        _listed("Hội, đoàn thể", "member_of", KINDS, blank=Kind.NONE),
        _day("Từ ngày", "starts"),
        _LAST_DAY,
    ),
    (HOUSEHOLD, "name", "birth"),
)
CLASSIFICATIONS = Sheet(
    "Phân loại",
    "Hộ được xếp loại gì, từ ngày nào; giữ đến dòng sau của hộ.",
    (
        _HOUSEHOLD,
        _STARTS,
        _listed("Phân loại", "class", CLASSES, required=True),
        _tick("DTTS", "minority"),
        _tick("BTXH", "social_protection"),
        _tick("Người có công", "merit"),
        _listed("Thuộc hội", "member_of", KINDS, blank=Kind.NONE),
        Column("Điểm B1", "score_b1", cells.whole()),
        Column("Điểm B2", "score_b2", cells.whole()),
        Column("Thiếu hụt", "deprivations", cells.codes, blank=frozenset()),
        Column("Số quyết định", "decision_number"),
        _day("Ngày quyết định", "decision_date"),
        Column("Ghi chú", "note"),
    ),
    (HOUSEHOLD, "starts"),
)
SPONSORS = Sheet(
    "Đỡ đầu",
    "Tổ chức nào đỡ đầu hộ: Chính (một lúc chỉ một) hoặc Phối hợp (bao nhiêu cũng được).",
    (
        _HOUSEHOLD,
        _refers("Mã tổ chức", ORGANISATION),
        _listed("Vai trò", "part", {part.value: part for part in Part}, required=True),
        _STARTS,
        _LAST_DAY,
        Column("Người phụ trách", "in_charge"),
        Column("Lý do kết thúc", "end_reason"),
    ),
    (HOUSEHOLD, ORGANISATION, "part", "starts"),
)
ACTIONS = Sheet(
    "Hỗ trợ",
    "Hoạt động hỗ trợ; giá trị là số đồng nguyên.",
    (
        Column("Mã hoạt động", "code", parse_code, required=True),
        _HOUSEHOLD,
        _refers("Mã tổ chức", ORGANISATION, required=False),
        _day("Ngày", "given_on", required=True),
        Column("Loại", "kind_name", required=True),
        Column("Nội dung", "content"),
        Column("Số lượng", "quantity", cells.thousandths),
        Column("Đơn vị tính", "unit"),
        Column("Giá trị (đồng)", "value", cells.whole(10**15 - 1)),
        Column("Nguồn", "source"),
    ),
    ("code",),
)
SUPPORT_KINDS = Sheet(
    "Loại hỗ trợ",
    "Các loại hỗ trợ của sổ này.",
    (
        Column("Tên", "name", cells.text_up_to(80), required=True),
        _tick("Là khoản vay", "is_loan"),
    ),
    ("name",),
)
EXITS = Sheet(
    "Đăng ký thoát nghèo",
    "Các hộ, theo tên, dự kiến thoát nghèo trong năm.",
    (Column("Năm", "year", cells.year, required=True), _HOUSEHOLD),
    ("year", HOUSEHOLD),
)
TARGETS = Sheet(
    "Chỉ tiêu",
    "Chỉ tiêu được giao; chỉ tiêu của huyện không phải là tổng của các xã.",
    (
        Column("Năm", "year", cells.year, required=True),
        _refers("Mã đơn vị", UNIT),
        _listed("Chỉ tiêu", "kind", {kind.value: kind for kind in TargetKind}, required=True),
        Column("Giá trị", "value", cells.thousandths, required=True),
        Column("Văn bản", "document"),
    ),
    ("year", UNIT, "kind"),
)

WORKBOOK = (
    UNITS,
    RESIDENTS,
    ORGANISATIONS,
    HOUSEHOLDS,
    STAYS,
    MEMBERS,
    CLASSIFICATIONS,
    SPONSORS,
    ACTIONS,
    SUPPORT_KINDS,
    EXITS,
    TARGETS,
)
BY_NAME = {same(sheet.name): sheet for sheet in WORKBOOK}
