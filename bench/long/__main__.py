"""`python -m bench.long CHECK --database KIND`: what takes long to be sure of, in rounds.

A check that was interrupted goes on where it stopped; `--rounds` says how far. Status 1 where
anything was not right, and each such thing is named."""

import argparse
import json
import sys
from pathlib import Path

from bench.long import backups, chain, kills, load, restoring, steps, synced, together
from bench.long.rounds import Check, go_through, ground, summary

HERE = Path(__file__).resolve().parent
CHECKS: dict[str, tuple[Check, int]] = {
    "backups": (backups.check, 30),
    "chain": (chain.check, 1),
    "kills": (kills.check, 20),
    "load": (load.check, 1),
    "restoring": (restoring.check, 3),
    "server-kills": (kills.check_server, 20),
    "steps": (steps.check, 250),
    "synced": (synced.check, 5),
    "together": (together.check, 20),
}


def main() -> None:
    """Run a check."""
    asked = argparse.ArgumentParser(prog="python -m bench.long", description=__doc__)
    asked.add_argument("check", choices=CHECKS)
    asked.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asked.add_argument("--rounds", type=int, help="instead of the whole number of them")
    asked.add_argument("--folder", type=Path, default=HERE.parent.parent / ".bench" / "long")
    asked.add_argument(
        "--careless",
        action="store_true",
        help="what acknowledges before it has written: server-kills and synced must find it",
    )
    asked.add_argument("--tenth", action="store_true", help="a tenth of the rounds, or of the time")
    told = asked.parse_args()
    check, rounds = CHECKS[told.check]
    rounds = told.rounds or (max(1, rounds // 10) if told.tenth else rounds)
    name = f"{told.check}-{told.database}"
    way = {"careless": told.careless, "tenth": told.tenth}
    with ground(told.folder / name, told.database, **way) as on:
        done = go_through(check, on, told.folder / f"{name}.jsonl", rounds)
    print(f"{name}: {json.dumps(summary(done))}")
    for sentence in (sentence for one in done for sentence in one.wrong):
        print(f"WRONG: {sentence}")
    sys.exit(any(one.wrong for one in done))


if __name__ == "__main__":
    main()
