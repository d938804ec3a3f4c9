"""The browser of this machine. Where it or what drives it is missing, importing this leaves the
whole leg out, and says so."""

import os
import shutil

import pytest

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
_NAMES = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")


def _found() -> str | None:
    """The path of the browser: CASEMGMT_CHROMIUM where that is set, else the system's own."""
    names = [named] if (named := os.environ.get("CASEMGMT_CHROMIUM")) else _NAMES
    return next((path for name in names if (path := shutil.which(name))), None)


for driver in ("playwright", "axe_playwright_python"):
    pytest.importorskip(
        driver, reason=f"no test in a real browser: {driver} is missing (pip install -e '.[e2e]')"
    )
PATH = _found()
if PATH is None:
    pytest.skip(
        "no test in a real browser: Chromium is missing (install it or set CASEMGMT_CHROMIUM)",
        allow_module_level=True,
    )
