"""One command of the program in a process of its own, which then says what it took:
`python -m bench.spent casemgmt-arguments…`; for what is not a command of the program,
`python -m bench.spent --calamine FILE` reads a workbook and does nothing with it."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Spent:
    """What a process took, from its start to its end, and what it wrote to stdout."""

    seconds: float
    peak_mb: float
    said: str


def spend(arguments: list[str], environment: Mapping[str, str]) -> Spent:
    """Run `python -m bench.spent` and wait for it. Raises CalledProcessError where it fails."""
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "bench.spent", *arguments],
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
        text=True,
    )
    seconds = time.perf_counter() - begun
    return Spent(seconds, json.loads(done.stderr.splitlines()[-1])["peak_mb"], done.stdout)


def _peak() -> float:
    """The most memory that this process held, without what its parent held before it began."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _read(path: str) -> None:
    from python_calamine import load_workbook  # noqa: PLC0415 measured from here

    book = load_workbook(path)
    print(sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names))


def _run(arguments: list[str]) -> None:
    if arguments[:1] == ["--calamine"]:
        _read(arguments[1])
        return
    from casemgmt.cli import main  # noqa: PLC0415 measured from here

    main(arguments, standalone_mode=False)


if __name__ == "__main__":
    _run(sys.argv[1:])
    print(json.dumps({"peak_mb": _peak()}), file=sys.stderr)
