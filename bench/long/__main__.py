"""`python -m bench.long CHECK --database KIND`: what takes long to be sure of, in rounds;
`python -m bench.long report` writes what all of them found into bench/long/results.md.

A check that was interrupted goes on where it stopped; `--rounds` says how far. Status 1 where
anything was not right, and each such thing is named."""

import argparse
import json
import sys
from pathlib import Path

from bench.long import (
    backups,
    chain,
    disk,
    faults,
    kills,
    load,
    restoring,
    steps,
    synced,
    together,
)
from bench.long.rounds import MOST, Check, go_through, ground, kept_rounds, summary
from bench.measuring import machine

HERE = Path(__file__).resolve().parent
# Each with its rounds on SQLite and on PostgreSQL; 0: not on this one.
CHECKS: dict[str, tuple[Check, int, int]] = {
    "backups": (backups.check, 30, 30),
    "chain": (chain.check, 1, 1),
    "disk": (disk.check, disk.ON_SQLITE, disk.ON_BOTH),
    "faults": (faults.check, faults.ROUNDS, faults.ROUNDS),
    "kills": (kills.check, 20, 20),
    "load": (load.check, 1, 1),
    "restoring": (restoring.check, 3, 3),
    "server-kills": (kills.check_server, 0, 20),
    "steps": (steps.check, 250, 250),
    "synced": (synced.check, 5, 0),
    "together": (together.check, 20, 20),
}
KINDS = ("sqlite", "postgresql")


def main() -> None:
    """Run a check."""
    asked = argparse.ArgumentParser(prog="python -m bench.long", description=__doc__)
    asked.add_argument("check", choices=[*CHECKS, "report"])
    asked.add_argument("--database", choices=KINDS, default="sqlite")
    asked.add_argument("--rounds", type=int, help="instead of the whole number of them")
    asked.add_argument("--folder", type=Path, default=HERE.parent.parent / ".bench" / "long")
    asked.add_argument(
        "--careless",
        action="store_true",
        help="what acknowledges before it has written: server-kills and synced must find it",
    )
    asked.add_argument("--tenth", action="store_true", help="a tenth of the rounds, or of the time")
    told = asked.parse_args()
    if told.check == "report":
        (HERE / "results.md").write_text(_report(told.folder), encoding="utf-8")
        return
    check, *whole = CHECKS[told.check]
    rounds = whole[KINDS.index(told.database)]
    if rounds == 0:
        asked.error(f"{told.check} is not for {told.database}")
    rounds = told.rounds or (max(1, rounds // 10) if told.tenth else rounds)
    name = "-".join((told.check, told.database, *(["tenth"] if told.tenth else [])))
    way = {"careless": told.careless, "tenth": told.tenth}
    with ground(told.folder / name, told.database, **way) as on:
        done = go_through(check, on, told.folder / f"{name}.jsonl", rounds)
    print(f"{name}: {json.dumps(summary(done))}")
    for sentence in (sentence for one in done for sentence in one.wrong):
        print(f"WRONG: {sentence}")
    sys.exit(any(one.wrong for one in done))


def _report(folder: Path) -> str:
    lines = [
        "# Found by `python -m bench.long`",
        "",
        machine(postgresql=True),
        "",
        "Figures of all rounds are added up, where “most” is said the highest counts. “Wrong” is"
        " how many things were not as they must be.",
        "",
        "| check | on | rounds | wrong | |",
        "| --- | --- | ---: | ---: | --- |",
    ]
    for name, (_check, *_rounds) in CHECKS.items():
        for kind in KINDS:
            done = kept_rounds(folder / f"{name}-{kind}.jsonl")
            if done:
                found = dict(summary(list(done.values())))
                rounds, wrong = (int(found.pop(one)) for one in ("rounds", "wrong"))
                lines.append(f"| {name} | {kind} | {rounds} | {wrong} | {_figures(found)} |")
    return "\n".join(lines) + "\n"


def _figures(found: dict[str, float]) -> str:
    """What a check counted; how long each page took is left to its own output."""
    told = ((name, value) for name, value in found.items() if " /" not in name)
    return ", ".join(
        f"{'most ' if name.startswith(MOST) else ''}"
        f"{name.removeprefix(MOST).replace('_', ' ')} {value:,.10g}"
        for name, value in told
    )


if __name__ == "__main__":
    main()
