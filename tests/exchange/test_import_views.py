"""Import in the browser: sent, looked at, applied whole, taken back exactly."""

import os
import re
import threading
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from casemgmt import clock
from casemgmt.access.models import User
from casemgmt.access.policy import Role
from casemgmt.audit import trail
from casemgmt.audit.models import AuditEntry
from casemgmt.exchange.batch_models import ImportBatch, KnownLayout
from casemgmt.exchange.importing import import_workbook, load
from casemgmt.exchange.sheets import WORKBOOK
from casemgmt.exchange.stored import exported
from casemgmt.households.actions import edit_household
from casemgmt.households.models import JoinedRecord
from casemgmt.organisations.models import Organisation
from casemgmt.places.models import Unit
from casemgmt.register.invariants import derived, keyed
from casemgmt.sponsorship.models import Answer, SponsorRequest
from tests import browsing
from tests.browsing import Person, Site
from tests.exchange import commune_books, hostile
from tests.exchange.books import Sheets, write

SINCE = date(2021, 1, 1)


@pytest.fixture
def site(url: str) -> Iterator[Site]:
    with browsing.site(url) as site:
        yield site


def everything(site: Site) -> dict[str, list[dict[str, Any]]]:
    """All rows of the register as they would be exported."""
    with site.session() as session:
        return {
            sheet.name: [
                {key: value for key, value in row.items() if not key.startswith("_")}
                for row in exported(session.connection(), sheet)
            ]
            for sheet in WORKBOOK
        }


def file(folder: Path, sheets: Sheets) -> bytes:
    return write(folder / "tep.xlsx", sheets).read_bytes()


def mine() -> Sheets:
    """A new household, and changes to one of the commune's; each sheet has a row that is new or
    other than the register's."""
    return {
        "Hộ": [
            {"Mã hộ": "N1", "Chủ hộ": "Hồ Văn Mới", "Điện thoại": "0912000111"},
            {"Mã hộ": "H3", "Chủ hộ": "Hồ Thị Cúc", "Điện thoại": "0905000333"},
            {"Mã hộ": "H2", "Chủ hộ": "An Văn Bình"},
        ],
        "Cư trú": [{"Mã hộ": "N1", "Mã thôn": "CT-TT", "Từ ngày": SINCE}],
        "Thành viên": [
            {"Mã hộ": "N1", "Họ và tên": "Hồ Văn Mới", "Quan hệ với chủ hộ": "Chủ hộ",
             "Ngày sinh": 1970, "Số CCCD": "045070000789"},
            {"Mã hộ": "H1", "Họ và tên": "Đặng Thị Ước", "Quan hệ với chủ hộ": "Chủ hộ",
             "Ngày sinh": 1970, "Số CCCD": "045190000456"},
        ],
        "Phân loại": [
            {"Mã hộ": "N1", "Từ ngày": date(2021, 12, 31), "Phân loại": "Hộ nghèo",
             "Thiếu hụt": "water"},
            {"Mã hộ": "H1", "Từ ngày": date(2021, 12, 31), "Phân loại": "Hộ nghèo",
             "Thiếu hụt": "sanitation"},
        ],
        "Đỡ đầu": [
            {"Mã hộ": "N1", "Mã tổ chức": "HPN", "Vai trò": "Chính", "Từ ngày": date(2022, 1, 5)},
            {"Mã hộ": "H2", "Mã tổ chức": "HPN", "Vai trò": "Chính", "Từ ngày": date(2022, 1, 5)},
        ],
        "Hỗ trợ": [
            {"Mã hoạt động": "A1", "Mã hộ": "H1", "Ngày": date(2022, 3, 1),
             "Loại": "Bò giống sinh sản", "Giá trị (đồng)": 16_000_000},
            {"Mã hoạt động": "A2", "Mã hộ": "N1", "Ngày": date(2022, 3, 1), "Loại": "Quà Tết"},
        ],
        "Đăng ký thoát nghèo": [{"Năm": 2022, "Mã hộ": "H1"}],
    }  # fmt: skip


