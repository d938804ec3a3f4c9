"""Tables, the households behind a cell, and signed tables held against the records."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from casemgmt.cli.ground import DAY, FORMAT, print_json, reading_only

if TYPE_CHECKING:
    from casemgmt.tables.figures import Asked

TABLE_NAMES = (
    "bieu-2",
    "bieu-3",
    "dien-bien",
    "bieu-3-can-ngheo",
    "dien-bien-can-ngheo",
    "thoat-ngheo",
)


def _asking(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say which figures are meant."""
    options = (
        click.option("--as-of", type=DAY, help="Ngày tính số liệu — The day"),
        click.option("--from", "start", type=DAY, help="Ngày đầu kỳ — D0 of a movement"),
        click.option("--to", "end", type=DAY, help="Ngày cuối kỳ — D1 of a movement"),
        click.option("--unit", metavar="MÃ", help="Xã hoặc cấp trên; bỏ trống: toàn sổ."),
        click.option("--year", type=click.IntRange(1990, 2100), help="Năm của chỉ tiêu."),
        click.option("--map-date", type=DAY, help="Bản đồ đơn vị của ngày này."),
        click.option(
            "--basis",
            type=click.Choice(["sponsor", "membership"]),
            default="sponsor",
            show_default=True,
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _asked(name: str, asking: dict[str, Any]) -> "Asked":
    from casemgmt.tables.definitions import Basis
    from casemgmt.tables.figures import asked

    return asked(name, **{**asking, "basis": Basis(asking["basis"])})


@click.command(help="Một biểu — A table")
@click.argument("name", type=click.Choice(TABLE_NAMES))
@_asking
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv", "xlsx", "pdf"]),
    default="text",
    show_default=True,
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Ghi ra tệp — To a file")
def table(name: str, form: str, output: Path | None, **asking: Any) -> None:
    from casemgmt.tables import sheets
    from casemgmt.tables.figures import figures

    if form in ("xlsx", "pdf") and output is None:
        raise click.UsageError("xlsx và pdf cần -o FILE.")
    wanted = _asked(name, asking)
    with reading_only() as connection:
        found = figures(connection, wanted)
    content = (
        json.dumps(sheets.as_json(found), ensure_ascii=False, indent=2)
        if form == "json"
        else sheets.FORMATS[form](found)
    )
    _write(content, output)


def _write(content: str | bytes, output: Path | None) -> None:
    if output is None:
        click.echo(content)
        return
    data = content.encode() if isinstance(content, str) else content
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".casemgmt-") as folder:
        made = Path(folder) / output.name
        made.write_bytes(data)
        made.replace(output)
    click.echo(f"Đã ghi {output}.", err=True)


@click.command(help="Các hộ đằng sau một ô — The households behind a cell")
@click.argument("name", metavar="TABLE", type=click.Choice(TABLE_NAMES))
@click.option("--row", required=True, metavar="MÃ|total")
@click.option("--column", required=True, metavar="KEY")
@_asking
@FORMAT
def cell(name: str, row: str, column: str, form: str, **asking: Any) -> None:
    from casemgmt.tables.figures import household_codes

    wanted = _asked(name, asking)
    with reading_only() as connection:
        codes = household_codes(connection, wanted, row, column)
    if form == "json":
        print_json({"count": len(codes), "households": codes})
    else:
        click.echo("\n".join([f"{len(codes)} hộ", *codes]))


@click.command(help="Đối chiếu một biểu đã ký với sổ — Hold a signed table against the records")
@click.argument("name", type=click.Choice(["bieu-2", "bieu-3"]))
@click.option("--declared", required=True, type=click.Path(path_type=Path), metavar="FILE.csv")
@_asking
@FORMAT
def reconcile(name: str, declared: Path, form: str, **asking: Any) -> None:
    from casemgmt.tables.declared import read
    from casemgmt.tables.reconcile import as_json, as_text
    from casemgmt.tables.reconcile import reconcile as hold

    wanted = _asked(name, asking)
    printed = read(declared.read_bytes(), wanted.table)
    with reading_only() as connection:
        findings = hold(connection, printed, wanted)
    if form == "json":
        print_json(as_json(findings))
    else:
        click.echo(as_text(findings), nl=False)
