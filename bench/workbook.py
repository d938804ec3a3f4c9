"""A register workbook of any size with invented people, and the time that bringing it in takes:
`python -m bench.workbook FILE.xlsx --households 20000 [--into sqlite:///REGISTER.db]`."""

import argparse
import resource
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

import xlsxwriter

from casemgmt.exchange.sheets import WORKBOOK

_FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Hồ", "Võ", "Đặng", "Bùi", "Đỗ")
_MIDDLES = ("Văn", "Thị", "Hữu", "Ngọc", "Đình", "Thanh", "Hồng", "Minh")
_GIVEN = ("An", "Ánh", "Bình", "Chung", "Dung", "Đào", "Hà", "Hạnh", "Khánh", "Lan", "Vân", "Tuấn")
_INDICATORS = ("employment", "dependants", "nutrition", "health_insurance", "water", "sanitation")
_KINDS = ("Hội Nông dân", "Hội Liên hiệp Phụ nữ", "Đoàn Thanh niên", "Hội Cựu chiến binh", "Khác")
_FIRST = date(2021, 12, 15)

Cell = str | int | float | date | None


def sheets(households: int, seed: int = 2022) -> dict[str, Iterator[list[Cell]]]:
    """The rows of each sheet, in the order of its columns; about six for each household."""
    villages = max(1, households // 60)
    return {
        "Đơn vị": _units(villages),
        "Tổ chức": _organisations(villages),
        "Hộ": _households(households, Random(seed)),
        "Cư trú": _stays(households, villages),
        "Thành viên": _members(households, Random(seed)),
        "Phân loại": _classifications(households, Random(seed)),
        "Đỡ đầu": _sponsors(households, villages),
        "Hỗ trợ": _actions(households, villages, Random(seed)),
    }


def write(path: Path, households: int, seed: int = 2022) -> int:
    """Write the workbook; gives how many rows it has."""
    columns = {sheet.name: sheet.columns for sheet in WORKBOOK}
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    count = 0
    for name, rows in sheets(households, seed).items():
        page = book.add_worksheet(name)
        page.write_row(0, 0, [column.header for column in columns[name]])
        for number, row in enumerate(rows, 1):
            count += 1
            for place, value in enumerate(row):
                if isinstance(value, date):
                    page.write_datetime(number, place, value, day)
                elif value is not None:
                    page.write(number, place, value)
    book.close()
    return count


def _name(random: Random) -> str:
    return f"{random.choice(_FAMILIES)} {random.choice(_MIDDLES)} {random.choice(_GIVEN)}"


def _units(villages: int) -> Iterator[list[Cell]]:
    yield ["T", "Tỉnh mẫu", "tỉnh", None, None, None, None, None]
    yield ["H", "Huyện mẫu", "huyện", "T", None, None, None, None]
    for commune in range(villages // 10 + 1):
        yield [f"X{commune}", f"Xã {commune}", "xã", "H", None, "nông thôn", None, None]
    for village in range(villages):
        yield [
            f"V{village}",
            f"Thôn {village}",
            "thôn",
            f"X{village // 10}",
            None,
            None,
            None,
            None,
        ]


def _organisations(villages: int) -> Iterator[list[Cell]]:
    for commune in range(villages // 10 + 1):
        for number, kind in enumerate(_KINDS):
            yield [f"O{commune}-{number}", f"{kind} xã {commune}", kind, f"X{commune}", None]


def _households(households: int, random: Random) -> Iterator[list[Cell]]:
    for number in range(households):
        phone = f"09{random.randrange(10**8):08d}" if number % 2 else None
        note = "Nhà ở xa trung tâm thôn" if number % 7 == 0 else None
        yield [f"H{number}", f"Chủ hộ {number}", f"Tổ {number % 9}", phone, note]


def _stays(households: int, villages: int) -> Iterator[list[Cell]]:
    for number in range(households):
        yield [f"H{number}", f"V{number % villages}", date(2015, 1, 1), None, None, None]


def _members(households: int, random: Random) -> Iterator[list[Cell]]:
    for number in range(households):
        born = date(1940, 1, 1) + timedelta(days=random.randrange(20_000))
        citizen = f"045{born.year % 100:03d}{number:06d}"
        yield [
            f"H{number}", f"Chủ hộ {number}", "Chủ hộ", born, random.choice(("Nam", "Nữ")), citizen,
            "Kinh", "x", None, None, None,
        ]  # fmt: skip
        yield [
            f"H{number}", _name(random), "Con", f"{random.randint(1990, 2020)}", None, None,
            "Kinh", None, None, None, None,
        ]  # fmt: skip


def _classifications(households: int, random: Random) -> Iterator[list[Cell]]:
    for number in range(households):
        deprived = random.sample(_INDICATORS, 3)
        yield [
            f"H{number}", _FIRST + timedelta(days=17), "Hộ nghèo", "x" if number % 9 == 0 else None,
            "x" if number % 4 else None, None, _KINDS[number % 4], 100 + number % 40, 30,
            ", ".join(deprived), f"{number % 90}/QĐ-UBND", _FIRST, None,
        ]  # fmt: skip


def _sponsors(households: int, villages: int) -> Iterator[list[Cell]]:
    for number in range(0, households, 2):
        commune = number % villages // 10
        part, starts = "Chính", date(2022, 3, 1)
        yield [f"H{number}", f"O{commune}-{number % 5}", part, starts, None, None, None]


def _actions(households: int, villages: int, random: Random) -> Iterator[list[Cell]]:
    for number in range(0, households, 2):
        commune = number % villages // 10
        given = date(2022, 3, 1) + timedelta(days=random.randrange(250))
        yield [
            f"A{number}", f"H{number}", f"O{commune}-{number % 5}", given, "Quà Tết", "Quà", 1,
            "suất", 500_000, "Quỹ Vì người nghèo",
        ]  # fmt: skip


def peak() -> int:
    """The most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _bring_in(path: Path, database: str) -> None:
    from sqlalchemy.orm import Session  # noqa: PLC0415 measured from here

    from casemgmt import schema  # noqa: PLC0415 measured from here
    from casemgmt.db import open_engine  # noqa: PLC0415 measured from here
    from casemgmt.exchange.importing import import_workbook  # noqa: PLC0415 measured from here

    engine = open_engine(database)
    schema.upgrade(engine)
    with Session(engine) as session:
        began, worked = time.perf_counter(), time.process_time()
        report = import_workbook(session, path)
        session.commit()
        took, worked = time.perf_counter() - began, time.process_time() - worked
    rows = sum(tally.rows for tally in report.sheets.values())
    created = sum(tally.created for tally in report.sheets.values())
    print(f"ok {report.ok}, {rows} rows, {created} created, {len(report.warnings)} warnings")
    print(f"{took:.1f} s ({worked:.1f} s at work), {rows / took:,.0f} rows/s, peak {peak()} MB")


def main() -> None:
    """Write a workbook; with --into, bring it into a database and say how long that took."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("file", type=Path)
    asked.add_argument("--households", type=int, default=20_000)
    asked.add_argument("--into", help="a database URL: import the file there")
    told = asked.parse_args()
    if not told.file.exists():
        print(f"{write(told.file, told.households)} rows written to {told.file}")
    if told.into:
        _bring_in(told.file, told.into)


if __name__ == "__main__":
    main()
