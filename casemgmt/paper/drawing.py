"""The paper's library, loaded only when a paper is made; it carries no types."""

from importlib import import_module
from typing import Any

MM = 72 / 25.4  # points


def reportlab(module: str) -> Any:
    """A module of the library, by its name within it."""
    return import_module(f"reportlab.{module}")