def send(person: Person, content: bytes, name: str = "xã tôi.xlsx") -> str:
    """Send a file; the address of its preview."""
    answer = person.post("/import", file=(BytesIO(content), name))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def seen(person: Person, address: str) -> str:
    found = re.search(r'name="seen"[^>]* value="(\w+)"', person.page(address))
    assert found
    return found[1]


def apply(person: Person, address: str) -> TestResponse:
    return person.send(f"{address}/apply", seen=seen(person, address))


def applied(person: Person, content: bytes) -> str:
    address = send(person, content)
    answer = apply(person, address)
    assert answer.status_code == 303, answer.text
    return address


def counts(page: str) -> list[int]:
    return [
        int(found.replace(".", ""))
        for found in re.findall(r"(?:thêm|sửa|giống|lỗi) <strong>([\d.]+)</strong>", page)
    ]


def told(page: str) -> str:
    """The text of a page in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


# --- The whole way ------------------------------------------------------------------------------


def test_a_file_is_looked_at_applied_and_taken_back(site: Site, tmp_path: Path) -> None:
    before, person = everything(site), site.client("commune")

    address = send(person, file(tmp_path, mine()))
    page = person.page(address)
    assert counts(page) == [8, 4, 1, 0]
    assert "0905000333" in person.page(f"{address}?show=changed")
    assert "045190000456" not in page
    assert "045*******56" in person.page(f"{address}?show=changed")
    assert "An Văn Bình" in person.page(f"{address}?show=same")
    assert everything(site) == before

    assert apply(person, address).status_code == 303
    after = everything(site)
    assert after != before
    assert [row["head_name"] for row in after["Hộ"] if row["code"] == "N1"] == ["Hồ Văn Mới"]
    with site.session() as session:
        batch = session.scalars(select(ImportBatch)).one()
        assert (batch.added, batch.changed, batch.unchanged) == (8, 4, 1)
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.id.between(batch.first_entry, batch.last_entry))
        ).all()
        assert {entry.act for entry in entries} == {"import_register"}
        assert {entry.actor for entry in entries} == {"commune"}

    answer = person.post(f"{address}/undo", reason="gửi nhầm tệp")
    assert answer.status_code == 303, answer.text
    assert everything(site) == before
    assert "gửi nhầm tệp" in person.page(address)
    with site.session() as session:
        assert not list(derived(session))
        assert not list(keyed(session.connection()))
        assert trail.verify(session.connection())[1] is None
    assert applied(person, file(tmp_path, mine()))
    assert everything(site) == after


def test_what_is_kept_of_a_file_is_sealed(site: Site, tmp_path: Path) -> None:
    person = site.client("commune")
    person.page(send(person, file(tmp_path, mine())))
    with site.session() as session:
        raw = session.connection().exec_driver_sql("SELECT content, reading FROM import_batch")
        for column in raw.one():
            assert bytes(column)
            assert bytes(column)[:2] != b"PK"
            assert "Hồ".encode() not in bytes(column)
            assert b"0912000111" not in bytes(column)


def test_the_same_file_again_has_nothing_to_apply(site: Site, tmp_path: Path) -> None:
    person = site.client("commune")
    applied(person, file(tmp_path, mine()))
    address = send(person, file(tmp_path, mine()))
    assert counts(person.page(address)) == [0, 0, 13, 0]
    answer = apply(person, address)
    assert answer.status_code == 422
    assert "không có gì để nhập" in answer.text


def test_a_file_is_applied_once(site: Site, tmp_path: Path) -> None:
    person = site.client("commune")
    address = send(person, file(tmp_path, mine()))
    print_ = seen(person, address)
    answers = []

    def click() -> None:
        other = site.client("commune")
        answers.append(other.send(f"{address}/apply", seen=print_).status_code)

    clicks = [threading.Thread(target=click) for _time in range(2)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert sorted(answers) == [303, 409]
    with site.session() as session:
        batch = session.scalars(select(ImportBatch)).one()
        written = session.scalar(
            select(func.count()).select_from(AuditEntry).where(AuditEntry.subject == "lead",
                                                               AuditEntry.id >= batch.first_entry)
        )  # fmt: skip
        assert written == 2


def test_the_same_file_twice_at_once_doubles_nothing(site: Site, tmp_path: Path) -> None:
    person = site.client("commune")
    content = file(tmp_path, mine())
    addresses = [send(person, content), send(person, content)]
    prints = [seen(person, address) for address in addresses]
    answers = []

    def click(address: str, print_: str) -> None:
        other = site.client("commune")
        answers.append(other.send(f"{address}/apply", seen=print_).status_code)

    clicks = [
        threading.Thread(target=click, args=pair) for pair in zip(addresses, prints, strict=True)
    ]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert sorted(answers) == [303, 422]
    assert len([row for row in everything(site)["Hộ"] if row["code"] == "N1"]) == 1


def test_what_was_previewed_is_what_is_applied(site: Site, tmp_path: Path) -> None:
    person = site.client("commune")
    address = send(person, file(tmp_path, mine()))
    print_ = seen(person, address)
    with site.session() as session:
        edit_household(session, site.household(session, "H3"), head_name="Hồ Thị Cúc",
                       phone="0999888777")  # fmt: skip
        session.commit()
    before = everything(site)
    answer = person.send(f"{address}/apply", seen=print_)
    assert answer.status_code == 422
    assert "Sổ đã thay đổi từ lúc xem trước" in answer.text
    assert "0999888777" in answer.text
    assert everything(site) == before
    assert apply(person, address).status_code == 303


# --- Undo ---------------------------------------------------------------------------------------


def test_a_batch_that_was_built_upon_stays(site: Site, tmp_path: Path) -> None:
    person = site.client("commune")
    address = applied(person, file(tmp_path, mine()))
    person.page("/households/N1")  # to look at it is not to build on it
    assert person.post("/households/N1/visits/add", on="19/10/2022", met="y",
                       situation="same").status_code in (303, 302)  # fmt: skip
    before = everything(site)
    answer = person.post(f"{address}/undo", reason="gửi nhầm")
    assert answer.status_code == 422
    assert "đã có người ghi tiếp về hộ N1 (commune," in told(answer.text)
    assert everything(site) == before


def test_a_later_batch_goes_first(site: Site, tmp_path: Path) -> None:
    person = site.client("commune")
    before = everything(site)
    first = applied(person, file(tmp_path, mine()))
    again = mine()
    again["Hộ"][1]["Điện thoại"] = "0905000444"
    second = applied(person, file(tmp_path, again))
    assert person.post(f"{first}/undo", reason="nhầm").status_code == 422
    assert person.post(f"{second}/undo", reason="nhầm").status_code == 303
    assert person.post(f"{first}/undo", reason="nhầm").status_code == 303
    assert everything(site) == before
    assert person.send(f"{first}/undo", reason="nhầm").status_code == 422


def test_a_closed_request_waits_again_after_undo(site: Site, tmp_path: Path) -> None:
    with site.session() as session:
        household = site.household(session, "H2")
        session.add(
            SponsorRequest(
                household=household,
                organisation_id=household_organisation(session),
                asked_on=date(2022, 10, 1),
                asked_by="hoi",
                answer=Answer.WAITING,
            )
        )
        session.commit()
    person = site.client("commune")
    address = applied(person, file(tmp_path, mine()))
    assert answers(site) == [Answer.STALE]
    assert person.post(f"{address}/undo", reason="nhầm").status_code == 303
    assert answers(site) == [Answer.WAITING]


def household_organisation(session: Session) -> int | None:
    return session.scalar(select(Organisation.id).where(Organisation.code == "HND"))


def answers(site: Site) -> list[Answer]:
    with site.session() as session:
        return list(session.connection().scalars(select(SponsorRequest.__table__.c.answer)))


# --- Bounds -------------------------------------------------------------------------------------


def faults(person: Person, content: bytes) -> str:
    page = person.page(send(person, content) + "?show=faulty")
    assert "Nhập cả tệp" not in page
    return told(page)


def test_what_is_foreign_is_refused_like_what_is_not_there(site: Site, tmp_path: Path) -> None:
    def rows(code: str) -> Sheets:
        return {
            "Thành viên": [{"Mã hộ": code, "Họ và tên": "Ai Đó", "Quan hệ với chủ hộ": "Con"}],
            "Phân loại": [
                {"Mã hộ": code, "Từ ngày": date(2022, 12, 31), "Phân loại": "Hộ nghèo"}
            ],
            "Đỡ đầu": [
                {"Mã hộ": code, "Mã tổ chức": "HPN", "Vai trò": "Chính", "Từ ngày": SINCE}
            ],
            "Hỗ trợ": [
                {"Mã hoạt động": "Z1", "Mã hộ": code, "Ngày": SINCE, "Loại": "Khác"}
            ],
            "Đăng ký thoát nghèo": [{"Năm": 2022, "Mã hộ": code}],
            "Cư trú": [{"Mã hộ": code, "Mã thôn": "CT-TT", "Từ ngày": date(2022, 5, 1)}],
        }  # fmt: skip

    before, person = everything(site), site.client("commune")
    foreign, missing = (faults(person, file(tmp_path, rows(code))) for code in ("F1", "XX"))
    cut = foreign.index("Đang ghi")
    assert foreign[cut:].replace("F1", "XX") == missing[missing.index("Đang ghi") :]
    assert foreign.count("không có hộ nào mang mã này") == 6
    assert "Trần Xa Lạ" not in foreign
    assert everything(site) == before


def test_a_foreign_code_and_a_foreign_action_cannot_be_taken(site: Site, tmp_path: Path) -> None:
    before, person = everything(site), site.client("commune")
    page = faults(
        person,
        file(
            tmp_path,
            {
                "Hộ": [{"Mã hộ": "F1", "Chủ hộ": "Trần Khác"}],
                "Hỗ trợ": [{"Mã hoạt động": "FA1", "Mã hộ": "H1", "Ngày": SINCE, "Loại": "Khác"}],
            },
        ),
    )
    assert page.count("mã này không dùng được cho đơn vị của bạn") == 2
    assert "Trần Xa Lạ" not in page
    assert everything(site) == before


def test_a_household_is_not_put_into_a_foreign_village(site: Site, tmp_path: Path) -> None:
    person = site.client("commune")
    book = mine()
    book["Cư trú"] = [
        {"Mã hộ": "N1", "Mã thôn": "CL-1", "Từ ngày": SINCE},
        {"Mã hộ": "H1", "Mã thôn": "CL-1", "Từ ngày": date(2022, 5, 1)},
    ]
    page = faults(person, file(tmp_path, book))
    assert page.count("cần mã một thôn, bản, khu phố của đơn vị bạn") == 2
    del book["Cư trú"]
    page = faults(person, file(tmp_path, book))
    assert "hộ mới cần một dòng Cư trú còn hiệu lực" in page


def test_units_and_organisations_are_not_imported_here(site: Site, tmp_path: Path) -> None:
    person = site.client("district")
    book = mine()
    book["Đơn vị"] = [{"Mã": "X9", "Tên": "Xã Chín", "Cấp": "xã", "Mã cấp trên": "465"}]
    book["Tổ chức"] = [{"Mã": "O9", "Tên": "Hội", "Loại": "Khác", "Mã đơn vị": "465"}]
    page = faults(person, file(tmp_path, book))
    assert page.count("trang này không nhập ở đây được") == 2


def test_a_class_is_changed_by_the_reviewing_level_alone(site: Site, tmp_path: Path) -> None:
    book: Sheets = {
        "Phân loại": [{"Mã hộ": "H1", "Từ ngày": date(2022, 9, 1), "Phân loại": "Hộ cận nghèo"}]
    }
    content = file(tmp_path, book)
    assert "đổi phân loại phải qua đợt rà soát" in faults(site.client("commune"), content)
    assert applied(site.client("district"), content)


def test_who_may_not_import(site: Site, tmp_path: Path) -> None:
    address = send(site.client("commune"), file(tmp_path, mine()))
    for name in ("hoi", "viewer", "admin"):
        person = site.client(name)
        assert person.get("/import").status_code == 403
        assert person.get(address).status_code == 403
    town = site.client("town")
    for path in ("", "/columns", "/faults.xlsx", "/undo"):
        assert town.get(address + path).status_code == 404
    assert town.send(f"{address}/apply", seen="x").status_code == 404
    assert town.send(f"{address}/drop").status_code == 404


# --- Faults, columns, joined records ------------------------------------------------------------


def test_a_file_with_faults_comes_back_with_them(site: Site, tmp_path: Path) -> None:
    before, person = everything(site), site.client("commune")
    book = mine()
    book["Thành viên"][0]["Ngày sinh"] = "31/02/1970"
    book["Hộ"][1]["Chủ hộ"] = None
    address = send(person, file(tmp_path, book))
    page = person.page(address)
    assert counts(page)[3] == 2
    assert "31/02/1970" in page
    answer = person.send(f"{address}/apply", seen="x")
    assert answer.status_code == 422
    assert everything(site) == before

    back = person.get(f"{address}/faults.xlsx")
    workbook = openpyxl.load_workbook(BytesIO(back.data))
    members, homes = workbook["Thành viên"], workbook["Hộ"]
    said = {cell.value: cell.column for cell in members[1]}
    assert "31/02/1970" in members.cell(2, said["Ngày sinh"]).value
    assert "Ngày sinh" in members.cell(2, said["Lỗi"]).value
    assert members.cell(2, said["Ngày sinh"]).fill.fgColor.rgb == "FFFFFF00"
    assert members.cell(2, said["Mã hộ"]).fill.fgColor.rgb != "FFFFFF00"
    assert members.cell(3, said["Lỗi"]).value is None
    assert members.cell(2, said["Số CCCD"]).value == "045070000789"
    assert homes.cell(3, 2).fill.fgColor.rgb == "FFFFFF00"

    members.cell(2, said["Ngày sinh"]).value = "1970"
    homes.cell(3, 2).value = "Hồ Thị Cúc"
    mended = BytesIO()
    workbook.save(mended)
    assert applied(person, mended.getvalue())
    assert everything(site) != before


def test_columns_are_said_and_remembered(site: Site, tmp_path: Path) -> None:
    person = site.client("commune")
    book = {"Danh sách": [{"Số hiệu": "H3", "Họ tên chủ": "Hồ Thị Cúc", "ĐT": "0905000333"}]}
    content = file(tmp_path, book)
    address = send(person, content)
    assert "Không trang nào của tệp là trang của sổ" in person.page(address)
    columns = f"{address}/columns"
    assert "Danh sách" in person.page(columns)
    answer = person.post(columns, **{"sheet-0": "Hộ"})
    assert answer.headers["Location"].endswith("/columns")
    twice = {"sheet-0": "Hộ", "column-0-0": "code", "column-0-1": "code"}
    assert "hai cột cùng là “Mã hộ”" in person.post(columns, **twice).text
    good = {"column-0-0": "code", "column-0-1": "head_name", "column-0-2": "phone"}
    assert person.post(columns, **{"sheet-0": "Hộ"}, **good).status_code == 303
    assert counts(person.page(address)) == [0, 1, 0, 0]
    assert applied(person, content)  # one of the same shape is read likewise
    with site.session() as session:
        assert session.scalar(select(func.count()).select_from(KnownLayout)) == 1
    assert "Không trang nào" in site.client("town").page(send(site.client("town"), content))


def test_rows_of_a_joined_record_change_nothing(site: Site, tmp_path: Path) -> None:
    with site.session() as session:
        session.add(
            JoinedRecord(
                household_id=site.household(session, "H3").id,
                into_id=site.household(session, "H2").id,
                joined_on=date(2022, 10, 1),
                reason="trùng",
            )
        )
        session.commit()
    before, person = everything(site), site.client("commune")
    book: Sheets = {"Hộ": [{"Mã hộ": "H3", "Chủ hộ": "Hồ Thị Cúc", "Điện thoại": "0905000333"}]}
    page = person.page(send(person, file(tmp_path, book)) + "?show=warnings")
    assert "hồ sơ này đã gộp vào hộ H2" in page
    assert counts(page) == [0, 0, 1, 0]
    with site.session() as session:
        report = import_workbook(session, tmp_path / "tep.xlsx")
        assert report.applied
        assert report.sheets["Hộ"].unchanged == 1
        assert len(report.warnings) == 1
        session.commit()
    assert everything(site) == before


def test_the_importer_closes_requests(site: Site) -> None:
    with site.session() as session:
        session.add(
            SponsorRequest(
                household=site.household(session, "H2"),
                organisation_id=household_organisation(session),
                asked_on=date(2022, 10, 1),
                asked_by="hoi",
                answer=Answer.WAITING,
            )
        )
        session.flush()
        assert load(session, {"Đỡ đầu": mine()["Đỡ đầu"][1:]}).applied
        session.commit()
    assert answers(site) == [Answer.STALE]


def test_the_template_is_filled_in_and_imported(site: Site, tmp_path: Path) -> None:
    person = site.client("commune")
    workbook = openpyxl.load_workbook(BytesIO(person.get("/import/template.xlsx").data))
    assert workbook["Danh mục"].sheet_state == "hidden"
    assert {"ds_thon", "ds_to_chuc", "ds_quan_he", "phien_ban_mau"} <= set(workbook.defined_names)
    listed = [one.formula1 for one in workbook["Cư trú"].data_validations.dataValidation]
    assert "ds_thon" in listed
    villages = [cell.value for cell in workbook["Danh mục"]["A"]]
    assert set(filter(None, villages)) == {"Mã thôn", "CT-BC", "CT-TT"}
    assert workbook["Hộ"]["A2"].value.startswith("Ví dụ: ")
    workbook["Hộ"].append(["N1", "Hồ Văn Mới"])
    workbook["Cư trú"].append(["N1", "CT-TT", "01/01/2022"])
    into = BytesIO()
    workbook.save(into)
    address = send(person, into.getvalue())
    page = person.page(address)
    assert counts(page) == [2, 0, 0, 0]
    assert "Danh mục" not in page
    assert apply(person, address).status_code == 303


def test_a_file_is_put_away(site: Site, tmp_path: Path) -> None:
    person = site.client("commune")
    address = send(person, file(tmp_path, mine()))
    person.page(address)
    assert person.send(f"{address}/drop").status_code == 303
    with site.session() as session:
        batch = session.scalars(select(ImportBatch)).one()
        assert (batch.content, batch.reading) == (None, None)
    assert "đã bỏ" in person.page(address)
    assert person.send(f"{address}/apply", seen="x").status_code in (409, 422)


# --- Signed tables ------------------------------------------------------------------------------


def sign(site: Site, day: str, *, by: str = "ky-xa") -> None:
    """Biểu 2 of the commune on a day, prepared by its officer and signed by another."""
    with site.session() as session:
        commune = session.scalars(select(Unit).where(Unit.code == "19600")).one()
        session.add(
            User(
                name=by,
                role=Role.COMMUNE,
                unit=commune,
                signs=True,
                password_hash=browsing.password_hashed(),
                created_at=clock.now(),
            )
        )
        session.commit()
    address = f"/signed/prepare/bieu-2?as_of={day}&unit=19600"
    prepared = site.client("commune").post(address, stage="preliminary").headers["Location"]
    assert site.client(by).post(prepared, password=browsing.PASSWORD).status_code == 303


def test_a_preview_names_the_signed_cells_that_would_drift(site: Site, tmp_path: Path) -> None:
    sign(site, "30/09/2022")
    before, person = everything(site), site.client("commune")
    address = send(person, file(tmp_path, mine()))
    page = told(person.page(address))
    assert "Nhập tệp này làm lệch 2 ô đã ký" in page
    for column in ("Hộ nghèo", "Hộ có khả năng thoát nghèo"):
        assert f"Số liệu ngày 30/09/2022 , Thôn Tân Hòa, {column}: vào N1." in page
    assert 'href="/signed/1"' in person.page(address)
    assert everything(site) == before  # it was only tried

    assert apply(person, address).status_code == 303
    drifted = told(person.page("/signed/1"))
    assert "Sửa lại quá khứ" in drifted
    assert "N1" in drifted

    sign(site, "01/10/2022", by="ky-hai")
    undo, fields = f"{address}/undo", {"reason": "nhầm"}
    answer = person.post(undo, **fields)
    assert answer.status_code == 409, told(answer.text)
    assert "N1" in told(answer.text)
    assert any(row["code"] == "N1" for row in everything(site)["Hộ"])
    assert person.post(undo, **fields, drift_seen="1").status_code == 303
    assert everything(site) == before


def test_what_is_dated_after_all_signed_tables_is_not_tried(site: Site, tmp_path: Path) -> None:
    sign(site, "30/11/2021")
    person = site.client("commune")
    book: Sheets = {
        "Đỡ đầu": [
            {"Mã hộ": "H2", "Mã tổ chức": "HPN", "Vai trò": "Chính", "Từ ngày": date(2022, 1, 5)}
        ]
    }
    page = person.page(send(person, file(tmp_path, book)))
    assert counts(page) == [1, 0, 0, 0]
    assert "làm lệch" not in page


# --- Lists as communes keep them ----------------------------------------------------------------


def a_list(*, born: object = 1965) -> bytes:
    """Two new households and one that the register has, under a title and with sums."""
    return commune_books.written(
        [
            commune_books.Page(
                "DS hộ nghèo",
                [
                    ["UBND XÃ CAM TUYỀN"],
                    ["DANH SÁCH HỘ NGHÈO NĂM 2022"],
                    None,
                    ["TT", "Họ và tên", "Quan hệ với chủ hộ", "Năm sinh", "Số CCCD", "Thôn"],
                    [1, "Hồ Văn Mới", "Chủ hộ", born, "045065000111", "Tân Hòa"],
                    [None, "Hồ Thị Bé", "Con", 2001, None, None],
                    [2, "Lê Thị Nữa", "Chủ hộ", 1980, "045180000222", "Bản Chùa"],
                    [3, "Đặng Thị Ước", "Chủ hộ", 1970, "045190000123", "Tân Hòa"],
                    ["Tổng cộng: 3 hộ", None, None, None, None, None],
                    None,
                    [None, None, None, None, "Người lập biểu"],
                ],
            )
        ]
    )


def test_a_commune_list_goes_in_and_comes_out(site: Site) -> None:
    before, person = everything(site), site.client("commune")
    address = send(person, a_list(), "ds ho ngheo.xlsx")
    page = person.page(address)
    assert "danh sách hộ" in page
    assert counts(page)[3] == 0, told(page)
    assert "Tệp in" in page
    columns = f"{address}/columns"
    chosen = {
        found[1]: found[2]
        for found in re.finditer(
            r'<select class="form-select" name="(column-[\d-]+)"[^>]*>.*?value="(\w*)" selected',
            person.page(columns),
            re.DOTALL,
        )
    }
    more = {"used-0": "y", "class-0": "poor", "day": "01/01/2022"}
    assert person.post(columns, **chosen, **more).status_code == 303
    assert apply(person, address).status_code == 303

    after = everything(site)
    new = {row["code"]: row["head_name"] for row in after["Hộ"]} | {}
    assert sorted(set(new.values()) - {row["head_name"] for row in before["Hộ"]}) == [
        "Hồ Văn Mới",
        "Lê Thị Nữa",
    ]
    codes = [code for code in new if code not in {row["code"] for row in before["Hộ"]}]
    stays = {row["household"]: row for row in after["Cư trú"] if row["household"] in codes}
    assert {row["village"] for row in stays.values()} == {"CT-TT", "CT-BC"}
    assert {row["starts"] for row in stays.values()} == {date(2022, 1, 1)}
    assert len(after["Thành viên"]) == len(before["Thành viên"]) + 3

    assert person.post(f"{address}/undo", reason="nhầm").status_code == 303
    assert everything(site) == before


def test_a_commune_list_comes_back_with_its_faults(site: Site) -> None:
    person = site.client("commune")
    address = send(person, a_list(born="31/02/1965"))
    page = person.page(address)
    assert counts(page)[3] == 1
    assert "Nhập cả tệp" not in page
    back = openpyxl.load_workbook(BytesIO(person.get(f"{address}/faults.xlsx").data))
    sheet = back["DS hộ nghèo"]
    assert sheet.cell(4, 7).value == "Lỗi"
    assert "31/02/1965" in str(sheet.cell(5, 4).value)
    assert sheet.cell(5, 7).value
    assert sheet.cell(5, 4).fill.fgColor.rgb == "FFFFFF00"


def test_a_list_of_another_commune_finds_nobody(site: Site) -> None:
    """What the list says of people of the first commune is no news to the second of them."""
    page = person_page(site)
    assert "H1" not in page


def person_page(site: Site) -> str:
    town = site.client("town")
    return told(town.page(send(town, a_list())))


# --- Hostile files ------------------------------------------------------------------------------


@pytest.fixture
def on_sqlite(sqlite_url: str) -> Iterator[Site]:
    with browsing.site(sqlite_url) as site:
        yield site


def _work() -> float:
    """Seconds of work of this process and of those that it started: the machine may be busy with
    others."""
    return sum(os.times()[:4])


@pytest.mark.parametrize("name", hostile.FILES)
def test_a_hostile_file_ends_in_one_sentence(on_sqlite: Site, tmp_path: Path, name: str) -> None:
    path = tmp_path / "hostile.xlsx"
    hostile.FILES[name](path)
    before, person, other = (
        everything(on_sqlite),
        on_sqlite.client("commune"),
        on_sqlite.client("town"),
    )
    began = _work()
    answer = person.post("/import", file=(BytesIO(path.read_bytes()), "tệp.xlsx"))
    answer.request.environ["wsgi.input"].close()  # the test client keeps a large body in a file
    if answer.status_code == 303:
        address = answer.headers["Location"]
        pages: list[str] = []
        asked = threading.Thread(target=lambda: pages.append(person.page(address)))
        asked.start()
        assert other.get("/households").status_code == 200
        asked.join()
        assert _work() - began < 10
        alert = re.search(r'role="alert">([^<]+)</div>', pages[0])
        assert alert, pages[0]
        assert alert[1].strip().endswith(".")
        assert alert[1] in person.page(address)  # said again, read no more
    else:
        assert answer.status_code == 422
        assert "Tệp rỗng" in answer.text
    assert everything(on_sqlite) == before
    with on_sqlite.session() as session:
        for batch in session.scalars(select(ImportBatch)):
            assert batch.content is None


def test_a_file_that_takes_too_long_is_ended(
    on_sqlite: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casemgmt.exchange.apart._SECONDS", 0.05)
    person = on_sqlite.client("commune")
    page = person.page(send(person, file(tmp_path, mine())))
    assert "mở ra quá lâu" in page


def test_a_file_beyond_ten_megabytes(on_sqlite: Site) -> None:
    person = on_sqlite.client("commune")
    answer = person.post("/import", file=(BytesIO(b"PK" + b"0" * 10 * 1024 * 1024), "to.xlsx"))
    answer.request.environ["wsgi.input"].close()
    assert answer.status_code == 422
    assert "lớn hơn 10 MB" in answer.text
