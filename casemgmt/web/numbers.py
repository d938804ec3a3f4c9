"""Numbers of rows, in an address or a form. One that no row can have leads nowhere: each database
would call it another error."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

from casemgmt.typed import LARGEST_INTEGER


class Number(IntegerConverter):
    """`<int:…>` in an address; larger ones are not found (404)."""

    def __init__(self, map: Map, *args: Any, **told: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST_INTEGER, **told})


def bound(app: Flask) -> None:
    """Have every address that is registered from now on know these bounds."""
    app.url_map.converters["int"] = Number


def row_number(text: str) -> int | None:
    """The number of a row as a form or the part behind “?” names it; None where it is none."""
    if not (text.isdecimal() and text.isascii() and len(text) <= len(str(LARGEST_INTEGER))):
        return None
    return number if (number := int(text)) <= LARGEST_INTEGER else None
