"""The register workbook, in and out."""

from pathlib import Path

import click

from casemgmt.cli.ground import FORMAT, opened_session, print_json, progress


@click.command("import", help="Nhập sổ bộ (.xlsx) — Import a register workbook")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Chỉ kiểm tra — Check only")
@FORMAT
def import_(file: Path, dry_run: bool, form: str) -> None:
    from casemgmt.exchange.importing import import_workbook

    with opened_session("import") as session:
        report = import_workbook(session, file, dry_run=dry_run, progress=progress())
        if not report.applied:
            session.rollback()
    if form == "json":
        print_json(report.as_json())
    else:
        click.echo(report.as_text(), err=not report.ok)
    if not report.ok:
        raise click.exceptions.Exit(1)


@click.command(help="Xuất toàn bộ sổ bộ (.xlsx) — Export the whole register")
@click.argument("file", type=click.Path(path_type=Path))
def export(file: Path) -> None:
    from casemgmt.exchange.exporting import export_workbook

    with opened_session("export") as session:
        export_workbook(session, file)
    click.echo(f"Đã xuất sổ bộ ra {file}.")
