"""The audit trail as people search it."""

import re
from collections.abc import Iterator

import pytest

from casemgmt import schema
from casemgmt.casefile.subjects import LABELS, UNTOLD
from casemgmt.db import Audited, Base
from tests.browsing import CITIZEN, NOTE, Site, said, site


@pytest.fixture
def register(url: str) -> Iterator[Site]:
    """A small register on each kind of database."""
    with site(url) as found:
        yield found
        found.close()


def test_an_officer_sees_who_has_seen_a_household_and_what_was_changed(register: Site) -> None:
    commune = register.client("commune")
    commune.page("/households/H1")
    assert commune.post("/households/H1/edit", head_name="Đặng Thị Ước", address="Xóm Mới")
    page = commune.page("/audit?household=H1")
    assert "Xóm Trên → Xóm Mới" in page
    assert "Sửa: Sửa thông tin hộ" in page
    seen = commune.page("/audit?household=H1&what=read&actor=commune").partition("<tbody>")[2]
    assert "Xem: Xem hộ" in seen
    assert "Sửa:" not in seen
    assert CITIZEN not in page


@pytest.mark.parametrize("page", ["", "/visits", "/support", "/plan", "/edit"])
def test_every_page_about_a_household_tells_who_read_it(register: Site, page: str) -> None:
    commune = register.client("commune")
    commune.page(f"/households/H1{page}")
    seen = commune.page("/audit?household=H1&what=read").partition("<tbody>")[2]
    assert seen.count("Xem: Xem hộ") + seen.count("Xem: Sửa thông tin hộ") == 1


def test_what_is_out_of_scope_is_not_told(register: Site) -> None:
    register.client("town").page("/households/F1")
    commune = register.client("commune")
    foreign, absent = (said(commune.page(f"/audit?household={code}")) for code in ("F1", "XX"))
    assert "Không có mục nào" in foreign
    assert foreign.replace("F1", "XX") == absent.replace("F1", "XX")
    assert "F1" not in said(commune.page("/audit"))
    assert register.client("hoi").get("/audit").status_code == 403
    assert register.client("viewer").get("/audit").status_code == 403


def test_an_administrator_sees_no_value(register: Site) -> None:
    commune = register.client("commune")
    commune.post("/households/H1/edit", head_name="Đặng Thị Ước", address="Xóm Mới")
    page = register.client("admin").page("/audit?household=H1")
    assert "commune" in page.partition("<tbody>")[2]
    for value in ("Xóm Mới", "Xóm Trên", NOTE, "Đặng Thị Ước"):
        assert value not in page


def test_changes_are_told_in_words(register: Site) -> None:
    commune = register.client("commune")
    told = {"starts": "01/02/2022", "social_protection": "y", "confirmed": "y"}
    told |= {"reason": "Rà soát lại", "deprivations": "water"}
    district = register.client("district")
    answer = district.post("/households/H3/class", class_="poor", **told)
    assert answer.status_code == 303, said(answer.text)
    visit = {"on": "01/10/2022", "situation": "better", "done": "Xem vườn", "confirmed": "y"}
    assert commune.post("/households/H3/visits/add", **visit).status_code == 303
    page = commune.page("/audit?household=H3&what=added")
    for line in (
        "Từ ngày: 01/02/2022",
        "Phân loại: Hộ nghèo",
        "Hộ bảo trợ xã hội (BTXH): có",
        "Hộ người có công: không",
        "Chỉ số thiếu hụt: Nguồn nước sinh hoạt",
        "Tình hình so với lần trước: Khá lên",
        "Thôn, bản, khu phố: Tân Hòa",
    ):
        assert line in page, line
    assert not re.search(r"<li>\w*_", page)


def test_every_column_about_a_household_has_a_label() -> None:
    about = {"household"}
    tables = schema.metadata().sorted_tables  # parents first
    for table in tables:
        if {key.column.table.name for key in table.foreign_keys} & about:
            about.add(table.name)
    audited = {kind.class_.__tablename__ for kind in Base.registry.mappers
               if issubclass(kind.class_, Audited)}  # fmt: skip
    told = {
        f"{table.name}.{column.name}"
        for table in tables
        if table.name in about & audited
        for column in table.c
        if not column.info.get("unaudited")
    }
    assert {
        name for name in told if not {name, name.partition(".")[2]} & (LABELS.keys() | UNTOLD)
    } == set()
    assert len(told) > 150
