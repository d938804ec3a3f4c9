"""The commands as real processes: what they print, their exit status, and what they load."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from casemgmt import revision

HEAVY = ("flask", "sqlalchemy", "alembic", "reportlab", "openpyxl", "xlsxwriter", "cryptography")


def run(*args: str, url: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """One command on one database."""
    return subprocess.run(
        [sys.executable, "-m", "casemgmt", *args],
        env={**os.environ, "DATABASE_URL": url, "PYTHONUTF8": "1"},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_arguments_it_shows_what_it_can_do_in_both_languages(sqlite_url: str) -> None:
    shown = run(url=sqlite_url)
    assert shown.returncode == 0
    for words in ("Nhập sổ bộ", "Import a register workbook", "reconcile", "restore"):
        assert words in shown.stdout


def test_init_creates_the_database_and_is_harmless_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'register.db'}"
    for _ in range(2):
        done = run("init", url=url)
        assert (done.returncode, done.stderr) == (0, "")
    empty = run("table", "bieu-2", "--as-of", "15/02/2022", "--format", "json", url=url)
    assert json.loads(empty.stdout)["unit"] is None
    assert json.loads(empty.stdout)["rows"] == []


def test_a_database_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    refused = run("check", url=f"sqlite:///{tmp_path / 'none.db'}")
    assert refused.returncode == 1
    assert "casemgmt init" in refused.stderr
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize(
    ("args", "status"),
    [
        (["table", "bieu-2", "--as-of", "31/02/2022"], 2),
        (["table", "bieu-2"], 1),
        (["table", "bieu-9", "--as-of", "2022-02-15"], 2),
        (["table", "bieu-2", "--as-of", "2022-02-15", "--unit", "KHONG-CO"], 1),
        (["table", "dien-bien", "--from", "2022-12-31", "--to", "2022-01-01"], 1),
        (["table", "bieu-2", "--as-of", "2022-02-15", "--format", "pdf"], 2),
        (["cell", "bieu-2", "--row", "total", "--column", "poor_rate", "--as-of", "2022-02-15"], 1),
        (["cell", "bieu-2", "--row", "X", "--column", "poor", "--as-of", "2022-02-15"], 1),
        (["import", "khong-co.xlsx"], 1),
        (["restore", "khong-co.zip"], 1),
        (["audit", "verify"], 0),
        (["audit", "head"], 0),
        (["check"], 0),
    ],
)
def test_the_exit_status_says_what_happened(url: str, args: list[str], status: int) -> None:
    done = run(*args, url=url)
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    assert bool(done.stderr) == (status != 0)


def test_help_loads_nothing_heavy() -> None:
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from casemgmt.cli import main; main(['--help'], standalone_mode=False);"
            "print('\\n'.join(sys.modules), file=sys.stderr)",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stderr.split()
    assert not set(HEAVY) & set(loaded)


def test_a_table_loads_neither_the_web_nor_the_writers(sqlite_url: str) -> None:
    code = (
        "import sys; from casemgmt.cli import main;"
        "main(['table', 'bieu-2', '--as-of', '2022-02-15'], standalone_mode=False);"
        "print('\\n'.join(sys.modules), file=sys.stderr)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "DATABASE_URL": sqlite_url},
        capture_output=True,
        text=True,
        check=True,
    ).stderr.split()
    assert not (set(HEAVY) - {"sqlalchemy"}) & set(loaded)


def test_an_account_is_added_under_the_password_rules(url: str) -> None:
    args = ["user", "add", "sep", "--role", "admin", "--password-stdin"]
    short = run(*args, url=url, stdin="ngan\n")
    assert short.returncode == 1
    assert "12" in short.stderr
    assert run(*args, url=url, stdin="mot-mat-khau-du-dai\n").returncode == 0
    again = run(*args, url=url, stdin="mot-mat-khau-du-dai\n")
    assert again.returncode == 1
    lost = ["user", "add", "xa", "--role", "commune", "--unit", "KHONG", "--password-stdin"]
    assert run(*lost, url=url, stdin="mot-mat-khau-du-dai\n").returncode == 1


@pytest.mark.behind_its_back  # what counts hangs on the columns
def test_migrations_go_by_their_own_names(url: str) -> None:
    assert f"{revision.newest()} (head)" in run("db", "current", url=url).stdout
    assert run("db", "downgrade", url=url).returncode == 0
    behind = run("check", url=url)
    assert behind.returncode == 1
    assert "casemgmt init" in behind.stderr
    assert run("db", "upgrade", url=url).returncode == 0
    assert run("check", url=url).returncode == 0
