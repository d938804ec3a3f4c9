"""The tables on screen and as files, and the households behind a cell."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pypdf
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt import clock, settings
from casemgmt.access.models import User
from casemgmt.access.policy import Role
from casemgmt.app import create_app
from casemgmt.audit import trail
from casemgmt.audit.models import AuditEntry, What
from casemgmt.db import open_engine
from casemgmt.organisations.models import Organisation
from casemgmt.places import map as places_map
from casemgmt.places.models import Unit, UnitPeriod
from casemgmt.tables.definitions import NAMES
from casemgmt.web.database import db
from tests import seed
from tests.browsing import Site, password_hashed

DATA = Path(__file__).parent.parent / "data"
AT = "as_of=15/02/2022"
TODAY = date(2022, 3, 1)


@pytest.fixture
def there(url: str) -> Iterator[Site]:
    """The site on the register of the signed tables, with an account of each role."""
    engine = open_engine(url)
    with Session(engine) as session:
        trail.act_as(session, actor="test", act="test")
        seed.sow(session)
        _accounts(session)
        session.add(settings.Setting(key=settings.TODAY, value=TODAY.isoformat()))
        session.commit()
    app = create_app({"SQLALCHEMY_DATABASE_URI": url})
    yield Site(app, engine)
    engine.dispose()
    with app.app_context():
        db.engine.dispose()


def _accounts(session: Session) -> None:
    def unit(code: str) -> int:
        return session.scalars(select(Unit.id).where(Unit.code == code)).one()

    farmers = select(Organisation.id).where(Organisation.code == "farmers_union")
    for name, role, of_unit, of_organisation in (
        ("district", Role.DISTRICT, unit(seed.DISTRICT), None),
        ("commune", Role.COMMUNE, unit("cam-tuyen"), None),
        ("hoi", Role.ORGANISATION, None, session.scalars(farmers).one()),
        ("viewer", Role.VIEWER, None, None),
        ("admin", Role.ADMIN, None, None),
    ):
        session.add(
            User(
                name=name,
                role=role,
                unit_id=of_unit,
                organisation_id=of_organisation,
                password_hash=password_hashed(),
                created_at=clock.now(),
            )
        )


def rows(page: str) -> dict[str, list[str]]:
    """The body of a table on a page: the name of each row, and its cells as text."""
    body = page.split("<tbody>")[1].split("</tbody>")[0]
    found = {}
    for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL):
        cells = [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.split(r"</t[hd]>", row)]
        found[cells[0]] = cells[1:-1]
    return found


# --- Figures ------------------------------------------------------------------------------------


def test_bieu_2_as_signed(there: Site) -> None:
    page = there.client("viewer").page(f"/tables/bieu-2?{AT}&unit=cam-lo")
    table = rows(page)
    assert list(table)[-1] == "Tổng"
    assert len(table) == 9
    assert table["Xã Thanh An"] == [
        "2.693", "", "106", "3,94", "0", "0,00", "100", "3,71", "6", "0,22", "2", "104", "3,86",
    ]  # fmt: skip
    assert table["Tổng"] == [
        "14.905", "101", "453", "3,04", "42", "0,28", "345", "2,31", "108", "0,72", "24", "429",
        "2,88",
    ]  # fmt: skip
    assert "kế hoạch, tính từ số ngày 15/02/2022" in page
    assert "Huyện Cam Lộ" in page


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("who", ["district", "hoi", "viewer"])
def test_every_table_is_shown(there: Site, name: str, who: str) -> None:
    person = there.client(who)
    for query in ("", "?unit=cam-lo", "?unit=cam-tuyen"):
        table = rows(person.page(f"/tables/{name}{query}"))
        assert len(table) == (2 if "tuyen" in query else 9)


def test_the_form_keeps_what_was_asked(there: Site) -> None:
    page = there.client("district").page(
        "/tables/bieu-3?as_of=2022-02-15&unit=cam-tuyen&basis=membership"
    )
    assert 'value="15/02/2022"' in page or 'value="2022-02-15"' in page
    assert '<option value="cam-tuyen" selected>Xã Cam Tuyền</option>' in page
    assert '<option selected value="membership">' in page
    assert 'name="year"' not in page


def test_a_movement_between_two_days(there: Site) -> None:
    page = there.client("district").page("/tables/dien-bien?from=01/01/2022&to=15/02/2022")
    assert rows(page)["Tổng"] == ["453", "0", "0", "0", "0", "0", "0", "0", "453"]
    assert "from=01%2F01%2F2022&to=15%2F02%2F2022" in page


def test_on_the_last_day_of_a_year_the_next_plan_is_offered(there: Site) -> None:
    person = there.client("district")
    page = person.page("/tables/bieu-2?as_of=31/12/2021")
    assert "year=2022" in page
    assert "Xem với chỉ tiêu năm 2022" in page
    page = person.page("/tables/bieu-2?as_of=31/12/2021&year=2022")
    assert rows(page)["Tổng"][-3] == "24"
    assert "Xem với chỉ tiêu" not in page
    assert "Xem với chỉ tiêu" not in person.page("/tables/bieu-2?as_of=30/12/2021")


def test_what_is_said_in_english_is_all_english(there: Site) -> None:
    person = there.client("district")
    person.send("/language", language="en")
    for address, said in (
        ("bieu-2?unit=nowhere", "No unit has the code nowhere."),
        ("bieu-2?unit=cam-tuyen-1", "cam-tuyen-1 is a village: tables are made for communes"),
        ("bieu-2/cells/nowhere/poor", "The table has no row of the unit nowhere."),
        ("bieu-2/cells/total/nothing", "The table bieu-2 has no column nothing."),
        ("bieu-2/cells/total/poor_rate", "The column poor_rate counts no households"),
        ("bieu-2/cells/total/poor", "<h1>Total: "),
    ):
        assert said in person.get(f"/tables/{address}").text, address
    assert "Tổng" in there.client("district").page("/tables/bieu-2/cells/total/poor")


def test_what_is_wrong_with_a_unit_is_said_at_its_field(there: Site) -> None:
    person = there.client("viewer")
    box = re.compile(r'<select [^>]*name="unit"[^>]*>')
    (right,) = box.findall(person.page("/tables/bieu-2"))
    assert "aria-" not in right
    page = person.get("/tables/bieu-2?unit=nowhere").text
    (wrong,) = box.findall(page)
    assert 'aria-describedby="unit-error" aria-invalid="true"' in wrong
    assert re.search(r'id="unit-error">.*Không có đơn vị nào mang mã nowhere\.', page)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("bieu-2?unit=nowhere", "Không có đơn vị nào mang mã nowhere."),
        ("bieu-2?unit=cam-tuyen-1", "bảng chỉ lập cho xã hoặc cấp trên"),
        ("bieu-2?year=12", "Cần số từ 2.000 đến 2.100."),
        ("bieu-2?map_date=31/02/2022", "Cần ngày dạng dd/mm/yyyy"),
        ("dien-bien?from=2/2/2022&to=1/1/2022", "Ngày đầu kỳ phải trước ngày cuối kỳ."),
        ("bieu-3?basis=x", "Lựa chọn không có trong danh sách."),
        ("thoat-ngheo?as_of=15/02/2022&year=2024", "Năm chưa bắt đầu vào ngày tính số liệu"),
    ],
)
def test_what_cannot_be_asked_is_said(there: Site, address: str, said: str) -> None:
    person = there.client("viewer")
    answer = person.get(f"/tables/{address}")
    assert answer.status_code == 400
    assert said in answer.text
    name, query = address.split("?")
    as_file = person.get(f"/tables/{name}.csv?{query}")
    assert as_file.status_code == 400
    assert said in as_file.text


def test_households_that_live_nowhere_on_the_map_are_named(there: Site) -> None:
    with there.session() as session:
        period = session.scalars(
            select(UnitPeriod).join(Unit, Unit.id == UnitPeriod.unit_id)
            .where(Unit.code == "cam-tuyen-1")
        ).one()  # fmt: skip
        period.last_day = TODAY - timedelta(days=1)
        places_map.redraw(session)
        session.commit()
    page = there.client("district").page("/tables/bieu-2")
    assert "111 hộ đang cư trú ở nơi không thuộc xã nào" in page
    assert rows(page)["Tổng"][2] == "344"
    assert "không thuộc xã nào" not in there.client("district").page(f"/tables/bieu-2?{AT}")
    assert "H0" not in page.split("notice-wait")[1].split("</div>")[0]
    then = there.client("hoi").page("/tables/bieu-2")
    assert "H0" in then.split("notice-wait")[1].split("</div>")[0]


# --- Files --------------------------------------------------------------------------------------


def test_files_hold_what_the_page_shows(there: Site) -> None:
    person = there.client("viewer")
    query = f"{AT}&unit=cam-lo"
    table = json.loads(person.get(f"/tables/bieu-2.json?{query}").text)
    assert table["total"]["poor_rate"] == 3.04
    text = person.get(f"/tables/bieu-2.csv?{query}").get_data().decode("utf-8-sig")
    *_, total = csv.DictReader(io.StringIO(text))
    assert (total["unit"], total["poor"], total["poor_rate"]) == ("Tổng", "453", "3.04")
    book = openpyxl.load_workbook(io.BytesIO(person.get(f"/tables/bieu-2.xlsx?{query}").data))
    last = [cell.value for cell in list(book.worksheets[0].rows)[-1]]
    assert last[3:5] == [453, 3.04]
    paper = pypdf.PdfReader(io.BytesIO(person.get(f"/tables/bieu-2.pdf?{query}").data))
    assert "14.905" in paper.pages[0].extract_text()


def test_a_file_has_a_name_and_leaves_an_entry(there: Site) -> None:
    answer = there.client("viewer").get(f"/tables/bieu-2.csv?{AT}")
    said = answer.headers["Content-Disposition"]
    assert said.startswith('attachment; filename="bieu-2-')
    assert "filename*=UTF-8''bieu-2_" in said
    assert answer.headers["Cache-Control"] == "no-store"
    with there.session() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (entry.what, entry.actor, entry.act) == (What.EXPORTED, "viewer", "export_figures")
        assert json.loads(entry.key)["query"] == "as_of=15%2F02%2F2022"


@pytest.mark.parametrize("ending", ["text", "exe", "CSV"])
def test_other_formats_are_not_there(there: Site, ending: str) -> None:
    assert there.client("viewer").get(f"/tables/bieu-2.{ending}").status_code == 404


# --- Cells --------------------------------------------------------------------------------------


def test_every_count_leads_to_its_households(there: Site) -> None:
    person = there.client("district")
    page = person.page(f"/tables/bieu-3?{AT}&unit=cam-lo")
    links = re.findall(r'<td class="\w+"><a href="([^"]+)">([\d.]+)</a>', page)
    assert len(links) == 9 * 8
    for address, number in links[::7]:
        listed = person.page(address)
        assert f"· {number} hộ, ngày 15/02/2022" in listed
        assert "ngoài phạm vi" not in listed


def test_inputs_and_rates_lead_nowhere(there: Site) -> None:
    page = there.client("district").page(f"/tables/bieu-2?{AT}")
    cells = re.findall(r"/cells/[\w-]+/(\w+)\?", page)
    assert set(cells) == {
        "poor",
        "poor_ethnic_minority",
        "poor_social_protection",
        "poor_able_to_exit",
    }


def test_outside_ones_scope_only_the_number_is_told(there: Site) -> None:
    person = there.client("commune")
    page = person.page(f"/tables/bieu-2/cells/total/poor?{AT}")
    assert "453 hộ" in page
    assert "1–50 trong 109" in page
    assert "và 344 hộ ngoài phạm vi của bạn." in page
    page = person.page(f"/tables/bieu-2/cells/thanh-an/poor?{AT}")
    assert "106 hộ, đều ngoài phạm vi của bạn." in page
    assert "Trần Thị Mẫu" not in page


def test_an_organisation_finds_its_own(there: Site) -> None:
    person = there.client("hoi")
    page = person.page(f"/tables/bieu-2/cells/total/poor?{AT}")
    assert "1–39 trong 39" in page
    assert "và 414 hộ ngoài phạm vi của bạn." in page


@pytest.mark.parametrize("column", ["poor_social_protection", "poor_able_to_exit"])
def test_who_gets_social_protection_is_not_for_an_organisation(there: Site, column: str) -> None:
    person = there.client("hoi")
    page = person.page(f"/tables/bieu-2?{AT}")
    assert "/cells/total/poor?" in page
    assert f"/{column}?" not in page
    for ending in ("", ".csv", ".xlsx", ".pdf"):
        path = f"/tables/bieu-2/cells/total/{column}{ending}?{AT}"
        assert person.get(path).status_code == 403, ending
        assert there.client("commune").get(path).status_code == 200, ending


def test_pages_of_a_long_list(there: Site) -> None:
    person = there.client("commune")
    address = f"/tables/bieu-2/cells/total/poor?{AT}"
    seen: list[str] = []
    for number in (1, 2, 3):
        page = person.page(f"{address}&page={number}")
        seen += re.findall(r"<td>(H\d+)</td>", page)
    assert len(set(seen)) == len(seen) == 109
    assert "as_of=15" in re.findall(r'rel="next" href="([^"]+)"', person.page(address))[0]


def test_the_list_as_a_file(there: Site) -> None:
    answer = there.client("commune").get(f"/tables/bieu-2/cells/total/poor.csv?{AT}")
    lines = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert lines[0] == ["Mã hộ", "Chủ hộ", "Thôn", "Phân loại", "Đơn vị đỡ đầu"]
    assert len(lines) == 111
    assert lines[-1][0].startswith("Số dòng: 109; Người lập: commune; Lúc: ")
    assert lines[1][2:4] == ["Cam Tuyền 1", "Hộ nghèo"]


@pytest.mark.parametrize("who", ["viewer", "admin"])
def test_who_sees_no_household_sees_no_list(there: Site, who: str) -> None:
    person = there.client(who)
    assert "/cells/" not in person.page(f"/tables/bieu-2?{AT}")
    for ending in ("", ".csv"):
        path = f"/tables/bieu-2/cells/total/poor{ending}?{AT}"
        assert person.get(path).status_code == 403


@pytest.mark.parametrize(
    "cell", ["nowhere/poor", "total/poor_rate", "total/exit_target", "total/x", "cam-tuyen-1/poor"]
)
def test_a_cell_that_counts_nothing_is_not_there(there: Site, cell: str) -> None:
    assert there.client("district").get(f"/tables/bieu-2/cells/{cell}?{AT}").status_code == 404


# --- What outsiders see -------------------------------------------------------------------------


def test_small_counts_of_villages_are_hidden_in_every_format(there: Site) -> None:
    """Thị trấn Cam Lộ: 4 + 6 + 1 + 1 households led by the unions, in one village."""
    query = f"{AT}&unit=tt-cam-lo"
    viewer, officer = there.client("viewer"), there.client("district")
    (seen, _total) = rows(viewer.page(f"/tables/bieu-3?{query}")).values()
    (known, _total) = rows(officer.page(f"/tables/bieu-3?{query}")).values()
    assert known[:4] == ["36", "4", "6", "1"]
    assert (seen[1], seen[3]) == ("<5", "<5")
    table = json.loads(viewer.get(f"/tables/bieu-3.json?{query}").text)
    assert table["rows"][0]["cells"]["farmers_union"] == "<5"
    assert table["rows"][0]["cells"]["youth_union"] == "<5"
    csv_text = viewer.get(f"/tables/bieu-3.csv?{query}").text
    assert "<5" in csv_text
    book = openpyxl.load_workbook(io.BytesIO(viewer.get(f"/tables/bieu-3.xlsx?{query}").data))
    values = [cell.value for row in book.worksheets[0].rows for cell in row]
    assert "<5" in values
    paper = pypdf.PdfReader(io.BytesIO(viewer.get(f"/tables/bieu-3.pdf?{query}").data))
    assert "<5" in paper.pages[0].extract_text()


def test_rates_of_hidden_counts_are_hidden(there: Site) -> None:
    query = f"{AT}&unit=cam-thanh"
    table = json.loads(there.client("viewer").get(f"/tables/bieu-2.json?{query}").text)
    cells = table["rows"][0]["cells"]
    assert cells["poor_able_to_exit"] == "<5"
    assert not isinstance(cells["poor_able_to_exit_rate"], float)


def test_figures_of_communes_are_open(there: Site) -> None:
    table = json.loads(there.client("viewer").get(f"/tables/bieu-2.json?{AT}").text)
    assert [row["cells"]["poor_able_to_exit"] for row in table["rows"]][2] == 4


# --- Reconciliation -----------------------------------------------------------------------------


def reconciled(there: Site, name: str, **fields: object) -> str:
    asked = {"as_of": "15/02/2022", "unit": "cam-lo", "year": "2022"} | fields
    answer = there.client("district").send(f"/tables/{name}/reconcile", **asked)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_signed_bieu_2_has_eight_wrong_cells(there: Site) -> None:
    with (DATA / "bieu-2.csv").open("rb") as file:
        page = reconciled(there, "bieu-2", file=(file, "bieu-2.csv"))
    assert "8 ô không khớp" in page
    assert "đảo chữ số" in page
    assert "3,76" in page
    assert "7,36" in page


def test_the_signed_bieu_3_is_right(there: Site) -> None:
    page = reconciled(there, "bieu-3", text=(DATA / "bieu-3.csv").read_text("utf-8-sig"))
    assert "Mọi ô đã in đều khớp." in page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "dòng tiêu đề"),
        ("x,y\n1,2\n", "dòng tiêu đề"),
        ("unit,poor\nCam Tuyền,mười\n", "mười"),
    ],
)
def test_a_table_that_cannot_be_read(there: Site, text: str, said: str) -> None:
    answer = there.client("district").send("/tables/bieu-2/reconcile", as_of=AT, text=text)
    assert answer.status_code == 422
    answer = there.client("district").send(
        "/tables/bieu-2/reconcile", as_of="15/02/2022", unit="cam-lo", text=text
    )
    assert answer.status_code == 422
    assert said in answer.text
    assert "Traceback" not in answer.text


def test_the_way_to_reconciliation_keeps_day_and_unit(there: Site) -> None:
    person = there.client("district")
    page = person.page(f"/tables/bieu-2?{AT}&unit=cam-lo")
    (address,) = re.findall(r'href="(/tables/bieu-2/reconcile\?[^"]*unit=[^"]*)"', page)
    form = person.page(address)
    assert 'value="15/02/2022"' in form
    assert '<option value="cam-lo" selected>' in form


def test_only_two_tables_can_be_reconciled(there: Site) -> None:
    person = there.client("district")
    assert person.get("/tables/dien-bien/reconcile").status_code == 404
    assert person.get("/tables/bieu-3/reconcile").status_code == 200
