"""One walk through the XML of a workbook: how far its sheets reach, how much text they hold, and
where formulas and errors stand, which calamine does not tell."""

import posixpath
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

_SHOWN = 60  # characters of a formula that a report repeats
_INDEX = 10  # digits of the number of a shared string

Attributes = dict[str, str]
Places = dict[tuple[int, int], str]


class Unreadable(Exception):
    """A file that cannot be read at all; the message says why, in Vietnamese."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may hold. `rows`, `cells` (rows × columns in use) and `text` (characters of
    all cells) are of one sheet; `unpacked` and `shared` are bytes; `marks` are formula and error
    cells of one file."""

    entries: int = 1_000
    unpacked: int = 300_000_000
    shared: int = 100_000_000
    strings: int = 2_000_000
    rows: int = 300_000
    cells: int = 6_000_000
    text: int = 60_000_000
    characters: int = 32_767
    marks: int = 100_000


class Shared:
    """The table of shared strings: the length of each."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.lengths = array("H")
        self.length = 0

    def start(self, name: str, _attributes: Attributes) -> None:
        if _local(name) == "si":
            self.finish()

    def text(self, text: str) -> None:
        self.length += len(text)
        if self.length > self.limits.characters:
            raise Unreadable(_long(self.limits))

    def finish(self) -> None:
        # The count is one late, and the first entry is an empty one before any <si>.
        self.lengths.append(self.length)
        self.length = 0
        if len(self.lengths) > self.limits.strings:
            raise Unreadable("Tệp có quá nhiều chữ: hãy chia thành nhiều tệp.")


class Cells:
    """One sheet: its extent, its text, its formulas and errors."""

    def __init__(self, limits: Limits, shared: "array[int]") -> None:
        self.limits = limits
        self.shared = shared
        self.places: Places = {}
        self.hidden: set[int] = set()  # rows in use that Excel does not show
        self.row_hidden = False
        self.row = self.column = self.last_row = self.last_column = 0
        self.seen = self.total = 0
        self.kind = self.part = ""
        self.formula = self.open = False
        self.length = 0
        self.kept = ""

    def start(self, name: str, attributes: Attributes) -> None:
        if ":" in name:
            name = _local(name)
        if name == "c":
            self._cell(attributes)
        elif name in ("v", "f", "is"):
            if self.open:
                self._content(name)
        elif name == "row":
            self._close()
            self.row = int(attributes.get("r", self.row + 1))
            self.row_hidden = attributes.get("hidden") in ("1", "true")
            self.column = 0
        elif self.part != "is":  # inside of it are only words
            self._close()

    def _cell(self, attributes: Attributes) -> None:
        self._close()
        self.open = True
        self.seen += 1
        if self.seen > self.limits.cells:
            raise Unreadable(_wide(self.limits))
        self.kind = attributes.get("t", "")
        if place := attributes.get("r"):
            letters = place.rstrip("0123456789")
            self.row, self.column = int(place[len(letters) :]), _number(letters)
        else:
            self.column += 1

    def _content(self, name: str) -> None:
        if name == "f":
            if self.part:  # the extensions behind the rows have an element of this name too
                return
            self.formula = True
        self.part = name
        if self.row_hidden:
            self.hidden.add(self.row)
        if self.row > self.last_row or self.column > self.last_column:
            self._reach()

    def _close(self) -> None:
        if self.part:
            self.finish()
        self.open = False

    def _reach(self) -> None:
        """The sheet reaches further than was known."""
        self.last_row = max(self.row, self.last_row)
        self.last_column = max(self.column, self.last_column)
        if self.row > self.limits.rows + 1:  # the header is no row of data
            raise Unreadable(
                f"Có trang tính dài hơn {self.limits.rows} dòng: hãy chia thành nhiều tệp"
                " hoặc xóa các ô thừa ở xa."
            )
        if self.last_row * self.last_column > self.limits.cells:
            raise Unreadable(_wide(self.limits))

    def text(self, text: str) -> None:
        if not self.part:
            return
        kept = self.part == "f" if self.formula else self.kind in ("e", "s")
        if kept and len(self.kept) < _SHOWN:
            self.kept += text[:_SHOWN]
        if self.part != "f":
            self.length += len(text)
            if self.length > self.limits.characters:
                raise Unreadable(_long(self.limits))

    def finish(self) -> None:
        """The cell before is over."""
        length = self._shared_length() if self.kind == "s" and not self.formula else self.length
        self.total += length
        if self.total > self.limits.text:
            raise Unreadable("Có trang tính chứa quá nhiều chữ: hãy chia thành nhiều tệp.")
        if self.formula:
            self.places[self.row, self.column] = "=" + self.kept.strip()[:_SHOWN]
        elif self.kind == "e":
            self.places[self.row, self.column] = self.kept.strip()
        self.part, self.formula, self.length, self.kept = "", False, 0, ""

    def _shared_length(self) -> int:
        index = self.kept.strip()[:_INDEX]
        known = index.isascii() and index.isdigit() and int(index) + 1 < len(self.shared)
        return self.shared[int(index) + 1] if known else self.limits.characters


@dataclass(slots=True)
class Parts:
    """All parts of a workbook, each walked through once."""

    limits: Limits
    lengths: "array[int]" = field(default_factory=lambda: array("H"))
    sheets: dict[str, Places] = field(default_factory=dict)  # by part
    hidden: dict[str, set[int]] = field(default_factory=dict)
    workbook: str | None = None
    ids: dict[str, str] = field(default_factory=dict)  # relation → sheet's name
    targets: dict[str, dict[str, str]] = field(default_factory=dict)  # part → relation → target
    _part: str = ""

    def walk(self, part: str, pieces: Iterator[bytes]) -> None:
        """Parse one part. Raises Unreadable where it is no plain XML or beyond a limit."""
        self._part = part
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _no_doctype
        root: list[Callable[[], None]] = []

        def first(name: str, attributes: Attributes) -> None:
            root.append(self._root(parser, _local(name), attributes))

        parser.StartElementHandler = first
        try:
            for piece in pieces:
                parser.Parse(piece, False)
            parser.Parse(b"", True)
        except expat.ExpatError:
            raise Unreadable("Tệp .xlsx có nội dung hỏng: hãy mở bằng Excel và lưu lại.") from None
        for finish in root:
            finish()
        if sum(map(len, self.sheets.values())) > self.limits.marks:
            raise Unreadable(f"Tệp có quá nhiều ô công thức hoặc ô lỗi (hơn {self.limits.marks}).")

    def _root(
        self, parser: expat.XMLParserType, root: str, attributes: Attributes
    ) -> Callable[[], None]:
        match root:
            case "sst":
                shared = Shared(self.limits)
                self.lengths = shared.lengths
                parser.StartElementHandler = shared.start
                parser.CharacterDataHandler = shared.text
                return shared.finish
            case "worksheet":
                cells = Cells(self.limits, self.lengths)
                self.sheets[self._part] = cells.places
                self.hidden[self._part] = cells.hidden
                parser.StartElementHandler = cells.start
                parser.CharacterDataHandler = cells.text
                return cells.finish
            case "workbook":
                if self.workbook is not None:
                    raise Unreadable("Tệp .xlsx có hai sổ trong một: hãy mở và lưu lại.")
                self.workbook = self._part
                parser.StartElementHandler = self._sheet
            case "Relationships":
                self.targets[self._part] = {}
                parser.StartElementHandler = self._relation
            case "Types":
                parser.StartElementHandler = _no_macro
            case _:
                parser.StartElementHandler = None
        return lambda: None

    def _sheet(self, name: str, attributes: Attributes) -> None:
        if _local(name) == "sheet":
            for attribute, value in attributes.items():
                if _local(attribute) == "id" and ":" in attribute:
                    self.ids[value] = attributes.get("name", "")

    def _relation(self, _name: str, attributes: Attributes) -> None:
        self.targets[self._part][attributes.get("Id", "")] = attributes.get("Target", "")

    def by_sheet(self) -> dict[str, tuple[Places, set[int]]]:
        """The formulas and errors of each sheet and its hidden rows, by the sheet's name."""
        folder, file = posixpath.split(self.workbook or "")
        relations = self.targets.get(f"{folder}/_rels/{file}.rels", {})
        found: dict[str, tuple[Places, set[int]]] = {}
        for relation, name in self.ids.items():
            target = relations.get(relation, "")
            part = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
            part = posixpath.normpath(part)
            found[name] = self.sheets.get(part, {}), self.hidden.get(part, set())
        return found


def _local(name: str) -> str:
    return name.rpartition(":")[2] if ":" in name else name


@lru_cache(maxsize=1024)
def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _no_doctype(*_declared: object) -> None:
    raise Unreadable("Tệp .xlsx có khai báo DOCTYPE, điều mà Excel không bao giờ ghi.")


def _no_macro(_name: str, attributes: Attributes) -> None:
    if "macroenabled" in attributes.get("ContentType", "").casefold():
        raise Unreadable("Tệp có macro: hãy lưu lại thành .xlsx (không macro).")


def _long(limits: Limits) -> str:
    return f"Có ô dài hơn {limits.characters} ký tự, hơn mức Excel cho phép."


def _wide(limits: Limits) -> str:
    return (
        f"Có trang tính rộng hơn {limits.cells} ô: hãy xóa các ô thừa ở xa hoặc chia thành nhiều"
        " tệp."
    )
