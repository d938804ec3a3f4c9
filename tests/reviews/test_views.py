"""The pages of a review: the commune proposes, the district returns and accepts, tables move."""

import re
from collections.abc import Iterator
from html import unescape

import pytest

from casemgmt.register.models import Class
from casemgmt.reviews.models import Decider, RoundKind, State
from casemgmt.support.actions import log_support
from tests.browsing import TODAY, Person, Site, site
from tests.reviews.reviewing import (
    DECISION,
    TYPED,
    add_poor,
    add_user,
    number_of,
    open_round,
    proposal,
    send,
    state_of,
)


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


def opened(register: Site, *sent: str, **more: object) -> int:
    """A round with some proposals that were sent; its number."""
    with register.session() as session:
        one = open_round(session, **more)  # type: ignore[arg-type]
        for code in sent:
            send(session, proposal(session, code))
        session.commit()
        return one.id


def cell(person: Person, path: str, key: str) -> int:
    """The number of households behind a cell of a table, as its page says."""
    page = person.page(path)
    found = re.search(rf'href="[^"]*/cells/19600/{key}[^"]*"[^>]*>([0-9.]+)<', page)
    assert found, (key, page[:3000])
    return int(found[1])


POOR = "/tables/bieu-2?as_of=20/10/2022"
FLOW = "/tables/dien-bien?as_of=20/10/2022&start=31/12/2021"


def test_from_the_opening_of_a_round_to_the_tables(register: Site) -> None:
    district, commune = register.client("district"), register.client("commune")
    before = cell(district, POOR, "poor"), cell(district, FLOW, "exit_to_near_poor")
    answer = district.post(
        "/reviews/open",
        kind="periodic",
        starts="01/09/2022",
        last_day="14/12/2022",
        decider="level_above",
    )
    assert answer.status_code == 303, answer.text
    round_ = answer.location
    assert "Xã Cam Tuyền" in district.page(round_)
    assert commune.page("/reviews").count(f'href="{round_}/19600"') == 1
    assert "Đặng Thị Ước" in commune.page(f"{round_}/19600")
    path = f"/proposals/{number_of(register, 'H1')}"
    assert commune.post(path, class_="near_poor").status_code == 303
    listed = commune.page(f"{round_}/19600?state=draft")
    assert "Thiếu điểm B1." in listed
    sent = commune.post(path, **TYPED, send="1")
    assert sent.status_code == 303, unescape(sent.text)
    assert "Chờ duyệt" in commune.page(path)

    queue = district.page("/queue")
    assert "Đặng Thị Ước" in queue
    assert "Hộ BTXH mà được đề nghị thoát nghèo." in queue
    returned = district.post(
        f"{path}/return", reason="Xem lại số người dự họp", field="met_present"
    )
    assert returned.status_code == 303
    assert "Đặng Thị Ước" not in district.page("/queue")
    assert "Xem lại số người dự họp" in commune.page(f"{round_}/19600")
    mending = commune.page(path)
    assert "Xem lại số người dự họp" in mending
    assert 'href="#met_present"' in mending
    assert commune.post(path, **{**TYPED, "met_present": "30"}).status_code == 303
    assert commune.send(f"{round_}/19600/submit").status_code == 303
    assert state_of(register, "H1") is State.SUBMITTED

    read = district.page(path)
    for shown in ("20/30 người đồng ý", "Một bò cái", "Tổ chức HND", "Câu hỏi cần xem"):
        assert shown in read
    accepted = district.send(f"{path}/accept", **DECISION)
    assert accepted.status_code == 303, unescape(accepted.text)
    after = cell(district, POOR, "poor"), cell(district, FLOW, "exit_to_near_poor")
    assert after == (before[0] - 1, before[1] + 1)
    flows = district.page(
        "/tables/dien-bien/cells/19600/exit_to_near_poor?as_of=20/10/2022&start=31/12/2021"
    )
    assert "Đặng Thị Ước" in flows
    page = district.page(path)
    assert 'href="/households/H1"' in page
    assert "/tables/bieu-2?as_of=20/10/2022" in page
    assert "15/QĐ-UBND" in commune.page("/households/H1")


