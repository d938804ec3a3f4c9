"""Files that leave the site."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

from flask import Response, request

from casemgmt import clock, vietnamese
from casemgmt.audit.models import What
from casemgmt.paper import book
from casemgmt.paper.page import Made
from casemgmt.typed import harmless, show_date
from casemgmt.web.asking import me, note
from casemgmt.words import as_written

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

LISTS = "csv, xlsx"  # the endings of a list's file, as an address's `any` takes them


def disposition(name: str) -> str:
    """Content-Disposition of a file to keep (RFC 6266): a plain name for old programs, and the
    true one."""
    stem, _, ending = name.rpartition(".")
    plain = vietnamese.fold(stem).replace(" ", "-") or "tep"
    return f"attachment; filename=\"{plain}.{ending}\"; filename*=UTF-8''{quote(name, safe='')}"


def as_csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A list as CSV: UTF-8 with a byte order mark, so that Excel reads it; days as people write
    them; nothing in it that a spreadsheet would take for a formula; None is blank."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heads)
    for row in rows:
        writer.writerow([_in_csv(value) for value in row])
    return ("\ufeff" + out.getvalue()).encode()


def _in_csv(value: object) -> str:
    match value:
        case None:
            return ""
        case date():
            return show_date(value)
        case _:
            return harmless(str(value))


def download_list(
    listing: book.Listing, name: str, *, back: str, subject: str, key: Mapping[str, Any]
) -> Response:
    """A list as a file to keep, CSV or a workbook by the ending of its name; it tells who took it
    out, when, and how many rows it holds. `back`: the path of the site that shows it again, which
    names no person. Files are in Vietnamese."""
    made = made_here(back)
    with as_written():
        if name.endswith(".csv"):
            taken = [f"{what}: {which}" for what, which in book.taken_out(listing, made)]
            content = as_csv(listing.heads, [*listing.rows, ["; ".join(taken)]])
        else:
            content = book.as_xlsx(listing, made)
    told = {**key, "rows": len(listing.rows)}
    return download(content, name, subject=subject, key=told)


def site_address() -> str:
    """The address of the site as it was asked."""
    return request.url_root.rstrip("/")


def made_here(address: str) -> Made:
    """A paper made now by the one who asks; its code opens `address`, a path of the site that
    names no person."""
    return Made(me().name, clock.now(), site_address() + address)


def download(
    content: bytes,
    name: str,
    *,
    subject: str,
    key: Mapping[str, Any],
    household: int | None = None,
) -> Response:
    """A file to keep. That it left, and what it held, is written down."""
    ending = name.rpartition(".")[2]
    note(What.EXPORTED, subject, {**key, "format": ending}, household)
    response = Response(content, content_type=TYPES[ending])
    response.headers["Content-Disposition"] = disposition(name)
    return response
