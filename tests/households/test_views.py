"""The pages about households: each act from its form to the page that shows it."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import func, select

from casemgmt.audit.models import AuditEntry, What
from casemgmt.households.classifying import classify
from casemgmt.households.moving import move_household
from casemgmt.organisations.models import Kind
from casemgmt.register.lens import Lens
from casemgmt.register.models import Class, Departure, Household, Relation, Span
from tests import make
from tests.browsing import CITIZEN, CLASS_NOTE, MASKED, NOTE, REASON, TODAY, Site, site

HEAD = "Lê Thị Mới"


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


def new_household(**other: object) -> dict[str, object]:
    return {"head_name": HEAD, "village": "CT-TT", "starts": "01/09/2022", **other}


# --- The list ------------------------------------------------------------------------------------


def test_the_list_is_sorted_as_a_vietnamese_roll_and_stays_in_scope(register: Site) -> None:
    page = register.client("commune").page("/households")
    places = [page.index(name) for name in ("An Văn Bình", "Hồ Thị Cúc", "Đặng Thị Ước")]
    assert places == sorted(places)
    assert "Trần Xa Lạ" not in page


SEARCHES = {
    "q=dang": {"H1"},
    "q=ĐẶNG thị": {"H1"},
    "q=con": {"H1"},  # a member's name
    "q=H2": {"H2"},
    "q=h2": {"H2"},
    "q=0905 000 111": {"H1"},
    "q=0123": {"H1"},
    "q=0124": set(),
    "unit=CT-BC": {"H2"},
    "unit=19600": {"H1", "H2", "H3"},
    "unit=CL-1": set(),
    "unit=nowhere": set(),
    "class=poor": {"H1"},
    "class=none": {"H3"},
    "class=unheard-of": set(),
    "minority=1": {"H2"},
    "minority=0": {"H1", "H2", "H3"},
    "protected=1": {"H1"},
    "able=1": set(),
    "able=1&as_of=01/02/2022": {"H2"},
    "member_of=farmers_union": {"H2"},
    "member_of=unheard-of": set(),
    "lacks=water": {"H2"},
    "lacks=water&as_of=01/02/2022": set(),
    "lacks=housing_area": set(),
    "lacks=unheard-of": set(),
    "q=Chùa": {"H2"},
    "q=ban chua": {"H2"},
    "q=thon tan hoa": {"H1", "H3"},
    "q=khu pho 1": set(),
    "sponsor=HND": {"H1"},
    "unsponsored=1": {"H2", "H3"},
    "unsponsored=1&class=near_poor": {"H2"},
    "as_of=30/12/2021&class=poor": set(),
    "page=99": {"H1", "H2", "H3"},
    "page=x": {"H1", "H2", "H3"},
}


def test_search_and_filters(register: Site) -> None:
    with register.session() as session:
        household = register.household(session, "H2")
        classify(
            session,
            household,
            starts=date(2022, 1, 15),
            class_=Class.POOR,
            member_of=Kind.FARMERS_UNION,
            deprivations=["housing_area"],
        )
        classify(
            session,
            household,
            starts=date(2022, 6, 1),
            class_=Class.NEAR_POOR,
            minority=True,
            member_of=Kind.FARMERS_UNION,
            deprivations=["water"],
        )
        session.commit()
    commune = register.client("commune")
    for query, found in SEARCHES.items():
        page = commune.page(f"/households?{query}")
        shown = {code for code in ("H1", "H2", "H3", "F1") if f">{code}<" in page}
        assert shown == found, query


def test_an_organisation_finds_nobody_by_the_tail_of_a_citizen_number(small: Site) -> None:
    hoi = small.client("hoi")
    assert ">H1<" in hoi.page("/households")
    assert ">H1<" not in hoi.page("/households?q=0123")


def test_an_organisation_cannot_ask_who_is_under_social_protection(small: Site) -> None:
    hoi = small.client("hoi")
    with small.session() as session:
        small.household(session, "H1").classifications[0].social_protection = False
        session.commit()
    for query in ("protected=1", "able=1"):
        assert ">H1<" in hoi.page(f"/households?{query}")
        assert "H1" in hoi.get(f"/households.csv?{query}").get_data(as_text=True)
    page = hoi.page("/households")
    assert 'name="minority"' in page
    for field in ("protected", "able"):
        assert f'name="{field}"' not in page


def test_an_empty_list_says_the_next_step(small: Site) -> None:
    assert "Bỏ lọc" in small.client("commune").page("/households?q=khongcoai")
    assert "/unsponsored" in small.client("hoi").page("/households?q=x")


def test_pages_keep_the_filters(small: Site) -> None:
    with small.session() as session:
        village = small.household(session, "H1").stays[0].village
        for number in range(60):
            make.household(session, village, head_name=f"Hồ Văn {number}", code=f"M{number:02}")
        session.commit()
    page = small.client("commune").page("/households?q=hồ+văn&sort=code")
    assert "1–50 trong 60" in page
    assert "q=h%E1%BB%93+v%C4%83n&sort=code&page=2" in page
    assert page.index(">M00<") < page.index(">M49<")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_shown_can_be_exported_and_is_written_down(register: Site, form: str) -> None:
    with register.session() as session:
        register.household(session, "H1").head_name = '=HYPERLINK("http://x")'
        session.commit()
    answer = register.client("commune").get(f"/households.{form}?unit=CT-TT")
    assert answer.status_code == 200
    if form == "csv":
        text = answer.get_data(as_text=True)
        assert "'=HYPERLINK" in text
        assert '\n"=HYPERLINK' not in text
        assert "H2" not in text
    else:
        book = openpyxl.load_workbook(BytesIO(answer.data))
        rows = list(book.active.iter_rows(min_row=5))
        assert [row[0].value for row in rows] == ["Mã hộ", "H1", "H3"]
        assert {cell.data_type for row in rows for cell in row} <= {"s", "n"}
        notes = dict(book["Ghi chú"].iter_rows(values_only=True))
        assert notes["Lọc"] == "đơn vị: Thôn Tân Hòa"
        assert (notes["Số dòng"], notes["Người lập"]) == ("2", "commune")
    with register.session() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.what == What.EXPORTED)).one()
        assert '"rows":2' in entry.changes + entry.key


@pytest.mark.parametrize("form", ["csv", "pdf"])
def test_what_was_searched_for_is_not_written_down(register: Site, form: str) -> None:
    answer = register.client("commune").get(f"/households.{form}?class=poor&q={CITIZEN}")
    assert answer.status_code == 200
    with register.session() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.what == What.EXPORTED)).one()
        assert CITIZEN not in entry.key
        assert '"query":"class=poor"' in entry.key
        assert '"searched":true' in entry.key


def test_an_export_for_an_organisation_lacks_what_it_may_not_see(small: Site) -> None:
    text = small.client("hoi").get("/households.csv").get_data(as_text=True)
    assert "H1" in text
    assert "BTXH" not in text


# --- The file ------------------------------------------------------------------------------------


def test_an_officer_sees_private_fields_masked_and_that_is_written_down(register: Site) -> None:
    page = register.client("commune").page("/households/H1")
    for marker in (MASKED, NOTE, CLASS_NOTE, REASON, "BTXH", "Một bò cái", "15.000.000 đồng"):
        assert marker in page
    assert CITIZEN not in page
    with register.session() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.what == What.READ)).all()
        assert len(entries) == 1
        assert entries[0].household_id == register.household(session, "H1").id


def test_an_organisation_sees_who_they_are_and_nothing_private(register: Site) -> None:
    page = register.client("hoi").page("/households/H1")
    for marker in ("Đặng Thị Ước", "Đặng Văn Con", "Hộ nghèo", "Một bò cái", "0905000111"):
        assert marker in page
    for marker in (MASKED, CITIZEN, NOTE, CLASS_NOTE, REASON, "BTXH", "B1", "có khả năng", "Sửa"):
        assert marker not in page
    with register.session() as session:
        reads = select(func.count()).where(AuditEntry.what == What.READ)
        assert session.scalar(reads) == 0


def test_a_file_of_another_day_ends_on_that_day(register: Site) -> None:
    page = register.client("commune").page("/households/H1?as_of=15/01/2022")
    assert "Hộ nghèo" in page
    assert "Một bò cái" not in page
    assert "Tổ chức HND" not in page
    assert "/households/H1/edit" not in page  # acts are done today


# --- Scope ---------------------------------------------------------------------------------------

ADDRESSES = (
    "",
    "/edit",
    "/members/add",
    "/members/1",
    "/members/1/end",
    "/head",
    "/class",
    "/class/2021-12-31",
    "/class/2021-12-31/withdraw",
    "/move",
    "/move-out",
    "/stays/2021-01-01",
    "/stays/2021-01-01/withdraw",
    "/split",
    "/merge",
    "/dissolve",
    "/lead",
    "/lead/end",
    "/leads/2022-02-01",
    "/leads/2022-02-01/withdraw",
    "/supporters/add",
    "/supporters/HND/2022-02-01/end",
    "/supporters/HND/2022-02-01/withdraw",
    "/support",
    "/support/add",
    "/support/FA1",
    "/support/FA1/void",
)


def test_a_household_elsewhere_and_one_that_does_not_exist_answer_alike(register: Site) -> None:
    commune = register.client("commune")
    token = commune.token()
    for address in ADDRESSES:
        for code in ("F1", "NOBODY"):
            path = f"/households/{code}{address}"
            assert commune.get(path).status_code == 404, path
            assert commune.get(path + "?as_of=01/01/2022").status_code == 404, path
            if address not in ("", "/support"):
                assert commune.send(path, csrf_token=token).status_code == 404, path


def test_another_day_never_widens_what_may_be_written(register: Site) -> None:
    with register.session() as session:
        home = register.household(session, "F1").stays[0].village
        move_household(
            session, register.household(session, "H1"), village=home, on=date(2022, 6, 1)
        )
        session.commit()
    commune = register.client("commune")
    assert commune.get("/households/H1?as_of=01/05/2022").status_code == 200
    assert commune.get("/households/H1").status_code == 404
    answer = commune.send("/households/H1/edit?as_of=01/05/2022", head_name="X", version="1")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/households/H1/merge", {"into": "F1", "on": "01/09/2022"}),
        (
            "/households/H1/dissolve",
            {"members_to": "F1", "last_day": "01/09/2022", "reason": "hết người"},
        ),
    ],
)
def test_a_household_elsewhere_cannot_be_named_in_a_form(
    register: Site, path: str, fields: dict[str, str]
) -> None:
    commune = register.client("commune")
    answers = []
    for code in ("F1", "NOBODY"):
        sent = {name: code if value == "F1" else value for name, value in fields.items()}
        answer = commune.post(path, **sent)
        assert answer.status_code == 422
        answers.append(answer.text.replace(code, "…").partition("<main")[2])
        assert "Không tìm thấy hộ mã" in answer.text
    tokens = [part.split('value="', 1)[0] for part in answers]
    assert tokens[0] == tokens[1]
    with register.session() as session:
        assert register.household(session, "H1").stays[-1].last_day is None


# --- Acts on a household -------------------------------------------------------------------------


def test_add_a_household(register: Site) -> None:
    commune = register.client("commune")
    answer = commune.post(
        "/add-household", **new_household(birth="1980", citizen_id="045180000456")
    )
    assert answer.status_code == 303, answer.text
    page = commune.page(answer.location.removesuffix("/parts"))
    assert HEAD in page
    assert "19600-0001" in page
    assert "045*******56" in page


def test_the_same_household_is_not_added_twice_by_mistake(register: Site) -> None:
    commune = register.client("commune")
    assert commune.post("/add-household", **new_household()).status_code == 303
    again = commune.post("/add-household", **new_household())
    assert again.status_code == 422
    assert "19600-0001" in again.text
    assert f'value="{HEAD}"' in again.text
    sure = commune.post("/add-household", **new_household(confirmed="y"))
    assert sure.status_code == 303


def test_a_household_is_added_only_in_a_village_of_ones_own(small: Site) -> None:
    answer = small.client("commune").post("/add-household", **new_household(village="CL-1"))
    assert answer.status_code == 422


def test_edit_a_household_and_both_versions_after_a_stale_save(register: Site) -> None:
    commune, district = register.client("commune"), register.client("district")
    stale = {"head_name": "Đặng Thị Ước", "address": "Xóm của tôi", "version": "1"}
    first = district.post("/households/H1/edit", head_name="Đặng Thị Ước", address="Xóm mới")
    assert first.status_code == 303, first.text
    second = commune.send("/households/H1/edit", **stale)
    assert second.status_code == 409
    for version in ("Xóm của tôi", "Xóm mới"):
        assert version in second.text
    assert "Xóm mới" in commune.page("/households/H1")
    mine = commune.send("/households/H1/edit", **{**stale, "version": "2"})
    assert mine.status_code == 303
    assert "Xóm của tôi" in commune.page("/households/H1")


def test_members_come_change_and_leave(register: Site) -> None:
    commune = register.client("commune")
    added = commune.post(
        "/households/H1/members/add", name="Đặng Thị Út", relation="Con", birth="05/2010"
    )
    assert added.status_code == 303
    with register.session() as session:
        (number,) = (m.id for m in register.household(session, "H1").members if "Út" in m.name)
    path = f"/households/H1/members/{number}"
    changed = commune.post(path, name="Đặng Thị Út", relation="Cháu", birth="2011")
    assert changed.status_code == 303
    assert "2011" in commune.page("/households/H1")
    stale = commune.send(path, name="Đặng Thị Út", relation="Con", birth="2012", version="1")
    assert stale.status_code == 409
    ended = commune.post(f"{path}/end", last_day="01/10/2022", reason="đi làm xa")
    assert ended.status_code == 303
    assert "Đã rời hộ (1)" in commune.page("/households/H1")


def test_a_stored_citizen_number_is_kept_unless_it_is_taken_away(register: Site) -> None:
    commune = register.client("commune")
    with register.session() as session:
        number = register.household(session, "H1").members[0].id
    path = f"/households/H1/members/{number}"
    assert CITIZEN not in commune.page(path)
    fields = {"name": "Đặng Thị Ước", "relation": "Chủ hộ", "birth": "1970"}
    assert commune.post(path, **fields).status_code == 303
    assert MASKED in commune.page("/households/H1")
    assert commune.post(path, **fields, no_citizen_id="y").status_code == 303
    assert MASKED not in commune.page("/households/H1")


def test_another_head(register: Site) -> None:
    commune = register.client("commune")
    with register.session() as session:
        number = register.household(session, "H1").members[1].id
    answer = commune.post(
        "/households/H1/head", new_head=number, on="01/09/2022", old_head="qua đời"
    )
    assert answer.status_code == 303
    page = commune.page("/households/H1")
    assert "<h1>Đặng Văn Con" in page
    assert "Đặng Thị Ước rời hộ" in page


def test_the_class_that_the_scores_imply_is_proposed_and_leaving_it_needs_a_reason(
    register: Site,
) -> None:
    district = register.client("district")  # may leave the class in force, too
    scores = {"starts": "01/09/2022", "score_b1": "100", "score_b2": "30"}
    proposed = district.post("/households/H2/class", **scores, propose="1")
    assert proposed.status_code == 200
    assert "Theo điểm thì đây là" in proposed.text
    assert 'value="100"' in proposed.text
    refused = district.post("/households/H2/class", **scores, class_="near_poor")
    assert refused.status_code == 422
    assert 'value="01/09/2022"' in refused.text
    kept = district.post(
        "/households/H2/class", **scores, class_="near_poor", reason="theo kết luận phúc tra"
    )
    assert kept.status_code == 303
    assert "theo kết luận phúc tra" in district.page("/households/H2")


def test_indicators_are_those_of_the_standard_of_the_day(register: Site) -> None:
    commune = register.client("commune")
    old = commune.post("/households/H2/class", starts="01/06/2018", propose="1").text
    new = commune.post("/households/H2/class", starts="01/06/2022", propose="1").text
    assert "Việc làm" in new
    assert "Việc làm" not in old


def test_a_classification_is_corrected_and_taken_back(register: Site) -> None:
    district = register.client("district")
    path = "/households/H2/class/2021-12-31"
    assert district.post(path, class_="poor", starts="01/01/2000").status_code == 422
    corrected = district.post(path, class_="poor", reason="nhập nhầm", starts="01/01/2000")
    assert corrected.status_code == 303
    with register.session() as session:
        (row,) = register.household(session, "H2").classifications
        assert (row.starts, row.class_) == (date(2021, 12, 31), Class.POOR)
    assert district.post(f"{path}/withdraw", reason="").status_code == 422
    assert district.post(f"{path}/withdraw", reason="không có").status_code == 303
    assert "Hộ chưa được phân loại" in district.page("/households/H2")


# --- Where it lives ------------------------------------------------------------------------------


def village_on(register: Site, code: str, day: date) -> str | None:
    with register.session() as session:
        household = register.household(session, code)
        query = select(Span).where(
            Span.household_id == household.id, Span.starts <= day, Span.ends > day
        )
        span = session.scalar(Lens.everyone(day).scoped(query, Span.household_id))
        if span is None:
            return None
        return next(s.village.code for s in household.stays if s.village_id == span.village_id)


def test_move_within_the_commune_and_out_of_it(register: Site) -> None:
    commune = register.client("commune")
    assert commune.post("/households/H1/move", on="01/09/2022").status_code == 422
    moved = commune.post("/households/H1/move", on="01/09/2022", village="CT-BC")
    assert moved.status_code == 303
    assert village_on(register, "H1", date(2022, 8, 31)) == "CT-TT"
    assert village_on(register, "H1", date(2022, 9, 1)) == "CT-BC"
    gone = commune.post("/households/H1/move", on="01/10/2022", other_village="CL-1")
    assert gone.status_code == 303
    assert gone.location == "/households"
    assert commune.get("/households/H1").status_code == 404
    assert register.client("town").get("/households/H1").status_code == 200


def test_move_out_and_come_back(register: Site) -> None:
    commune = register.client("commune")
    assert commune.post("/households/H2/move-out", last_day="01/10/2022").status_code == 303
    assert commune.get("/households/H2").status_code == 404
    assert "H2" in commune.page("/departed")
    assert "H2" not in register.client("town").page("/departed")
    path = "/departed/H2/come-back"
    assert register.client("town").get(path).status_code == 404
    assert commune.get("/departed/H1/come-back").status_code == 404
    back = commune.post(path, village="CT-TT", on="15/10/2022")
    assert back.status_code == 303
    assert village_on(register, "H2", date(2022, 10, 10)) is None
    assert village_on(register, "H2", TODAY) == "CT-TT"


def test_a_stay_is_corrected_and_taken_back(register: Site) -> None:
    commune = register.client("commune")
    path = "/households/H3/stays/2021-01-01"
    fields = {"village": "CT-BC", "starts": "01/02/2021"}
    assert commune.post(path, **fields).status_code == 422
    assert commune.post(path, **fields, reason="ghi nhầm").status_code == 303
    assert village_on(register, "H3", date(2021, 1, 15)) is None
    assert village_on(register, "H3", TODAY) == "CT-BC"
    withdrawn = commune.post("/households/H3/stays/2021-02-01/withdraw", reason="không có hộ")
    assert withdrawn.status_code == 303
    assert village_on(register, "H3", TODAY) is None


def test_split(register: Site) -> None:
    commune = register.client("commune")
    with register.session() as session:
        number = register.household(session, "H1").members[1].id
    answer = commune.post("/households/H1/split", on="01/09/2022", new_head=number, copy_class="y")
    assert answer.status_code == 303
    assert answer.location == "/households/19600-0001"
    page = commune.page(answer.location)
    assert "Đặng Văn Con" in page
    assert "Hộ nghèo" in page
    assert "tách hộ" in page


def test_merge_with_the_members_that_were_chosen(register: Site) -> None:
    commune = register.client("commune")
    with register.session() as session:
        number = register.household(session, "H1").members[1].id
    answer = commune.post("/households/H1/merge", into="H2", on="01/09/2022", members=number)
    assert answer.status_code == 303, answer.text
    page = commune.page("/households/H2")
    assert "Đặng Văn Con" in page
    assert "Đặng Thị Ước" not in page
    assert village_on(register, "H1", TODAY) is None
    with register.session() as session:
        stay = register.household(session, "H1").stays[-1]
        assert stay.departure is Departure.MERGED


def test_dissolve(register: Site) -> None:
    commune = register.client("commune")
    assert commune.post("/households/H3/dissolve", last_day="01/09/2022").status_code == 422
    answer = commune.post("/households/H3/dissolve", last_day="01/09/2022", reason="đã qua đời")
    assert answer.status_code == 303
    assert village_on(register, "H3", TODAY) is None


# --- Bad input -----------------------------------------------------------------------------------

NASTY = (
    "\x00",
    "a\x00b",
    "\ud800",
    "x" * 10_000,
    "=cmd|' /C calc'!A0",
    "\u202eabc\u200f",
    "31/02/2022",
    "-1",
    "1e309",
    "🐄🏠",
    "<script>alert(1)</script>",
    "2022-01-01' OR 1=1 --",
    "99999999999999999999",
)
FORMS = {
    "/add-household": ("head_name", "village", "starts", "birth", "citizen_id", "code",
                       "phone", "address", "note", "ethnicity", "member_of", "arrival"),
    "/households/H1/edit": ("head_name", "address", "phone", "note", "version"),
    "/households/H1/members/add": ("name", "relation", "birth", "citizen_id", "starts", "sex"),
    "/households/H1/head": ("new_head", "on", "old_head", "old_relation", "reason"),
    "/households/H1/class": ("starts", "class_", "score_b1", "score_b2", "deprivations",
                             "decision_number", "decision_date", "note", "reason", "member_of"),
    "/households/H1/move": ("village", "other_village", "on", "reason"),
    "/households/H1/move-out": ("last_day", "reason"),
    "/households/H1/stays/2021-01-01": ("village", "starts", "last_day", "arrival", "departure"),
    "/households/H1/split": ("on", "members", "new_head", "village", "new_code", "address"),
    "/households/H1/merge": ("into", "on", "members", "reason"),
    "/households/H1/dissolve": ("last_day", "members_to", "reason"),
    "/households/H1/lead": ("organisation", "starts", "in_charge", "reason"),
    "/households/H1/support/add": ("on", "kind", "content", "quantity", "unit", "value", "source",
                                   "organisation", "code"),
    "/assign-lead": ("codes", "organisation", "starts", "in_charge"),
    "/registered-exits/add": ("year", "code"),
    "/merge-villages": ("old", "new", "on", "reason"),
}  # fmt: skip
GOOD = {
    "head_name": "Người Mới",
    "name": "Người Mới",
    "relation": "Con",
    "village": "CT-BC",
    "starts": "01/10/2022",
    "on": "01/10/2022",
    "last_day": "01/10/2022",
    "class_": "poor",
    "reason": "vì thế",
    "into": "H2",
    "codes": "H2",
    "organisation": "HPN",
    "kind": "Khác",
    "year": "2022",
    "old_head": "qua đời",
    "old": "CT-BC",
    "new": "CT-TT",
}


@pytest.mark.parametrize("path", FORMS)
def test_bad_input_never_breaks_a_page(small: Site, path: str) -> None:
    commune = small.client("commune")
    token = commune.token()
    for name in FORMS[path]:
        for value in NASTY:
            fields = {one: GOOD[one] for one in FORMS[path] if one in GOOD}
            fields |= {"csrf_token": token, name: value.encode("utf-8", "surrogatepass")}
            answer = commune.browser.post(path, data=fields)
            assert answer.status_code < 500, (path, name, value)
            assert "<script>alert(1)" not in answer.text


@pytest.mark.parametrize(
    "name",
    ["q", "unit", "class", "sponsor", "sort", "page", "as_of", "minority", "member_of", "lacks"],
)
def test_bad_filters_never_break_the_list(small: Site, name: str) -> None:
    commune = small.client("commune")
    for value in NASTY:
        answer = commune.browser.get(
            "/households", query_string={name: value.encode("utf-8", "surrogatepass")}
        )
        assert answer.status_code in (200, 400), (name, value)


def test_what_was_typed_is_kept(small: Site) -> None:
    typed = {"head_name": "Lê Văn Gõ", "birth": "31/02/1990", "starts": "hôm qua", "code": "M 1!"}
    answer = small.client("commune").post("/add-household", village="CT-BC", **typed)
    assert answer.status_code == 422
    for value in typed.values():
        assert f'value="{value}"' in answer.text
    assert '<option selected value="CT-BC">' in answer.text


def test_a_form_without_its_token_is_refused(small: Site) -> None:
    commune = small.client("commune")
    answer = commune.browser.post("/households/H1/edit", data={"head_name": "X"})
    assert answer.status_code == 400


def test_a_member_of_another_household_cannot_be_reached(small: Site) -> None:
    with small.session() as session:
        number = small.household(session, "F1").members[0].id
    assert small.client("commune").get(f"/households/H1/members/{number}").status_code == 404


def test_roles(small: Site) -> None:
    for name in ("viewer", "admin"):
        person = small.client(name)
        for path in ("/households", "/households/H1", "/add-household", "/households.csv"):
            assert person.get(path).status_code == 403, (name, path)
    hoi = small.client("hoi")
    for path in ("/households/H1/edit", "/households/H1/class", "/households/H1/lead"):
        assert hoi.get(path).status_code == 403, path


def test_the_head_of_a_new_household_is_its_first_member(small: Site) -> None:
    small.client("commune").post("/add-household", **new_household())
    with small.session() as session:
        query = select(Household).where(Household.head_name == HEAD)
        household = session.scalars(Lens.everyone(TODAY).scoped(query)).one()
        assert [m.relation for m in household.members] == [Relation.HEAD]
