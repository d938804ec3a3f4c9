"""Where the demonstration plays: Cam Lộ's eight communes and their villages, what became of them
on 01/07/2025, and how many households live there.

The province of Quảng Trị of 01/07/2025 is another unit than the one of that name before: it was
made anew of Quảng Bình and Quảng Trị (Resolution 202/2025/QH15). So are its communes Cam Lộ
and Hiếu Giang, although they took over the official codes of Thị trấn Cam Lộ and Thanh An. The
villages go on: each has a second row, under its new commune.

Two villages of Cam Nghĩa were merged before the programme began, not during it: a village that has
ended is in no later map, so that figures of 2022 on the map of 2025 would lack its commune's."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from casemgmt.demo.reading import Row, day, number, table
from casemgmt.vietnamese import fold

DISTRICT = "CAM-LO"
REFORM = date(2025, 7, 1)
VILLAGES_MERGED = date(2021, 7, 1)
COUNTED = (("2022", date(2022, 1, 1)), ("2023", date(2023, 1, 1)))
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Village:
    """A village. On VILLAGES_MERGED one became a part of another (`merged_into`, its code), which
    has had a new name since (`called_then`)."""

    code: str
    commune: str
    name: str
    level: str
    weight: int
    merged_into: str | None
    called_then: str | None

    def stands(self, day: date) -> bool:
        """Whether there is such a village on a day."""
        return self.merged_into is None or day < VILLAGES_MERGED


def commune_name(code: str) -> str:
    """`Xã Cam Tuyền`, `Thị trấn Cam Lộ`."""
    row = next(row for row in table("communes") if row["code"] == code)
    return f"{row['level'].capitalize()} {row['name']}"


@cache
def first_day(commune: str) -> date | None:
    """Since when a commune stands (None: nobody asks)."""
    return next(day(row["starts"]) for row in table("communes") if row["code"] == commune)


@cache
def villages(commune: str) -> tuple[Village, ...]:
    """The villages of a commune, also those that ended or began later."""
    return tuple(
        Village(
            code=_code(commune, row["name"]),
            commune=commune,
            name=row["name"],
            level=row["level"],
            weight=int(row["weight"]),
            merged_into=_code(commune, row["merged_into"]) if row["merged_into"] else None,
            called_then=row["called_then"] or None,
        )
        for row in table("villages")
        if row["commune"] == commune
    )


def _code(commune: str, name: str) -> str:
    return f"{commune}.{fold(name).upper().replace(' ', '-')}"


def units() -> list[Row]:
    """The sheet `Đơn vị`."""
    above, reformed = table("units")[:2], table("units")[2:]
    rows = [_unit(row) for row in above]
    for commune in table("communes"):
        rows.append(_unit({**commune, "parent": DISTRICT, "last_day": str(REFORM - _DAY)}))
        for village in villages(commune["code"]):
            rows += _periods(village, commune["after_2025"])
    return rows + [_unit(row) for row in reformed]


def _unit(row: dict[str, str]) -> Row:
    return {
        "Mã": row["code"],
        "Tên": row["name"],
        "Cấp": row["level"],
        "Mã cấp trên": row["parent"] or None,
        "Mã TCTK": row["official_code"] or None,
        "Khu vực": row["area"] or None,
        "Từ ngày": day(row["starts"]),
        "Đến ngày": day(row["last_day"]),
    }


def _periods(village: Village, after: str) -> list[Row]:
    """The rows of a village. Khu vực is left to the commune: the town's quarters lie in a rural
    one from REFORM on."""
    row: Row = {
        "Mã": village.code,
        "Tên": village.name,
        "Cấp": village.level,
        "Mã cấp trên": village.commune,
        "Mã TCTK": None,
        "Khu vực": None,
        "Từ ngày": first_day(village.commune),
        "Đến ngày": REFORM - _DAY,
    }
    until_merged = {**row, "Đến ngày": VILLAGES_MERGED - _DAY}
    if village.merged_into:
        return [until_merged]
    reformed = {**row, "Mã cấp trên": after, "Từ ngày": REFORM, "Đến ngày": None}
    if village.called_then is None:
        return [row, reformed]
    renamed = {"Tên": village.called_then}
    merged = {**row, **renamed, "Từ ngày": VILLAGES_MERGED}
    return [until_merged, merged, {**reformed, **renamed}]


def residents() -> list[Row]:
    """The sheet `Dân cư`: communes and villages by year, the new communes as the sums of theirs."""
    rows: list[Row] = []
    for commune in table("communes"):
        for year, starts in COUNTED:
            total = int(commune[f"residents_{year}"])
            minority = number(commune[f"minority_{year}"])
            rows.append(_counted(commune["code"], starts, total, minority))
            rows += _in_villages(commune["code"], starts, total, minority)
    for new in table("units")[-2:]:
        parts = [row for row in table("communes") if row["after_2025"] == new["code"]]
        minorities = [int(row["minority_2023"]) for row in parts if row["minority_2023"]]
        total = sum(int(row["residents_2023"]) for row in parts)
        rows.append(_counted(new["code"], REFORM, total, sum(minorities) or None))
    return rows


def _in_villages(commune: str, starts: date, total: int, minority: int | None) -> list[Row]:
    """A commune's households among the villages that stand on the day, by their weight. Bản Chùa
    holds all of the ethnic minorities and nobody else."""
    standing = [
        village
        for village in villages(commune)
        if village.stands(starts) and not (minority and village.level == "bản")
    ]
    left = total - (minority or 0)
    rows: list[Row] = []
    for place, village in enumerate(standing):
        share = left * village.weight // sum(later.weight for later in standing[place:])
        rows.append(_counted(village.code, starts, share, 0 if minority else None))
        left -= share
    if minority:
        rows.append(_counted(f"{commune}.BAN-CHUA", starts, minority, minority))
    return rows


def _counted(unit: str, starts: date, total: int, minority: int | None) -> Row:
    return {"Mã đơn vị": unit, "Ngày": starts, "Số hộ": total, "Số hộ DTTS": minority}
