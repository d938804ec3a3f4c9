"""Two people at one row: neither overwrites what the other has written without seeing it."""

import json
import re
from collections.abc import Iterator
from html import unescape

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from casemgmt.audit.models import AuditEntry, What
from tests.browsing import CITIZEN, Person, Site, site
from tests.web.test_once import fields

EDIT = "/households/H1/edit"
NAME = "Đặng Thị Ước"


@pytest.fixture
def here(sqlite_url: str) -> Iterator[Site]:
    with site(sqlite_url) as made:
        yield made


@pytest.fixture
def there(url: str) -> Iterator[Site]:
    with site(url) as made:
        yield made


def chosen(page: TestResponse, **others: str) -> dict[str, object]:
    """What a browser sends of the page with both versions, as it stands."""
    said: dict[str, object] = {}
    for tag in re.findall(r"<input[^>]+>", page.text.split("<main")[1]):
        found = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if found["type"] == "hidden" or " checked" in tag:
            said[found["name"]] = [*said.get(found["name"], []), unescape(found["value"])]
    return {**said, **{name: [value] for name, value in others.items()}}


def open_form(person: Person, path: str, **typed: str) -> dict[str, str]:
    """The form as it is on this person's screen, with all of its answers."""
    page = person.get(path).text
    said = fields(person, path)
    for tag in re.findall(r'<input[^>]+type="text"[^>]*>', page):
        found = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        said[found["name"]] = unescape(found.get("value", ""))
    for name, options in re.findall(r'<select[^>]+name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        picked = re.findall(r'<option selected[^>]* value="([^"]*)"', options)
        said[name] = picked[0] if picked else ""
    return {**said, **typed}


def test_each_keeps_what_the_other_did_not_touch(there: Site) -> None:
    commune, district = there.client("commune"), there.client("district")
    mine = open_form(commune, EDIT, address="Xóm của tôi", note="ghi chú riêng của hộ")
    theirs = open_form(district, EDIT, phone="0905999999", note="ghi chú riêng của hộ")
    assert district.send(EDIT, **theirs).status_code == 303
    page = commune.send(EDIT, **mine)
    assert page.status_code == 409
    for text in ("Xóm của tôi", "Xóm Trên", "0905999999", "0905000111", "district", "ghi lúc"):
        assert text in page.text, text
    done = commune.browser.post(EDIT, data=chosen(page))
    assert done.status_code == 303, done.text
    with there.session() as session:
        household = there.household(session, "H1")
        assert (household.address, household.phone) == ("Xóm của tôi", "0905999999")


def test_where_both_changed_one_thing_the_stored_one_stands_unless_mine_is_chosen(
    there: Site,
) -> None:
    commune, district = there.client("commune"), there.client("district")
    mine = open_form(commune, EDIT, address="Xóm A")
    assert district.send(EDIT, **open_form(district, EDIT, address="Xóm B")).status_code == 303
    page = commune.send(EDIT, **mine)
    asked = chosen(page)
    assert asked["address"] == ["Xóm B"]
    mine_instead = commune.browser.post(EDIT, data=chosen(page, address="Xóm A"))
    assert mine_instead.status_code == 303
    with there.session() as session:
        assert there.household(session, "H1").address == "Xóm A"


def test_both_versions_stay_in_the_history(there: Site) -> None:
    commune, district = there.client("commune"), there.client("district")
    mine = open_form(commune, EDIT, address="Xóm A")
    district.send(EDIT, **open_form(district, EDIT, address="Xóm B"))
    assert commune.send(EDIT, **mine).status_code == 409
    with there.session() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (entry.what, entry.subject, entry.actor) == (What.REFUSED, "household", "commune")
        assert json.loads(entry.changes) == {"address": ["Xóm B", "Xóm A"]}


def test_a_secret_is_not_written_into_the_history(here: Site) -> None:
    commune, district = here.client("commune"), here.client("district")
    with here.session() as session:
        number = here.household(session, "H1").members[0].id
    path = f"/households/H1/members/{number}"
    mine = open_form(commune, path, citizen_id=CITIZEN[:-1] + "9", ethnicity="Kinh")
    theirs = open_form(district, path, birth="1971")
    assert district.send(path, **theirs).status_code == 303
    assert commune.send(path, **mine).status_code == 409
    with here.session() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert json.loads(entry.changes)["citizen_id"] == ["•", "•"]
        assert json.loads(entry.changes)["birth"] == ["1971", "1970"]


def test_several_ticks_are_chosen_one_by_one(here: Site) -> None:
    commune, district = here.client("commune"), here.client("district")
    path = "/households/H1/class/2021-12-31"
    boxes = re.findall(r'name="deprivations"[^>]*value="([^"]+)"', commune.page(path))[:3]
    same = {"starts": "31/12/2021", "class_": "poor", "social_protection": "y", "reason": "r"}
    mine = {**fields(commune, path), **same, "deprivations": boxes[:2]}
    theirs = {**fields(district, path), **same, "deprivations": boxes[1:]}
    assert district.browser.post(path, data=theirs).status_code == 303
    page = commune.browser.post(path, data=mine)
    assert page.status_code == 409
    asked = chosen(page)
    assert sorted(asked["deprivations"]) == sorted(boxes[1:])
    asked["deprivations"] = boxes
    done = commune.browser.post(path, data=asked)
    assert done.status_code == 303, done.text
    with here.session() as session:
        (row,) = here.household(session, "H1").classifications
        assert {one.indicator_code for one in row.deprivations} == set(boxes)


ROWS = {
    "stay": ("commune", "/households/H1/stays/2021-01-01", {"village": "CT-BC", "reason": "r"}),
    "lead": ("commune", "/households/H1/leads/2022-02-01", {"in_charge": "Bà A", "reason": "r"}),
    "class": ("district", "/households/H1/class/2021-12-31", {"score_b2": "20", "reason": "r"}),
    "unit": ("admin", "/units/CL-1/end", {"last_day": "31/12/2030"}),
    "organisation": ("admin", "/organisations/HPN", {"name": "Hội khác"}),
}


@pytest.mark.parametrize("kind", ROWS)
def test_rows_that_count_no_versions_are_not_overwritten(here: Site, kind: str) -> None:
    name, path, change = ROWS[kind]
    one, other = here.client(name), here.client(name)
    stale = open_form(one, path)
    first = other.send(path, **open_form(other, path, **change))
    assert first.status_code == 303, first.text
    page = one.send(path, **stale)
    assert page.status_code == 409
    assert name in page.text
    assert "ghi lúc" in page.text
    again = one.browser.post(path, data=chosen(page))
    assert again.status_code in (303, 422), again.text  # 422: nothing is left to be changed
    assert one.send(path, **open_form(one, path)).status_code in (303, 422)


def test_a_form_that_is_fresh_is_no_conflict(here: Site) -> None:
    for name, path, change in ROWS.values():
        person = here.client(name)
        assert person.send(path, **open_form(person, path, **change)).status_code == 303, path
