"""The papers of the site: what stands on them is what the lists and files say, no more of it than
the one who asks may see, and that they left is written down."""

import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from casemgmt import clock
from casemgmt.audit.models import AuditEntry, What
from casemgmt.households.members import OldHead, change_head
from casemgmt.places.queries import by_code
from casemgmt.register.models import Class
from casemgmt.reviews.models import Proposal
from casemgmt.support.models import Situation
from casemgmt.support.visiting import log_visit
from casemgmt.tables.definitions import NAMES
from tests import make
from tests.browsing import (
    CITIZEN,
    CLASS_NOTE,
    MASKED,
    NOTE,
    REASON,
    Person,
    Site,
    site,
)
from tests.paper.reading import flat, lines, pages
from tests.reviews.reviewing import open_round, proposal, send

AT = "as_of=20%2F10%2F2022"
SECRETS = (CITIZEN, MASKED, "045", NOTE, CLASS_NOTE, REASON)


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


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands still."""
    moment = datetime(2022, 10, 20, 2, 30, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: moment)


def paper(person: Person, path: str) -> bytes:
    answer = person.get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.text)
    assert answer.mimetype == "application/pdf"
    assert "attachment" in answer.headers["Content-Disposition"]
    return answer.data


def exports(register: Site) -> list[AuditEntry]:
    with register.session() as session:
        query = select(AuditEntry).where(AuditEntry.what == What.EXPORTED).order_by(AuditEntry.id)
        return list(session.scalars(query))


# --- Lists ---------------------------------------------------------------------------------------


def test_the_household_list_stands_by_village(register: Site) -> None:
    data = paper(register.client("commune"), "/households.pdf")
    got = lines(data)
    assert got.index("Thôn Tân Hòa: 2 hộ") < got.index("Đặng Thị Ước") < got.index("H1")
    assert got.index("H1") < got.index("Bản Chùa: 1 hộ") < got.index("An Văn Bình")
    text = flat(data)
    assert "ỦY BAN NHÂN DÂN XÃ CAM TUYỀN" in text
    assert "Số liệu ngày 20/10/2022" in text
    assert "người lập: commune" in text
    assert "Trần Xa Lạ" not in text  # of the town
    assert not [secret for secret in SECRETS if secret in text]
    (entry,) = exports(register)
    assert entry.subject == "household"
    assert json.loads(entry.key) == {
        "format": "pdf",
        "list": "household-list",
        "rows": 3,
        "as_of": "20/10/2022",
        "query": "",
        "searched": False,
    }


def test_the_household_list_keeps_filters_and_scope(small: Site) -> None:
    commune, union = small.client("commune"), small.client("hoi")
    assert "H2" not in lines(paper(commune, "/households.pdf?class=poor"))
    text = flat(paper(union, "/households.pdf"))
    assert "Đặng Thị Ước" in text
    assert "An Văn Bình" not in text
    assert small.client("viewer").get("/households.pdf").status_code == 403
    assert "Không có hộ nào." in flat(paper(commune, "/households.pdf?q=khongcoai"))


def test_the_list_behind_a_cell_is_that_of_the_page(register: Site) -> None:
    district = register.client("district")
    address = "/tables/bieu-2/cells/total/poor"
    assert f'href="{address}.pdf?{AT}"' in district.get(f"{address}?{AT}").text
    data = paper(district, f"{address}.pdf?{AT}")
    csv = district.get(f"{address}.csv?{AT}").data.decode("utf-8-sig").splitlines()[1:-1]
    codes = [line.split(",")[0] for line in csv]
    assert codes
    assert [line for line in lines(data) if line in codes] == codes
    assert f"{len(codes)} hộ" in flat(data)
    commune = flat(paper(register.client("commune"), f"{address}.pdf?{AT}"))
    assert "1 hộ và 1 hộ ngoài phạm vi của người lập" in commune
    assert "Trần Xa Lạ" not in commune


def test_the_assignment_is_for_signature(small: Site) -> None:
    commune = small.client("commune")
    assert "/sponsorship/print.pdf?unit=19600" in commune.page("/sponsorship")
    text = flat(paper(commune, "/sponsorship/print.pdf?unit=19600"))
    assert "Hộ nghèo, hộ cận nghèo giao Tổ chức HND đỡ đầu" in text
    assert "1 Đặng Thị Ước H1 Tân Hòa Hộ nghèo 01/02/2022" in text
    assert "ĐẠI DIỆN TỔ CHỨC HND" in text
    assert "TM. ỦY BAN NHÂN DÂN CHỦ TỊCH" in text
    assert commune.get("/sponsorship/print.pdf?unit=465").status_code == 404
    assert small.client("hoi").get("/sponsorship/print.pdf").status_code == 403


def test_a_sponsors_sheet_says_what_it_did(register: Site) -> None:
    with register.session() as session:
        household = register.household(session, "H1")
        log_visit(
            session,
            household,
            on=date(2022, 9, 5),
            situation=Situation.BETTER,
            organisation=household.leads[0].organisation,
        )
        session.commit()
    union = register.client("hoi")
    assert "/sponsor-sheets.pdf" in union.page("/")
    text = flat(paper(union, "/sponsor-sheets.pdf"))
    assert "PHIẾU THEO DÕI ĐƠN VỊ ĐỠ ĐẦU Tổ chức HND" in text
    assert "1 Đặng Thị Ước H1 Hộ nghèo 01/02/2022 1 05/09/2022 1 15.000.000 0 0 0" in text
    assert flat(paper(register.client("district"), "/sponsor-sheets.pdf?organisation=HND")) != ""
    town = register.client("town")
    assert town.get("/sponsor-sheets.pdf?organisation=HND").status_code == 404


# --- Visit forms ---------------------------------------------------------------------------------


def test_blank_visit_forms_have_name_and_code(small: Site) -> None:
    commune = small.client("commune")
    text = flat(paper(commune, "/visit-forms.pdf"))
    assert text.count("PHIẾU THĂM HỘ") == 3
    assert "Đặng Thị Ước · H1 Thôn Tân Hòa. Đơn vị đỡ đầu: Tổ chức HND." in text
    one = flat(paper(commune, "/households/H1/visit-form.pdf"))
    assert one.count("PHIẾU THĂM HỘ") == 1
    assert "Khá lên Như cũ Khó khăn hơn" in one
    assert commune.get("/households/F1/visit-form.pdf").status_code == 404
    assert commune.get("/visit-forms.pdf?q=khongcoai").status_code == 404


# --- Case files ----------------------------------------------------------------------------------


def test_a_case_file_says_what_the_page_says(register: Site) -> None:
    commune = register.client("commune")
    assert "/households/H1/case-file.pdf" in commune.page("/households/H1")
    text = flat(paper(commune, "/households/H1/case-file.pdf"))
    for piece in (
        "Chủ hộ Đặng Thị Ước",
        "Mã hộ H1",
        "Nơi ở Xóm Trên, Thôn Tân Hòa",
        "Điện thoại 0905000111",
        "Hộ nghèo, BTXH, từ ngày 31/12/2021",
        "Đặng Văn Con Con 03/02/2001",
        "Tổ chức HND đỡ đầu 01/02/2022 – nay",
        "01/03/2022 Bò giống sinh sản, Một bò cái 15.000.000 Tổ chức HND",
        "Tặng, giúp: 1 lần, 15.000.000 đồng. Cho vay: 0 lần, 0 đồng.",
        "31/12/2021 – nay Hộ nghèo",
        "Phiếu theo dõi hộ được đỡ đầu. H1. Số liệu ngày 20/10/2022.",
    ):
        assert piece in text, piece
    assert not [secret for secret in SECRETS if secret in text]
    (entry,) = exports(register)
    assert entry.household_id is not None


def test_a_case_file_shows_an_organisation_no_more_than_its_page(small: Site) -> None:
    union = small.client("hoi")
    text = flat(paper(union, "/households/H1/case-file.pdf"))
    assert "Hộ nghèo, từ ngày 31/12/2021" in text
    assert "BTXH" not in text
    assert not [secret for secret in SECRETS if secret in text]
    for code in ("H2", "F1", "X"):
        assert union.get(f"/households/{code}/case-file.pdf").status_code == 404
    assert small.client("viewer").get("/households/H1/case-file.pdf").status_code == 403


def test_a_case_file_is_of_the_day_that_is_looked_at(small: Site) -> None:
    text = flat(paper(small.client("commune"), "/households/H1/case-file.pdf?as_of=15/01/2022"))
    assert "Số liệu ngày 15/01/2022" in text
    assert "Chưa có tổ chức nào." in text
    assert "Bò giống" not in text


def test_each_household_of_many_case_files_has_its_entry(small: Site) -> None:
    commune = small.client("commune")
    marks = PdfReader(io.BytesIO(paper(commune, "/case-files.pdf"))).outline
    shown = re.findall(r'<td class="code">(\w+)</td>', commune.page("/households"))
    assert [str(mark["/Title"]).split()[0] for mark in marks] == shown  # type: ignore[index, call-overload]
    own = [entry for entry in exports(small) if entry.household_id is not None]
    assert len(own) == len(shown) == 3


def test_the_union_gets_its_own_case_files_alone(small: Site) -> None:
    data = paper(small.client("hoi"), "/case-files.pdf")
    marks = PdfReader(io.BytesIO(data)).outline
    assert [str(mark["/Title"]) for mark in marks] == ["H1 Đặng Thị Ước"]  # type: ignore[index, call-overload]


# --- Reviews -------------------------------------------------------------------------------------


def review(register: Site) -> int:
    with register.session() as session:
        number = open_round(session).id
        send(session, proposal(session, "H1"), class_=Class.NEAR_POOR)
        send(session, proposal(session, "H2"), class_=Class.POOR, score_b1=111, score_b2=70)
        session.commit()
        return number


def test_the_lists_of_a_review(register: Site) -> None:
    number = review(register)
    commune = register.client("commune")
    base = f"/reviews/{number}/19600"
    assert f"{base}/posted.pdf" in commune.page(base)
    poor = flat(paper(commune, f"{base}/poor.pdf"))
    assert "DANH SÁCH Hộ nghèo năm 2022" in poor
    assert "1 An Văn Bình" in poor
    assert "111 70" in poor
    assert "chưa duyệt" in poor
    assert "Đặng Thị Ước" not in poor
    near = flat(paper(commune, f"{base}/near-poor.pdf"))
    assert "1 Đặng Thị Ước 1970 Nữ 2 120 20" in near
    gone = flat(paper(commune, f"{base}/exited.pdf"))
    assert "Đặng Thị Ước 1970 Nữ 2 Thoát nghèo, trở thành hộ cận nghèo chưa duyệt" in gone
    assert "An Văn Bình" not in gone
    assert commune.get(f"{base}/all.pdf").status_code == 404
    assert register.client("town").get(f"{base}/poor.pdf").status_code == 404
    assert register.client("hoi").get(f"{base}/poor.pdf").status_code == 403


def test_the_posted_list_says_who_and_what_is_found_and_nothing_else(register: Site) -> None:
    number = review(register)
    with register.session() as session:
        household = register.household(session, "H1")
        head = household.members[0]
        head.birth_year, head.birth_month, head.birth_day = 1970, 4, 27
        household.members[1].can_work = False
        session.commit()
    text = flat(paper(register.client("commune"), f"/reviews/{number}/19600/posted.pdf"))
    assert "Đặng Thị Ước 1970 Thoát nghèo, trở thành hộ cận nghèo" in text
    assert "An Văn Bình Hộ nghèo" in text
    assert "Niêm yết từ ngày 06/10/2022 đến hết ngày 08/10/2022." in text
    assert "Ý kiến, khiếu nại" in text
    for never in (
        *SECRETS,
        "27/04",
        "27/4",
        "111",
        "120",
        "B1",
        "B2",
        "BTXH",
        "DTTS",
        "0905000111",
        "Xóm Trên",
        "nước sạch",
        "Con trai có việc làm",
    ):
        assert never not in text, never


def test_the_posted_list_gives_the_birth_of_the_head_there_is(small: Site) -> None:
    number = review(small)
    with small.session() as session:
        household = small.household(session, "H1")
        _old, child = household.members
        died = date(2022, 10, 1)
        change_head(session, household, new_head=child, on=died, old_head=OldHead.DIED)
        session.commit()
    text = flat(paper(small.client("commune"), f"/reviews/{number}/19600/posted.pdf"))
    assert "Đặng Văn Con 2001 Thoát nghèo" in text


def test_the_posted_list_leaves_room_where_days_differ(small: Site) -> None:
    number = review(small)
    with small.session() as session:
        one = session.get_one(Proposal, proposal(session, "H1").id, execution_options={"lens": "x"})
        one.posted_until = date(2022, 10, 9)
        session.commit()
    text = flat(paper(small.client("commune"), f"/reviews/{number}/19600/posted.pdf"))
    assert "Niêm yết từ ngày …" in text


# --- All of them ---------------------------------------------------------------------------------

PATHS = (
    "/tables/bieu-2.pdf",
    "/tables/bieu-2/cells/total/poor.pdf",
    "/households.pdf",
    "/sponsorship/print.pdf",
    "/sponsor-sheets.pdf",
    "/visit-forms.pdf",
    "/households/H1/visit-form.pdf",
    "/households/H1/case-file.pdf",
    "/case-files.pdf",
)


@pytest.mark.usefixtures("still")
def test_two_runs_give_the_same_bytes_and_say_day_and_maker(small: Site) -> None:
    number = review(small)
    commune = small.client("commune")
    reviews = [f"/reviews/{number}/19600/{which}.pdf" for which in ("poor", "exited", "posted")]
    for path in (*PATHS, *reviews):
        one = paper(commune, path)
        assert one == paper(commune, path), path
        for text in pages(one):
            said = " ".join(text.split())
            assert "Lập lúc 09:30 ngày 20/10/2022; người lập: commune." in said, path
            assert "20/10/2022" in said or "14/12/2022" in said, path


def test_papers_are_in_vietnamese_whatever_the_screen_speaks(small: Site, still: None) -> None:
    commune, english = small.client("commune"), small.client("commune")
    english.send("/language", language="en")
    assert '<html lang="en">' in english.page("/households")
    for path in ("/households.pdf", "/households/H1/case-file.pdf"):
        assert "Hộ nghèo" in flat(paper(english, path))
    for table in NAMES:
        path = f"/tables/{table}.pdf?unit=19600&from=01/01/2022&to=20/10/2022"
        assert flat(paper(english, path)) == flat(paper(commune, path)), table


def test_a_letter_that_no_font_has_is_said(small: Site) -> None:
    with small.session() as session:
        village = session.scalars(by_code("CT-BC")).one()
        make.household(session, village, head_name="Hồ 漢", code="Z1")
        session.commit()
    answer = small.client("commune").get("/households.pdf")
    assert answer.status_code == 400
    assert "U+6F22" in answer.text


def test_a_table_is_headed_as_the_address_says(small: Site) -> None:
    commune = small.client("commune")
    assert "caption=phu-luc" in commune.page("/tables/bieu-2")
    plain = flat(paper(commune, "/tables/bieu-2.pdf?unit=19600"))
    assert "Biểu số 2: CHỈ TIÊU GIẢM NGHÈO NĂM 2022" in plain
    annex = flat(paper(commune, "/tables/bieu-2.pdf?unit=19600&caption=phu-luc"))
    assert "Phụ lục II CHỈ TIÊU GIẢM NGHÈO NĂM 2022" in annex
