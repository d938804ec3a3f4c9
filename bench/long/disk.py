"""The disk is full, or fails, at the n-th write and the n-th sync of an act, for every n until the
act meets no failure any more: strace has the system call fail. Commands that write a file, on both
databases, and acts of the site on SQLite (what PostgreSQL writes is its own matter).

All of it is kept or nothing, the answer is one that people understand, and sent again it counts
once; no part of a file is left."""

import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Column, LargeBinary, Table, select, type_coerce

from bench.long.kills import FORM, SAID, Served, Writer
from bench.long.rounds import Ground, Told
from casemgmt import schema, sealing
from casemgmt.db import open_engine, reading
from tests.browsing import site
from tests.exchange.served import free_port
from tests.whole.faulting import broken

# `{n}`: another one each time, so that the same act can be done again and again.
ACTS: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("/add-household", {"head_name": "Hồ Văn {n}", "village": "CT-TT", "starts": "01/09/2022"}),
    ("/households/H1/edit", {"head_name": "Đặng Thị Ước", "address": "Xóm {n}"}),
    ("/households/H1/members/add", {"name": "Đặng Thị {n}", "relation": "Con"}),
    ("/households/H1/support/add", {"on": "01/09/2022", "kind": "Quà Tết", "content": "{n}"}),
)
COMMANDS = (
    ("backup", "{file}.zip"),
    ("export", "{file}.xlsx"),
    ("table", "bieu-2", "--as-of", "2022-10-20", "--format", "pdf", "-o", "{file}.pdf"),
    ("backup-key", "{file}.key"),
    ("change-key",),
)
_FAILURES = {  # system call → how it fails
    "pwrite64": "ENOSPC",
    "write": "ENOSPC",
    "fdatasync": "EIO",
    "fsync": "EIO",
    "rename": "EIO",
}
ON_BOTH, ON_SQLITE = len(COMMANDS), len(COMMANDS) + len(ACTS)  # rounds
# What a request may leave whatever becomes of it: what was looked at or refused, the form sent.
_LEFT = {"audit_entry", "sign_in_failure", "sent_form", "open_session"}
_MOST = 3000


def check(on: Ground, number: int) -> Told:
    """One act or one command, on a register of its own; where `on.tenth`, all of them, each failing
    at every tenth call alone."""
    if not shutil.which("strace"):
        raise SystemExit("disk: on a system that has strace")
    told = Told({"failures": 0})
    for one in range(_rounds(on)) if on.tenth else [number]:
        with on.register() as url:
            with site(url):
                pass  # filled, with its accounts
            if one < len(COMMANDS):
                _command(told, COMMANDS[one], url, on)
            else:
                _act(told, ACTS[one - len(COMMANDS)], url, on)
            told.wrong += broken(url)
    return told


def _rounds(on: Ground) -> int:
    return ON_SQLITE if on.kind == "sqlite" else ON_BOTH


def _numbers(on: Ground) -> range:
    """Which call fails."""
    return range(1, _MOST, 10 if on.tenth else 1)


# --- Acts of the site -----------------------------------------------------------------------------


def _act(told: Told, act: tuple[str, Mapping[str, str]], url: str, on: Ground) -> None:
    path, answers = act
    served = Served(url, free_port())
    served.start()
    writer = Writer(served.browser(), 0, 0)
    writer.sign_in()
    for call in ("pwrite64", "fdatasync"):
        for number in _numbers(on):
            name = f"{call} {number}"
            fields = {key: value.format(n=name) for key, value in answers.items()}
            body = urlencode({**writer.hidden(path), **fields, "confirmed": "y"})
            before = _held(url)
            with _failing(served, url, _failure(call, number), on.folder / "trace") as log:
                status, said = _answer(writer, path, body)
            failed = "(INJECTED)" in log.read_text()
            changed = _held(url) != before
            if changed != (status == 303) or status not in (303, 503) or not (failed or changed):
                told.wrong.append(f"{path}, {name}: {status}, {changed}, {SAID.findall(said)}")
            told.wrong += _once(writer, url, path, body, f"{path}, {name}")
            if not failed:
                break
            told.figures["failures"] += 1
    told.wrong += writer.refused
    served.kill()


def _answer(writer: Writer, path: str, body: str) -> tuple[int, str]:
    status, said, _place = writer.browser.ask(path, body.encode(), FORM)
    return status, said


