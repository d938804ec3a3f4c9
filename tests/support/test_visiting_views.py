"""The pages about visits: the form and what it begins with, mending, pictures, stacks of paper."""

import io
import re
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from casemgmt.organisations import queries as organisations
from casemgmt.register.lens import Lens
from casemgmt.sponsorship.actions import end_lead
from casemgmt.support.models import Attachment, Situation, Visit
from casemgmt.support.visiting import log_visit
from tests.browsing import TODAY, Person, Site, site
from tests.support.test_pictures import bomb, photo

ADD = "/households/H1/visits/add"
SEEN = {
    "on": "15/10/2022",
    "met": "Con dâu",
    "situation": "better",
    "done": "Chỉ cách ủ phân",
    "wishes": "Cần giống ngô",
    "next_on": "15/11/2022",
}
PAPER = {"code": "H1", "on": "15/10/2022", "situation": "worse", "done": "Hỏi thăm"}


@pytest.fixture
def register(url: str) -> Iterator[Site]:
    """A small register on each kind of database."""
    with site(url) as opened:
        yield opened


def visits(register: Site) -> list[Visit]:
    with register.session() as session:
        query = select(Visit).order_by(Visit.id)
        return list(session.scalars(Lens.everyone(TODAY).scoped(query, Visit.household_id)))


def logged(
    register: Site, code: str, on: date, *, by: str | None = None, next_on: date | None = None
) -> int:
    """A visit that is there already: its number."""
    with register.session() as session:
        organisation = session.scalar(organisations.by_code(by)) if by else None
        household = register.household(session, code)
        visit = log_visit(
            session,
            household,
            on=on,
            organisation=organisation,
            met="Bà nội",
            situation=Situation.WORSE,
            next_on=next_on,
        )
        session.commit()
        return visit.id


def values(page: str) -> dict[str, str]:
    """What the boxes of a form hold, and which of its radios is chosen."""
    boxes = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]* type="text" value="([^"]*)"', page))
    chosen = re.search(r'type="radio"[^>]*name="situation"[^>]*value="(\w+)" checked', page)
    return {**boxes, "situation": chosen[1] if chosen else ""}


def test_an_ordinary_visit_is_opened_and_sent(register: Site) -> None:
    hoi = register.client("hoi")
    page = hoi.page(ADD)
    assert values(page) == {
        "on": "20/10/2022",
        "met": "",
        "situation": "same",
        "next_on": "19/11/2022",
    }
    for marker in ("Đặng Thị Ước", "sinh 1970", "Thôn Tân Hòa", "Chưa ai ghi lần thăm nào"):
        assert marker in page
    assert "045" not in page.replace("0452", "")
    shown = len(re.findall(r'<div class="field|<fieldset class="field', page))
    assert shown == 7
    answer = hoi.post(ADD, on="20/10/2022", situation="same", next_on="19/11/2022")
    assert (answer.status_code, answer.location) == (303, "/households/H1")
    (visit,) = visits(register)
    assert (visit.visited_on, visit.next_on, visit.recorded_by) == (
        TODAY,
        date(2022, 11, 19),
        "hoi",
    )
    with register.session() as session:
        assert session.merge(visit, load=False).organisation.code == "HND"  # type: ignore[union-attr]


def test_it_begins_with_what_the_last_one_says(register: Site) -> None:
    logged(register, "H1", date(2022, 9, 1), by="HND", next_on=date(2022, 10, 16))
    page = register.client("hoi").page(ADD)
    assert values(page) == {
        "on": "20/10/2022",
        "met": "Bà nội",
        "situation": "same",
        "next_on": "04/12/2022",  # as many days later as before
    }
    assert "01/09/2022" in page
    assert "Khó khăn hơn" in page


def test_an_officer_has_eight_questions_and_visits_for_the_commune(register: Site) -> None:
    commune = register.client("commune")
    page = commune.page(ADD)
    assert len(re.findall(r'<div class="field|<fieldset class="field', page)) == 8
    assert commune.post(ADD, **SEEN).status_code == 303
    assert commune.post(ADD, **SEEN, organisation="HND").status_code == 303
    by_commune, by_farmers = visits(register)
    assert by_commune.organisation_id is None
    assert by_farmers.organisation_id is not None
    assert (by_commune.met, by_commune.done, by_commune.wishes, by_commune.situation) == (
        "Con dâu",
        "Chỉ cách ủ phân",
        "Cần giống ngô",
        Situation.BETTER,
    )
    assert commune.post(ADD, **SEEN, organisation="HPN-TT").status_code == 422


