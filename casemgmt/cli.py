"""The command line. Each command loads what it needs when it runs, so that help and tables stay
quick: imports inside functions are the rule of this one module.

Exit status: 0 done (findings are a result), 1 refused or invalid (the reason on stderr, nothing
changed), 2 wrong usage."""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from casemgmt import paths
from casemgmt.errors import RuleBroken

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from casemgmt.tables.figures import Asked

TABLE_NAMES = (
    "bieu-2",
    "bieu-3",
    "dien-bien",
    "bieu-3-can-ngheo",
    "dien-bien-can-ngheo",
    "thoat-ngheo",
)
ROLES = ("admin", "district", "commune", "organisation", "viewer")


class Group(click.Group):
    """Turns what went wrong into one sentence on stderr and status 1; lists its commands with
    their whole help, in Vietnamese with English beside."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        cmd.short_help = cmd.help
        super().add_command(cmd, name)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except RuleBroken as broken:
            raise click.ClickException(broken.message) from broken
        except OSError as error:
            raise click.ClickException(f"{error.strerror}: {error.filename or ''}") from error
        except Exception as error:
            if (sentence := _database_trouble(error)) is None:
                raise
            raise click.ClickException(sentence) from error


def _database_trouble(error: Exception) -> str | None:
    if not type(error).__module__.startswith("sqlalchemy"):
        return None
    from sqlalchemy.exc import DBAPIError

    if not isinstance(error, DBAPIError):
        return None
    first = str(error.orig).strip().splitlines()[0] if error.orig else ""
    if "locked" in first:
        return "Cơ sở dữ liệu đang bận ghi: hãy thử lại sau ít giây."
    return f"Cơ sở dữ liệu không trả lời được: {first}"


class Day(click.ParamType[date]):
    """A date: dd/mm/yyyy or yyyy-mm-dd."""

    name = "ngày"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        from casemgmt.typed import parse_date

        if isinstance(value, date):
            return value
        try:
            return parse_date(value)
        except ValueError as wrong:
            self.fail(f"{value}: {wrong}", param, ctx)


DAY = Day()


@click.group(
    cls=Group,
    invoke_without_command=True,
    help="""\b
Đỡ đầu hộ nghèo có địa chỉ: sổ bộ hộ nghèo, đơn vị đỡ đầu và các biểu.
Case management for a poverty programme: the register, the sponsors, the tables.""",
)
@click.pass_context
def main(ctx: click.Context) -> None:
    """Show what there is to do when nothing was asked."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


# -- the database ---------------------------------------------------------------------------


@contextmanager
def _engine(*, owner: bool = False, must_exist: bool = True) -> "Iterator[Engine]":
    from casemgmt import schema
    from casemgmt.db import open_engine

    url = paths.database_url(owner=owner)
    if (
        must_exist
        and url.startswith("sqlite:///")
        and not Path(url.removeprefix("sqlite:///")).exists()
    ):
        raise RuleBroken(
            f"Chưa có cơ sở dữ liệu ({_shown(url)}): hãy chạy «casemgmt init» hoặc «casemgmt demo»."
        )
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = open_engine(url)
    try:
        if must_exist:
            with engine.connect() as connection:
                stands = schema.current(connection)
            if stands is None:
                raise RuleBroken("Cơ sở dữ liệu còn trống: hãy chạy «casemgmt init».")
            if stands != schema.newest():
                raise RuleBroken(
                    f"Cơ sở dữ liệu ở phiên bản {stands}, chương trình cần {schema.newest()}:"
                    " hãy chạy «casemgmt init»."
                )
        yield engine
    finally:
        engine.dispose()


def _shown(url: str) -> str:
    from sqlalchemy import make_url

    return make_url(url).render_as_string(hide_password=True)


@contextmanager
def _session(act: str) -> "Iterator[Session]":
    """A session on the register; what it changed is committed at the end, or nothing is."""
    from sqlalchemy.orm import Session

    from casemgmt.audit import trail

    with _engine() as engine, Session(engine) as session:
        trail.act_as(session, actor="dòng lệnh", act=act)
        yield session
        session.commit()


@main.command(help="Tạo hoặc nâng cấp cơ sở dữ liệu — Create or upgrade the database")
def init() -> None:
    from casemgmt import schema, sealing

    with _engine(owner=True, must_exist=False) as engine:
        schema.upgrade(engine)
        sealing.key()
    click.echo(f"Cơ sở dữ liệu sẵn sàng: {_shown(paths.database_url())}")


