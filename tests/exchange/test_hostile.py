"""A file made to hurt is refused in seconds, in little memory, with one sentence."""

import json
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casemgmt.audit.models import AuditEntry
from casemgmt.exchange.importing import import_workbook
from casemgmt.exchange.scanning import Limits
from tests.exchange import hostile
from tests.exchange.books import Formula, good, write

_SECONDS, _MEGABYTES = 10, 300
_IMPORT = """
import json, re, sys, time
from pathlib import Path
from sqlalchemy.orm import Session
from casemgmt.db import open_engine
from casemgmt.exchange.importing import import_workbook
with Session(open_engine(sys.argv[1])) as session:
    began = time.process_time()
    report = import_workbook(session, sys.argv[2]).as_json()
    took = time.process_time() - began
status = Path("/proc/self/status")  # not getrusage: it counts what the parent held at the fork
memory = int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]) / 1024 if status.exists() else 0
print(json.dumps({"report": report, "took": took, "memory": memory}))
"""


@pytest.mark.parametrize("name", hostile.FILES)
def test_it_is_refused(sqlite_url: str, tmp_path: Path, name: str) -> None:
    path = tmp_path / "hostile.xlsx"
    hostile.FILES[name](path)

    done = subprocess.run(
        [sys.executable, "-c", _IMPORT, sqlite_url, str(path)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["took"] <= _SECONDS  # of work: the machine may be busy with others
    assert told["memory"] <= _MEGABYTES
    report = told["report"]
    assert (report["ok"], report["applied"], report["sheets"]) == (False, False, {})
    assert len(report["errors"]) == 1
    error = report["errors"][0]
    assert [error[key] for key in ("sheet", "row", "column", "value")] == [None] * 4
    assert error["message"].endswith(".")


def test_a_file_that_is_not_there(session: Session, tmp_path: Path) -> None:
    report = import_workbook(session, tmp_path / "none.xlsx")
    assert [error.message for error in report.errors] == ["Không có tệp none.xlsx."]


def test_the_limits_are_settings(session: Session, tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", good())
    assert import_workbook(session, path, dry_run=True, limits=Limits(rows=12)).ok
    refused = import_workbook(session, path, dry_run=True, limits=Limits(rows=5))
    assert [error.row for error in refused.errors] == [None]


@pytest.mark.parametrize("column", ["Chủ hộ", "Ghi chú"])
def test_a_formula_in_a_column_of_the_workbook(
    session: Session, tmp_path: Path, column: str
) -> None:
    book = good()
    lying = Formula("=1+1")
    lying.value = 999
    book["Hộ"][1][column] = lying

    report = import_workbook(session, write(tmp_path / "a.xlsx", book))

    assert [(one.sheet, one.row, one.column, one.value) for one in report.errors] == [
        ("Hộ", 3, column, "=1+1")
    ]
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_an_error_cell_and_a_formula_without_a_value(session: Session, tmp_path: Path) -> None:
    book = good()
    wrong, empty = Formula("=1/0"), Formula("=A1")
    wrong.value, empty.value = "#DIV/0!", ""
    book["Cư trú"][2]["Từ ngày"] = wrong
    book["Hỗ trợ"].append({"Nội dung": empty})

    report = import_workbook(session, write(tmp_path / "a.xlsx", book))

    assert {(one.sheet, one.row, one.column, one.value) for one in report.errors} == {
        ("Cư trú", 4, "Từ ngày", "=1/0"),
        ("Hỗ trợ", 5, "Nội dung", "=A1"),
        *(("Hỗ trợ", 5, column, None) for column in ("Mã hoạt động", "Mã hộ", "Ngày", "Loại")),
    }


def test_what_stands_behind_the_rows_is_no_formula(session: Session, tmp_path: Path) -> None:
    """Drop-down lists and sparklines keep their formulas in extensions of the sheet."""
    path = write(tmp_path / "a.xlsx", good())
    extension = b"<extLst><ext><xm:f xmlns:xm='urn:x'>Lists!A1</xm:f></ext></extLst></worksheet>"
    with ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    with ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data.replace(b"</worksheet>", extension))
    assert import_workbook(session, path, dry_run=True).ok


def test_a_formula_beside_the_workbook_is_only_a_warning(session: Session, tmp_path: Path) -> None:
    book = good()
    book["Hộ"][1]["Tính thử"] = Formula("=1+1")
    report = import_workbook(session, write(tmp_path / "a.xlsx", book))
    assert report.applied
    assert [(one.sheet, one.column) for one in report.warnings] == [("Hộ", "Tính thử")]
