"""Whole commands, as processes: a table, an import, an export."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from statistics import median

import psycopg
from sqlalchemy import make_url

from bench import workbook
from bench.measuring import Report, in_turn, ms
from bench.spent import Spent, spend

RUNS = 15
HOUSEHOLDS = 20_000


def table(report: Report, folder: Path) -> None:
    """`casemgmt table bieu-2` on the demonstration register, beside the least that any Python
    program takes."""
    home = folder / "demonstration"
    where = {**os.environ, "CASEMGMT_HOME": str(home)}
    where.pop("DATABASE_URL", None)
    if not (home / "casemgmt.db").exists():
        print("building the demonstration register …", flush=True)
        _quietly([sys.executable, "-m", "casemgmt", "demo", "--no-serve"], where)
    commands = {
        "casemgmt table bieu-2 --as-of 2022-02-15": ["-m", "casemgmt", *_BIEU_2],
        "casemgmt --help": ["-m", "casemgmt", "--help"],
        "import sqlalchemy": ["-c", "import sqlalchemy"],
        "python, nothing else": ["-c", "pass"],
    }
    measured = in_turn(
        {
            name: partial(_quietly, [sys.executable, *words], where)
            for name, words in commands.items()
        },
        RUNS,
        warm=2,
    )
    rows = [(name, ms(times.median)) for name, times in measured.items()]
    report.table(f"Commands, whole process, median of {RUNS}", ("command", "time"), rows)
    report.target(
        "casemgmt table, seconds", "SQLite", measured[next(iter(commands))].median, most=0.6
    )


_BIEU_2 = ["table", "bieu-2", "--as-of", "2022-02-15"]


def _quietly(command: list[str], where: dict[str, str], _round: int = 0) -> None:
    subprocess.run(command, env=where, check=True, capture_output=True)


def bring_in(report: Report, folder: Path, server: str | None, runs: int) -> None:
    """A workbook of 20,000 households: imported, imported again, exported; beside reading it."""
    file = folder / f"workbook-{HOUSEHOLDS}.xlsx"
    if not file.exists():
        print("writing the workbook …", flush=True)
        workbook.write(file, HOUSEHOLDS)
    (count,) = {spend(["--calamine", str(file)], {}).said.strip() for _ in range(2)}
    for database in ("SQLite", "PostgreSQL") if server else ("SQLite",):
        rounds = [_round(folder, file, database, server) for _ in range(runs)]
        _show(report, database, int(count), rounds)


STEPS = ("read with calamine", "import", "import again", "export")


def _round(folder: Path, file: Path, database: str, server: str | None) -> dict[str, Spent]:
    home = folder / "import"
    for old in home.glob("*"):
        old.unlink()
    home.mkdir(exist_ok=True)
    where = {"CASEMGMT_HOME": str(home), "DATABASE_URL": f"sqlite:///{home / 'casemgmt.db'}"}
    if database == "PostgreSQL" and server:
        where["DATABASE_URL"] = _fresh(server)
    spend(["init"], where)
    done = {STEPS[0]: spend(["--calamine", str(file)], where)}
    for step, words in (
        ("import", ["import", str(file)]),
        ("import again", ["import", str(file)]),
        ("export", ["export", str(home / "export.xlsx")]),
    ):
        done[step] = spend(words, where)
    return done


def _fresh(server: str) -> str:
    plain = make_url(server).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(False), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS imported")
        connection.execute("CREATE DATABASE imported")
    return plain.set(database="imported").render_as_string(hide_password=False)


def _show(report: Report, database: str, count: int, rounds: list[dict[str, Spent]]) -> None:
    seconds = {step: median(done[step].seconds for done in rounds) for step in STEPS}
    peak = {step: median(done[step].peak_mb for done in rounds) for step in STEPS}
    rows = [
        (
            step,
            ms(seconds[step]),
            f"{count / seconds[step]:,.0f}",
            f"{peak[step]:.0f} MB",
            f"×{seconds[step] / seconds[STEPS[0]]:.3g}",
        )
        for step in STEPS
    ]
    title = f"A workbook of {HOUSEHOLDS:,} households ({count:,} rows), {database}"
    head = ("step, whole process", "time", "rows/s", "peak memory", "÷ reading")
    report.table(title, head, rows)
    if database == "SQLite":
        report.target("import, seconds", database, seconds["import"], most=60)
        report.target("import, MB", database, peak["import"], most=500)