def test_whose_household_and_whose_visit(register: Site) -> None:
    hoi, town, district = (register.client(name) for name in ("hoi", "town", "district"))
    for path in ("/households/H2/visits/add", "/households/F1/visits/add"):
        assert hoi.get(path).status_code == 404
        assert hoi.send(path, **SEEN, organisation="HND").status_code == 404
    assert hoi.post(ADD, **SEEN, organisation="HPN").status_code == 422
    assert town.get(ADD).status_code == 404
    assert register.client("viewer").get(ADD).status_code == 403
    assert register.client("admin").get(ADD).status_code == 403
    assert district.post("/households/F1/visits/add", **SEEN).status_code == 303
    assert [visit.organisation_id for visit in visits(register)] == [None]


def test_an_organisation_writes_about_the_days_on_which_it_led(register: Site) -> None:
    with register.session() as session:
        household = register.household(session, "H1")
        end_lead(session, household, last_day=date(2022, 9, 30), reason="hết hạn")
        session.commit()
    hoi = register.client("hoi")
    assert hoi.get(ADD).status_code == 404
    path = f"{ADD}?on=15/09/2022"
    assert hoi.send(path, **SEEN, organisation="HND").status_code == 404
    answer = hoi.post(path, **{**SEEN, "on": "15/09/2022"})
    assert answer.status_code == 303
    (visit,) = visits(register)
    assert hoi.get(f"/visits/{visit.id}/correct").status_code == 200


def test_what_was_typed_is_kept(register: Site) -> None:
    commune = register.client("commune")
    for wrong in ({"on": "31/02/2022"}, {"on": "21/10/2022"}, {"next_on": "15/10/2022"}):
        answer = commune.post(ADD, **{**SEEN, **wrong}, photo=(io.BytesIO(photo()), "a.jpg"))
        assert answer.status_code == 422
        for typed in (*wrong.values(), "Con dâu"):
            assert f'value="{typed}"' in answer.text
        assert "Cần giống ngô</textarea>" in answer.text
        assert "Hãy chọn lại ảnh" in answer.text
    assert commune.post(ADD, **{**SEEN, "situation": "fine"}).status_code == 422
    assert visits(register) == []


def test_correct_with_both_versions_after_a_stale_save(register: Site) -> None:
    number = logged(register, "H1", date(2022, 10, 1), by="HND")
    path = f"/visits/{number}/correct"
    hoi, commune = register.client("hoi"), register.client("commune")
    assert hoi.post(path, **SEEN).status_code == 422  # no reason
    mended = hoi.post(path, **SEEN, reason="ghi thiếu")
    assert (mended.status_code, mended.location) == (303, "/households/H1")
    stale = commune.send(path, **{**SEEN, "met": "Ông nội"}, reason="r", version="1")
    assert stale.status_code == 409
    for there in ("Ông nội", "Con dâu"):
        assert there in stale.text
    assert [visit.met for visit in visits(register)] == ["Con dâu"]
    back = commune.post(f"{path}?back=/paper-visits", **SEEN, reason="nữa", organisation="HND")
    assert back.location == "/paper-visits"
    away = commune.post(f"{path}?back=//evil.example", **SEEN, reason="nữa", organisation="HND")
    assert away.location == "/households/H1"


def test_void_with_a_reason(register: Site) -> None:
    path = f"/visits/{logged(register, 'H1', date(2022, 10, 1), by='HND')}/void"
    hoi = register.client("hoi")
    assert hoi.post(path, reason=" ").status_code == 422
    assert hoi.post(path, reason="không có").status_code == 303
    (visit,) = visits(register)
    assert visit.void_reason == "không có"
    assert hoi.post(path, reason="nữa").status_code == 422


def test_a_visit_of_others_is_not_an_organisations_to_mend(register: Site) -> None:
    hoi = register.client("hoi")
    others = [
        logged(register, "H1", date(2022, 10, 1)),
        logged(register, "H1", date(2022, 10, 1), by="HPN"),
        logged(register, "F1", date(2022, 10, 1), by="HND"),
        999,
    ]
    for number in others:
        for act in ("correct", "void"):
            assert hoi.get(f"/visits/{number}/{act}").status_code == 404
    commune = register.client("commune")
    assert commune.get(f"/visits/{others[0]}/correct").status_code == 200
    assert commune.get(f"/visits/{others[1]}/void").status_code == 200
    assert commune.get(f"/visits/{others[2]}/void").status_code == 404


