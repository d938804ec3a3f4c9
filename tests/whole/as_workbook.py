"""A random register as the sheets of the register workbook."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from casemgmt.db import SINCE_ALWAYS
from tests.whole.histories import History

Sheet = list[dict[str, object]]
DAY = timedelta(days=1)


def sheets(history: History) -> dict[str, Sheet]:
    """Sheet name → rows by header. Ends that a later row overtakes are written or left blank at
    random: both forms mean the same."""
    return {
        "Đơn vị": _units(history),
        "Dân cư": [
            {
                "Mã đơn vị": f"U{unit}",
                "Ngày": starts,
                "Số hộ": row["total"],
                "Số hộ DTTS": row["ethnic_minority"],
            }
            for (unit, starts), row in history.residents.items()
        ],
        "Tổ chức": [
            {"Mã": f"O{number}", "Tên": f"Tổ chức {number}", "Loại": kind.label, "Mã đơn vị": "U2"}
            for number, kind in history.kinds.items()
        ],
        "Hộ": [{"Mã hộ": f"H{number}", "Chủ hộ": "Người Mẫu"} for number in history.households],
        "Cư trú": [
            {
                "Mã hộ": f"H{household}",
                "Từ ngày": starts,
                "Mã thôn": f"U{stay['village_id']}",
                "Đến ngày": last_day,
                "Lý do đến": _word(stay["arrival"]),
                "Lý do đi": _word(stay["departure"]) if last_day else None,
            }
            for household, starts, stay, last_day in _cut(history, history.stays)
        ],
        "Phân loại": [
            {
                "Mã hộ": f"H{household}",
                "Từ ngày": starts,
                "Phân loại": fact["class_"].label,
                "DTTS": _tick(fact["minority"]),
                "BTXH": _tick(fact["social_protection"]),
                "Người có công": _tick(fact["merit"]),
                "Thuộc hội": fact["member_of"].label,
            }
            for (household, starts), fact in history.classes.items()
        ],
        "Đỡ đầu": [
            {
                "Mã hộ": f"H{household}",
                "Mã tổ chức": f"O{lead['organisation_id']}",
                "Vai trò": "Chính",
                "Từ ngày": starts,
                "Đến ngày": last_day,
            }
            for household, starts, lead, last_day in _cut(history, history.leads)
        ]
        + [
            {
                "Mã hộ": f"H{household}",
                "Mã tổ chức": f"O{organisation}",
                "Vai trò": "Phối hợp",
                "Từ ngày": starts,
                "Đến ngày": row["last_day"],
            }
            for (household, organisation, starts), row in history.supporters.items()
        ],
        "Đăng ký thoát nghèo": [
            {"Năm": year, "Mã hộ": f"H{household}"} for year, household in history.registered
        ],
        "Chỉ tiêu": [
            {"Năm": year, "Mã đơn vị": f"U{unit}", "Chỉ tiêu": "exit_households", "Giá trị": value}
            for (year, unit), value in history.targets.items()
        ],
    }


def _units(history: History) -> Sheet:
    found: Sheet = []
    units = [history.province, history.district, *history.communes, *history.villages]
    for unit in units:
        rows = sorted(
            (row for row in history.periods if row["unit_id"] == unit),
            key=lambda row: row["starts"],
        )
        for row, later in pairwise([*rows, None]):
            last_day = row["last_day"]
            if later is not None and last_day is not None and last_day >= later["starts"]:
                last_day = None
            found.append(
                {
                    "Mã": f"U{unit}",
                    "Tên": f"Đơn vị {unit}",
                    "Cấp": row["level"].value,
                    "Mã cấp trên": f"U{row['parent_id']}" if row["parent_id"] else None,
                    "Từ ngày": None if row["starts"] == SINCE_ALWAYS else row["starts"],
                    "Đến ngày": last_day,
                }
            )
    return found


def _cut(history: History, facts: dict[tuple[int, date], dict[str, Any]]) -> Any:
    """(household, starts, fact, last day): an end that reaches the next row is blank or written
    as the day before it."""
    for household in history.households:
        mine = sorted(key[1] for key in facts if key[0] == household)
        for starts, later in pairwise([*mine, None]):
            fact = facts[household, starts]
            last_day = fact["last_day"]
            if later is not None and (last_day is None or last_day >= later):
                last_day = history.random.choice([None, later - DAY])
            yield household, starts, fact, last_day


def _word(reason: Any) -> str | None:
    return reason.value if reason else None


def _tick(value: bool) -> str | None:
    return "x" if value else None
