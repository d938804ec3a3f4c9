"""What a signature covers: every cell of a table, and the households of every cell, as canonical
JSON: sorted keys and codes, NFC, whole numbers only (a rate of 3,04% is 304 hundredths)."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from casemgmt.audit.trail import canonical
from casemgmt.register.measures import Measure
from casemgmt.tables import layout
from casemgmt.tables.definitions import Flow, Rate
from casemgmt.tables.figures import TOTAL, Asked, Cell, Figures, Row, figures, placed
from casemgmt.tables.inputs import RowUnit
from casemgmt.words import as_written

Cells = Mapping[str, Mapping[str, frozenset[str]]]  # row → column → codes


@dataclass(frozen=True, slots=True)
class Frozen:
    """The content of a signed table, read back."""

    text: str
    told: Mapping[str, Any]

    @classmethod
    def read(cls, text: str) -> "Frozen":
        """From the stored text."""
        return cls(text, json.loads(text))

    @property
    def hash(self) -> str:
        """SHA-256 of the text, in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def counted(self) -> frozenset[str]:
        """The columns that count households."""
        return frozenset(key for row in self.told["rows"] for key in row["households"])

    def told_cells(self) -> dict[str, Mapping[str, int | None]]:
        """The signed cells by row (a unit's code, `total`) and column."""
        rows = {row["unit"]["code"]: row["cells"] for row in self.told["rows"]}
        return rows | {TOTAL: self.told["total"]["cells"]}

    def households(self, row: str, column: str) -> frozenset[str]:
        """The codes behind a cell. The total's are those of all rows."""
        return frozenset(
            code
            for found in self.told["rows"]
            if row in (TOTAL, found["unit"]["code"])
            for code in found["households"][column]
        )

    def figures(self, wanted: Asked) -> Figures:
        """The table as it was signed. `wanted`: what it asked for."""
        unit = self.told["unit"]
        rates = {column.key for column in wanted.table.columns if isinstance(column, Rate)}

        def cells(stored: Mapping[str, int | None]) -> dict[str, Cell]:
            return {
                key: Decimal(value) / 100 if key in rates and value is not None else value
                for key, value in stored.items()
            }

        rows = [Row(_row_unit(row["unit"]), cells(row["cells"])) for row in self.told["rows"]]
        place = _row_unit(unit) if unit else None
        return Figures(wanted, place, rows, cells(self.told["total"]["cells"]))


def _unit(unit: RowUnit) -> dict[str, str]:
    return {"code": unit.code, "name": unit.name, "level": str(unit.level)}


def _row_unit(told: Mapping[str, str]) -> RowUnit:
    return RowUnit(0, told["code"], told["name"], told["level"])


def freeze(connection: Connection, wanted: Asked, said: Mapping[str, Any]) -> Frozen:
    """The table as it stands now. `said`: what else is signed with it — number, stage, version,
    maker, moment — as text and whole numbers."""
    found = figures(connection, wanted)
    cells = cell_households(connection, found)
    columns = wanted.table.columns
    with as_written():
        labels = [
            {"key": one.key, "label": layout.column_name(columns, one.key)} for one in columns
        ]
    told = {
        **said,
        "table": wanted.table.key,
        "title": wanted.table.title,
        "unit": _unit(found.unit) if found.unit else None,
        "from": wanted.start.isoformat() if wanted.start else None,
        "as_of": wanted.as_of.isoformat(),
        "map_date": wanted.map_day.isoformat(),
        "year": wanted.the_year,
        "basis": wanted.basis.value,
        "columns": labels,
        "rows": [
            {
                "unit": _unit(row.unit),
                "cells": _whole(row.cells),
                "households": {
                    column: sorted(codes) for column, codes in cells[row.unit.code].items()
                },
            }
            for row in found.rows
        ],
        "total": {"cells": _whole(found.total)},
    }
    text = unicodedata.normalize("NFC", canonical(told))
    return Frozen.read(text)


def cell_households(connection: Connection, found: Figures) -> Cells:
    """The households of every counted cell."""
    columns = [c.key for c in found.asked.table.columns if isinstance(c, Measure | Flow)]
    cells: dict[str, dict[str, set[str]]] = {
        row.unit.code: {column: set() for column in columns} for row in found.rows
    }
    for column in columns:
        for one in placed(connection, found.asked, column):
            cells[one.row][column].add(one.code)
    return {
        row: {column: frozenset(codes) for column, codes in of.items()} for row, of in cells.items()
    }


def _whole(cells: Mapping[str, Cell]) -> dict[str, int | None]:
    return {key: whole(value) for key, value in cells.items()}


def whole(value: Cell) -> int | None:
    """A cell as a whole number: a rate in hundredths of a percent."""
    return int(value * 100) if isinstance(value, Decimal) else value