def test_a_picture_is_kept_and_served_in_scope(register: Site) -> None:
    hoi = register.client("hoi")
    page = hoi.page(ADD)
    assert 'enctype="multipart/form-data"' in page
    assert re.search(r'<input accept="image/[^>]*type="file"', page)
    answer = hoi.post(ADD, **SEEN, photo=(io.BytesIO(photo()), "nhà.jpg"))
    assert answer.status_code == 303
    with register.session() as session:
        query = select(Attachment).execution_options(lens=Lens.everyone(TODAY))
        kept = session.scalars(query).one()
        number, content = kept.id, kept.content
    path = f"/attachments/{number}"
    served = hoi.get(path)
    assert (served.status_code, served.mimetype, served.data) == (200, "image/jpeg", content)
    assert served.headers["Content-Disposition"] == "inline"
    assert served.headers["Cache-Control"] == "no-store"
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert register.client("commune").get(path).status_code == 200
    assert register.client("town").get(path).status_code == 404
    assert register.client("viewer").get(path).status_code == 403
    assert hoi.get("/attachments/999").status_code == 404


@pytest.mark.parametrize("sent", [b"khong phai anh", bomb(60_000, 60_000)])
def test_what_is_no_picture_is_refused_at_its_question(register: Site, sent: bytes) -> None:
    commune = register.client("commune")
    answer = commune.post(ADD, **SEEN, photo=(io.BytesIO(sent), "anh.jpg"))
    assert answer.status_code == 422
    assert 'id="photo-error"' in answer.text
    assert visits(register) == []


def test_a_form_sent_twice_is_one_visit(register: Site) -> None:
    commune = register.client("commune")
    once = re.search(r'name="once" value="([^"]+)"', commune.page(ADD))
    assert once
    for _ in range(3):
        assert commune.send(ADD, **SEEN, once=once[1]).status_code == 303
    assert len(visits(register)) == 1


# --- Stacks of paper -----------------------------------------------------------------------------


def paper(person: Person, **fields: str) -> str:
    answer = person.post("/paper-visits", **{**PAPER, **fields})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def test_one_paper_after_the_other(register: Site) -> None:
    commune = register.client("commune")
    page = commune.page("/paper-visits")
    assert re.search(r'<input[^>]*autofocus[^>]*name="code"', page)
    following = paper(commune, organisation="HND")
    assert following == "/paper-visits?on=15/10/2022&organisation=HND"
    page = commune.page(following)
    assert values(page)["on"] == "15/10/2022"
    assert values(page)["code"] == ""
    assert re.search(r'<option selected value="HND">', page)
    assert "Đã ghi: H1 · Đặng Thị Ước." in page
    (visit,) = visits(register)
    assert f"/visits/{visit.id}/correct?back=/paper-visits" in page.replace("%2F", "/")
    assert (visit.situation, visit.done, visit.recorded_by) == (
        Situation.WORSE,
        "Hỏi thăm",
        "commune",
    )
    assert f"/visits/{visit.id}/" not in register.client("district").page("/paper-visits")


def test_a_code_that_is_not_there_keeps_what_was_typed(register: Site) -> None:
    commune = register.client("commune")
    for code in ("F1", "NOTHING", "77"):
        answer = commune.post("/paper-visits", **{**PAPER, "code": code})
        assert answer.status_code == 422
        assert f"Không tìm thấy hộ mã “{code}”" in answer.text
        assert 'id="code-error"' in answer.text
        for typed in (code, "15/10/2022", "Hỏi thăm"):
            assert f'value="{typed}"' in answer.text
    again = {**PAPER, "code": "h1"}
    assert commune.post("/paper-visits", **again).status_code == 303
    twice = commune.post("/paper-visits", **again)
    assert twice.status_code == 422
    assert "đã được ghi rồi" in twice.text
    assert len(visits(register)) == 1


def test_a_running_number_is_enough_where_it_is_one_households(register: Site) -> None:
    commune, district = register.client("commune"), register.client("district")
    for person, village in ((commune, "CT-TT"), (register.client("town"), "CL-1")):
        answer = person.post(
            "/add-household", head_name="Lê Thị Giấy", village=village, starts="01/01/2022"
        )
        assert answer.status_code == 303, answer.text
    paper(commune, code="1")
    paper(commune, code="0001", on="16/10/2022")
    answer = district.post("/paper-visits", **{**PAPER, "code": "1"})
    assert answer.status_code == 422
    assert "19597-0001, 19600-0001" in answer.text
    paper(district, code="19597-0001")
    assert len(visits(register)) == 3
