"""`python -m bench.long CHECK --database KIND`: what takes long to be sure of, in rounds.

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
from bench.long.rounds import Check, go_through, ground, summary

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
    asked.add_argument("check", choices=CHECKS)
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


if __name__ == "__main__":
    main()