@main.command(
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


# -- the site -------------------------------------------------------------------------------


@main.command(help="Mở trang web — Serve the site")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def serve(host: str, port: int) -> None:
    with _engine():
        pass
    _serve(host, port)


def _serve(host: str, port: int) -> None:
    from waitress.server import create_server

    from casemgmt.app import create_app

    try:
        server: Any = create_server(create_app(), host=host, port=port, threads=8)  # type: ignore[no-untyped-call]
    except OSError as taken:
        raise RuleBroken(
            f"Không mở được cổng {port} ({taken.strerror}): hãy chọn --port khác."
        ) from taken
    click.echo(f"Trang web: http://{host}:{port}/ — dừng bằng Ctrl+C")
    sys.stdout.flush()
    server.run()


@main.command(help="Sổ minh họa Cam Lộ 2022, rồi mở trang web — The demonstration register")
@click.option("--no-serve", is_flag=True, help="Không mở trang web — Stop before serving")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--reset", is_flag=True, help="Lập lại từ đầu, mật khẩu mới — Rebuild it")
def demo(no_serve: bool, port: int, reset: bool) -> None:
    from sqlalchemy.orm import Session

    from casemgmt import demo as demonstration
    from casemgmt import schema
    from casemgmt.audit import trail

    with _engine(owner=True, must_exist=False) as engine:
        standing = schema.standing(engine)
        if standing is schema.Standing.REGISTER:
            raise RuleBroken("Ở đây đang có một sổ khác: sổ minh họa cần một cơ sở dữ liệu riêng.")
        if reset and standing is schema.Standing.DEMONSTRATION:
            schema.drop_everything(engine)
        schema.upgrade(engine)
        with Session(engine) as session:
            trail.act_as(session, actor="dòng lệnh", act="demo")
            accounts = (
                demonstration.build(session, progress=_progress())
                if reset or standing is schema.Standing.NOTHING
                else []
            )
            session.commit()
        _show_demonstration(engine, accounts)
    if not no_serve:
        _serve("127.0.0.1", port)


def _show_demonstration(engine: "Engine", accounts: list[Any]) -> None:
    from casemgmt import demo as demonstration
    from casemgmt.tables import sheets
    from casemgmt.tables.figures import figures
    from casemgmt.tables.reconcile import as_text, reconcile

    with engine.connect() as connection:
        for wanted, declared in demonstration.signed_tables():
            click.echo(sheets.as_text(figures(connection, wanted)))
            findings = reconcile(connection, declared, wanted)
            click.echo(f"Đối chiếu với biểu đã ký — {as_text(findings)}")
    for account in accounts:
        click.echo(
            f"{account.name:<22} {account.password:<30} {account.role.label}: {account.place}"
        )
    if accounts:
        click.echo("Mật khẩu chỉ hiện một lần: hãy ghi lại. Làm lại: casemgmt demo --reset")


@main.group(help="Tài khoản — Accounts")
def user() -> None:
    pass


@user.command("add", help="Thêm tài khoản — Add an account")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--unit", metavar="MÃ")
@click.option("--organisation", metavar="MÃ")
@click.option("--signs", is_flag=True, help="Được ký biểu — May sign tables")
@click.option("--must-change", is_flag=True, help="Phải đổi mật khẩu khi vào lần đầu.")
@click.option("--password-stdin", is_flag=True, required=True, help="Mật khẩu ở đầu vào chuẩn.")
def add_user(
    name: str,
    role: str,
    unit: str | None,
    organisation: str | None,
    signs: bool,
    must_change: bool,
    password_stdin: bool,
) -> None:
    from casemgmt.access import actions
    from casemgmt.access.policy import Role
    from casemgmt.organisations import queries as organisations
    from casemgmt.places import queries as places

    password = sys.stdin.readline().rstrip("\r\n")
    with _session("user add") as session:
        actions.add_user(
            session,
            name=name,
            role=Role(role),
            password=password,
            unit=_found(session, places.by_code, unit, "đơn vị"),
            organisation=_found(session, organisations.by_code, organisation, "tổ chức"),
            signs=signs,
            must_change=must_change,
        )
    click.echo(f"Đã thêm tài khoản {name}.")


def _found(session: "Session", by_code: Callable[[str], Any], code: str | None, what: str) -> Any:
    """The row of a code; None where no code was given."""
    if code is None:
        return None
    if (row := session.scalar(by_code(code))) is None:
        raise RuleBroken(f"Không có {what} nào mang mã {code}.")
    return row


# -- in and out -----------------------------------------------------------------------------

FORMAT = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)


@main.command("import", help="Nhập sổ bộ (.xlsx) — Import a register workbook")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Chỉ kiểm tra — Check only")
@FORMAT
def import_(file: Path, dry_run: bool, form: str) -> None:
    from casemgmt.exchange.importing import import_workbook

    with _session("import") as session:
        report = import_workbook(session, file, dry_run=dry_run, progress=_progress())
        if not report.applied:
            session.rollback()
    if form == "json":
        _print_json(report.as_json())
    else:
        click.echo(report.as_text(), err=not report.ok)
    if not report.ok:
        raise click.exceptions.Exit(1)


@main.command(help="Xuất toàn bộ sổ bộ (.xlsx) — Export the whole register")
@click.argument("file", type=click.Path(path_type=Path))
def export(file: Path) -> None:
    from casemgmt.exchange.exporting import export_workbook

    with _session("export") as session:
        export_workbook(session, file)
    click.echo(f"Đã xuất sổ bộ ra {file}.")


