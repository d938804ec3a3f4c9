"""Findings of a reconciliation that are accepted with a note, and taken back."""

import re
from html import unescape

from sqlalchemy import select

from casemgmt.audit.models import AuditEntry
from casemgmt.tables.models import AcceptedFinding
from tests.browsing import Person, Site
from tests.tables.test_views import AT, DATA, there

__all__ = ["there"]
ADDRESS = f"/tables/bieu-2/reconcile?{AT}&unit=cam-lo"
ACCEPT = "/tables/bieu-2/reconcile/accept"
KEY = "note|cam-thanh|poor_social_protection_rate|1.49"


def printed() -> str:
    return (DATA / "bieu-2.csv").read_text(encoding="utf-8")


def held(person: Person, text: str | None = None) -> str:
    """The page of the findings in a printed table."""
    answer = person.post(ADDRESS, unit="cam-lo", text=text or printed())
    assert answer.status_code == 200
    return unescape(answer.text)


def boxes(page: str) -> list[str]:
    return re.findall(r'name="(note\|[^"]*)"', page)


def fields(page: str) -> dict[str, str]:
    """What the form of the notes sends along."""
    form = page.split(f'action="{ACCEPT}"')[1].split("</form>")[0]
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    text = re.search(r'<textarea name="text"[^>]*>\n(.*?)</textarea>', form, re.DOTALL)
    assert text
    return {**dict(hidden), "text": text[1]}


def stored(there: Site) -> list[AcceptedFinding]:
    with there.session() as session:
        return list(session.scalars(select(AcceptedFinding)))


def test_a_finding_is_accepted_and_shown_apart(there: Site) -> None:
    district = there.client("district")
    page = held(district)
    before = boxes(page)
    assert KEY in before
    answer = district.send(ACCEPT, **fields(page), **{KEY: "Sai số làm tròn."})
    assert answer.status_code == 200
    after = unescape(answer.text)
    assert "Đã ghi nhận 1 ô." in after
    assert sorted([*boxes(after), KEY]) == sorted(before)
    (one,) = stored(there)
    assert (one.row, one.column, one.declared) == tuple(KEY.split("|")[1:])
    assert (one.note, one.accepted_by) == ("Sai số làm tròn.", "district")
    assert "Sai số làm tròn." in after
    again = held(there.client("district"))
    assert KEY not in boxes(again)
    assert "Sai số làm tròn." in again
    assert "Xã Cam Thành" in again.split("Đã ghi nhận")[1]


def test_the_page_after_accepting_can_accept_again_and_a_resent_form_counts_once(
    there: Site,
) -> None:
    district = there.client("district")
    first = fields(held(district))
    after = unescape(district.send(ACCEPT, **first, **{KEY: "một"}).text)
    asks_again = after.split('enctype="multipart/form-data"')[1].split("</form>")[0]
    (key,) = re.findall(r'name="once"[^>]* value="([^"]+)"', asks_again)
    text = {"text": printed(), "unit": "cam-lo", "as_of": "15/02/2022", "once": key}
    assert district.send("/tables/bieu-2/reconcile", **text).status_code == 200
    other = boxes(after)[0]
    assert district.send(ACCEPT, **fields(after), **{other: "hai"}).status_code == 200
    assert district.send(ACCEPT, **first, **{KEY: "một"}).status_code == 303
    assert [one.note for one in stored(there)] == ["một", "hai"]


def test_without_a_note_nothing_is_accepted(there: Site) -> None:
    district = there.client("district")
    page = held(district)
    answer = district.send(ACCEPT, **fields(page), **{KEY: "   "})
    assert answer.status_code == 422
    assert "Hãy ghi chú ở ô muốn ghi nhận" in answer.text
    assert KEY in boxes(unescape(answer.text))
    long = district.send(ACCEPT, **fields(held(district)), **{KEY: "x" * 1001})
    assert long.status_code == 422
    assert stored(there) == []


