"""The audit trail as people search it."""

from collections.abc import Iterator

import pytest

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
