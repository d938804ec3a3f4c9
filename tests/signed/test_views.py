"""The pages of signed tables, by real requests."""

import json
import re
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from casemgmt import clock
from casemgmt.access import throttle
from casemgmt.access.models import User
from casemgmt.access.policy import Role
from casemgmt.households.classifying import classify
from casemgmt.places.models import Unit
from casemgmt.register.models import Class
from casemgmt.signed.models import SignedTable
from tests.browsing import PASSWORD, Person, Site, hidden, password_hashed, site

PREPARE = "/signed/prepare/bieu-2?as_of=30/09/2022&unit=19600"


@pytest.fixture
def office(url: str) -> Iterator[Site]:
    with site(url) as found:
        add_signers(found)
        yield found
        found.close()


def add_signers(office: Site) -> None:
    """One who may sign for the commune, one for the district."""
    with office.session() as session:
        for name, unit, role in (
            ("ky-xa", "19600", Role.COMMUNE),
            ("ky-huyen", "465", Role.DISTRICT),
        ):
            at = session.scalar(select(Unit).where(Unit.code == unit))
            session.add(
                User(
                    name=name,
                    role=role,
                    unit=at,
                    signs=True,
                    password_hash=password_hashed(),
                    created_at=clock.now(),
                )
            )
        session.commit()


def signed_by(office: Site) -> tuple[Person, Person]:
    """Prepared by the commune's officer, signed by its signer."""
    preparer, signer = office.client("commune"), office.client("ky-xa")
    answer = preparer.post(PREPARE, stage="preliminary", number="15/BC-UBND")
    assert answer.status_code == 303, answer.text
    prepared = answer.headers["Location"]
    answer = signer.post(prepared, password=PASSWORD)
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"] == "/signed/1"
    return preparer, signer


def test_a_table_is_prepared_signed_and_countersigned(office: Site) -> None:
    preparer, signer = signed_by(office)
    page = preparer.page("/signed/1")
    assert "Ký bởi ky-xa" in page
    assert "Không có ô nào khác" in page
    reviewer = office.client("ky-huyen")
    assert "Ký cấp trên" in reviewer.page("/signed/1")
    answer = _send(reviewer, "/signed/1", "/signed/1/countersign", password=PASSWORD)
    assert answer == 303
    assert "Ký bởi ky-huyen" in signer.page("/signed/1")
    first = signer.get("/signed/1.pdf?place=1").data
    assert first.startswith(b"%PDF")
    assert signer.get("/signed/1.pdf?place=1").data == first != signer.get("/signed/1.pdf").data
    assert "/signed/1" in preparer.page("/signed")


def _send(person: Person, shown: str, path: str, **fields: object) -> int:
    page = person.page(shown)
    hidden = dict(
        re.findall(r'<input type="hidden" name="(once|csrf_token)" value="([^"]*)"', page)
    )
    return person.send(path, **{**hidden, **fields}).status_code


def test_the_preparer_cannot_sign_and_can_withdraw(office: Site) -> None:
    preparer = office.client("ky-xa")
    at = preparer.post(PREPARE, stage="monthly").headers["Location"]
    answer = preparer.post(at, password=PASSWORD)
    assert answer.status_code == 422
    assert "một người khác sẽ ký" in answer.text
    assert _send(preparer, at, f"{at}/withdraw", reason="lập nhầm") == 303
    assert preparer.get(at).status_code == 404


def test_a_wrong_password_signs_nothing(office: Site) -> None:
    at = office.client("commune").post(PREPARE, stage="monthly").headers["Location"]
    answer = office.client("ky-xa").post(at, password="sai rồi sai rồi")
    assert answer.status_code == 422
    with office.session() as session:
        assert session.scalar(select(SignedTable)) is None


@pytest.mark.parametrize(("name", "status"), [("hoi", 403), ("viewer", 403), ("admin", 403)])
def test_who_does_not_prepare(office: Site, name: str, status: int) -> None:
    assert office.client(name).get(PREPARE).status_code == status


def test_another_commune_does_not_sign_ours(office: Site) -> None:
    at = office.client("commune").post(PREPARE, stage="monthly").headers["Location"]
    answer = office.client("town").post(at, password=PASSWORD)
    assert answer.status_code == 422


def test_who_lost_social_protection_is_not_told_to_an_organisation(office: Site) -> None:
    signed_by(office)
    with office.session() as session:
        household = office.household(session, "H1")
        told = {"class_": Class.POOR, "reason": "hết diện bảo trợ"}
        classify(session, household, starts=date(2022, 5, 1), **told)
        session.commit()
    for path in ("/signed/1", "/signed/1/drift.csv"):
        assert "H1" in office.client("commune").page(path)
        assert "H1" not in office.client("hoi").page(path), path
    assert "và 1 hộ ngoài phạm vi" in office.client("hoi").page("/signed/1")