def test_the_same_cell_printed_otherwise_is_a_finding_again(there: Site) -> None:
    district = there.client("district")
    district.send(ACCEPT, **fields(held(district)), **{KEY: "Sai số làm tròn."})
    assert "1.49" in printed() or "1,49" in printed()
    other = printed().replace("1.49", "1.50").replace("1,49", "1,50")
    assert "note|cam-thanh|poor_social_protection_rate|1.50" in boxes(held(district, other))


def test_the_same_cell_of_another_map_year_or_basis_is_another_finding(there: Site) -> None:
    district = there.client("district")
    district.send(ACCEPT, **fields(held(district)), **{KEY: "Sai số làm tròn."})

    def found(table: str, text: str, **more: str) -> str:
        path = f"/tables/{table}/reconcile"
        asked = {"as_of": "15/02/2022", "unit": "cam-lo", **more}
        return unescape(district.post(path, text=text, **asked).text)

    for more in ({"year": "2023"}, {"map_date": "01/01/2022"}):
        page = found("bieu-2", printed(), **more)
        assert KEY in boxes(page), more
        assert "Sai số làm tròn." not in page
    page = found("bieu-2", printed(), year="2022", map_date="15/02/2022")
    assert "Sai số làm tròn." in page, "asked for in full it is the same table"
    wrong = (DATA / "bieu-3.csv").read_text(encoding="utf-8").replace(",453,", ",454,")
    key, accept = "note|cam-lo|poor|454", "/tables/bieu-3/reconcile/accept"
    for basis in ("sponsor", "membership"):
        page = found("bieu-3", wrong, basis=basis)
        assert key in boxes(page)
        sent = fields(page.replace(accept, ACCEPT))
        assert district.send(accept, **sent, **{key: basis}).status_code == 200
        assert key not in boxes(found("bieu-3", wrong, basis=basis))
    back = district.page(f"/tables/findings/{stored(there)[-1].id}/withdraw")
    assert 'href="/tables/bieu-3/reconcile?as_of=15%2F02%2F2022&basis=membership"' in back


def test_it_is_taken_back_for_a_reason_that_the_trail_keeps(there: Site) -> None:
    district = there.client("district")
    district.send(ACCEPT, **fields(held(district)), **{KEY: "Sai số làm tròn."})
    address = f"/tables/findings/{stored(there)[0].id}/withdraw"
    assert district.post(address, reason="").status_code == 422
    assert len(stored(there)) == 1
    answer = district.post(address, reason="đã in lại bảng")
    assert answer.status_code == 303
    assert "Sai số làm tròn." not in district.page(answer.location)
    assert stored(there) == []
    assert KEY in boxes(held(district))
    with there.session() as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.subject == "accepted_finding")
        ).all()
    assert [entry.what.value for entry in entries] == ["added", "removed"]
    assert "đã in lại bảng" in entries[1].changes


def test_only_the_reviewer_accepts_and_officers_see_what_was_accepted(there: Site) -> None:
    district = there.client("district")
    sent = fields(held(district))
    sent.pop("csrf_token")
    commune = there.client("commune")
    assert boxes(held(commune)) == []
    for name in ("commune", "hoi", "viewer", "admin"):
        person = there.client(name)
        assert person.send(ACCEPT, **sent, **{KEY: "một"}).status_code == 403
    assert stored(there) == []
    district.send(ACCEPT, **fields(held(district)), **{KEY: "Sai số làm tròn."})
    assert "Sai số làm tròn." in held(commune)
    address = f"/tables/findings/{stored(there)[0].id}/withdraw"
    assert commune.get(address).status_code == 403
    assert district.get("/tables/findings/999/withdraw").status_code == 404


def test_a_total_is_the_cell_of_its_unit(there: Site) -> None:
    district = there.client("district")
    wrong = printed().replace(",453,", ",454,")
    assert wrong != printed()
    page = held(district, wrong)
    keys = [key for key in boxes(page) if key.startswith("note|cam-lo|poor|")]
    assert keys == ["note|cam-lo|poor|454"]
