"""The database: made, migrated, kept, put back."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from casemgmt import paths
from casemgmt.cli.ground import opened_engine, shown

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from casemgmt.backup.archive import Kept
    from casemgmt.backup.folder import Added


@click.command(help="Tạo hoặc nâng cấp cơ sở dữ liệu — Create or upgrade the database")
def init() -> None:
    from casemgmt import schema, sealing
    from casemgmt.backup.resealing import check_key

    with opened_engine(owner=True, must_exist=False) as engine:
        schema.upgrade(engine)
        with engine.connect() as connection:
            check_key(connection)
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


KEY = click.option(
    "--key-file",
    envvar="CASEMGMT_BACKUP_KEY",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Tệp khóa sao lưu; cũng đặt được bằng CASEMGMT_BACKUP_KEY — The backup key",
)


def _key(file: Path | None) -> bytes | None:
    from casemgmt.backup.encrypting import read_key

    return read_key(file) if file else None


@click.command(
    "backup-key",
    help="""Lập khóa sao lưu: có khóa, mọi tệp sao lưu được mã hóa. Hãy chép tệp khóa ra hai nơi
    ngoài máy này (phong bì niêm phong, két): mất khóa là mất các bản sao lưu — Make a backup
    key""",
)
@click.argument("file", type=click.Path(path_type=Path))
def backup_key(file: Path) -> None:
    from casemgmt.backup.encrypting import make_key

    make_key(file)
    click.echo(
        f"Đã lập khóa sao lưu ở {file}. Hãy chép nó ra ngoài máy này, đừng để cạnh bản sao lưu."
    )


@click.command(
    "change-key",
    help="""Đổi khóa của sổ (sealing.key): mã hóa lại mọi số CCCD, ghi chú riêng… bằng khóa mới.
    Hãy dừng trang web và sao lưu trước. Mọi người phải đăng nhập lại; mã khôi phục cũ hết hiệu
    lực — Change the key of the register""",
)
def change_key() -> None:
    from casemgmt.backup.resealing import change_key as seal_anew

    with opened_engine() as engine:
        changed = seal_anew(engine)
    click.echo(
        f"Đã mã hóa lại {changed.rows} dòng bằng khóa mới. Hãy chép sealing.key mới ra ngoài máy"
        f" này; khóa cũ ở {changed.old_key}: cần cho các bản sao lưu trước đây, hãy cất đi rồi xóa"
        " khỏi máy."
    )


@click.command(
    help="""Sao lưu ra một tệp FILE, hoặc theo lịch vào một thư mục (--into, --keep), cả khi trang
    web đang chạy. Tệp được đọc lại đến cuối rồi mới tính là xong; sổ ghi lại lúc sao lưu — Back
    up"""
)
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Thư mục: tên tệp theo ngày giờ — A folder; the name is made from the date",
)
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    default=14,
    show_default=True,
    help="Với --into: giữ bấy nhiêu bản mới nhất còn nguyên vẹn — Keep the newest N whole ones",
)
@KEY
def backup(file: Path | None, into: Path | None, keep: int, key_file: Path | None) -> None:
    from casemgmt.backup import folder
    from casemgmt.backup.archive import back_up

    if (file is None) == (into is None):
        raise click.UsageError("Cần một tệp FILE hoặc một thư mục --into THƯ-MỤC.")
    _step_back()
    key = _key(key_file)
    with opened_engine() as engine:
        if into is not None:
            added = folder.add(engine, into, most=keep, key=key)
            file, kept = added.path, added.kept
            _say_kept(added)
        elif file is not None:
            kept = back_up(engine, file, key)
        click.echo(f"Đã sao lưu {kept.rows} dòng của {kept.tables} bảng ra {file}.")
        _note(engine, kept)


def _step_back() -> None:
    """Whoever is at work in the register comes first."""
    if hasattr(os, "nice"):
        os.nice(19)


def _say_kept(added: "Added") -> None:
    for old in added.removed:
        click.echo(f"Đã xóa bản cũ {old.name}.")
    for path, why in added.damaged:
        click.echo(f"Bản không dùng được: {path.name}: {why}", err=True)


def _note(engine: "Engine", kept: "Kept") -> None:
    """A backup counts even where the register cannot be written to."""
    from sqlalchemy.exc import SQLAlchemyError

    from casemgmt.backup.folder import note

    try:
        note(engine, kept)
    except SQLAlchemyError:
        click.echo("Tệp sao lưu đã xong, nhưng sổ không ghi lại được lúc sao lưu.", err=True)


@click.command(
    help="""Khôi phục từ tệp sao lưu, sau khi kiểm tra hết: sai khóa, hỏng, thiếu thì không đổi gì.
    Tệp của bản chương trình cũ được nâng cấp. Tài khoản đã khóa hay đã đổi mật khẩu sau khi sao
    lưu vẫn như bây giờ; mọi người phải đăng nhập lại — Restore"""
)
@click.argument("file", type=click.Path(path_type=Path))
@KEY
def restore(file: Path, key_file: Path | None) -> None:
    from casemgmt.backup.restoring import broken_database_told
    from casemgmt.backup.restoring import restore as restore_from
    from casemgmt.backup.surviving import somebody_manages_accounts

    key = _key(key_file)
    with broken_database_told(), opened_engine(owner=True, must_exist=False) as engine:
        kept = restore_from(engine, file, key)
        with engine.connect() as connection:
            managed = somebody_manages_accounts(connection)
    click.echo(f"Đã khôi phục {kept.rows} dòng của {kept.tables} bảng từ {file}.")
    if not managed:
        click.echo("Không còn quản trị nào dùng được: hãy thêm bằng «casemgmt user add».", err=True)


@click.command(
    help="""Tự kiểm tra hằng đêm: sao lưu, khôi phục vào một cơ sở dữ liệu tạm rồi so mọi bảng,
    Biểu 2, Biểu 3 của năm ngày, chuỗi nhật ký, bảng đã ký, tệp đính kèm — Prove that a backup
    restores"""
)
@KEY
def selfcheck(key_file: Path | None) -> None:
    from casemgmt.backup.selfcheck import self_check

    _step_back()
    with opened_engine() as engine:
        checked = self_check(engine, _key(key_file))
    for sentence in checked.wrong:
        click.echo(f"SAI: {sentence}.", err=True)
    if checked.wrong:
        raise click.ClickException(f"Tự kiểm tra thấy {len(checked.wrong)} điều sai.")
    days = ", ".join(f"{day:%d/%m/%Y}" for day in checked.days)
    click.echo(
        f"Khôi phục được và bằng nhau: {checked.rows} dòng của {checked.tables} bảng, Biểu 2 và"
        f" Biểu 3 ngày {days}, chuỗi nhật ký, bảng đã ký, tệp đính kèm."
    )
