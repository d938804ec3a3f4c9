"""Preparing, signing, superseding; and that nobody changes what was signed. On both databases."""

import hashlib
import io
import json
from dataclasses import dataclass
from datetime import date

import pytest
from pypdf import PdfReader
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from casemgmt import clock, settings
from casemgmt.access.models import User
from casemgmt.access.policy import Role
from casemgmt.audit import guards, trail
from casemgmt.errors import RuleBroken
from casemgmt.households.classifying import classify
from casemgmt.households.moving import move_household
from casemgmt.places.models import Unit
from casemgmt.register.models import Class, Household
from casemgmt.signed import actions
from casemgmt.signed.content import Frozen
from casemgmt.signed.drift import News, drift
from casemgmt.signed.models import PreparedTable, SignedTable, Stage
from casemgmt.signed.watching import would_drift
from casemgmt.tables.figures import asked
from tests import make
from tests.browsing import PASSWORD, password_hashed

TODAY = date(2022, 10, 20)
DAY = date(2022, 9, 30)


@dataclass
class Office:
    """A commune with two poor households, and those who prepare and sign."""

    session: Session
    places: make.Places
    poor: Household
    near: Household
    preparer: User
    signer: User
    other_signer: User
    reviewer: User

    def prepared(self, unit: str = "19600", **more: object) -> PreparedTable:
        wanted = asked("bieu-2", as_of=DAY, unit=unit)
        return actions.prepare(
            self.session, self.preparer, wanted, stage=Stage.PRELIMINARY, number="15/BC", **more
        )

    def signed(self) -> SignedTable:
        return actions.sign(self.session, self.prepared(), self.signer, password=PASSWORD)


@pytest.fixture
def office(session: Session) -> Office:
    session.add(settings.Setting(key=settings.TODAY, value=TODAY.isoformat()))
    session.flush()
    places = make.places(session)
    poor = make.household(session, places.village, code="H1")
    near = make.household(session, places.other_village, head_name="An Văn Bình", code="H2")
    classify(session, poor, starts=date(2021, 12, 31), class_=Class.POOR)
    classify(session, near, starts=date(2021, 12, 31), class_=Class.NEAR_POOR)

    def user(name: str, unit: Unit, role: Role, *, signs: bool) -> User:
        one = User(
            name=name,
            role=role,
            unit=unit,
            signs=signs,
            password_hash=password_hashed(),
            created_at=clock.now(),
        )
        session.add(one)
        session.flush()
        return one

    return Office(
        session,
        places,
        poor,
        near,
        preparer=user("lap", places.commune, Role.COMMUNE, signs=True),
        signer=user("ky", places.commune, Role.COMMUNE, signs=True),
        other_signer=user("ky2", places.commune, Role.COMMUNE, signs=True),
        reviewer=user("huyen", places.district, Role.DISTRICT, signs=True),
    )


def test_signing_freezes_cells_households_hash_and_head(office: Office) -> None:
    prepared = office.prepared()
    before = trail.head(office.session.connection())
    signed = actions.sign(office.session, prepared, office.signer, password=PASSWORD)
    assert (signed.chain_entry, signed.chain_head) == before
    assert signed.hash == hashlib.sha256(signed.content.encode()).hexdigest()
    told = json.loads(signed.content)
    row = next(row for row in told["rows"] if row["unit"]["code"] == "CT-TT")
    assert row["cells"]["poor"] == 1
    assert row["households"]["poor"] == ["H1"]
    assert Frozen.read(signed.content).households("total", "poor") == {"H1"}
    assert all(value is None or isinstance(value, int) for value in row["cells"].values())
    [signature] = signed.signatures
    pages = PdfReader(io.BytesIO(signature.document)).pages
    words = "".join(page.extract_text() for page in pages).replace("\n", "").replace(" ", "")
    assert signed.hash in words
    assert signed.chain_head in words


def test_the_paper_comes_out_the_same_to_the_byte(office: Office) -> None:
    signed = office.signed()
    [signature] = signed.signatures
    again = actions.as_paper(signed, [(signature.signed_by, signature.signed_at)])
    assert again == signature.document


@pytest.mark.parametrize(
    ("who", "password", "sentence"),
    [
        ("preparer", PASSWORD, "không được ký bảng đó"),
        ("reviewer", PASSWORD, "không được ký bảng của đơn vị này"),
        ("signer", "sai mật khẩu", "Mật khẩu không đúng"),
    ],
)
def test_who_may_not_sign(office: Office, who: str, password: str, sentence: str) -> None:
    prepared = office.prepared()
    with pytest.raises(RuleBroken, match=sentence):
        actions.sign(office.session, prepared, getattr(office, who), password=password)


def test_an_account_that_does_not_sign_does_not(office: Office) -> None:
    office.signer.signs = False
    with pytest.raises(RuleBroken, match="không được ký"):
        office.signed()


def test_a_table_is_signed_once(office: Office) -> None:
    prepared = office.prepared()
    actions.sign(office.session, prepared, office.signer, password=PASSWORD)
    with pytest.raises(RuleBroken, match="đã được ký rồi"):
        actions.sign(office.session, prepared, office.other_signer, password=PASSWORD)