def _progress() -> Callable[[str, int, int], None] | None:
    """Writes how far a long work is, on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        return None

    def show(stage: str, done: int, total: int) -> None:
        sys.stderr.write(f"\r\033[K{stage}: {done}/{total}" + ("\n" if done >= total else ""))
        sys.stderr.flush()

    return show


@main.command(help="Sao lưu ra một tệp, cả khi trang web đang chạy — Back up")
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    from casemgmt.backup import back_up

    with _engine() as engine:
        kept = back_up(engine, file)
    click.echo(f"Đã sao lưu {kept.rows} dòng của {kept.tables} bảng ra {file}.")


@main.command(help="Khôi phục từ tệp sao lưu, sau khi kiểm tra — Restore")
@click.argument("file", type=click.Path(path_type=Path))
def restore(file: Path) -> None:
    from casemgmt import schema
    from casemgmt.backup import restore as restore_from

    with _engine(owner=True, must_exist=False) as engine:
        schema.upgrade(engine)
        kept = restore_from(engine, file)
    click.echo(f"Đã khôi phục {kept.rows} dòng của {kept.tables} bảng từ {file}.")


# -- tables ---------------------------------------------------------------------------------


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


@contextmanager
def _reading() -> Iterator[Any]:
    from casemgmt.db import reading

    with reading(), _engine() as engine, engine.connect() as connection:
        yield connection


@main.command(help="Một biểu — A table")
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
    with _reading() as connection:
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
    with tempfile.NamedTemporaryFile(dir=output.parent, delete=False) as file:
        file.write(data)
    Path(file.name).chmod(0o644)
    os.replace(file.name, output)
    click.echo(f"Đã ghi {output}.", err=True)


@main.command(help="Các hộ đằng sau một ô — The households behind a cell")
@click.argument("name", metavar="TABLE", type=click.Choice(TABLE_NAMES))
@click.option("--row", required=True, metavar="MÃ|total")
@click.option("--column", required=True, metavar="KEY")
@_asking
@FORMAT
def cell(name: str, row: str, column: str, form: str, **asking: Any) -> None:
    from casemgmt.tables.figures import household_codes

    wanted = _asked(name, asking)
    with _reading() as connection:
        codes = household_codes(connection, wanted, row, column)
    if form == "json":
        _print_json({"count": len(codes), "households": codes})
    else:
        click.echo("\n".join([f"{len(codes)} hộ", *codes]))


@main.command(help="Đối chiếu một biểu đã ký với sổ — Hold a signed table against the records")
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
    with _reading() as connection:
        findings = hold(connection, printed, wanted)
    if form == "json":
        _print_json(as_json(findings))
    else:
        click.echo(as_text(findings), nl=False)


# -- looking after it -----------------------------------------------------------------------


@main.command(help="Mọi địa chỉ của trang web — Every address")
@FORMAT
def routes(form: str) -> None:
    from casemgmt.app import create_app
    from casemgmt.web.asking import addresses

    found = addresses(create_app())
    if form == "json":
        _print_json(found)
    else:
        for address in found:
            click.echo(f"{','.join(address['methods']):<10} {address['rule']:<60} {address['act']}")


@main.group(help="Nhật ký — The audit trail")
def audit() -> None:
    pass


@audit.command(help="Kiểm tra chuỗi nhật ký — Verify the chain")
@FORMAT
def verify(form: str) -> None:
    from casemgmt.audit.trail import head
    from casemgmt.audit.trail import verify as verify_chain

    with _reading() as connection:
        entries, broken = verify_chain(connection)
        _number, newest = head(connection)
    if form == "json":
        _print_json(
            {
                "ok": broken is None,
                "entries": entries,
                "head": newest,
                "broken": {"entry": broken.entry, "why": broken.why} if broken else None,
            }
        )
    elif broken is None:
        click.echo(f"Chuỗi nhật ký nguyên vẹn: {entries} mục, đầu chuỗi {newest}.")
    if broken is not None:
        raise click.ClickException(f"Chuỗi nhật ký đứt ở mục {broken.entry}: {broken.why}.")


@main.command(help="Kiểm tra mọi bất biến và chất lượng dữ liệu — Check the register")
@FORMAT
def check(form: str) -> None:
    from sqlalchemy.orm import Session

    from casemgmt import settings
    from casemgmt.register.checking import as_json
    from casemgmt.register.checking import check as check_register

    with _reading() as connection, Session(connection) as session:
        findings = check_register(session, today=settings.today(session))
    broken = [finding for finding in findings if finding.is_invariant]
    if form == "json":
        _print_json(as_json(findings))
    else:
        for finding in findings:
            click.echo(f"{'SAI' if finding.is_invariant else 'Ngờ'}: {finding.sentence}")
        click.echo(f"{len(broken)} bất biến sai, {len(findings) - len(broken)} điều đáng ngờ.")
    if broken:
        raise click.exceptions.Exit(1)


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
