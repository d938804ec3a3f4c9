"""What was answered lies on the disk: the site runs under strace while somebody sends forms, and in
the order of its system calls no answer goes out as long as something that was written to SQLite's
write-ahead log has not been synced. `--careless`: a site that does not sync, to be found."""

import re
import shutil
import sys
from collections.abc import Iterable

from bench.long.kills import SITE, Served, Writer
from bench.long.rounds import Ground, Told
from tests.browsing import site
from tests.exchange.served import free_port

WRITES = 200
_CARELESS = (
    *(sys.executable, "-c"),
    "from casemgmt import db; db.SQLITE_SETTINGS['synchronous'] = 0;"
    " from casemgmt.cli import main; main()",
)
_CALLS = "trace=pwrite64,fdatasync,fsync,sendto,sendmsg"
_WRITES, _SYNCS = re.compile(r"pwrite64\(\d+<.*-wal>"), re.compile(r"f(data)?sync\(\d+<.*-wal>")
_SYNCED = re.compile(r"<\.\.\. f(data)?sync resumed>")
_ANSWERS = re.compile(r'send(to|msg)\(.*"HTTP/1\.1 303')


def check(on: Ground, number: int) -> Told:
    """One register, two hundred forms."""
    if not shutil.which("strace"):
        raise SystemExit("synced: on a system that has strace")
    with on.register() as url:
        with site(url):
            pass  # filled, with its accounts
        trace = on.folder / "trace"
        tracing = ("strace", "-f", "-y", "-o", str(trace), "-e", _CALLS)
        served = Served(url, free_port(), (*tracing, *(_CARELESS if on.careless else SITE)))
        served.start()
        writer = Writer(served.browser(), 0, number)
        writer.sign_in()
        for _ in range(WRITES):
            writer.send()
        served.kill()
        with trace.open(encoding="utf-8", errors="replace") as lines:
            figures = _read(lines)
        trace.unlink()
    wrong = list(writer.refused)
    if figures["answered"] < WRITES:
        wrong.append(f"{figures['answered']} answers were seen, not {WRITES}")
    if figures["too early"]:
        wrong.append(f"{figures['too early']} answers before their writes were synced")
    return Told(figures, wrong)


def _read(lines: Iterable[str]) -> dict[str, float]:
    written = synced = answered = early = 0
    under_way: dict[str, int] = {}  # by thread: what had been written when its sync began
    for line in lines:
        thread = line.split(maxsplit=1)[0]
        if _WRITES.search(line):
            written += 1
        elif _SYNCS.search(line):
            under_way[thread] = written
            if "<unfinished" not in line:
                synced = under_way.pop(thread)
        elif _SYNCED.search(line):
            synced = max(synced, under_way.pop(thread, 0))
        elif _ANSWERS.search(line):
            answered += 1
            early += written > synced
    return {"answered": answered, "written": written, "too early": early}
