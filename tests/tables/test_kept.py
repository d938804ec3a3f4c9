"""A signed table that is kept: as it was printed, held against the records on any day, superseded
by a newer version for a reason."""

import io
import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from casemgmt.audit.models import AuditEntry
from casemgmt.tables.kept import declared_of
from casemgmt.tables.models import DeclaredTable
from tests.browsing import Person, Site
from tests.tables.conftest import DATA, signed
from tests.tables.test_views import there

__all__ = ["there"]
ASKED = {"as_of": "15/02/2022", "unit": "cam-lo", "year": "2022"}


def send(person: Person, name: str = "bieu-2", **fields: object) -> str:
    """Hold a printed table against the records, and keep it; the address after."""
    answer = person.send(f"/tables/{name}/reconcile", **{**ASKED, **fields})
    assert answer.status_code == 303, answer.text
    return answer.location


def kept(person: Person, **fields: object) -> str:
    with (DATA / "bieu-2.csv").open("rb") as file:
        said = {"keep": "1", "title": "Biểu số 2", "number": "07/CTr-PHLN", **fields}
        return send(person, file=(file, "bieu-2.csv"), **said)


def rows_of(there: Site) -> list[DeclaredTable]:
    with there.session() as session:
        return list(session.scalars(select(DeclaredTable).order_by(DeclaredTable.id)))


def test_a_workbook_of_ours_is_right(there: Site) -> None:
    person = there.client("district")
    printed = person.get("/tables/bieu-2.xlsx?as_of=15/02/2022&unit=cam-lo&year=2022").data
    answer = person.send("/tables/bieu-2/reconcile", **ASKED, file=(io.BytesIO(printed), "b.xlsx"))
    assert "Mọi ô đã in đều khớp." in answer.text
    assert "13 trong 13 cột" in answer.text


def test_what_is_kept_is_listed_and_held_against_any_day(there: Site) -> None:
    person = there.client("district")
    address = kept(person)
    page = person.page(address)
    assert "8 ô không khớp" in page
    assert "07/CTr-PHLN" in page
    assert "bản 1" in page
    assert "7,36" in page
    later = person.page(f"{address}?as_of=01/03/2022")
    assert "Đang so với sổ hộ ngày 01/03/2022" in later
    assert address in person.page("/declared")
    (one,) = rows_of(there)
    assert (one.table, one.as_of, one.version, one.kept_by) == (
        "bieu-2",
        date(2022, 2, 15),
        1,
        "district",
    )
    with there.session() as session:
        again = declared_of(session.get_one(DeclaredTable, one.id))
        added = session.scalars(select(AuditEntry).where(AuditEntry.act == "reconcile")).all()
    told = signed("bieu-2")
    assert (again.columns, again.rows, again.totals) == (told.columns, told.rows, told.totals)
    assert len(added) == 1


def test_a_newer_version_names_the_old_one_and_why(there: Site) -> None:
    person = there.client("district")
    old = kept(person)
    with there.session() as session:
        before = session.execute(text("SELECT * FROM declared_table")).all()
    link = person.page(old)
    assert "supersedes=1" in link
    new = kept(person, supersedes="1", why="Gõ nhầm số văn bản", number="08/CTr-PHLN")
    assert "Gõ nhầm số văn bản" in person.page(old)
    assert "Thay bằng bản mới" not in person.page(old)
    page = person.page(new)
    assert "bản 2" in page
    assert f'href="{old}"' in page
    with there.session() as session:
        query = text("SELECT * FROM declared_table ORDER BY id")
        assert session.execute(query).all()[:1] == before


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": ""}, "Hãy ghi tên bảng như in trên giấy."),
        ({}, "Đã giữ “Biểu số 2” của đơn vị và ngày này"),
        ({"supersedes": "1"}, "Hãy ghi vì sao thay bản cũ."),
        ({"supersedes": "1", "why": "x", "as_of": "14/02/2022"}, "phải là cùng bảng"),
    ],
)
def test_rules_of_keeping(there: Site, fields: dict[str, str], said: str) -> None:
    person = there.client("district")
    kept(person)
    with (DATA / "bieu-2.csv").open("rb") as file:
        told = {**ASKED, "title": "Biểu số 2", **fields, "keep": "1", "file": (file, "b.csv")}
        answer = person.send("/tables/bieu-2/reconcile", **told)
    assert answer.status_code == 422
    assert said in answer.text
    assert len(rows_of(there)) == 1


def test_a_version_is_superseded_once(there: Site) -> None:
    person = there.client("district")
    kept(person)
    kept(person, supersedes="1", why="x")
    with (DATA / "bieu-2.csv").open("rb") as file:
        told = {**ASKED, "title": "B", "supersedes": "1", "why": "y", "keep": "1"}
        answer = person.send("/tables/bieu-2/reconcile", **told, file=(file, "b.csv"))
    assert "đã được một bản mới hơn thay thế" in answer.text
    assert len(rows_of(there)) == 2


def test_a_commune_keeps_its_own_tables_only(there: Site) -> None:
    person = there.client("commune")
    told = {"as_of": "15/02/2022", "title": "B", "text": "unit,poor\nTổng,1\n", "keep": "1"}
    answer = person.send("/tables/bieu-2/reconcile", unit="cam-lo", **told)
    assert "nằm ngoài đơn vị của bạn" in answer.text
    assert rows_of(there) == []


@pytest.mark.parametrize("name", ["hoi", "viewer", "admin"])
def test_who_may_not(there: Site, name: str) -> None:
    kept(there.client("district"))
    person = there.client(name)
    assert person.get("/declared").status_code == 403
    assert person.get("/declared/1").status_code == 403


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE declared_table SET title = 'x'",
        "DELETE FROM declared_table",
        "UPDATE declared_table SET content = '{}' WHERE id = 1",
    ],
)
def test_the_database_refuses_to_change_it(there: Site, statement: str) -> None:
    kept(there.client("district"))
    with there.session() as session, pytest.raises(DatabaseError, match="append-only"):
        session.execute(text(statement))


def test_the_cells_are_canonical(there: Site) -> None:
    kept(there.client("district"))
    with there.session() as session:
        told = session.scalars(select(DeclaredTable.content)).one()
    again = json.dumps(json.loads(told), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert told == again
    assert '"poor_rate":"3.94"' in told


def test_a_file_that_is_no_table_leaves_nothing(there: Site, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["=1+1", "x"])
    book.save(tmp_path / "x.xlsx")
    with (tmp_path / "x.xlsx").open("rb") as file:
        answer = there.client("district").send(
            "/tables/bieu-2/reconcile", **ASKED, keep="1", title="B", file=(file, "x.xlsx")
        )
    assert answer.status_code == 422
    assert "Không thấy dòng tiêu đề" in answer.text, answer.text
    assert rows_of(there) == []
