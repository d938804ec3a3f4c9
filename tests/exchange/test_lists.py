"""Lists as communes keep them become exactly the expected rows, the faults named by place."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt.audit import trail
from casemgmt.db import open_engine
from casemgmt.exchange.converting import converted
from casemgmt.exchange.importing import load
from casemgmt.exchange.listing import (
    Column,
    Converted,
    Known,
    Listed,
    ListMapping,
    Lookup,
    Recognised,
    Sought,
    Target,
)
from casemgmt.exchange.reading import KEPT
from casemgmt.exchange.recognising import recognise
from casemgmt.exchange.report import Remark
from casemgmt.exchange.scanning import Limits, Unreadable
from casemgmt.exchange.sheets import WORKBOOK
from casemgmt.exchange.stored import exported
from casemgmt.exchange.titles import listed_in
from casemgmt.places.models import Area
from casemgmt.register.models import Class, Household, Relation, Standard
from casemgmt.vietnamese import fold
from tests.exchange import hostile
from tests.exchange.books import good, write
from tests.exchange.commune_books import COMMUNE, DAY, NAME, TWELVE, VILLAGES, Case, Page, written

STANDARD = Standard(code="S2022", cut_rural=140, cut_urban=175, least_b2=30)


def convert(
    recognised: Recognised,
    mapping: ListMapping | None = None,
    *,
    lookup: Lookup | None = None,
    taken: Sequence[str] = (),
) -> Converted:
    return converted(
        recognised,
        mapping or ListMapping.proposed(recognised),
        commune_code=COMMUNE,
        commune_name=NAME,
        day=DAY,
        standard=STANDARD,
        area=Area.RURAL,
        villages=VILLAGES,
        taken_codes=taken,
        lookup=lookup,
    )


def of(case: Case) -> Converted:
    return convert(recognise(written(case.pages), Limits()))


def said(value: object) -> object:
    return None if value is KEPT else value


def households(result: Converted) -> list[tuple[object, ...]]:
    classes = {row["Mã hộ"]: row["Phân loại"] for row in result.rows.get("Phân loại", [])}
    villages = {row["Mã hộ"]: row["Mã thôn"] for row in result.rows.get("Cư trú", [])}
    return [
        (row["Mã hộ"], row["Chủ hộ"], villages[row["Mã hộ"]], classes[row["Mã hộ"]])
        for row in result.rows.get("Hộ", [])
    ]


def members(result: Converted) -> list[tuple[object, ...]]:
    headers = ("Mã hộ", "Họ và tên", "Quan hệ với chủ hộ", "Ngày sinh", "Giới tính", "Số CCCD")
    return [
        tuple(said(row[header]) for header in headers) for row in result.rows.get("Thành viên", [])
    ]


def agree(remarks: Sequence[Remark], expected: Sequence[tuple]) -> None:
    """The same places in the same order, each sentence beginning as expected."""
    assert [one[:3] for one in expected] == [(one.sheet, one.row, one.column) for one in remarks]
    for remark, (*_, beginning) in zip(remarks, expected, strict=True):
        assert remark.message.startswith(beginning)


@pytest.mark.parametrize("name", TWELVE)
def test_a_list_becomes_the_expected_rows(name: str) -> None:
    case = TWELVE[name]
    result = of(case)
    agree(result.faults, case.faults)
    agree(result.warnings, case.warnings)
    assert households(result) == case.households
    assert members(result) == case.members
    assert [(one.row, one.what, one.printed, one.counted) for one in result.sums] == case.sums
    told = {row["Mã hộ"]: row for row in result.rows["Phân loại"]}
    for code, expected in case.told.items():
        assert {header: told[code][header] for header in expected} == expected


# --- Into the register, and again -----------------------------------------------------------------


@pytest.fixture
def register(sqlite_url: str) -> Iterator[Session]:
    """A register with the commune and its villages, and no household."""
    engine = open_engine(sqlite_url)
    with Session(engine) as session:
        trail.act_as(session, actor="test", act="test")
        villages = [
            {"Mã": code, "Tên": name, "Cấp": "thôn", "Mã cấp trên": COMMUNE}
            for code, name in VILLAGES.items()
        ]
        commune = {"Mã": COMMUNE, "Tên": NAME, "Cấp": "xã", "Khu vực": "nông thôn"}
        assert load(session, {"Đơn vị": [commune, *villages]}).applied
        session.commit()
        yield session
    engine.dispose()


def knows(session: Session) -> Lookup:
    """Finds a household by a CCCD, else by head, birth year and village."""
    stored = everything(session)
    villages = {row["household"]: row["village"] for row in stored["Cư trú"]}
    by_number = {row["citizen_id"]: row["household"] for row in stored["Thành viên"]}
    by_head = {
        (fold(row["name"]), row["birth"].year, villages[row["household"]]): row["household"]
        for row in stored["Thành viên"]
        if row["relation"] is Relation.HEAD
    }

    def lookup(sought: Sequence[Sought]) -> list[Known | None]:
        found = []
        for one in sought:
            code = next(filter(None, map(by_number.get, one.citizen_ids)), None)
            code = code or by_head.get((one.head_search, one.birth_year, one.village))
            found.append(Known(code, villages[code]) if code else None)
        return found

    return lookup


def again(session: Session, case: Case) -> Converted:
    """The list against the register as it is."""
    recognised = recognise(written(case.pages), Limits())
    taken = session.connection().scalars(select(Household.code)).all()
    return convert(recognised, lookup=knows(session), taken=taken)


def everything(session: Session) -> dict[str, list[dict[str, Any]]]:
    session.flush()
    return {sheet.name: list(exported(session.connection(), sheet)) for sheet in WORKBOOK}


@pytest.mark.parametrize("name", TWELVE)
def test_it_goes_in_once(register: Session, name: str) -> None:
    case = TWELVE[name]
    first = again(register, case)
    report = load(register, first.rows)
    assert report.errors == []
    assert report.applied
    assert first.known == 0
    stored = everything(register)
    assert sorted(row["code"] for row in stored["Hộ"]) == sorted(one[0] for one in case.households)
    assert len(stored["Thành viên"]) == len(case.members)

    second = again(register, case)
    report = load(register, second.rows)
    assert report.errors == []
    assert second.known == second.households == len(case.households)
    assert sum(tally.created + tally.updated for tally in report.sheets.values()) == 0
    assert everything(register) == stored


def list_of(*rows: list[Any], titles: Sequence[str]) -> bytes:
    return written([Page("DS", [["DANH SÁCH HỘ NGHÈO"], list(titles), *rows])])


MEMBERS = ("Hộ số", "Họ và tên", "Quan hệ", "Ngày sinh", "CCCD", "Thôn", "SĐT")


def test_a_second_list_changes_what_it_says_and_nothing_else(register: Session) -> None:
    first = recognise(
        list_of(
            [1, "Hồ Văn Mẫu", "Chủ hộ", "14/03/1962", "045062000123", "An Mẫu", "0912345678"],
            [None, "Hồ Thị Con", "Con", "03/2005"],
            titles=MEMBERS,
        ),
        Limits(),
    )
    assert load(register, convert(first).rows).applied
    before = everything(register)
    second = recognise(
        list_of(
            [7, "HỒ VĂN MẪU", "Chủ hộ", "1962", "045062000123", "Tân Mẫu", None],
            [None, "Hồ Thị Con", "Con", "03/2005"],
            [None, "Hồ Thị Út", "Con", "2021"],
            titles=MEMBERS,
        ),
        Limits(),
    )
    result = convert(second, lookup=knows(register), taken=["19600-0001"])
    report = load(register, result.rows)

    assert (result.known, report.errors) == (1, [])
    agree(result.warnings, [("DS", 3, "Thôn", "trong sổ hộ 19600-0001 đang ở Thôn An Mẫu")])
    after = everything(register)
    assert after["Cư trú"] == before["Cư trú"]
    assert [row["phone"] for row in after["Hộ"]] == ["0912345678"]  # a blank says nothing
    assert [row["name"] for row in after["Thành viên"]] == ["HỒ VĂN MẪU", "Hồ Thị Con", "Hồ Thị Út"]


def test_a_remark_of_the_importer_finds_its_place_in_the_list(register: Session) -> None:
    recognised = recognise(
        list_of(
            [1, "Hồ Văn Mẫu", "Chủ hộ", "1962", None, "An Mẫu", None, "Kinh", 100, 40],
            [None, "Hồ Thị Con", "Con", "2005", None, None, None, "Sao Hỏa"],
            [2, "Hồ Văn Hai", "Chủ hộ", "1963", None, "An Mẫu", None, "Kinh", 150, 0],
            titles=(*MEMBERS, "Dân tộc", "B1", "B2"),
        ),
        Limits(),
    )
    result = convert(recognised)
    report = load(register, result.rows, dry_run=True)
    placed = result.all_placed(report.warnings)
    assert sorted((one.sheet, one.row, one.column) for one in placed) == [
        ("DS", 4, "Dân tộc"),
        ("DS", 5, "Phân loại"),
    ]


def test_households_found_twice_are_not_doubled() -> None:
    rows = ([1, "Hồ Văn Mẫu", "Chủ hộ", "1962"], [2, "Hồ Thị Em", "Chủ hộ", "1970"])
    data = list_of(*([*row, None, "An Mẫu"] for row in rows), titles=MEMBERS)
    result = convert(
        recognise(data, Limits()), lookup=lambda sought: [Known("H9", "V1") for _ in sought]
    )
    agree(result.faults, [("DS", 4, "Họ và tên", "trong sổ, hộ này và hộ ở trang “DS”, dòng 3")])
    assert [row["Mã hộ"] for row in result.rows["Hộ"]] == ["H9"]
    assert "Cư trú" not in result.rows
    assert (result.households, result.known, result.held_back) == (1, 1, 1)


def test_a_household_of_the_register_that_lives_nowhere_moves_in() -> None:
    data = list_of([1, "Hồ Văn Mẫu", "Chủ hộ", "1962", None, "An Mẫu"], titles=MEMBERS)
    result = convert(
        recognise(data, Limits()), lookup=lambda sought: [Known("H9", None) for _ in sought]
    )
    (stay,) = result.rows["Cư trú"]
    assert stay == {"Mã hộ": "H9", "Mã thôn": "V1", "Từ ngày": DAY, "Lý do đến": "chuyển đến"}


def test_codes_that_are_taken_are_not_given_again() -> None:
    rows = ([number, f"Hồ Văn {number}", "Chủ hộ", "1962", None, "An Mẫu"] for number in (1, 2, 3))
    result = convert(
        recognise(list_of(*rows, titles=MEMBERS), Limits()), taken=["19600-0002", "19600-0017"]
    )
    codes = [row["Mã hộ"] for row in result.rows["Hộ"]]
    assert codes == ["19600-0001", "19600-0018", "19600-0003"]


# --- What is recognised, and how it may be changed ------------------------------------------------


def column(recognised: Recognised, title: str) -> Column:
    return next(one for sheet in recognised.sheets for one in sheet.columns if one.title == title)


@pytest.mark.parametrize("name", ["in_tcvn3", "in_vni"])
def test_an_old_encoding_is_shown_before_and_after(name: str) -> None:
    recognised = recognise(written(TWELVE[name].pages), Limits())
    encoding = name.removeprefix("in_")
    name_column = column(recognised, "Họ và tên thành viên")
    assert name_column.encoding == encoding
    before, after = name_column.samples[0]
    assert before != after == "Nguyễn Thị Bưởi"
    assert column(recognised, "Năm sinh").encoding == "nfc"


def test_decomposed_text_is_told() -> None:
    recognised = recognise(written(TWELVE["decomposed"].pages), Limits())
    assert column(recognised, "Họ, chữ đệm, tên").encoding == "nfd"


def test_what_is_seen_of_a_list() -> None:
    recognised = recognise(written(TWELVE["filled_down"].pages), Limits())
    (sheet,) = recognised.sheets
    assert (recognised.kind, sheet.header, sheet.first_row) == ("list", (7, 7), 8)
    assert (sheet.listed, sheet.village) == (Listed.POOR, None)
    assert sheet.decision == ("112/QĐ-UBND", "15/12/2021")
    assert sheet.above[0] == "UBND XÃ CAM MẪU"
    three = recognise(written(TWELVE["three_sheets"].pages), Limits())
    assert [one.listed for one in three.sheets] == [
        Listed.BOTH, Listed.ESCAPED_POOR, Listed.ESCAPED_NEAR_POOR,
    ]  # fmt: skip
    assert three.others == ("Tổng hợp",)
    seen = recognise(written(TWELVE["merged_down"].pages), Limits()).sheets[0]
    assert (seen.header, seen.village) == ((2, 4), "Thôn Tân Mẫu")


def test_what_titles_say() -> None:
    assert listed_in(["DANH SÁCH HỘ RÀ SOÁT THEO CHUẨN CẬN NGHÈO"]) is None
    assert listed_in(["Biểu tổng hợp", "Danh sách hộ thoát nghèo"]) is Listed.ESCAPED_POOR
    sheet = recognise(written(TWELVE["bands"].pages), Limits()).sheets[0]
    assert (sheet.header, sheet.first_row) == ((3, 4), 6)  # row 5 only numbers the columns


def test_a_village_merged_over_its_households_holds_for_each() -> None:
    page = Page("DS hộ nghèo", [
        ["Thôn", "Họ và tên", "Quan hệ"],
        ["An Mẫu", "Hồ Văn Một", "Chủ hộ"],
        [None, "Hồ Văn Hai", "Chủ hộ"],
        [None, "Hồ Văn Ba", "Chủ hộ"],
    ], merges=["A2:A3"])  # fmt: skip
    result = convert(recognise(written([page]), Limits()))
    assert [row["Mã thôn"] for row in result.rows["Cư trú"]] == ["V1"] * 3
    agree(result.warnings, [("DS hộ nghèo", 4, "Thôn", "để trống: đã lấy thôn của dòng trên")])


def test_the_title_block_of_the_next_page_is_no_row() -> None:
    again = [["Phòng Lao động huyện Mẫu"], ["DANH SÁCH HỘ NGHÈO"], list(MEMBERS)]
    data = list_of(
        [1, "Hồ Văn Một", "Chủ hộ", 1960, None, "An Mẫu"],
        *again,
        [2, "Hồ Văn Hai", "Chủ hộ", 1961, None, "An Mẫu"],
        ["chép thiếu"],
        [3, "Hồ Văn Ba", "Chủ hộ", 1962, None, "An Mẫu"],
        titles=MEMBERS,
    )
    result = convert(recognise(data, Limits()))
    assert [row["Chủ hộ"] for row in result.rows["Hộ"]] == ["Hồ Văn Một", "Hồ Văn Hai", "Hồ Văn Ba"]
    agree(result.warnings, [("DS", 8, None, "không hiểu dòng này: bỏ qua")])


def test_a_hidden_sheet_is_read_only_where_someone_says_so() -> None:
    recognised = recognise(written(TWELVE["hidden"].pages), Limits())
    mapping = ListMapping.proposed(recognised)
    assert [mapping.sheets[name].used for name in ("DS", "Nháp")] == [True, False]
    mapping.sheets["Nháp"].used = True
    mapping.sheets["Nháp"].class_ = Class.NEAR_POOR
    result = convert(recognised, mapping)
    assert [row["Chủ hộ"] for row in result.rows["Hộ"]][-1] == "Tạ Văn Nháp"
    assert result.rows["Phân loại"][-1]["Phân loại"] == "Hộ cận nghèo"
    assert ("Nháp", "trang này bị ẩn trong Excel: vẫn đọc") in [
        (one.sheet, one.message) for one in result.warnings
    ]
    assert result.hidden == 2


def test_a_choice_is_remembered_by_its_title() -> None:
    data = list_of([1, "Hồ Văn Mẫu", "Chủ hộ", "An Mẫu"], titles=("TT", "Họ tên", "Là gì", "Ở đâu"))
    recognised = recognise(data, Limits())
    mapping = ListMapping.proposed(recognised)
    assert convert(recognised, mapping).faults
    mapping.sheets["DS"].columns |= {2: Target.RELATION, 3: Target.VILLAGE, 0: None}
    assert convert(recognised, mapping).faults == []
    titles = json.loads(json.dumps(mapping.as_titles(recognised)))
    assert titles["o dau"] == "village"
    assert ListMapping.proposed(recognised, titles) == mapping


def test_a_register_workbook_is_one(tmp_path: Path) -> None:
    data = write(tmp_path / "a.xlsx", good()).read_bytes()
    assert recognise(data, Limits()) == Recognised("register")


def test_a_workbook_without_a_list_is_one_sentence() -> None:
    with pytest.raises(Unreadable, match="Không thấy danh sách nào"):
        recognise(written([Page("A", [["Xin chào"], [1, 2, 3]])]), Limits())


@pytest.mark.parametrize("name", hostile.FILES)
def test_a_file_made_to_hurt_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "hostile.xlsx"
    hostile.FILES[name](path)
    with pytest.raises(Unreadable, match=r"\.$"):
        recognise(path.read_bytes(), Limits())


def test_ten_thousand_people_in_seconds() -> None:
    rows = []
    for number in range(1, 2501):
        rows.append(
            [number, f"Hồ Văn {number}", "Chủ hộ", 1960, f"{45060000000 + number}", "An Mẫu"]
        )
        rows += [[None, f"Hồ Thị {number} {child}", "Con", 2000 + child] for child in (1, 2, 3)]
    began = process_time()
    result = convert(recognise(list_of(*rows, titles=MEMBERS), Limits()))
    assert process_time() - began < 20
    assert (result.households, len(result.rows["Thành viên"])) == (2500, 10_000)
    assert result.faults == []
