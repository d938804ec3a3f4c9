"""Every workbook that the site and the command line give, opened in LibreOffice and read back: the
same figures, no formula, leading zeros kept, days as days, names as they are written."""

import csv
import io
import json
import re
import shutil
import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casemgmt import clock, demo, sealing
from casemgmt.access.models import User
from casemgmt.access.policy import Role
from casemgmt.app import create_app
from casemgmt.audit import trail
from casemgmt.db import open_engine
from casemgmt.exchange.exporting import export_workbook
from casemgmt.households.classifying import classify
from casemgmt.organisations.models import Organisation
from casemgmt.places.models import Tier, Unit
from casemgmt.places.queries import units_on
from casemgmt.register.models import Class
from casemgmt.signed import actions as signing
from casemgmt.signed.models import Stage
from casemgmt.sponsorship.actions import assign_lead
from casemgmt.tables.definitions import NAMES
from casemgmt.tables.figures import asked
from casemgmt.typed import show_date
from casemgmt.web.database import db
from tests import make
from tests.browsing import Person, password_hashed
from tests.exchange.books import write
from tests.whole.office import Cell, Sheet, opened, program

COMMUNE, DISTRICT, UNION = "xa-camtuyen", "huyen-camlo", "nongdan-camtuyen"
# By code: what a spreadsheet would take for something else. A phone begins with a zero.
CANARIES = {
    "007": "=1+1",
    "0123456789012": "＝cmd|'/C calc'!A0",
    "1E5": "@SUM(A1)",
    "-5": "+84905000111",
    "12-3": "−2+3",
    "TRUE": "Nguyễn Thị Thuỷ 'Ước'",
}
PHONE = "0905000999"
CITIZEN = "001190000007"
SINCE = date(2021, 12, 31)
_ATTEMPTS = 5
MOVEMENT = "from=31/12/2021&to={day}"


def _table(name: str, day: str) -> str:
    between = name.startswith("dien-bien")
    days = MOVEMENT.format(day=day) if between else f"as_of={day}"
    return f"/tables/{name}.xlsx?unit=CAM-LO&{days}"


LISTS = {  # by file: who asks, the address with {ending}
    "commune-list": (COMMUNE, "/households.{ending}?class=poor"),
    "union-list": (UNION, "/households.{ending}"),
    "behind-cell": (COMMUNE, "/tables/bieu-2/cells/CAM-TUYEN/poor.{ending}"),
    "behind-commune": (DISTRICT, "/communes/CAM-TUYEN/visited.{ending}"),
    "one-report": (UNION, "/organisation-report.{ending}"),
    "all-reports": (DISTRICT, "/organisation-report.{ending}"),
    "drift": (DISTRICT, "/signed/1/drift.{ending}"),
}
WITH_CANARIES = ("commune-list", "union-list", "behind-cell", "register")


