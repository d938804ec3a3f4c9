"""Theo dõi xã: each figure of a commune is the length of its list."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from casemgmt.monitoring import communes
from casemgmt.places.actions import add_unit
from casemgmt.places.models import Level, Unit
from casemgmt.programme.actions import register_exit, set_target
from casemgmt.programme.models import TargetKind
from casemgmt.register.lens import Lens
from casemgmt.register.models import Household
from casemgmt.support.visiting import log_visit
from tests.browsing import TODAY, Site, site


@pytest.fixture
def register(url: str) -> Iterator[Site]:
    """A small register on each kind of database, with a target, a named exit and two visits."""
    with site(url) as opened:
        with opened.session() as session:
            commune = session.scalars(select(Unit).where(Unit.code == "19600")).one()
            mine, other = (opened.household(session, code) for code in ("H1", "H2"))
            set_target(
                session,
                year=2022,
                unit=commune,
                kind=TargetKind.EXIT_HOUSEHOLDS,
                value=Decimal(2),
            )
            register_exit(session, mine, year=2022)
            _visit(session, mine, date(2022, 8, 21))
            _visit(session, other, date(2022, 8, 20))
            session.commit()
        yield opened


def _visit(session: Session, household: Household, day: date) -> None:
    log_visit(session, household, on=day)


def row_of(page: str, code: str) -> str:
    found = re.search(rf'<tr id="xa-{code}">(.*?)</tr>', page, re.DOTALL)
    assert found
    return found[1]


def test_each_figure_is_the_length_of_its_list(register: Site) -> None:
    district = register.client("district")
    page = district.page("/communes")
    row = row_of(page, "19600")
    links = re.findall(r'href="(/communes/19600/(\w+))"[^>]*>([^<]*)<', row)
    assert {key for _, key, _ in links} == {"poor", "named", "led", "unled", "visited", "unvisited"}
    for address, key, text in links:
        listed = district.page(address).count('<th scope="row">')
        assert listed == {"led": 1, "visited": 1}.get(key, int(text.rstrip("%"))), key
    assert "50%" in row  # one of two was visited sixty days ago, the other sixty-one
    assert "100%" in row
    assert "hôm nay" in row


def test_counts_and_lists_agree_for_every_key(register: Site) -> None:
    with register.session() as session:
        lens = Lens.everyone(TODAY)
        rows = session.execute(communes.counted(lens)).all()
        assert len(rows) == 2
        for row in rows:
            for key in communes.TITLES:
                listed = session.execute(communes.behind(lens, row.commune, key)).all()
                assert len(listed) == row._mapping[key], key


def test_visits_count_sixty_days_back_and_not_sixty_one(register: Site) -> None:
    district = register.client("district")
    assert "Đặng Thị Ước" in district.page("/communes/19600/visited")
    unvisited = district.page("/communes/19600/unvisited")
    assert "An Văn Bình" in unvisited
    assert "20/08/2022" in unvisited
    assert "Đặng Thị Ước" not in unvisited


def test_only_ones_own_communes_and_only_the_reviewer(register: Site) -> None:
    with register.session() as session:
        province = session.scalars(select(Unit).where(Unit.code == "45")).one()
        other = add_unit(session, code="466", name="Khác", level=Level.DISTRICT, parent=province)
        add_unit(session, code="19700", name="Xa", level=Level.COMMUNE, parent=other)
        session.commit()
    district = register.client("district")
    assert "Xã Xa" not in district.page("/communes")
    for address in (
        "/communes/19700/poor",
        "/communes/45/poor",
        "/communes/nowhere/poor",
        "/communes/19600/nothing",
    ):
        assert district.get(address).status_code == 404
    assert "Trần Xa Lạ" not in district.page("/communes/19600/poor")
    for name in ("commune", "hoi", "viewer", "admin"):
        person = register.client(name)
        assert person.get("/communes").status_code == 403
        assert person.get("/communes/19600/poor").status_code == 403


def test_a_list_leaves_as_a_file_that_is_written_down(register: Site) -> None:
    answer = register.client("district").get("/communes/19600/poor.csv")
    assert answer.status_code == 200
    assert "Đặng Thị Ước" in answer.get_data(as_text=True)


def test_the_number_of_statements_does_not_grow_with_the_communes(register: Site) -> None:
    def statements(unit: str) -> int:
        seen: list[str] = []
        with register.session() as session:
            number = session.scalars(select(Unit.id).where(Unit.code == unit)).one()
            connection = session.connection()
            event.listen(connection, "before_cursor_execute", lambda *args: seen.append(args[2]))
            found = communes.followed(
                session, Lens.everyone(TODAY), number, None, Lens.everyone(TODAY)
            )
            assert len(found) == (2 if unit == "465" else 1)
        return len(seen)

    assert statements("465") == statements("19600")


def test_pace_is_late_where_less_is_done_than_time_has_passed() -> None:
    assert communes.Pace(49, 50).late
    assert not communes.Pace(50, 50).late
    assert communes.percent(1, 3) == 33
    assert communes.percent(1, 2) == 50
    assert communes.percent(0, 0) is None
