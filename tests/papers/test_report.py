"""A commune's yearly report on the programme: every figure of the page and of the paper is that of
the tables and lists, and opens its households."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from casemgmt import clock
from casemgmt.papers.commune_figures import ACTS, LED, TITLES
from casemgmt.places.queries import by_code
from casemgmt.programme.actions import register_exit, set_target
from casemgmt.programme.models import TargetKind
from casemgmt.register.models import Class
from casemgmt.support.models import Situation
from casemgmt.support.promising import promise_support
from casemgmt.support.visiting import log_visit
from tests.browsing import NOTE, Person, Site, site
from tests.paper.reading import flat, pages
from tests.reviews.reviewing import open_round, proposal, send

HERE = "as_of=20%2F10%2F2022"


@pytest.fixture
def register(url: str) -> Iterator[Site]:
    with site(url) as opened:
        fill(opened)
        yield opened


def fill(opened: Site) -> None:
    """A year's work in the commune: a visit, a promise, an exit named and sent."""
    with opened.session() as session:
        household = opened.household(session, "H1")
        farmers = household.leads[0].organisation
        log_visit(
            session,
            household,
            on=date(2022, 9, 5),
            situation=Situation.BETTER,
            organisation=farmers,
        )
        promise_support(
            session, household, organisation=farmers, kind="Quà Tết", due_on=date(2022, 10, 30)
        )
        commune = session.scalars(by_code("19600")).one()
        register_exit(session, household, year=2022)
        set_target(
            session,
            year=2022,
            unit=commune,
            kind=TargetKind.EXIT_HOUSEHOLDS,
            value=Decimal(3),
        )
        open_round(session)
        send(session, proposal(session, "H1"), class_=Class.NEAR_POOR)
        session.commit()


