"""The demonstration, served by the real command, and a real browser to look at it: one of each for
every pytest worker, so that tests may write. A test whose figures nobody else may move asks for
`visit_apart`: it has a copy of the demonstration of its own."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from casemgmt import demo


@dataclass(frozen=True)
class Served:
    """The demonstration's address, and the password of each of its accounts."""

    address: str
    passwords: dict[str, str]


@pytest.fixture(scope="session")
def demonstration(on_sqlite: tuple[str, list[demo.Account]]) -> Path:
    """The SQLite file of the demonstration, as it was built."""
    return Path(on_sqlite[0].removeprefix("sqlite:///"))


@pytest.fixture(scope="session")
def served(
    on_sqlite: tuple[str, list[demo.Account]],
    demo_home: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Served]:
    """A copy of the demonstration behind `casemgmt serve`; tests may write into it."""
    with _copy(on_sqlite, demo_home, tmp_path_factory.mktemp("served")) as served:
        yield served


@pytest.fixture
def served_apart(
    on_sqlite: tuple[str, list[demo.Account]], demo_home: Path, tmp_path: Path
) -> Iterator[Served]:
    """A copy that belongs to one test."""
    with _copy(on_sqlite, demo_home, tmp_path) as served:
        yield served


@contextmanager
def _copy(
    demonstration: tuple[str, list[demo.Account]], keys: Path, folder: Path
) -> Iterator[Served]:
    url, accounts = demonstration
    home = folder / "served"
    shutil.copytree(keys, home)
    with (
        closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as built,
        closing(sqlite3.connect(home / "casemgmt.db")) as copy,
    ):
        built.backup(copy)
    (home / "casemgmt.db").chmod(0o600)  # as the site demands
    port = _free_port()
    with (home / "serve.log").open("w") as log, _serving(home, port, log) as process:
        assert process.stdout is not None
        assert f":{port}/" in process.stdout.readline(), (home / "serve.log").read_text()
        yield Served(f"http://127.0.0.1:{port}", {one.name: one.password for one in accounts})
        process.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serving(home: Path, port: int, log: Any) -> subprocess.Popen[str]:
    outside = ("DATABASE_URL", "DATABASE_OWNER_URL")
    environment = {name: value for name, value in os.environ.items() if name not in outside}
    return subprocess.Popen(
        [sys.executable, "-m", "casemgmt", "serve", "--port", str(port)],
        env={**environment, "CASEMGMT_HOME": str(home), "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=log,
        encoding="utf-8",
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The system's Chromium (playwright.sync_api.Browser)."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 heavy

    from tests.browser.chromium import ARGUMENTS, PATH  # noqa: PLC0415 only where there is one

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PATH, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Any, served: Served) -> Iterator[Callable[..., Any]]:
    """`visit(name, size=, script=, touch=)`: a window (visitor.Visitor) with that account signed
    in; without a name, with nobody. `password`: where it is not the demonstration's."""
    with _windows(browser, served) as visit:
        yield visit


@pytest.fixture
def visit_apart(browser: Any, served_apart: Served) -> Iterator[Callable[..., Any]]:
    """The same at the test's own copy."""
    with _windows(browser, served_apart) as visit:
        yield visit


@contextmanager
def _windows(browser: Any, served: Served) -> Iterator[Callable[..., Any]]:
    from tests.browser.visitor import visiting  # noqa: PLC0415 only where there is a browser

    with ExitStack() as windows:

        def visit(name: str | None = None, password: str | None = None, **how: Any) -> Any:
            visitor = windows.enter_context(visiting(browser, served.address, **how))
            if name:
                visitor.sign_in(name, password or served.passwords[name])
            return visitor

        yield visit
