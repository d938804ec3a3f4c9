"""A table written down: JSON, text for a terminal, CSV, a workbook, a paper.

`FORMATS` names them all, for the command line and the site alike."""

import csv
import io
import json
import textwrap
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from casemgmt.places.queries import named
from casemgmt.tables import layout, papers, workbooks
from casemgmt.tables.figures import Cell, Figures
from casemgmt.tables.inputs import RowUnit
from casemgmt.tables.suppression import Hidden
from casemgmt.typed import harmless
from casemgmt.vietnamese import clean, fold
from casemgmt.words import as_written

_NARROWEST = 7
_GAP = "  "


def as_json(figures: Figures) -> dict[str, Any]:
    """The table as the public contract shapes it; counts are whole numbers, rates numbers with
    two decimals, what is unknown is null."""
    asked = figures.asked
    if asked.table.between_days and asked.start:
        day = {"from": asked.start.isoformat(), "to": asked.as_of.isoformat()}
    else:
        day = {"as_of": asked.as_of.isoformat()}
    return {
        "table": asked.table.key,
        **day,
        "unit": _unit(figures.unit) if figures.unit else None,
        "columns": [{"key": column.key, "label": column.label} for column in asked.table.columns],
        "rows": [{"unit": _unit(row.unit), "cells": _numbers(row.cells)} for row in figures.rows],
        "total": _numbers(figures.total),
    }


def _unit(unit: RowUnit) -> dict[str, str]:
    return {"code": unit.code, "name": unit.name}


def _numbers(cells: Mapping[str, Cell]) -> dict[str, int | float | str | None]:
    return {key: number(value) for key, value in cells.items()}


def number(value: Cell) -> int | float | str | None:
    """A cell as JSON writes it: a rate of 3.04 as 3.04, a hidden count as its sign."""
    match value:
        case None:
            return None
        case Hidden():
            return value.text
        case int():
            return value
        case _:
            return float(value)


def as_json_text(figures: Figures) -> str:
    """`as_json`, written out."""
    return json.dumps(as_json(figures), ensure_ascii=False, indent=2) + "\n"


# --- CSV --------------------------------------------------------------------------------------


def as_csv(figures: Figures) -> str:
    """UTF-8 with a byte order mark. The first line holds the keys, rates have a decimal point,
    units stand by code, the last row is `Tổng`: `reconcile` reads it back."""
    keys = [column.key for column in figures.asked.table.columns]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["unit", "name", *keys])
    for row in figures.rows:
        name = named(row.unit.level, row.unit.name)
        writer.writerow([_plain_text(row.unit.code), _plain_text(name), *_plain(row.cells, keys)])
    writer.writerow([layout.TOTAL, "", *_plain(figures.total, keys)])
    return "\ufeff" + out.getvalue()


def _plain(cells: Mapping[str, Cell], keys: Sequence[str]) -> list[str]:
    return ["" if cells[key] is None else str(cells[key]) for key in keys]


def _plain_text(text: str) -> str:
    return harmless(clean(text))


# --- Text -------------------------------------------------------------------------------------


def as_text(figures: Figures) -> str:
    """The table for a terminal, aligned by the width of the letters."""
    columns = figures.asked.table.columns
    names = [named(row.unit.level, row.unit.name) for row in figures.rows]
    body = [
        [name, *(layout.shown(row.cells[column.key]) for column in columns)]
        for name, row in zip(names, figures.rows, strict=True)
    ]
    body.append([layout.TOTAL, *(layout.shown(figures.total[column.key]) for column in columns)])
    labels = [layout.UNIT, *(column.label for column in columns)]
    widths = [
        max(_NARROWEST, *(width(line[place]) for line in body), *map(width, label.split()))
        for place, label in enumerate(labels)
    ]
    rule = "─" * (sum(widths) + len(_GAP) * len(columns))
    lines = [
        figures.asked.table.title,
        f"{layout.place(figures)}. {layout.days(figures)}.",
        *(f"{what}: {which}." for what, which in layout.choices(figures)),
        rule,
        *_band_lines(figures, widths),
        *_header_lines(labels, widths),
        rule,
        *(_line(line, widths) for line in body[:-1]),
        rule,
        _line(body[-1], widths),
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def width(text: str) -> int:
    """How many places of a terminal a text takes."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    marks = sum(unicodedata.combining(letter) > 0 for letter in text)
    return len(text) + wide - marks


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = cells[0] + " " * (widths[0] - width(cells[0]))
    rest = [
        " " * (room - width(cell)) + cell for cell, room in zip(cells[1:], widths[1:], strict=True)
    ]
    return _GAP.join([first, *rest])


def _header_lines(labels: Sequence[str], widths: Sequence[int]) -> list[str]:
    wrapped = [
        textwrap.wrap(label, room, break_long_words=False) or [""]
        for label, room in zip(labels, widths, strict=True)
    ]
    height = max(map(len, wrapped))
    padded = [[""] * (height - len(part)) + part for part in wrapped]
    return [_line(cells, widths) for cells in zip(*padded, strict=True)]


def _band_lines(figures: Figures, widths: Sequence[int]) -> list[str]:
    """The headings over several columns, each between its first and its last one."""
    spans = []
    for band in layout.bands(figures):
        before = widths[: band.first + 1]
        inside = widths[band.first + 1 : band.last + 2]
        start = sum(before) + len(_GAP) * len(before)
        room = sum(inside) + len(_GAP) * (len(inside) - 1)
        spans.append((start, room, textwrap.wrap(band.text, room)))
    height = max((len(text) for _, _, text in spans), default=0)
    lines = []
    for place in range(height):
        line = ""
        for start, room, text in spans:
            part = ([""] * (height - len(text)) + text)[place]
            line += " " * (start - len(line)) + part.center(room)
        lines.append(line)
    if spans:
        rules = ""
        for start, room, _text in spans:
            rules += " " * (start - len(rules)) + "─" * room
        lines.append(rules)
    return lines


# --- All of them ------------------------------------------------------------------------------

FORMATS: Mapping[str, Callable[[Figures], str | bytes]] = {
    "text": as_text,
    "json": as_json_text,
    "csv": as_csv,
    "xlsx": workbooks.as_xlsx,
    "pdf": papers.printed,
}


def as_bytes(figures: Figures, name: str) -> bytes:
    """The table in the format of this name, as a file holds it."""
    with as_written():
        written = FORMATS[name](figures)
    return written if isinstance(written, bytes) else written.encode()


def file_name(figures: Figures, extension: str) -> str:
    """An ASCII name for the file: `bieu-2_huyen-cam-lo_2022-02-15.pdf`."""
    place = fold(layout.place(figures)).replace(" ", "-")
    asked = figures.asked
    day = asked.as_of.isoformat()
    if asked.table.between_days and asked.start:
        day = f"{asked.start.isoformat()}_{day}"
    return f"{asked.table.key}_{place}_{day}.{extension}"
