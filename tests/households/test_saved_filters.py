"""Filters of the list of households that an account keeps."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import event, func, select

from casemgmt.audit.models import AuditEntry
from casemgmt.households.models import SavedFilter
from tests.browsing import Site, site

POOR = "unit=CT-TT&class=poor&unsponsored=1&minority=1&sort=code"


@pytest.fixture
def register(url: str) -> Iterator[Site]:
    """A small register on each kind of database."""
    with site(url) as opened:
        yield opened


@pytest.fixture
def small(sqlite_url: str) -> Iterator[Site]:
    """A small register where one kind of database is enough."""
    with site(sqlite_url) as opened:
        yield opened


def test_a_filter_is_saved_shown_at_once_and_dropped(register: Site) -> None:
    commune = register.client("commune")
    assert "Lưu bộ lọc này" not in commune.page("/households")
    page = commune.page(f"/households?{POOR}&q=hồ&page=2")
    assert f"/saved-filters/add?{POOR}" in page
    saved = commune.post(f"/saved-filters/add?{POOR}&q=hồ", name="Nghèo Tân Hòa")
    assert (saved.status_code, saved.location) == (303, f"/households?{POOR}")
    commune.page(saved.location)  # with the notice
    # Kept pages are those of before: a saved filter shows on all of them.
    for path in ("/households", f"/households?{POOR}"):
        page = commune.page(path)
        assert f'<a href="/households?{POOR}"' in page
    assert f'<a href="/households?{POOR}" aria-current="true">Nghèo Tân Hòa' in page
    with register.session() as session:
        assert "hồ" not in session.scalars(select(SavedFilter.query)).one()
        number = session.scalars(select(SavedFilter.id)).one()
    gone = commune.send(f"/saved-filters/{number}/delete")
    assert (gone.status_code, gone.location) == (303, "/saved-filters")
    assert "Nghèo Tân Hòa" in commune.page("/saved-filters")  # the notice
    assert "Nghèo Tân Hòa" not in commune.page("/households")


def test_saving_is_written_down_and_so_renews_kept_pages(register: Site) -> None:
    commune = register.client("commune")
    assert commune.page("/households") == commune.page("/households")
    commune.post("/saved-filters/add?class=poor", name="Nghèo")
    commune.page("/households")
    with register.session() as session:
        entries = select(func.count()).where(AuditEntry.subject == "saved_filter")
        assert session.scalar(entries) == 1
    assert ">Nghèo</a>" in commune.page("/households")


def test_a_filter_needs_a_name_of_its_own_and_something_to_filter(register: Site) -> None:
    commune = register.client("commune")
    assert commune.post("/saved-filters/add?class=poor", name=" ").status_code == 422
    assert commune.post("/saved-filters/add?q=x", name="Trống").status_code == 422
    assert commune.post("/saved-filters/add?class=poor", name="Nghèo").status_code == 303
    again = commune.post("/saved-filters/add?class=near_poor", name="NGHÈO")
    assert again.status_code == 422
    assert "đã có một bộ lọc tên này" in again.text
    assert register.client("town").post(
        "/saved-filters/add?class=poor", name="Nghèo"
    ).status_code == 303  # fmt: skip


def test_twenty_filters_are_enough(small: Site) -> None:
    commune = small.client("commune")
    for number in range(20):
        path = "/saved-filters/add?class=poor"
        assert commune.post(path, name=f"Lọc {number}").status_code == 303
    assert commune.post("/saved-filters/add?class=poor", name="Thêm").status_code == 422


def test_filters_are_ones_own(register: Site) -> None:
    commune, town = register.client("commune"), register.client("town")
    commune.post("/saved-filters/add?class=poor", name="Riêng của xã")
    for path in ("/households", "/saved-filters"):
        assert "Riêng của xã" not in town.page(path)
    with register.session() as session:
        number = session.scalars(select(SavedFilter.id)).one()
    assert town.send(f"/saved-filters/{number}/delete").status_code == 404
    assert "Riêng của xã" in commune.page("/households")


def test_who_sees_no_private_fields_saves_no_filter_by_them(small: Site) -> None:
    hoi = small.client("hoi")
    saved = hoi.post("/saved-filters/add?class=poor&protected=1&able=1", name="Của Hội")
    assert saved.location == "/households?class=poor"
    for name in ("viewer", "admin"):
        assert small.client(name).get("/saved-filters").status_code == 403


def test_an_export_has_the_saved_filter(small: Site) -> None:
    commune = small.client("commune")
    page = commune.page("/households?protected=1")
    address = re.search(r'href="(/households\.csv\?[^"]+)"', page)
    assert address is not None
    text = commune.get(address[1]).get_data(as_text=True)
    assert "H1" in text
    assert "H2" not in text


def test_the_list_costs_one_small_statement_more(small: Site) -> None:
    commune = small.client("commune")
    commune.page("/households")
    seen: list[str] = []
    with small.app.app_context():
        from casemgmt.web.database import db  # noqa: PLC0415 within the application

        event.listen(
            db.engine, "before_cursor_execute", lambda _c, _k, statement, *_: seen.append(statement)
        )
    commune.page("/households?class=poor")
    first = [one for one in seen if "saved_filter" in one or "indicator" in one]
    assert first == []  # known from the page before
    assert sum("FROM span" in one or "JOIN span" in one for one in seen) == 2