def test_a_correction_of_the_past_is_warned_of_and_written_when_sent_again(office: Site) -> None:
    signed_by(office)
    district = office.client("district")
    path = "/households/H2/class"
    fields = {
        "class_": "poor",
        "starts": "01/05/2022",
        "reason": "bỏ sót khi rà soát",
    }
    answer = district.post(path, **fields)
    assert answer.status_code == 409, answer.text
    assert "làm lệch bảng đã ký" in answer.text
    assert "H2" in answer.text
    with office.session() as session:
        before = [row.starts for row in office.household(session, "H2").classifications]
    assert before == [date(2021, 12, 31)]
    kept = {
        name: value
        for name, value in re.findall(
            r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.text
        )
    }
    assert kept["drift_seen"] == "1"
    answer = district.send(path, **kept)
    assert answer.status_code == 303, answer.text
    page = office.client("commune").page("/signed/1")
    assert "Sửa lại quá khứ" in page
    assert ">H2</a>" in page
    assert "district" in page
    assert ">H2</a>" not in office.client("town").page("/signed/1")
    drift = office.client("commune").get("/signed/1/drift.csv")
    assert "H2" in drift.text


def test_a_superseding_version_is_prepared_from_the_old_one(office: Site) -> None:
    preparer, signer = signed_by(office)
    answer = preparer.post(f"{PREPARE}&supersedes=1", stage="official", why="sót một hộ")
    assert answer.status_code == 303, answer.text
    assert signer.post(answer.headers["Location"], password=PASSWORD).status_code == 303
    assert "bản 2" in preparer.page("/signed/1")
    assert "sót một hộ" in preparer.page("/signed/2")
    with office.session() as session:
        one = session.get_one(SignedTable, 2)
        assert json.loads(one.content)["stage"] == "official"


def test_a_registration_of_a_signed_year_is_warned_of(office: Site) -> None:
    prepare = "/signed/prepare/thoat-ngheo?as_of=30/09/2022&unit=19600&year=2022"
    prepared = office.client("commune").post(prepare, stage="monthly").headers["Location"]
    assert office.client("ky-xa").post(prepared, password=PASSWORD).status_code == 303
    commune, add = office.client("commune"), "/registered-exits/add?code=H1"
    fields = {**commune.hidden(add), "code": "H1", "year": "2022"}
    answer = commune.send(add, **fields)
    assert answer.status_code == 409, answer.text
    assert "Hộ đăng ký thoát nghèo" in answer.text
    assert commune.send(add, **fields, drift_seen="1").status_code == 303


def test_a_superseded_version_takes_no_second_signature(office: Site) -> None:
    preparer, signer = signed_by(office)
    reviewer = office.client("ky-huyen")
    shown = reviewer.page("/signed/1")
    answer = preparer.post(f"{PREPARE}&supersedes=1", stage="official", why="sót một hộ")
    assert signer.post(answer.headers["Location"], password=PASSWORD).status_code == 303
    fields = {**hidden(shown), "password": PASSWORD}
    answer = reviewer.send("/signed/1/countersign", **fields)
    assert answer.status_code == 422
    assert "bản mới hơn" in answer.text
    assert "Ký cấp trên" not in reviewer.page("/signed/1")
    assert "Ký cấp trên" in reviewer.page("/signed/2")


@pytest.mark.parametrize("name", ["viewer", "admin"])
def test_small_counts_of_villages_stay_hidden_where_they_are_signed(
    office: Site, name: str
) -> None:
    signed_by(office)
    outsider = office.client(name)
    page = outsider.page("/signed/1")
    assert "&lt;5" in outsider.get("/signed/1").text
    assert "Thay đổi từ khi ký" not in page
    assert outsider.get("/signed/1.pdf").status_code == 403
    assert office.client("district").get("/signed/1.pdf").status_code == 200


def test_a_wrong_password_of_the_reviewing_level_is_told_at_the_field(office: Site) -> None:
    signed_by(office)
    answer = office.client("ky-huyen").post("/signed/1/countersign", password="sai rồi sai rồi")
    assert answer.status_code == 422
    assert "Mật khẩu không đúng." in answer.text


def test_the_password_of_a_signature_cannot_be_guessed(office: Site) -> None:
    signed_by(office)
    above = office.client("ky-huyen")
    for number in range(throttle.MOST_FOR_ACCOUNT):
        above.post("/signed/1/countersign", password=f"đoán lần {number}")
    answer = above.post("/signed/1/countersign", password=PASSWORD)
    assert answer.status_code == 422
    assert "Hãy đợi" in answer.text
    with office.session() as session:
        assert len(session.get_one(SignedTable, 1).signatures) == 1
