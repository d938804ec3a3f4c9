"""The poverty standards: added and corrected by the admin, never so that two meet."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from casemgmt.audit.models import AuditEntry
from casemgmt.register.models import Standard
from tests.browsing import Site, site

NEW = {
    "code": "S2031",
    "name": "Chuẩn nghèo 2031–2035",
    "document": "Nghị định sau",
    "starts": "01/01/2031",
    "last_day": "31/12/2035",
    "line_rural": "3.000.000",
    "line_urban": "4000000",
    "least_b2": "30",
    "reason": "Chính phủ ban hành",
    **dict.fromkeys(
        [
            f"indicator_{code}"
            for code in (
                "dependants",
                "nutrition",
                "health_insurance",
                "adult_education",
                "child_schooling",
                "housing_quality",
                "housing_area",
                "sanitation",
                "waste",
                "telecom",
            )
        ],
        "",
    ),
    "indicator_water": "Nước sạch",
}


@pytest.fixture
def register(url: str) -> Iterator[Site]:
    """A small register on each kind of database."""
    with site(url) as opened:
        yield opened


def _edit(**other: str) -> dict[str, str]:
    """What the form of S2022 sends."""
    return {
        "name": "Chuẩn nghèo 2022–2026",
        "document": "Nghị định 07/2021/NĐ-CP",
        "last_day": "31/12/2026",
        "line_rural": "1.500.000",
        "line_urban": "2.000.000",
        "cut_rural": "140",
        "cut_urban": "175",
        "least_b2": "30",
        "reason": "sửa chữ",
        "indicator_water": "Nguồn nước",
        **other,
    }


def test_a_later_standard_has_the_indicators_of_the_one_before(register: Site) -> None:
    admin = register.client("admin")
    assert 'value="Xử lý rác thải sinh hoạt"' in admin.page("/standards/add")
    assert admin.post("/standards/add", **NEW).status_code == 303
    assert "Chuẩn nghèo 2031–2035" in admin.page("/standards")
    with register.session() as session:
        standard = session.get_one(Standard, "S2031")
        assert (standard.starts, standard.line_rural, standard.cut_rural) == (
            date(2031, 1, 1), 3_000_000, None,
        )  # fmt: skip
        assert [(one.code, one.name) for one in standard.indicators] == [
            ("employment", "Việc làm"),
            ("water", "Nước sạch"),
        ]
    assert "Nước sạch" in register.client("commune").post(
        "/households/H2/class", starts="01/06/2031", propose="1"
    ).text  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("starts", "31/12/2030"),
        ("starts", "01/01/2020"),
        ("last_day", "31/12/2030"),
        ("code", "S2022"),
        ("code", "S 2031!?"),
        ("least_b2", "25"),
        ("line_rural", "-1"),
        ("reason", ""),
        ("name", ""),
    ],
)
def test_a_later_standard_that_does_not_fit_is_refused(
    register: Site, field: str, value: str
) -> None:
    answer = register.client("admin").post("/standards/add", **{**NEW, field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    with register.session() as session:
        assert len(session.scalars(select(Standard)).all()) == 3


def test_a_correction_is_written_down_with_its_reason(register: Site) -> None:
    admin = register.client("admin")
    before = register.client("commune").post(
        "/households/H2/class", starts="01/06/2022", propose="1"
    )
    assert "Nguồn nước sinh hoạt" in before.text
    answer = admin.post("/standards/S2022", **_edit(cut_rural="150", reason="theo TT mới"))
    assert answer.status_code == 303, answer.text
    page = admin.page("/standards")
    assert "150 / 175" in page
    with register.session() as session:
        standard = session.get_one(Standard, "S2022")
        assert standard.starts == date(2022, 1, 1)
        assert len(standard.indicators) == 12
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.subject.in_(["standard", "indicator"]))
        ).all()
        assert {entry.subject for entry in entries} == {"standard", "indicator"}
        assert all("theo TT mới" in entry.changes for entry in entries)


def test_standards_never_meet_and_cover_what_follows_them(register: Site) -> None:
    admin = register.client("admin")
    assert admin.post("/standards/S2022", **_edit(last_day="01/01/2027")).status_code == 422
    assert admin.post("/standards/S2022", **_edit(last_day="31/12/2021")).status_code == 422
    assert admin.post("/standards/S2016", **_edit(last_day="30/12/2021")).status_code == 422
    shorter = admin.post("/standards/S2022", **_edit(last_day="31/12/2025"))
    assert shorter.status_code == 303
    with register.session() as session:
        kept = register.household(session, "H1").classifications[0]
        assert (kept.starts, kept.standard_code) == (date(2021, 12, 31), "S2016")


def test_a_stale_save_shows_both_versions(register: Site) -> None:
    admin = register.client("admin")
    shown = admin.page("/standards/S2022")
    stale = re.search(r'name="version"[^>]*value="([^"]*)"', shown)
    assert stale is not None
    assert admin.post("/standards/S2022", **_edit(cut_rural="150")).status_code == 303
    mine = admin.send("/standards/S2022", **_edit(cut_rural="160", version=stale[1]))
    assert mine.status_code == 409
    for version in ("150", "160"):
        assert version in mine.text
    assert "150 / 175" in admin.page("/standards")


def test_an_indicator_keeps_a_name(register: Site) -> None:
    answer = register.client("admin").post("/standards/S2022", **_edit(indicator_water=""))
    assert answer.status_code == 422
    assert 'id="indicator_water-error"' in answer.text


def test_standards_are_the_admins(register: Site) -> None:
    for name in ("commune", "district", "hoi", "viewer"):
        for path in ("/standards", "/standards/add", "/standards/S2022"):
            assert register.client(name).get(path).status_code == 403
    assert register.client("admin").get("/standards/none").status_code == 404