def test_what_is_sent_twice_is_accepted_once(register: Site) -> None:
    opened(register, "H1")
    district = register.client("district")
    path = f"/proposals/{number_of(register, 'H1')}/accept"
    assert district.send(path, **DECISION).status_code == 303
    again = district.send(path, **DECISION)
    assert again.status_code == 422
    assert "đã được district duyệt rồi" in unescape(again.text)
    with register.session() as session:
        assert len(register.household(session, "H1").classifications) == 2


def test_accepted_together_only_without_questions(register: Site) -> None:
    with register.session() as session:
        add_poor(session, "P1", "P2")
        for code in ("P1", "P2"):
            log_support(session, register.household(session, code), on=TODAY, kind="Khác")
        session.commit()
    opened(register, "H1", "P1", "P2")
    district = register.client("district")
    ids = {code: number_of(register, code) for code in ("H1", "P1", "P2")}
    queue = district.page("/queue")
    offered = set(re.findall(r'name="ids" value="(\d+)"', queue))
    assert offered == {str(ids["P1"]), str(ids["P2"])}
    assert district.send("/queue", **DECISION).status_code == 422
    refused = district.send("/queue", **DECISION, ids=[str(one) for one in ids.values()])
    assert refused.status_code == 422
    assert "Còn câu hỏi ở hộ H1" in unescape(refused.text)
    assert f'value="{ids["P1"]}" aria-label="Hồ Thị P1, P1" checked' in unescape(refused.text)
    assert {state_of(register, code) for code in ids} == {State.SUBMITTED}
    lost = district.send("/queue", **DECISION, ids=["999999"])
    assert lost.status_code == 422
    done = district.send("/queue", **DECISION, ids=[str(ids["P1"]), str(ids["P2"])])
    assert done.status_code == 303
    assert "Đã duyệt 2 hộ" in district.page("/queue")
    with register.session() as session:
        for code in ("P1", "P2"):
            row = register.household(session, code).classifications[-1]
            assert (row.class_, row.decision_number) == (Class.NEAR_POOR, "15/QĐ-UBND")


def test_a_second_person_of_the_commune_decides(register: Site) -> None:
    add_user(register, "other", "commune")
    opened(register, "H1", decider=Decider.SECOND_PERSON)
    number = number_of(register, "H1")
    own = register.client("commune")
    assert "Bạn là người đề nghị hộ này" in own.page("/queue")
    assert "Duyệt đề nghị này" not in own.page(f"/proposals/{number}")
    refused = own.send(f"/proposals/{number}/accept", **DECISION)
    assert refused.status_code == 422
    assert "người khác phải duyệt" in unescape(refused.text)
    other = register.client("other")
    assert "Duyệt đề nghị này" in other.page(f"/proposals/{number}")
    assert other.send(f"/proposals/{number}/accept", **DECISION).status_code == 303


def test_where_the_level_above_decides_the_commune_does_not(register: Site) -> None:
    add_user(register, "other", "commune")
    opened(register, "H1")
    other, number = register.client("other"), number_of(register, "H1")
    assert "Không có hộ nào chờ duyệt" in other.page("/queue")
    for path, fields in ((f"/proposals/{number}/accept", {}), ("/queue", {"ids": number})):
        assert other.send(path, **DECISION, **fields).status_code == 422
    assert state_of(register, "H1") is State.SUBMITTED


def test_two_who_fill_in_the_same_proposal(register: Site) -> None:
    add_user(register, "other", "commune")
    opened(register)
    number = number_of(register, "H1")
    path = f"/proposals/{number}"
    commune, other = register.client("commune"), register.client("other")
    version = re.search(r'name="version"[^>]*value="([^"]+)"', commune.page(path))
    assert version
    assert other.post(path, **{**TYPED, "deprivations": ["water"]}).status_code == 303
    late = commune.send(path, **{**TYPED, "score_b1": "90"}, version=version[1])
    assert late.status_code == 409
    text = unescape(late.text)
    for shown in ("Điểm B1", "90", "120"):
        assert shown in text
    with register.session() as session:
        assert proposal(session, "H1").score_b1 == 120
        version_now = proposal(session, "H1").version
    fields = {**TYPED, "deprivations": ["telecom"]}
    assert other.post(path, **fields).status_code == 303
    assert commune.send(path, **TYPED, version=version_now).status_code == 409


