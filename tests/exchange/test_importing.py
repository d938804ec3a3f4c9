"""A good workbook goes in whole, a second time changes nothing, and comes out the same."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from casemgmt import schema
from casemgmt.audit import trail
from casemgmt.audit.models import AuditEntry
from casemgmt.db import open_engine
from casemgmt.exchange.exporting import export_workbook
from casemgmt.exchange.importing import import_workbook, load
from casemgmt.exchange.report import Report
from casemgmt.exchange.sheets import WORKBOOK
from casemgmt.exchange.stored import exported
from casemgmt.organisations.models import Kind
from casemgmt.register.invariants import derived, keyed, mapped
from casemgmt.register.lens import Lens
from casemgmt.register.models import Household, Lead, Member, Span, Stay
from casemgmt.support.models import SupportAction
from tests.exchange.books import Sheets, good, write

DAY = date(2022, 5, 1)
ALL = Lens.everyone(DAY)


def done(report: Report) -> Report:
    """The report of an import that must have gone well."""
    assert report.errors == []
    assert report.applied
    return report


def counts(report: Report) -> tuple[int, int, int]:
    tallies = report.sheets.values()
    return (
        sum(tally.created for tally in tallies),
        sum(tally.updated for tally in tallies),
        sum(tally.unchanged for tally in tallies),
    )


def everything(session: Session) -> dict[str, list[dict]]:
    """All rows of the register as they would be exported."""
    session.flush()
    return {
        sheet.name: [
            {key: value for key, value in row.items() if not key.startswith("_")}
            for row in exported(session.connection(), sheet)
        ]
        for sheet in WORKBOOK
    }


def test_a_good_workbook_goes_in_whole(session: Session, tmp_path: Path) -> None:
    report = done(import_workbook(session, write(tmp_path / "a.xlsx", good())))
    session.commit()

    assert report.warnings == []
    assert counts(report) == (sum(map(len, good().values())), 0, 0)
    household = session.scalars(ALL.scoped(select(Household)).where(Household.code == "H1")).one()
    assert (household.head_search, household.version) == ("ho van mau", 1)
    assert household.note == "Ở xa đường"
    assert [member.name for member in household.members] == ["Hồ Văn Mẫu", "Hồ Thị Con"]
    assert [stay.village.code for stay in household.stays] == ["V1", "V2"]
    kinds = session.execute(ALL.scoped(select(Lead.starts, Lead.organisation_id))).all()
    assert len(kinds) == 2
    assert not list(derived(session))
    assert not list(mapped(session))
    assert not list(keyed(session.connection()))


def test_the_same_file_again_changes_nothing(session: Session, tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", good())
    done(import_workbook(session, path))
    session.commit()
    before = trail.head(session.connection()), everything(session)

    report = done(import_workbook(session, path))
    session.commit()

    assert counts(report) == (0, 0, sum(map(len, good().values())))
    assert (trail.head(session.connection()), everything(session)) == before


def test_every_row_has_its_audit_entry_and_no_secret_is_in_one(
    session: Session, tmp_path: Path
) -> None:
    done(import_workbook(session, write(tmp_path / "a.xlsx", good())))
    session.commit()

    rows = sum(map(len, good().values()))
    units, deprivations = len(good()["Đơn vị"]), 2
    entries = list(session.scalars(select(AuditEntry)))
    assert len(entries) == rows + units + deprivations
    told = "".join(entry.changes for entry in entries)
    for secret in ("045062000123", "Ở xa đường", "đã nghe ý kiến thôn"):
        assert secret not in told
    assert trail.verify(session.connection()) == (len(entries), None)


def test_the_entries_are_those_that_a_flush_would_write(session: Session) -> None:
    done(load(session, good()))
    session.commit()
    bulk = session.scalars(
        select(AuditEntry).where(AuditEntry.subject == "member", AuditEntry.key == '{"id":1}')
    ).one()
    member = session.scalars(ALL.scoped(select(Member)).where(Member.id == 1)).one()
    names = {attribute.key for attribute in Member.__mapper__.column_attrs}
    copied = {name: getattr(member, name) for name in names - {"id", "version"}}

    other = Member(**copied)
    session.add(other)
    session.flush()

    flushed = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert flushed.changes == bulk.changes.replace('"id":[null,1]', f'"id":[null,{other.id}]')
    assert (flushed.household_id, flushed.what) == (bulk.household_id, bulk.what)


def test_a_dry_run_counts_and_writes_nothing(session: Session, tmp_path: Path) -> None:
    report = import_workbook(session, write(tmp_path / "a.xlsx", good()), dry_run=True)

    assert (report.ok, report.applied) == (True, False)
    assert counts(report)[0] == sum(map(len, good().values()))
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_out_and_in_and_out_gives_the_same_rows(session: Session, tmp_path: Path) -> None:
    done(load(session, good()))
    session.commit()
    export_workbook(session, tmp_path / "a.xlsx")
    engine = open_engine(f"sqlite:///{tmp_path / 'other.db'}")
    schema.upgrade(engine)
    with Session(engine) as other:
        assert done(import_workbook(other, tmp_path / "a.xlsx")).warnings == []
        other.commit()
        export_workbook(other, tmp_path / "b.xlsx")
        assert everything(other) == everything(session)
    engine.dispose()

    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert counts(done(import_workbook(session, tmp_path / "a.xlsx")))[:2] == (0, 0)


def test_a_missing_column_leaves_alone_and_a_blank_cell_clears(session: Session) -> None:
    done(load(session, good()))
    done(load(session, {"Hộ": [{"Mã hộ": "H1", "Chủ hộ": "Hồ Văn Mẫu", "Điện thoại": None}]}))
    session.commit()

    household = session.scalars(ALL.scoped(select(Household)).where(Household.code == "H1")).one()
    assert (household.phone, household.address, household.note) == (None, "Thôn 1", "Ở xa đường")
    assert household.version == 2


def test_a_blank_last_day_reopens(session: Session) -> None:
    done(load(session, good()))
    reopened = {"Mã hộ": "H3", "Mã thôn": "V1", "Từ ngày": "01/01/2015", "Đến ngày": ""}
    done(load(session, {"Cư trú": [{**reopened, "Lý do đi": ""}]}))

    stay = session.scalars(ALL.scoped(select(Stay)).where(Stay.last_day.is_not(None))).all()
    assert stay == []
    assert not list(derived(session))


@pytest.mark.parametrize("stored", [None, date(2021, 2, 28)])
@pytest.mark.parametrize("written", [None, date(2021, 2, 28)])
def test_a_blank_end_and_the_day_before_the_next_are_the_same(
    session: Session, stored: date | None, written: date | None
) -> None:
    book = good()
    book["Cư trú"][0]["Đến ngày"] = stored
    done(load(session, book))
    book["Cư trú"][0]["Đến ngày"] = written

    assert counts(done(load(session, book)))[:2] == (0, 0)


def test_a_later_row_of_another_file_ends_an_open_one(session: Session) -> None:
    done(load(session, good()))
    done(load(session, {"Cư trú": [{"Mã hộ": "H2", "Mã thôn": "V1", "Từ ngày": "1/6/2023"}]}))

    spans = session.execute(
        ALL.scoped(
            select(Span.starts, Span.ends)
            .join(Household, Household.id == Span.household_id)
            .where(Household.code == "H2")
            .order_by(Span.starts)
        )
    ).all()
    assert spans[-1][0] == spans[-2][1] == date(2023, 6, 1)


def test_a_departure_before_a_later_stay_gets_its_last_day(session: Session) -> None:
    book = good()
    book["Cư trú"][0]["Lý do đi"] = "chuyển đi"
    done(load(session, book))

    assert counts(done(load(session, book)))[:2] == (0, 0)


def test_a_new_kind_of_an_organisation_reaches_the_households_it_leads(session: Session) -> None:
    done(load(session, good()))
    book = good()["Tổ chức"]
    book[2]["Loại"] = "Cơ quan"
    assert counts(done(load(session, {"Tổ chức": book}))) == (0, 1, 2)

    kinds = set(session.scalars(ALL.scoped(select(Span.lead_kind))))
    assert Kind.OFFICE in kinds
    assert Kind.BUSINESS not in kinds
    assert not list(derived(session))


def test_deprivations_may_come_in_any_order_and_change(session: Session) -> None:
    done(load(session, good()))
    book = good()["Phân loại"][:1]
    book[0]["Thiếu hụt"] = "Sanitation,water"
    assert counts(done(load(session, {"Phân loại": book})))[:2] == (0, 0)
    book[0]["Thiếu hụt"] = "water, telecom"
    assert counts(done(load(session, {"Phân loại": book})))[:2] == (0, 1)

    rows = everything(session)["Phân loại"]
    assert rows[0]["deprivations"] == {"water", "telecom"}
    newest = list(session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(2)))
    assert {(entry.subject, entry.what.value) for entry in newest} == {
        ("deprivation", "added"),
        ("deprivation", "removed"),
    }


def test_a_merger_of_communes_moves_the_villages(session: Session) -> None:
    done(load(session, good()))
    merged = [
        {"Mã": "X3", "Tên": "Xã Mới", "Cấp": "xã", "Mã cấp trên": "T", "Từ ngày": "1/7/2025"},
        *(
            {"Mã": code, "Tên": f"Thôn {code}", "Cấp": "thôn", "Mã cấp trên": "X3",
             "Từ ngày": "1/7/2025"}
            for code in ("V1", "V2")
        ),
    ]  # fmt: skip
    assert counts(done(load(session, {"Đơn vị": merged}))) == (3, 0, 0)
    assert not list(mapped(session))
    assert [row["unit"] for row in everything(session)["Đơn vị"]][-1] == "X3"


def test_a_voided_action_is_not_exported_and_its_row_changes_nothing(session: Session) -> None:
    done(load(session, good()))
    action = session.scalars(ALL.scoped(select(SupportAction)).where(SupportAction.code == "A1"))
    voided = action.one()
    voided.voided_at, voided.void_reason = trail.clock.now(), "ghi nhầm"
    session.commit()
    book = good()["Hỗ trợ"][:1]
    book[0]["Giá trị (đồng)"] = 1

    report = done(load(session, {"Hỗ trợ": book}))

    assert counts(report) == (0, 0, 1)
    assert [warning.column for warning in report.warnings] == ["Mã hoạt động"]
    assert [row["code"] for row in everything(session)["Hỗ trợ"]] == ["A2", "A3"]


def test_a_member_is_found_by_cccd_then_by_name_and_birth(session: Session) -> None:
    done(load(session, good()))
    renamed = good()["Thành viên"][:1]
    renamed[0]["Họ và tên"] = "Hồ Văn Mẫu Hai"
    assert counts(done(load(session, {"Thành viên": renamed})))[:2] == (0, 1)
    numbered = good()["Thành viên"][1:2]
    numbered[0]["Số CCCD"] = "045305000999"
    assert counts(done(load(session, {"Thành viên": numbered})))[:2] == (0, 1)
    assert len(everything(session)["Thành viên"]) == 3
    assert not list(keyed(session.connection()))


def test_progress_is_told(engine: Engine) -> None:
    told: list[tuple[str, int, int]] = []
    with Session(engine) as session:
        done(load(session, good(), progress=lambda *step: told.append(step)))
    assert told[0] == ("Kiểm tra", 0, 1)
    assert ("Ghi vào sổ", sum(map(len, good().values())), sum(map(len, good().values()))) in told


def test_more_households_than_one_statement_takes(session: Session) -> None:
    done(load(session, good()))
    households: Sheets = {
        "Hộ": [{"Mã hộ": f"N{number}", "Chủ hộ": "Lê Văn Mới"} for number in range(1200)],
        "Cư trú": [
            {"Mã hộ": f"N{number}", "Mã thôn": "V1", "Từ ngày": "01/01/2020"}
            for number in range(1200)
        ],
    }
    assert counts(done(load(session, households)))[0] == 2400
    assert counts(done(load(session, households)))[:2] == (0, 0)
    assert not list(derived(session))