class Given:
    """What the site gave: the workbooks, the lists as CSV, the tables as JSON; and the same
    workbooks as LibreOffice read them."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.csvs: dict[str, list[list[str]]] = {}
        self.tables: dict[str, dict] = {}
        self.read: dict[str, list[Sheet]] = {}

    def list_of(self, name: str) -> list[list[Cell]]:
        """The rows of a list below its headings."""
        rows = self.read[name][0].rows
        return rows[rows.index([]) + 2 :]


@pytest.fixture(scope="module")
def given(
    on_sqlite: tuple[str, list[demo.Account]],
    demo_home: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Given:
    """All workbooks of a copy of the demonstration with the canaries in it."""
    program()
    url, accounts = on_sqlite
    folder = tmp_path_factory.mktemp("spreadsheets")
    shutil.copyfile(url.removeprefix("sqlite:///"), folder / "demo.db")
    found = Given()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASEMGMT_HOME", str(demo_home))
        sealing.forget_keys()
        copy = f"sqlite:///{folder / 'demo.db'}"
        passwords = {account.name: account.password for account in accounts}
        _prepare(copy, passwords[DISTRICT], folder, found)
        app = create_app({"SQLALCHEMY_DATABASE_URI": copy})
        people = {name: Person(app.test_client()) for name in (COMMUNE, DISTRICT, UNION)}
        for name, person in people.items():
            assert person.post("/login", username=name, password=passwords[name]).status_code == 302
        _ask(people, folder, found)
        with app.app_context():
            db.engine.dispose()
    sealing.forget_keys()
    files = []
    for name, content in found.files.items():
        files.append(folder / f"{name}.xlsx")
        files[-1].write_bytes(content)
    found.read = opened(files, folder)
    return found


def _prepare(url: str, password: str, folder: Path, found: Given) -> None:
    """Sign a table, then record the canaries; export the register."""
    engine = open_engine(url)
    with Session(engine) as session:
        trail.act_as(session, actor="test", act="test")
        _sign(session, password)
        _canaries(session)
        session.commit()
        export_workbook(session, folder / "register-export.xlsx")
        found.files["register"] = (folder / "register-export.xlsx").read_bytes()
    engine.dispose()


def _sign(session: Session, password: str) -> None:
    district = session.scalars(select(User).where(User.name == DISTRICT)).one()
    other = User(
        name="huyen-hai",
        role=Role.DISTRICT,
        unit=district.unit,
        password_hash=password_hashed(),
        created_at=clock.now(),
    )
    session.add(other)
    session.flush()
    wanted = asked("bieu-2", as_of=SINCE, unit="CAM-LO")
    prepared = signing.prepare(session, other, wanted, stage=Stage.BASELINE)
    signing.sign(session, prepared, district, password=password)


def _canaries(session: Session) -> None:
    commune = session.scalars(select(Unit).where(Unit.code == "CAM-TUYEN")).one()
    standing = units_on(SINCE, tiers=[Tier.VILLAGE], within=commune.id)
    village = session.get_one(Unit, session.execute(standing).all()[0].id)
    union = session.scalars(select(Organisation).where(Organisation.code == "HND-CAM-TUYEN")).one()
    for code, name in CANARIES.items():
        home = make.household(
            session,
            village,
            head_name=name,
            code=code,
            phone=PHONE,
            citizen_id=CITIZEN if code == "007" else None,
        )
        classify(session, home, starts=SINCE, class_=Class.POOR)
        assign_lead(session, home, organisation=union, starts=SINCE)


def _ask(people: dict[str, Person], folder: Path, found: Given) -> None:
    commune, district = people[COMMUNE], people[DISTRICT]
    for name, (who, address) in LISTS.items():
        found.files[name] = _content(people[who], address.format(ending="xlsx"))
        text = _content(people[who], address.format(ending="csv")).decode()
        assert text.startswith("\ufeff")
        _heads, *rows, (taken,) = csv.reader(io.StringIO(text[1:], newline=""))
        assert re.match(rf"Số dòng: {len(rows)}; Người lập: {who}; Lúc: \d\d:\d\d ", taken), taken
        found.csvs[name] = rows
    for name in NAMES:
        address = _table(name, "15/02/2022")
        found.files[name] = _content(district, address)
        found.tables[name] = json.loads(_content(district, address.replace(".xlsx", ".json")))
    found.files["template"] = _content(commune, "/import/template.xlsx")
    rows = [{"Mã hộ": "0099", "Chủ hộ": "=2+2", "Điện thoại": "sai"}]
    sent = write(folder / "sent.xlsx", {"Hộ": rows}).read_bytes()
    found.files["returned"] = _returned(commune, sent)


def _returned(person: Person, sent: bytes) -> bytes:
    """The file with its faults. On a busy machine reading it may take longer than a site allows:
    it is sent again then, as somebody would."""
    for _attempt in range(_ATTEMPTS):
        answer = person.post("/import", file=(io.BytesIO(sent), "hộ.xlsx"))
        assert answer.status_code == 303, answer.text
        if "faults.xlsx" in person.page(answer.location):
            break
    return _content(person, f"{answer.location.partition('?')[0]}/faults.xlsx")


def _content(person: Person, path: str) -> bytes:
    answer = person.get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
    return answer.data


def cells(sheets: list[Sheet]) -> Iterator[Cell]:
    for sheet in sheets:
        for row in sheet.rows:
            yield from row


# --- All of them ---------------------------------------------------------------------------------


def test_no_workbook_holds_a_formula(given: Given) -> None:
    assert len(given.read) == len(LISTS) + len(NAMES) + 3
    assert {name: sheet.formulas for name, all_ in given.read.items() for sheet in all_ if
            sheet.formulas} == {}  # fmt: skip


def test_every_cell_is_what_another_reader_finds(given: Given) -> None:
    """openpyxl stands for Excel: text, number or day, and which."""
    for name, content in given.files.items():
        book = openpyxl.load_workbook(io.BytesIO(content))
        assert [sheet.name for sheet in given.read[name]] == book.sheetnames, name
        for sheet in given.read[name]:
            for number, row in enumerate(sheet.rows, 1):
                for place, value in enumerate(row, 1):
                    other = book[sheet.name].cell(number, place).value
                    assert value == _plain(other), (name, sheet.name, number, place)


def _plain(value: object) -> Cell:
    match value:
        case None | "":
            return None
        case bool():
            return str(value)
        case int() | float():
            return Decimal(repr(value))
        case str():
            return value
        case _:
            return value.date()  # type: ignore[attr-defined]


def test_every_text_is_nfc(given: Given) -> None:
    for name, sheets in given.read.items():
        for cell in cells(sheets):
            assert not isinstance(cell, str) or unicodedata.is_normalized("NFC", cell), (name, cell)


@pytest.mark.parametrize("name", WITH_CANARIES)
def test_codes_phones_and_names_are_kept_as_text(given: Given, name: str) -> None:
    found = {row[0]: row for row in given.read[name][0].rows if row and row[0] in CANARIES}
    if name == "register":
        (sheet,) = (one for one in given.read[name] if one.name == "Hộ")
        found = {row[0]: row for row in sheet.rows if row[0] in CANARIES}
    assert {code: row[1] for code, row in found.items()} == CANARIES
    if name != "behind-cell":  # it has no phones
        assert all(PHONE in row for row in found.values())


def test_an_identity_number_keeps_its_zeros(given: Given) -> None:
    assert CITIZEN in set(cells(given.read["register"]))


# --- Lists ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_the_same_in_both_forms(given: Given, name: str) -> None:
    rows = given.list_of(name)
    assert rows, name
    assert [[_as_csv(cell) for cell in row] for row in rows] == [
        _shortened([cell.removeprefix("'") for cell in row]) for row in given.csvs[name]
    ]


def _as_csv(cell: Cell) -> str:
    if isinstance(cell, date):
        return show_date(cell)
    return "" if cell is None else str(cell)


def _shortened(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row.pop()
    return row


def test_days_are_days_and_counts_are_numbers(given: Given) -> None:
    assert any(isinstance(row[-1], date) for row in given.list_of("behind-commune"))
    assert all(isinstance(row[-1], Decimal) for row in given.list_of("all-reports"))


@pytest.mark.parametrize("name", [*LISTS, *NAMES])
def test_a_sheet_says_what_it_is(given: Given, name: str) -> None:
    (notes,) = (sheet for sheet in given.read[name] if sheet.name == "Ghi chú")
    told = {str(row[0]): str(row[1]) for row in notes.rows}
    who = LISTS[name][0] if name in LISTS else DISTRICT
    assert told["Người lập"] == who
    assert told["Nguồn"] == "Sổ hộ trong casemgmt"
    assert {"Lúc", "Mở lại", "Ngày"} <= set(told)
    rows = len(given.csvs[name]) if name in LISTS else len(given.tables[name]["rows"])
    assert told["Số dòng"] == f"{rows:,}".replace(",", ".")
    if name == "commune-list":
        assert told["Lọc"] == "phân loại: Hộ nghèo"


# --- Tables --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_table_has_the_figures_of_the_site(given: Given, name: str) -> None:
    table = given.tables[name]
    keys = [column["key"] for column in table["columns"]]
    units = [row["cells"] for row in table["rows"]]
    expected = [[_exact(one[key]) for key in keys] for one in [*units, table["total"]]]
    sheet = given.read[name][0]
    body = sheet.rows[-len(expected) :]
    assert body[-1][0] == "Tổng"
    assert [_padded(row[1:], len(keys)) for row in body] == expected


def _exact(value: object) -> Cell:
    return None if value is None else Decimal(str(value))


def _padded(row: list[Cell], width: int) -> list[Cell]:
    return row + [None] * (width - len(row))


# --- How they look -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*LISTS, *NAMES])
def test_it_is_set_up_for_paper(given: Given, name: str) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(given.files[name])).worksheets[0]
    assert sheet.page_setup.paperSize in ("8", "9", 8, 9)
    assert sheet.page_setup.fitToHeight in (0, "0")
    assert sheet.freeze_panes
    assert sheet.print_title_rows
    assert {cell.font.name for row in sheet.iter_rows() for cell in row if cell.value} == {
        "Times New Roman"
    }
    head = sheet.cell(int(sheet.print_title_rows.split(":")[0].strip("$")), 1)
    assert head.font.bold
    assert head.border.left.style
