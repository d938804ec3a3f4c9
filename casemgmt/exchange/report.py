"""What an import says: how many rows did what, and every fault with its place."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Remark:
    """A fault or a warning. `row` is Excel's number, `column` the header, `value` the cell as it
    stands; all None where a whole file is meant."""

    message: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | int | float | None = None

    def as_json(self) -> dict[str, Any]:
        """The remark as the contract's json has it."""
        keys = ("sheet", "row", "column", "value", "message")
        return {key: getattr(self, key) for key in keys}

    def as_text(self) -> str:
        """The remark as one line for people."""
        parts = (("trang “{}”", self.sheet), ("dòng {}", self.row), ("cột “{}”", self.column))
        told = ", ".join(form.format(part) for form, part in parts if part)
        value = "" if self.value is None else f" (đang ghi: {self.value})"
        return f"{told}: {self.message}{value}" if told else self.message


@dataclass(slots=True)
class Tally:
    """How many rows a sheet has, and what became of them."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass(slots=True)
class Report:
    """The outcome of an import. `applied`: the rows are written (the caller commits)."""

    sheets: dict[str, Tally] = field(default_factory=dict)
    errors: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    applied: bool = False

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return not self.errors

    def as_json(self) -> dict[str, Any]:
        """The report as plain data, in the contract's shape."""
        return {
            "ok": self.ok,
            "applied": self.applied,
            "sheets": {name: asdict(tally) for name, tally in self.sheets.items()},
            "errors": [remark.as_json() for remark in self.errors],
            "warnings": [remark.as_json() for remark in self.warnings],
        }

    def as_text(self) -> str:
        """The report as lines for people."""
        lines = [
            f"{name}: {tally.rows} dòng, thêm {tally.created}, sửa {tally.updated},"
            f" giữ nguyên {tally.unchanged}"
            for name, tally in self.sheets.items()
        ]
        lines += [f"Cảnh báo — {remark.as_text()}" for remark in self.warnings]
        lines += [f"Lỗi — {remark.as_text()}" for remark in self.errors]
        if self.errors:
            lines.append(f"Không nhập: có {len(self.errors)} lỗi, sổ không thay đổi.")
        elif self.applied:
            lines.append("Đã nhập.")
        else:
            lines.append("Tệp nhập được; chưa ghi gì vào sổ.")
        return "\n".join(lines)

    def in_order(self) -> None:
        """Sort the remarks by where they stand in the file."""
        order = {name: place for place, name in enumerate(self.sheets)}

        def place(remark: Remark) -> tuple[int, int]:
            return order.get(remark.sheet or "", -1), remark.row or 0

        self.errors.sort(key=place)
        self.warnings.sort(key=place)
