"""The site: the demonstration, serving, its accounts and addresses."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from casemgmt.cli.ground import FORMAT, opened_engine, opened_session, print_json, progress
from casemgmt.errors import RuleBroken

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

ROLES = ("admin", "district", "commune", "organisation", "viewer")


@click.command(help="Mở trang web — Serve the site")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def serve(host: str, port: int) -> None:
    from casemgmt.backup.resealing import check_key
    from casemgmt.db import damage

    with opened_engine() as engine:
        if found := damage(engine):
            raise RuleBroken(
                f"Tệp cơ sở dữ liệu bị hỏng ({found}): hãy giữ lại tệp này và khôi phục từ bản sao"
                " lưu gần nhất («casemgmt restore»)."
            )
        with engine.connect() as connection:
            check_key(connection)
    _serve(host, port)


def _serve(host: str, port: int) -> None:
    from casemgmt.app import create_app
    from casemgmt.web import serving

    app, settings = create_app(), serving.from_environment()
    serving.check_start(app, settings, host)
    try:
        server = serving.make_server(app, settings, host, port)
    except OSError as taken:
        raise RuleBroken(
            f"Không mở được cổng {port} ({taken.strerror}): hãy chọn --port khác."
        ) from taken
    click.echo(f"Trang web: http://{host}:{port}/ — dừng bằng Ctrl+C")
    sys.stdout.flush()
    server.run()


@click.command(help="Sổ minh họa Cam Lộ 2022, rồi mở trang web — The demonstration register")
@click.option("--no-serve", is_flag=True, help="Không mở trang web — Stop before serving")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--reset", is_flag=True, help="Lập lại từ đầu, mật khẩu mới — Rebuild it")
def demo(no_serve: bool, port: int, reset: bool) -> None:
    from sqlalchemy.orm import Session

    from casemgmt import demo as demonstration
    from casemgmt import schema
    from casemgmt.audit import trail

    with opened_engine(owner=True, must_exist=False) as engine:
        standing = schema.standing(engine)
        if standing is schema.Standing.REGISTER:
            raise RuleBroken("Ở đây đang có một sổ khác: sổ minh họa cần một cơ sở dữ liệu riêng.")
        if reset and standing is schema.Standing.DEMONSTRATION:
            schema.drop_everything(engine)
        schema.upgrade(engine)
        with Session(engine) as session:
            trail.act_as(session, actor="dòng lệnh", act="demo")
            accounts = (
                demonstration.build(session, progress=progress())
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


@click.group(help="Tài khoản — Accounts")
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
    with opened_session("user add") as session:
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


@user.command("reset", help="Cấp mật khẩu mới, hiện một lần — Give an account a new password")
@click.argument("name")
@click.option("--second-factor", is_flag=True, help="Bỏ cả yếu tố thứ hai — Take it off too.")
def reset_user(name: str, second_factor: bool) -> None:
    from casemgmt.access import actions, queries
    from casemgmt.access import second_factor as factor

    with opened_session("user reset") as session:
        found = session.scalar(queries.user_named(name))
        if found is None:
            raise RuleBroken(f"Không có tài khoản {name}.")
        password = actions.reset_password(session, found)
        if second_factor:
            factor.take_off(session, found)
    click.echo(f"Mật khẩu của {name}, phải đổi khi đăng nhập, trong 72 giờ: {password}")


def _found(session: "Session", by_code: Callable[[str], Any], code: str | None, what: str) -> Any:
    """The row of a code; None where no code was given."""
    if code is None:
        return None
    if (row := session.scalar(by_code(code))) is None:
        raise RuleBroken(f"Không có {what} nào mang mã {code}.")
    return row


@click.command(help="Mọi địa chỉ của trang web — Every address")
@FORMAT
def routes(form: str) -> None:
    from casemgmt.app import create_app
    from casemgmt.web.asking import addresses

    found = addresses(create_app())
    if form == "json":
        print_json(found)
    else:
        for address in found:
            click.echo(f"{','.join(address['methods']):<10} {address['rule']:<60} {address['act']}")