def test_records_that_change_before_signing_stop_it(office: Office) -> None:
    prepared = office.prepared()
    classify(office.session, office.near, starts=date(2022, 5, 1), class_=Class.POOR)
    with pytest.raises(RuleBroken, match="lập lại"):
        actions.sign(office.session, prepared, office.signer, password=PASSWORD)
    actions.withdraw(office.session, prepared, reason="số đã đổi")
    with pytest.raises(RuleBroken, match="đã được rút lại"):
        actions.sign(office.session, prepared, office.signer, password=PASSWORD)


def test_the_reviewing_level_signs_after_the_commune(office: Office) -> None:
    signed = office.signed()
    first = signed.signatures[0].document
    with pytest.raises(RuleBroken, match="cấp trên"):
        actions.countersign(office.session, signed, office.other_signer, password=PASSWORD)
    actions.countersign(office.session, signed, office.reviewer, password=PASSWORD)
    assert [one.signed_by for one in signed.signatures] == ["ky", "huyen"]
    assert signed.signatures[0].document == first
    with pytest.raises(RuleBroken, match="đã ký bảng này"):
        actions.countersign(office.session, signed, office.reviewer, password=PASSWORD)


def test_a_new_version_names_the_old_one_and_why(office: Office) -> None:
    old = office.signed()
    with pytest.raises(RuleBroken, match="ghi lý do"):
        office.prepared(supersedes=old)
    prepared = office.prepared(supersedes=old, why="sót một hộ")
    new = actions.sign(office.session, prepared, office.signer, password=PASSWORD)
    assert (new.version, new.supersedes_id, new.why) == (2, old.id, "sót một hộ")
    assert json.loads(new.content)["supersedes"] == old.hash
    with pytest.raises(RuleBroken, match="mới hơn"):
        office.prepared(supersedes=old, why="lần nữa")


def test_a_table_of_tomorrow_or_of_others_is_not_prepared(office: Office) -> None:
    tomorrow = asked("bieu-2", as_of=date(2022, 10, 21), unit="19600")
    with pytest.raises(RuleBroken, match="đã qua"):
        actions.prepare(office.session, office.preparer, tomorrow, stage=Stage.MONTHLY)
    with pytest.raises(RuleBroken, match="nằm ngoài"):
        office.prepared(unit="19597")


# --- Drift ---------------------------------------------------------------------------------------


def test_a_correction_and_late_news_are_told_apart(office: Office) -> None:
    signed = office.signed()
    assert drift(office.session, signed, today=TODAY) == []
    classify(
        office.session,
        office.near,
        starts=date(2022, 5, 1),
        class_=Class.POOR,
        reason="bỏ sót",
    )
    move_household(
        office.session, office.poor, village=office.places.quarter, on=date(2022, 10, 10)
    )
    entry, _head = trail.head(office.session.connection())
    moves = {
        (cell.row, move.code): (move.came, move.news, move.entry)
        for cell in drift(office.session, signed, today=TODAY)
        if cell.column == "poor"
        for move in cell.moves
    }
    came, news, by = moves["CT-BC", "H2"]
    assert (came, news, by and by.actor) == (True, News.CORRECTION, "test")
    came, news, by = moves["CT-TT", "H1"]
    assert (came, news) == (False, News.LATE)
    assert by is not None
    assert signed.chain_entry < by.id <= entry
    assert {("total", "H1"), ("total", "H2")} <= set(moves)


def test_a_correction_is_known_before_it_is_written(office: Office) -> None:
    signed = office.signed()
    office.session.commit()
    move_household(
        office.session, office.poor, village=office.places.quarter, on=date(2022, 10, 10)
    )
    assert would_drift(office.session) == []  # dated after the table
    office.session.rollback()
    classify(
        office.session, office.near, starts=date(2022, 5, 1), class_=Class.POOR, reason="bỏ sót"
    )
    found = {(one.row, one.column, one.code, one.came) for one in would_drift(office.session)}
    assert ("CT-BC", "poor", "H2", True) in found
    assert {one.signed.id for one in would_drift(office.session)} == {signed.id}


# --- Nobody changes it ---------------------------------------------------------------------------

ATTEMPTS = [
    "UPDATE signed_table SET hash = 'x'",
    "UPDATE signed_table SET content = '{}'",
    "DELETE FROM signed_table",
    "UPDATE signature SET signed_by = 'x'",
    "UPDATE signature SET document = 'x'",
    "DELETE FROM signature",
    "INSERT INTO signature SELECT signed_id, place, 'x', signed_at, document, document_hash"
    " FROM signature",
]
SQLITE = [
    "REPLACE INTO signature SELECT signed_id, place, 'x', signed_at, document, document_hash"
    " FROM signature",
    "INSERT OR REPLACE INTO signed_table SELECT * FROM signed_table",
    "UPDATE OR REPLACE signed_table SET prepared_id = prepared_id",
]
POSTGRESQL = [
    "TRUNCATE signed_table CASCADE",
    "INSERT INTO signature SELECT * FROM signature ON CONFLICT (signed_id, place)"
    " DO UPDATE SET signed_by = 'x'",
]


def test_raw_sql_cannot_change_a_signed_table(office: Office, engine: Engine) -> None:
    office.signed()
    office.session.commit()
    sqlite = engine.dialect.name == "sqlite"
    for statement in ATTEMPTS + (SQLITE if sqlite else POSTGRESQL):
        with engine.connect() as connection, pytest.raises(DatabaseError):
            connection.execute(text(statement))
    with engine.connect() as connection:
        assert guards.missing(connection) == set()
        assert {name for name in guards.inventory(connection) if name.startswith("sign")}
