"""The workbooks that communes keep and the files made to hurt, over HTTP against a served site."""

import logging
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from casemgmt.db import open_engine
from casemgmt.exchange.sheets import WORKBOOK
from casemgmt.exchange.stored import exported
from tests.exchange import hostile, served
from tests.exchange.commune_books import TWELVE, Case, Page, nfd, tcvn3, vni, written
from tests.exchange.served import Asker, Served, Watch

_log = logging.getLogger(__name__)
_SECONDS, _CHILD, _GROWTH = 10, 300, 50  # s, MB, MB
_ENCODINGS = (str, nfd, tcvn3, vni)
_MEMBERS = ("Vợ", "vợ", "Con", "con trai", "Con gái", "Cháu nội")
_REMARK = re.compile(
    r'<td data-label="Trang">([^<]*)</td><td data-label="Dòng" class="number">(\d*)</td>'
    r'<td data-label="Cột">([^<]*)</td><td data-label="Đang ghi">[^<]*</td><td>([^<]*)</td>'
)


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served.site(sqlite_template, tmp_path_factory.mktemp("site") / "home") as running:
        yield running


def everything(site: Served) -> dict[str, list[dict[str, Any]]]:
    """All rows of the register as they would be exported."""
    engine = open_engine(site.url)
    with pytest.MonkeyPatch.context() as around, Session(engine) as session:
        around.setenv("CASEMGMT_HOME", str(site.home))  # its key opens what is sealed
        found = {
            sheet.name: [
                {key: value for key, value in row.items() if not key.startswith("_")}
                for row in exported(session.connection(), sheet)
            ]
            for sheet in WORKBOOK
        }
    engine.dispose()
    return found


# --- The twelve ----------------------------------------------------------------------------------


def _any(*words: str) -> set[str]:
    return {write(word) for word in words for write in _ENCODINGS}


def mended(case: Case) -> list[Page]:
    """The workbook without the households that its faults keep back, as an officer would send it
    again once those are left out."""
    heads = _any(*(name for _code, name, *_more in case.households))
    faulty = {(sheet, row) for sheet, row, *_more in case.faults}
    return [_mended(page, heads, faulty) for page in case.pages]


def _mended(page: Page, heads: set[str], faulty: set[tuple[str, int]]) -> Page:
    starts, members = _any("Chủ hộ"), _any(*_MEMBERS)
    told = any(starts & _texts(row) for row in page.rows)
    rows: list[Any] = []
    kept = True
    for number, row in enumerate(page.rows, 1):
        texts = _texts(row)
        is_start = bool(starts & texts) if told else bool(row and isinstance(row[0], int))
        if "Họ và tên" in texts:
            is_start = False  # titles may be called so, too
        if is_start:
            kept = bool(heads & texts) and (page.name, number) not in faulty
        if (is_start or members & texts) and not kept:
            continue
        if (page.name, number) not in faulty:
            rows.append(row)
    return replace(page, rows=rows)


def _texts(row: Any) -> set[str]:
    return {cell for cell in row or () if isinstance(cell, str)}


def choices(page: str) -> dict[str, str]:
    """What a page of columns proposes."""
    chosen = {}
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        picked = re.search(r'value="([^"]*)" selected', options)
        chosen[name] = picked[1] if picked else ""
    for name in re.findall(r'name="(used-\d+)" value="y" checked', page):
        chosen[name] = "y"
    return chosen


def sent(person: Asker, content: bytes) -> str:
    """Send a workbook, say from which day it holds; the address of its preview."""
    status, text, address = person.send("/import", file=("danh sách.xlsx", content))
    assert status == 303, text
    assert 'role="alert"' not in (page := person.page(address)), page
    columns = f"{address}/columns"
    fields = choices(person.page(columns))
    status, text, _place = person.send(columns, day="01/01/2022", **fields)
    assert status == 303, text
    return address


