"""`python -m bench`: measure, print, and write bench/results.md."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import commands, site, tables
from bench.measuring import Report, machine
from bench.registers import SIZES, Size, postgresql_engine, sqlite_engine

HERE = Path(__file__).resolve().parent
PARTS = ("tables", "commands", "site")
DATABASES = ("sqlite", "postgresql")


def main() -> None:
    """Measure what was asked for."""
    asked = argparse.ArgumentParser(prog="python -m bench", description=main.__doc__)
    asked.add_argument("parts", nargs="*", default=PARTS, help=f"of {', '.join(PARTS)}")
    asked.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    asked.add_argument("--largest", type=int, default=SIZES[-1].households, help="households")
    asked.add_argument("--rounds", type=int, default=41)
    asked.add_argument("--folder", type=Path, default=HERE.parent / ".bench", help="kept registers")
    asked.add_argument("--write", type=Path, default=HERE / "results.md")
    told = asked.parse_args()
    told.folder.mkdir(exist_ok=True)
    os.environ.setdefault("CASEMGMT_HOME", str(told.folder / "home"))
    sizes = [size for size in SIZES if size.households <= told.largest]
    report = Report()
    with _server(told.folder, "postgresql" in told.databases) as server:
        if "tables" in told.parts:
            if "sqlite" in told.databases:
                _tables(report, "SQLite", told.folder, sizes, told.rounds, None)
            if server:
                _tables(report, "PostgreSQL", told.folder, sizes, told.rounds, server)
        if "commands" in told.parts:
            commands.table(report, told.folder)
            commands.bring_in(report, told.folder, server, runs=3)
        if "site" in told.parts:
            site.measure(report, told.folder, told.rounds)
        told.write.write_text(_results(report, server), encoding="utf-8")
    print(f"\n{_targets(report)}")


@contextmanager
def _server(folder: Path, wanted: bool) -> Iterator[str | None]:
    if not wanted:
        yield None
        return
    from tests.postgresql import running  # noqa: PLC0415 only where PostgreSQL is asked for

    (folder / "postgresql").mkdir(exist_ok=True)
    with running(folder / "postgresql") as server:
        yield server


def _tables(
    report: Report, database: str, folder: Path, sizes: list[Size], rounds: int, server: str | None
) -> None:
    engines = {
        size: postgresql_engine(size, folder, server) if server else sqlite_engine(size, folder)
        for size in sizes
    }
    tables.district(report, database, engines, rounds)
    tables.movement(report, database, engines, rounds)
    largest = sizes[-1]
    tables.country(report, database, engines[largest], largest, max(5, rounds // 8))
    for engine in engines.values():
        engine.dispose()


def _results(report: Report, server: str | None) -> str:
    lines = [
        "# Measured with `python -m bench`",
        "",
        machine(postgresql=server is not None),
        "",
        "All contestants of a table run in turn in the same process and give the same figures;"
        " times are medians, ratios are medians of the ratios of each round.",
        "",
        "## Targets",
        "",
        _targets(report),
        "",
        "## Measurements",
        "",
    ]
    return "\n".join(lines) + "\n" + "\n\n".join(report.parts) + "\n"


def _targets(report: Report) -> str:
    lines = [
        "| target | where | measured | at most / least | |",
        "| --- | --- | ---: | ---: | --- |",
    ]
    for what, where, measured, bound, kept in report.targets:
        lines.append(
            f"| {what} | {where} | {measured:.3g} | {bound:g} | {'kept' if kept else 'MISSED'} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