def _once(writer: Writer, url: str, path: str, body: str, where: str) -> list[str]:
    """The form is sent two times more: afterwards it counts once."""
    first, said = _answer(writer, path, body)
    held = _held(url)
    second, _ = _answer(writer, path, body)
    if (first, second) != (303, 303) or _held(url) != held:
        return [f"{where}, sent again: {first}, {second}, {SAID.findall(said)}"]
    return []


@contextmanager
def _failing(served: Served, url: str, failure: tuple[str, ...], trace: Path) -> Iterator[Path]:
    """Each thread of the site meets this failure in the database's files meanwhile."""
    assert served.process is not None
    file = url.removeprefix("sqlite:///")
    command = ["strace", "-f", "-p", str(served.process.pid), "-o", str(trace)]
    command += ["-P", file, "-P", f"{file}-wal", *failure]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:
        assert strace.stderr is not None
        while "attached" not in (line := strace.stderr.readline()):
            if not line:
                raise RuntimeError("strace may not look at the site here")
        try:
            yield trace
        finally:
            strace.send_signal(signal.SIGINT)


# --- Commands -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Done:
    """What came of a command: its status, what it said, the calls that were made to fail."""

    status: int
    said: str
    failed: list[str]


def _command(told: Told, words: tuple[str, ...], url: str, on: Ground) -> None:
    folder = on.folder / "out"
    for call in _FAILURES:
        for number in _numbers(on):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            before = _held(url)
            done = _run(words, url, folder, _failure(call, number))
            where = f"{words[0]}, {call} {number}: {done.status} {done.said}"
            if done.status and words[0] == "change-key":
                again = _run(words, url, folder)  # goes on where it was cut off
                told.wrong += [f"{where}; then {again.said}"] if again.status else []
            elif _files(folder) or done.status == 0:
                # Also where it failed: it may be whole and only its name not synced, or not told.
                told.wrong += [] if _whole(words, folder) else [f"{where}: {_files(folder)}"]
            elif _held(url) != before:
                told.wrong.append(f"{where}: not the register that it was")
            sealing.forget_keys()
            told.wrong += [where] if "Traceback" in done.said else []
            told.wrong += [f"{where}: {sentence}" for sentence in broken(url)]
            if not done.failed:
                break
            told.figures["failures"] += 1
    shutil.rmtree(folder)


def _failure(call: str, number: int) -> tuple[str, ...]:
    return ("-e", f"trace={call}", "-e", f"inject={call}:error={_FAILURES[call]}:when={number}")


def _run(words: tuple[str, ...], url: str, folder: Path, failure: tuple[str, ...] = ()) -> Done:
    trace = folder.with_suffix(".trace")
    told = [word.format(file=folder / "file") for word in words]
    strace = ("strace", "-f", "--seccomp-bpf", "-o", str(trace), *failure)
    done = subprocess.run(
        [*strace, sys.executable, "-m", "casemgmt", *told],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "DATABASE_URL": url, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    calls = trace.read_text(errors="replace").splitlines()
    trace.unlink()
    failed = [one for one in calls if "(INJECTED)" in one]
    return Done(done.returncode, done.stderr.strip()[-300:], failed)


def _files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _whole(words: tuple[str, ...], folder: Path) -> bool:
    """The file of a command is there, it alone, and can be opened."""
    if not any("{file}" in word for word in words):
        return True
    if len(_files(folder)) != 1:
        return False
    (file,) = folder.iterdir()
    content = file.read_bytes()
    if file.suffix in (".zip", ".xlsx"):
        with zipfile.ZipFile(file) as archive:
            return archive.testzip() is None
    if file.suffix == ".pdf":
        return content.startswith(b"%PDF") and content.rstrip().endswith(b"%%EOF")
    return file.suffix == ".key" and len(bytes.fromhex(content.decode())) == 32


# --- The register ---------------------------------------------------------------------------------


def _held(url: str) -> dict[str, list[str]]:
    """All that the register holds."""
    engine = open_engine(url)
    with reading(), engine.connect() as connection:
        held = {
            table.name: sorted(str(tuple(row)) for row in connection.execute(_stored(table)))
            for table in schema.metadata().sorted_tables
            if table.name not in _LEFT
        }
    engine.dispose()
    return held


def _stored(table: Table) -> Any:
    """All rows of a table as they lie there: what is sealed stays sealed."""
    return select(*(type_coerce(one, LargeBinary) if _sealed(one) else one for one in table.c))


def _sealed(column: Column[Any]) -> bool:
    return isinstance(column.type, sealing.Sealed | sealing.SealedFile)