def people(rows: dict[str, list[dict[str, Any]]]) -> tuple[Counter[Any], Counter[Any]]:
    """The households and the members of a register, without their codes: those are given."""
    village = {row["household"]: row["village"] for row in rows["Cư trú"]}
    class_ = {row["household"]: row["class"].label for row in rows["Phân loại"]}
    head = {row["code"]: row["head_name"] for row in rows["Hộ"]}
    homes = Counter((head[code], village[code], class_[code]) for code in head)
    members = Counter(
        (
            head[row["household"]],
            row["name"],
            row["relation"].value,
            row["birth"].show() if row["birth"] else None,
            row["sex"].value if row["sex"] else None,
            row["citizen_id"],
        )
        for row in rows["Thành viên"]
    )
    return homes, members


@pytest.mark.parametrize("name", TWELVE)
def test_a_communes_workbook_goes_in_and_comes_out(site: Served, name: str) -> None:
    case, person, before = TWELVE[name], site.officer(), everything(site)

    address = sent(person, written(case.pages))
    found = _REMARK.findall(person.page(f"{address}?show=faulty"))
    assert [(sheet, int(row), column) for sheet, row, column, _said in found] == [
        one[:3] for one in case.faults
    ], found
    for (*_place, said), (*_expected, beginning) in zip(found, case.faults, strict=True):
        assert said.startswith(beginning)
    assert "Nhập cả tệp" not in person.page(address)
    assert person.send(f"{address}/drop", at=address)[0] == 303
    assert everything(site) == before

    address = sent(person, written(mended(case)))
    page = person.page(address)
    assert "Nhập cả tệp" in page, _REMARK.findall(person.page(f"{address}?show=faulty"))
    seen = re.search(r'name="seen"[^>]* value="(\w+)"', page)
    assert seen
    status, text, _place = person.send(f"{address}/apply", at=address, seen=seen[1])
    assert status == 303, text
    codes = {code: head for code, head, *_more in case.households}
    homes, members = people(everything(site))
    assert homes == Counter(tuple(one[1:]) for one in case.households)
    assert members == Counter((codes[code], *rest) for code, *rest in case.members)

    status, text, _place = person.send(f"{address}/undo", reason="thử")
    assert status == 303, text
    assert everything(site) == before


# --- The forty -----------------------------------------------------------------------------------


def test_files_made_to_hurt_hurt_nobody(site: Served, tmp_path: Path) -> None:
    person, other = site.officer(), site.officer()
    before = everything(site)
    sent(person, written(TWELVE["filled_down"].pages))  # what a first file loads is loaded
    with Watch(site, other) as quiet:
        time.sleep(1)
    held = site.memory()
    told: dict[str, tuple[float, float, float]] = {}
    for name, write in hostile.FILES.items():
        path = tmp_path / "hostile.xlsx"
        write(path)
        content = path.read_bytes()
        with Watch(site, other) as watch:
            began = time.monotonic()
            sentence = _refused(person, content)
            took = time.monotonic() - began
        assert sentence.strip().endswith("."), name
        assert took <= _SECONDS + quiet.slowest, (name, took)  # the machine may be busy
        assert watch.largest <= _CHILD, (name, watch.largest)
        assert watch.slowest <= max(1, 3 * quiet.slowest), (name, watch.slowest)
        told[name] = (took, watch.largest, watch.slowest)
    grown = site.memory() - held
    _log.info(_summary(told, grown))
    assert len(told) == len(hostile.FILES)
    assert grown <= _GROWTH, grown
    assert everything(site) == before


def _refused(person: Asker, content: bytes) -> str:
    """The one sentence in which it ends."""
    status, text, address = person.send("/import", file=("tệp.xlsx", content))
    if status == 422:
        found = re.findall(r'<a href="#file">([^<]+)</a>', text)
    else:
        assert status == 303, (status, text)
        found = re.findall(r'role="alert">([^<]+)</div>', person.page(address))
    assert len(found) == 1, text
    return str(found[0])


def _summary(told: dict[str, tuple[float, float, float]], grown: float) -> str:
    slow, large, late = (max(told.items(), key=lambda one, n=n: one[1][n]) for n in range(3))
    return (
        f"{len(told)} files: longest {slow[1][0]:.1f} s ({slow[0]}), largest child"
        f" {large[1][1]:.0f} MB ({large[0]}), slowest page {late[1][2]:.2f} s, site"
        f" {grown:+.1f} MB"
    )
