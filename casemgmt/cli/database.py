"""The database: made, migrated, kept, put back."""

from pathlib import Path
from typing import Any

import click

from casemgmt import paths
from casemgmt.cli.ground import opened_engine, shown


@click.command(help="Tạo hoặc nâng cấp cơ sở dữ liệu — Create or upgrade the database")
def init() -> None:
    from casemgmt import schema, sealing

    with opened_engine(owner=True, must_exist=False) as engine:
        schema.upgrade(engine)
        sealing.key()
    click.echo(f"Cơ sở dữ liệu sẵn sàng: {shown(paths.database_url())}")


@click.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    help="Chuyển phiên bản cơ sở dữ liệu, như Flask-Migrate — Migrations",
)
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def db(args: tuple[str, ...]) -> None:
    from flask.cli import ScriptInfo
    from flask_migrate import Migrate
    from flask_migrate.cli import db as group

    from casemgmt.app import create_app
    from casemgmt.web.database import db as database

    def use_our_engine(config: Any) -> Any:
        config.attributes["engine"] = database.engine
        return config

    def app() -> Any:
        made = create_app({"SQLALCHEMY_DATABASE_URI": paths.database_url(owner=True)})
        migrate: Any = Migrate()  # type: ignore[no-untyped-call]
        migrate.init_app(made, database, directory=str(paths.shipped("migrations")))
        migrate.configure(use_our_engine)
        return made

    group.main(list(args) or ["--help"], prog_name="casemgmt db", obj=ScriptInfo(create_app=app))


@click.command(help="Sao lưu ra một tệp, cả khi trang web đang chạy — Back up")
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    from casemgmt.backup import back_up

    with opened_engine() as engine:
        kept = back_up(engine, file)
    click.echo(f"Đã sao lưu {kept.rows} dòng của {kept.tables} bảng ra {file}.")


@click.command(help="Khôi phục từ tệp sao lưu, sau khi kiểm tra — Restore")
@click.argument("file", type=click.Path(path_type=Path))
def restore(file: Path) -> None:
    from casemgmt import schema
    from casemgmt.backup import restore as restore_from

    with opened_engine(owner=True, must_exist=False) as engine:
        schema.upgrade(engine)
        kept = restore_from(engine, file)
    click.echo(f"Đã khôi phục {kept.rows} dòng của {kept.tables} bảng từ {file}.")
