"""The rows of the demonstration: always the same, nobody real, nothing that contradicts itself."""

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise

import pytest
from sqlalchemy.orm import Session

from casemgmt.demo import histories, people, register
from casemgmt.demo.households import TODAY
from casemgmt.demo.reading import Row
from casemgmt.exchange.importing import load
from casemgmt.typed import citizen_id_doubts, parse_birth, parse_citizen_id, parse_phone
from tests.demo.conftest import Sheets

SIGNED = date(2022, 2, 15)


def _digest(sheets: Sheets) -> str:
    told = json.dumps(sheets, ensure_ascii=False, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def _by_household(rows: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["Mã hộ"]].append(row)
    return found


def _holds(row: Row, day: date) -> bool:
    starts, last_day = row["Từ ngày"], row["Đến ngày"]
    return (starts is None or starts <= day) and (last_day is None or day <= last_day)


def test_two_builds_are_the_same_whatever_the_hash_seed(sheets: Sheets) -> None:
    assert _digest(register.sheets()) == _digest(sheets)
    code = (
        "from casemgmt.demo import register; from tests.demo.test_register import _digest;"
        " print(_digest(register.sheets()))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.strip() == _digest(sheets)


def test_another_seed_tells_another_story(sheets: Sheets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "SEED", register.SEED + 1)
    other = register.sheets()
    assert other["Đơn vị"] == sheets["Đơn vị"]
    assert other["Thành viên"] != sheets["Thành viên"]


def test_it_loads_without_a_word_and_again_changes_nothing(
    sheets: Sheets, sqlite_session: Session
) -> None:
    first = load(sqlite_session, sheets)
    assert first.applied
    assert (first.errors, first.warnings) == ([], [])
    again = load(sqlite_session, sheets)
    assert {name: (t.created, t.updated) for name, t in again.sheets.items()} == dict.fromkeys(
        sheets, (0, 0)
    )
    assert again.warnings == []


def test_sizes(sheets: Sheets) -> None:
    assert 1_400 <= len(sheets["Hộ"]) <= 1_600
    assert 4_500 <= len(sheets["Thành viên"]) <= 5_200
    assert 1_500 <= len(sheets["Hỗ trợ"]) <= 3_000
    stays, members = _by_household(sheets["Cư trú"]), _by_household(sheets["Thành viên"])
    here = [code for code, rows in stays.items() if any(_holds(row, SIGNED) for row in rows)]
    persons = sum(_holds(row, SIGNED) for code in here for row in members[code])
    assert len(here) == 453 + 634 + 216 + 142
    assert round(persons / len(here), 1) == 3.3


def test_names_come_from_the_invented_lists(sheets: Sheets) -> None:
    for row in sheets["Thành viên"]:
        prefix = "" if row["Dân tộc"] == "Kinh" else "bru_"
        sex = "male" if row["Giới tính"] == "Nam" else "female"
        family, rest = row["Họ và tên"].split(" ", 1)
        assert family in people.names(f"{prefix}family")
        assert any(
            rest == f"{middle} {given}"
            for middle in people.names(f"{prefix}{sex}_middle")
            for given in people.names(f"{prefix}{sex}")
        ), row


def test_a_cccd_fits_its_owner_and_ends_in_a_running_number(sheets: Sheets) -> None:
    owners = defaultdict(set)
    for row in sheets["Thành viên"]:
        if row["Số CCCD"] is None:
            continue
        number, restored = parse_citizen_id(row["Số CCCD"])
        year = parse_birth(row["Ngày sinh"]).year
        assert not restored
        assert citizen_id_doubts(number, row["Giới tính"], year) == []
        assert number[6:8] == "00"
        owners[number].add((row["Họ và tên"], row["Ngày sinh"]))
    assert all(len(persons) == 1 for persons in owners.values())
    assert Counter(number[:3] for number in owners).most_common(1)[0][0] == "045"
    phones = [row["Điện thoại"] for row in sheets["Hộ"] if row["Điện thoại"]]
    assert all(parse_phone(phone).startswith("0900") for phone in phones)


def test_nothing_of_a_kind_overlaps_and_nothing_outlasts_its_household(sheets: Sheets) -> None:
    stays = _by_household(sheets["Cư trú"])
    leads = _by_household([row for row in sheets["Đỡ đầu"] if row["Vai trò"] == "Chính"])
    for rows in [*stays.values(), *leads.values()]:
        for before, after in pairwise(rows):
            assert before["Đến ngày"] < after["Từ ngày"]
    for row in sheets["Đỡ đầu"]:
        there = stays[row["Mã hộ"]]
        gone = there[-1]["Đến ngày"]
        assert there[0]["Từ ngày"] <= row["Từ ngày"] <= (row["Đến ngày"] or date.max)
        assert gone is None or row["Đến ngày"] <= gone
    for row in sheets["Hỗ trợ"]:
        assert any(_holds(stay, row["Ngày"]) for stay in stays[row["Mã hộ"]])


def test_only_what_was_decided_in_advance_lies_after_today(sheets: Sheets) -> None:
    later = {
        (name, header, row[header])
        for name, rows in sheets.items()
        for row in rows
        for header in ("Từ ngày", "Ngày", "Đến ngày")
        if isinstance(row.get(header), date) and row[header] > TODAY
    }
    assert later == {
        ("Đơn vị", "Từ ngày", date(2025, 7, 1)),
        ("Đơn vị", "Đến ngày", date(2025, 6, 30)),
        ("Dân cư", "Ngày", date(2025, 7, 1)),
    }


def test_scores_are_ten_points_for_each_deprivation(sheets: Sheets) -> None:
    for row in sheets["Phân loại"]:
        lacking = row["Thiếu hụt"].split(", ") if row["Thiếu hụt"] else []
        if row["Từ ngày"] < date(2022, 1, 1):
            assert row["Điểm B1"] is None
            assert row["Điểm B2"] is None
        else:
            assert row["Điểm B2"] == 10 * len(set(lacking))
        assert row["Ngày quyết định"] <= row["Từ ngày"]
        if row["Phân loại"] == "Hộ nghèo":
            assert row["Người có công"] is None


def test_social_protection_means_that_nobody_is_able_to_work(sheets: Sheets) -> None:
    members = _by_household(sheets["Thành viên"])
    for row in sheets["Phân loại"]:
        if row["Từ ngày"] == date(2022, 1, 1):
            here = [one for one in members[row["Mã hộ"]] if _holds(one, SIGNED)]
            assert (row["BTXH"] == "x") is not any(one["Khả năng lao động"] for one in here)
            assert (row["DTTS"] == "x") is (here[0]["Dân tộc"] == "Bru-Vân Kiều")


def test_every_kind_of_event_has_happened(sheets: Sheets) -> None:
    told = Counter((row["Lý do đến"], row["Lý do đi"]) for row in sheets["Cư trú"])
    assert {reason for reasons in told for reason in reasons} == {
        None,
        "chuyển đến",
        "tách hộ",
        "chuyển đi",
        "nhập hộ",
        "giải thể",
    }
    merged = [row for row in sheets["Cư trú"] if row["Mã thôn"] == "CAM-NGHIA.PHUONG-AN-2"]
    assert merged
    assert {row["Đến ngày"] for row in merged} == {date(2021, 6, 30)}
    gone_over = {row["Mã hộ"] for row in merged}
    came = [row for row in sheets["Cư trú"] if row["Từ ngày"] == date(2021, 7, 1)]
    assert gone_over == {row["Mã hộ"] for row in came}
    heads_died = [
        row
        for row in sheets["Thành viên"]
        if row["Quan hệ với chủ hộ"] == "Chủ hộ" and row["Đến ngày"]
    ]
    assert len(heads_died) > 11
    assert len({row["Lý do kết thúc"] for row in sheets["Đỡ đầu"]}) >= 8
    assert {row["Vai trò"] for row in sheets["Đỡ đầu"]} == {"Chính", "Phối hợp"}


def test_support_has_all_kinds_with_loans_apart_and_some_without_giver(sheets: Sheets) -> None:
    kinds = Counter(row["Loại"] for row in sheets["Hỗ trợ"])
    assert len(kinds) == 28
    assert all(
        row["Nguồn"] == "Ngân hàng Chính sách xã hội"
        for row in sheets["Hỗ trợ"]
        if row["Loại"] == "Vay vốn NHCSXH"
    )
    assert 100 < sum(row["Mã tổ chức"] is None for row in sheets["Hỗ trợ"]) < 1_000
    cows = [row["Giá trị (đồng)"] for row in sheets["Hỗ trợ"] if row["Loại"] == "Bò giống sinh sản"]
    assert all(10_000_000 <= value <= 15_000_000 for value in cows)
    dates = {row["Ngày"].year for row in sheets["Hỗ trợ"]}
    assert dates == {2022, 2023}


def test_events_that_do_not_meet_the_published_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="do not meet"):
        histories._may_leave(-1, [])
    with pytest.raises(ValueError, match="do not meet"):
        histories._may_leave(1, [])
