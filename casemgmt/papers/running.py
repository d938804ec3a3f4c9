"""The site's side of long papers: a process of its own makes them, so that no page waits for one
and no memory of theirs stays with the site. No service beside the site is needed."""

import os
import subprocess
import sys
import time
from threading import Lock, Thread

from flask import current_app
from flask.sansio.app import App

from casemgmt import paths
from casemgmt.papers.jobs import DEAD

_EXTENSION = "long papers"
_WINDOWS = ("CREATE_NO_WINDOW", "BELOW_NORMAL_PRIORITY_CLASS")  # known there alone


class Runner:
    """Starts a worker when one is called for, one at a time. Several sites on one database may
    each have one: the database decides which of them works."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._lock = Lock()
        self._called = False
        self._thread: Thread | None = None

    def call(self) -> None:
        """A job is there: whatever a worker sees that has looked before now, one looks anew."""
        with self._lock:
            self._called = True
            if self._thread is None:
                self._thread = Thread(target=self._work, daemon=True)
                self._thread.start()

    def ensure(self) -> None:
        """Jobs are open and nobody seems to be at them: start a worker unless one is starting."""
        if self._thread is None:
            self.call()

    def wait(self, seconds: float) -> bool:
        """Until no worker of ours is at work; False where that takes longer."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)
        return self._thread is None

    def _work(self) -> None:
        while self._wanted():
            if self._worker() != 0:  # it was killed: its job is free when its beat is old
                time.sleep(DEAD.total_seconds())
                self._worker()

    def _wanted(self) -> bool:
        with self._lock:
            called, self._called = self._called, False
            if not called:
                self._thread = None
            return called

    def _worker(self) -> int:
        """Nothing about anybody stands in its arguments. Its input stays open for as long as this
        process lives, however that ends: the worker ends with it."""
        with subprocess.Popen(
            [sys.executable, "-c", "from casemgmt.papers.worker import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env=self._surroundings(),
            creationflags=sum(getattr(subprocess, name, 0) for name in _WINDOWS),
        ) as process:
            return process.wait()

    def _surroundings(self) -> dict[str, str]:
        return os.environ | {
            "DATABASE_URL": self._database,
            "CASEMGMT_HOME": str(paths.home()),
            "PYTHONPATH": os.pathsep.join(sys.path),
        }


def provide(app: App) -> None:
    """Give the application its runner."""
    app.extensions[_EXTENSION] = Runner(str(app.config["SQLALCHEMY_DATABASE_URI"]))


def runner() -> Runner:
    """The runner of the application at hand."""
    found: Runner = current_app.extensions[_EXTENSION]
    return found