def test_the_form_begins_with_the_classification_in_force(register: Site) -> None:
    opened(register)
    page = register.client("commune").page(f"/proposals/{number_of(register, 'H1')}")
    assert re.search(r'name="social_protection"[^>]*', page)
    assert re.search(r'<input checked[^>]*name="social_protection"', page)


def test_a_household_that_applied_comes_in(register: Site) -> None:
    number = opened(register, kind=RoundKind.MONTHLY, decider=Decider.SECOND_PERSON)
    commune = register.client("commune")
    assert "Danh sách trống" in commune.page(f"/reviews/{number}/19600")
    assert commune.post(f"/reviews/{number}/19600/add", code="F1").status_code == 422
    added = commune.post(f"/reviews/{number}/19600/add", code="H3")
    assert added.status_code == 303
    assert "Hồ Thị Cúc" in commune.page(added.location)
    assert "Có giấy đề nghị" in commune.page(f"/reviews/{number}/19600")


def test_what_was_sent_is_taken_back_and_a_round_is_closed(register: Site) -> None:
    number = opened(register, "H1")
    commune, district = register.client("commune"), register.client("district")
    refused = district.send(f"/reviews/{number}/close")
    assert refused.status_code == 422
    assert "Còn 1 hộ chờ duyệt" in unescape(refused.text)
    path = f"/proposals/{number_of(register, 'H1')}"
    assert commune.post(path, **TYPED).status_code == 409  # it is not open to be filled in
    assert commune.send(f"{path}/take-back").status_code == 303
    assert commune.send(f"{path}/take-back").status_code == 422
    assert state_of(register, "H1") is State.DRAFT
    assert district.send(f"/reviews/{number}/close").status_code == 303
    assert "Đã đóng" in district.page("/reviews")


# --- Who may, and where --------------------------------------------------------------------------


def test_only_those_who_review_reach_these_pages(register: Site) -> None:
    number = opened(register, "H1")
    one = f"/proposals/{number_of(register, 'H1')}"
    pages = ("/reviews", "/queue", f"/reviews/{number}", f"/reviews/{number}/19600", one)
    acts = (f"{one}/accept", f"{one}/return", f"{one}/take-back", "/queue", one)
    for name in ("hoi", "viewer", "admin"):
        person = register.client(name)
        for path in (*pages, "/reviews/open", f"/reviews/{number}/19600/add"):
            assert person.get(path).status_code == 403, (name, path)
        for path in (*acts, f"/reviews/{number}/close", f"/reviews/{number}/19600/submit"):
            assert person.send(path).status_code == 403, (name, path)
    commune, district = register.client("commune"), register.client("district")
    assert commune.get("/reviews/open").status_code == 403
    assert commune.send(f"/reviews/{number}/close").status_code == 403
    assert district.send(one, **TYPED).status_code == 403
    assert district.send(f"{one}/take-back").status_code == 403
    assert district.send(f"/reviews/{number}/19600/submit").status_code == 403


def test_a_foreign_commune_is_not_there(register: Site) -> None:
    number = opened(register, "H1")
    town, one = register.client("town"), f"/proposals/{number_of(register, 'H1')}"
    for path in (f"/reviews/{number}/19600", f"/reviews/{number}/19600/add", one, f"{one}/return"):
        assert town.get(path).status_code == 404, path
    for path in (f"{one}/accept", f"{one}/take-back", f"/reviews/{number}/19600/submit"):
        assert town.send(path, **DECISION).status_code == 404, path
    assert town.send("/queue", **DECISION, ids=one.rpartition("/")[2]).status_code == 422
    assert "Cam Tuyền" not in town.page(f"/reviews/{number}")
    for page in (town.page(f"/reviews/{number}"), town.page("/queue"), town.page("/reviews")):
        assert "Đặng Thị Ước" not in page
    assert state_of(register, "H1") is State.SUBMITTED