def told(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


SAID = (
    "có 1 hộ nghèo, trong đó 0 hộ dân tộc thiểu số, 1 hộ bảo trợ xã hội",
    "; 1 hộ cận nghèo.",
    "1 tổ chức nhận đỡ đầu chính 1 hộ nghèo và 0 hộ cận nghèo; còn 0 hộ nghèo và 1 hộ cận nghèo",
    "các tổ chức đã thăm 1 lượt; 1 hộ nghèo, cận nghèo được thăm trong kỳ, 1 hộ chưa được thăm.",
    "Tặng, giúp: 1 lần cho 1 hộ, trị giá 15.000.000 đồng. Cho vay: 0 lần cho 0 hộ",
    "0 cam kết đã thực hiện, 1 cam kết chưa đến hạn, 0 cam kết quá hạn",
    "Chỉ tiêu giảm trong năm: 3 hộ nghèo.",
    "Có 1 hộ đăng ký thoát nghèo; qua rà soát đã đề nghị công nhận 1 hộ thoát nghèo, trong đó 0 hộ",
)


def test_the_page_and_the_paper_say_the_same(register: Site) -> None:
    commune = register.client("commune")
    page, paper = told(commune.page("/commune-report")), commune.get("/commune-report.pdf")
    assert paper.mimetype == "application/pdf"
    text = flat(paper.data)
    for sentence in SAID:
        assert sentence in page, sentence
        assert sentence in text, sentence
    for piece in (
        "ỦY BAN NHÂN DÂN XÃ CAM TUYỀN",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "/BC-UBND",
        "BÁO CÁO Kết quả thực hiện Chương trình đỡ đầu hộ nghèo có địa chỉ năm 2022",
        "từ ngày 01/01/2022 đến ngày 20/10/2022",
        "Nơi nhận:",
        "TM. ỦY BAN NHÂN DÂN CHỦ TỊCH",
        "Phụ lục I KẾT QUẢ THỰC HIỆN CHƯƠNG TRÌNH",
        "(Kèm theo Báo cáo số /BC-UBND ngày tháng năm 2022)",
        "A B 1 2 3 4 5 6 7 8 9 10 11 12 13 14",
        "1 Tổ chức HND 1 0 1 0 1 1 0 1 15.000.000 0 0 0 1 0",
        "2 Chưa có đơn vị đỡ đầu 0 1 0 1 0 0 0 0 0 0 0 0 0 0",
        "Tổng cộng 1 1 1 1 1 1 0 1 15.000.000 0 0 0 1 0",
        "Tổ chức HND 1 Bò giống sinh sản 1 15.000.000",
    ):
        assert piece in text, piece
    assert NOTE not in text
    assert "Đặng Thị Ước" not in text  # figures alone
    for one in pages(paper.data):
        said = " ".join(one.split())
        assert "Số liệu ngày 20/10/2022" in said
        assert "người lập: commune" in said


def links(page: str) -> list[tuple[str, int]]:
    found = re.findall(r'href="(/commune-report/\w+\?[^"]+)"[^>]*>([\d.]+)</a>', page)
    return [(url, int(count.replace(".", ""))) for url, count in found]


def test_every_figure_opens_its_households(register: Site) -> None:
    commune = register.client("commune")
    page = commune.page("/commune-report")
    opened = {url.split("?")[0].rpartition("/")[2] for url, _count in links(page)}
    assert opened >= {"poor", "near_poor", "visited", "unvisited", "registered", "proposed", "open"}
    said = {url: count for url, count in links(page) if url.endswith("organisation=any")}
    assert [url.split("?")[0] for url in said] == ["/commune-report/poor"], "none is near-poor"
    for url, count in links(page):
        behind = commune.page(url)
        homes = len(re.findall(r'<td class="code">', behind))
        key = url.split("?")[0].rpartition("/")[2]
        if key in LED:
            assert homes == count, url
        else:  # an act, or đồng, leads to whom it was done for
            assert homes == 1, url
        assert f"{homes} hộ" in told(behind)
    for url in set(re.findall(r'href="(/tables/[^"]+)"', page)):
        assert commune.get(url).status_code == 200, url


def test_an_earlier_day_has_its_own_figures(register: Site) -> None:
    commune = register.client("commune")
    text = flat(commune.get("/commune-report.pdf?as_of=15/01/2022").data)
    assert "0 tổ chức nhận đỡ đầu chính 0 hộ nghèo" in text
    assert "các tổ chức đã thăm 0 lượt; 0 hộ" in text
    assert "Không có trong kỳ." in text


def test_officers_alone_and_of_their_own_communes(register: Site) -> None:
    for name in ("hoi", "viewer", "admin"):
        for path in ("/commune-report", "/commune-report.pdf", "/commune-report/visited"):
            assert register.client(name).get(path).status_code == 403
    town = register.client("town")
    assert town.get("/commune-report?unit=19600").status_code == 404
    assert town.get("/commune-report/visited?unit=19600").status_code == 404
    assert "Đặng Thị Ước" not in town.page("/commune-report/poor?organisation=none")
    assert town.get("/commune-report/poor?organisation=HND").status_code == 404
    district = register.client("district")
    assert district.get("/commune-report").status_code == 302
    page = district.page("/commune-report?unit=19600")
    assert SAID[0] in told(page)
    assert "<select" in page
    assert district.get("/commune-report.pdf").status_code == 404


def test_two_runs_are_equal_to_the_byte(register: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime(2022, 10, 20, 2, 30, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: moment)
    commune = register.client("commune")
    one, other = (commune.get("/commune-report.pdf").data for _time in range(2))
    assert one == other
    assert "Lập lúc 09:30 ngày 20/10/2022; người lập: commune." in flat(one)


def test_it_is_led_to_from_the_work_list(register: Site) -> None:
    home = register.client("commune").page("/")
    assert 'href="/commune-report' in home


def test_every_column_has_a_list() -> None:
    assert set(LED) | set(ACTS.values()) == set(TITLES)


def behind_paper(person: Person) -> str:
    return flat(person.get("/commune-report.pdf").data)


def test_papers_are_in_vietnamese_whatever_the_screen_speaks(register: Site) -> None:
    commune = register.client("commune")
    commune.send("/language", language="en")
    assert SAID[0] in behind_paper(commune)
