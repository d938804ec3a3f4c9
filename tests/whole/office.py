"""Workbooks as LibreOffice reads them: one start of it for many files."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest

_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
_SECONDS = 300
_WIDEST = 200  # cells that a row is read up to: what is repeated beyond is the empty rest

Cell = str | Decimal | date | None


@dataclass(frozen=True)
class Sheet:
    """A sheet as it was read: its rows without the empty ends, and its formulas."""

    name: str
    rows: list[list[Cell]]
    formulas: list[str]


def program() -> str:
    """LibreOffice; where it lacks, the test is left out, loudly."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        pytest.skip(
            "LibreOffice is not installed: no workbook was opened in a spreadsheet program."
            " Debian: apt-get install --no-install-recommends libreoffice-calc-nogui"
        )
    return found


def opened(files: Sequence[Path], folder: Path) -> dict[str, list[Sheet]]:
    """The sheets of these workbooks by the stems of their names, read by LibreOffice."""
    subprocess.run(
        [
            program(),
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *("--headless", "--convert-to", "fods", "--outdir", str(folder)),
            *map(str, files),
        ],
        check=True,
        capture_output=True,
        timeout=_SECONDS,
    )
    return {file.stem: list(_sheets(folder / f"{file.stem}.fods")) for file in files}


def _sheets(file: Path) -> Iterator[Sheet]:
    body = ElementTree.parse(file).getroot().find(f"{{{_OFFICE}}}body")  # noqa: S314 our own file
    assert body is not None, file
    for table in body.iter(f"{{{_TABLE}}}table"):
        rows: list[list[Cell]] = []
        formulas: list[str] = []
        for row in table.iter(f"{{{_TABLE}}}table-row"):
            cells = list(_cells(row, formulas))
            while cells and cells[-1] is None:
                cells.pop()
            times = int(row.get(f"{{{_TABLE}}}number-rows-repeated", "1"))
            rows += [cells] * (times if cells else min(times, 2))
        while rows and not rows[-1]:
            rows.pop()
        yield Sheet(table.get(f"{{{_TABLE}}}name", ""), rows, formulas)


def _cells(row: ElementTree.Element, formulas: list[str]) -> Iterator[Cell]:
    place = 0
    for cell in row:
        times = int(cell.get(f"{{{_TABLE}}}number-columns-repeated", "1"))
        if formula := cell.get(f"{{{_TABLE}}}formula"):
            formulas.append(formula)
        value = _value(cell)
        for _ in range(min(times, _WIDEST - place)):
            yield value
        place = min(_WIDEST, place + times)


def _value(cell: ElementTree.Element) -> Cell:
    kind = cell.get(f"{{{_OFFICE}}}value-type")
    if kind == "date":
        return date.fromisoformat(cell.get(f"{{{_OFFICE}}}date-value", "")[:10])
    if kind in ("float", "percentage", "currency"):
        return Decimal(cell.get(f"{{{_OFFICE}}}value", ""))
    if kind is None:
        return None
    lines = cell.findall(f"{{{_TEXT}}}p")
    return "\n".join("".join(_words(line)) for line in lines)


def _words(line: ElementTree.Element) -> Iterator[str]:
    """The text of a paragraph; spaces that stand together are counted in an element."""
    yield line.text or ""
    for part in line:
        if part.tag == f"{{{_TEXT}}}s":
            yield " " * int(part.get(f"{{{_TEXT}}}c", "1"))
        yield from _words(part)
        yield part.tail or ""