NASTY = ("\x00", "x" * 5000, "31/02/2022", "-1", "<script>alert(1)</script>", "9" * 25, "🐄")


def test_bad_input_never_breaks_a_page(small: Site) -> None:
    number = opened(small, "H2")
    one, two = number_of(small, "H1"), number_of(small, "H2")
    commune, district = small.client("commune"), small.client("district")
    forms = [
        (commune, f"/proposals/{one}", {**TYPED, "version": "1"}),
        (commune, f"/reviews/{number}/19600/add", {"code": "H3"}),
        (district, f"/proposals/{two}/accept", DECISION),
        (district, f"/proposals/{two}/return", {"field": "reason", "reason": "x"}),
        (district, "/queue", {**DECISION, "ids": "1"}),
        (district, "/reviews/open", {"kind": "monthly", "starts": "01/10/2022", "decider": "x"}),
    ]
    for person, path, good in forms:
        token = person.token()
        for name in good:
            for value in NASTY:
                fields = {**good, "csrf_token": token, name: value}
                answer = person.browser.post(path, data=fields)
                assert answer.status_code < 500, (path, name, value)
                assert "<script>alert(1)" not in answer.text
    for query in ("state=x", "page=99999999999", "exits=2", "state=draft&page=-1"):
        assert commune.get(f"/reviews/{number}/19600?{query}").status_code == 200


# --- Outside a round -----------------------------------------------------------------------------


def test_outside_a_round_a_commune_keeps_the_class(register: Site) -> None:
    commune = register.client("commune")
    same = {"starts": "01/09/2022", "class_": "poor", "minority": "y"}
    assert commune.post("/households/H1/class", **same).status_code == 422
    kept = commune.post("/households/H1/class", **same, reason="Bổ sung DTTS")
    assert kept.status_code == 303
    first = {"starts": "01/09/2022", "class_": "not_poor"}
    assert commune.post("/households/H3/class", **first).status_code == 303
    with register.session() as session:
        row = register.household(session, "H1").classifications[-1]
        assert (row.class_, row.minority) == (Class.POOR, True)


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("H1", {"class_": "near_poor"}),
        ("H1", {"class_": "poor", "score_b1": "100", "score_b2": "20"}),  # implies near-poor
        ("H3", {"class_": "poor"}),
        ("H1", {"class_": "not_poor", "starts": "01/01/2020"}),  # before its first class
    ],
)
def test_outside_a_round_a_commune_does_not_change_the_class(
    small: Site, code: str, fields: dict[str, str]
) -> None:
    asked = {"starts": "01/09/2022", "reason": "Đã thoát nghèo", **fields}
    answer = small.client("commune").post(f"/households/{code}/class", **asked)
    assert answer.status_code == 422
    text = unescape(answer.text)
    assert "hãy đề nghị cho hộ này ở trang Rà soát" in text
    assert 'href="/reviews"' in text


def test_outside_a_round_the_district_changes_the_class_for_a_reason(register: Site) -> None:
    district = register.client("district")
    fields = {"starts": "01/09/2022", "class_": "near_poor"}
    assert district.post("/households/H1/class", **fields).status_code == 422
    kept = district.post("/households/H1/class", **fields, reason="Theo kết luận thanh tra")
    assert kept.status_code == 303


def test_what_would_change_the_class_is_not_taken_back_by_a_commune(register: Site) -> None:
    commune = register.client("commune")
    path = "/households/H2/class/2021-12-31/withdraw"
    refused = commune.post(path, reason="nhầm")
    assert refused.status_code == 422
    assert "trang Rà soát" in unescape(refused.text)
    same = {"starts": "01/09/2022", "class_": "near_poor", "reason": "Thêm hội"}
    assert commune.post("/households/H2/class", **same).status_code == 303
    path = "/households/H2/class/2022-09-01/withdraw"
    assert commune.post(path, reason="nhầm").status_code == 303
