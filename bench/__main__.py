"""Measures, prints what it saw, and writes it down: `python -m bench --help`."""

import argparse
import platform
import sqlite3
from pathlib import Path

import psutil
from sqlalchemy import Engine, text

from bench import tables
from bench.measuring import Report
from bench.registers import SIZES, Size, postgresql_engine, sqlite_engine
from tests.postgresql import running

ROOT = Path(__file__).resolve().parent
FOLDER = ROOT.parent / ".bench"


def main() -> None:
    """Build what is missing, measure, write bench/results.md."""
    asked = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    asked.add_argument("--households", type=int, nargs="+", default=[s.households for s in SIZES])
    asked.add_argument(
        "--databases", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"]
    )
    asked.add_argument("--rounds", type=int, default=31)
    asked.add_argument("--results", type=Path, default=ROOT / "results.md")
    options = asked.parse_args()
    FOLDER.mkdir(exist_ok=True)
    sizes = [size for size in SIZES if size.households in options.households]
    report = Report()
    if "sqlite" in options.databases:
        engines = {size: sqlite_engine(size, FOLDER) for size in sizes}
        report.note(f"{_machine()}, SQLite {sqlite3.sqlite_version}.")
        _measure(report, "SQLite", engines, options.rounds)
    if "postgresql" in options.databases:
        with running(FOLDER / "postgresql") as server:
            engines = {size: postgresql_engine(size, FOLDER, server) for size in sizes}
            report.note(f"{_machine()}, PostgreSQL {_version(engines[sizes[0]])}.")
            _measure(report, "PostgreSQL", engines, options.rounds)
    options.results.write_text(_page(report), encoding="utf-8")


def _measure(report: Report, database: str, engines: dict[Size, Engine], rounds: int) -> None:
    tables.district(report, database, engines, rounds)
    tables.movement(report, database, engines, rounds)
    largest = max(engines, key=lambda size: size.households)
    tables.country(report, database, engines[largest], largest, max(3, rounds // 6))
    for engine in engines.values():
        engine.dispose()


def _machine() -> str:
    memory = round(psutil.virtual_memory().total / 2**30)
    return f"{psutil.cpu_count()} cores, {memory} GiB, Python {platform.python_version()}"


def _version(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.scalar(text("SHOW server_version")))


def _page(report: Report) -> str:
    held = [
        f"- {'held' if good else '**missed**'}: {what} ({where}): {measured:.3g}, wanted {wanted:g}"
        for what, where, measured, wanted, good in report.targets
    ]
    head = (
        "# Measured\n\nMedians; everyone in turn within one run. `python -m bench` makes this page."
    )
    return "\n\n".join([head, *report.parts, "### Targets", "\n".join(held)]) + "\n"


if __name__ == "__main__":
    main()
