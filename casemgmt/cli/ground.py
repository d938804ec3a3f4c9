"""What every command stands on: errors as sentences, dates, the database, progress."""

import json
import sys
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


def _has_its_key(engine: "Engine") -> None:
    from casemgmt import sealing

    if not (paths.home() / sealing.KEY_FILE).exists():
        from casemgmt.backup.resealing import check_key

        with engine.connect() as connection:
            check_key(connection)


@contextmanager
def opened_engine(*, owner: bool = False, must_exist: bool = True) -> "Iterator[Engine]":
    from casemgmt import revision
    from casemgmt.db import open_engine

    url = paths.database_url(owner=owner)
    if (
        must_exist
        and url.startswith("sqlite:///")
        and not Path(url.removeprefix("sqlite:///")).exists()
    ):
        raise RuleBroken(
            f"Chưa có cơ sở dữ liệu ({shown(url)}): hãy chạy «casemgmt init» hoặc «casemgmt demo»."
        )
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = open_engine(url)
    try:
        if must_exist:
            with engine.connect() as connection:
                stands = revision.current(connection)
            if stands is None:
                raise RuleBroken("Cơ sở dữ liệu còn trống: hãy chạy «casemgmt init».")
            if stands != revision.newest():
                raise RuleBroken(
                    f"Cơ sở dữ liệu ở phiên bản {stands}, chương trình cần {revision.newest()}:"
                    " hãy chạy «casemgmt init»."
                )
            _has_its_key(engine)
        yield engine
    finally:
        engine.dispose()


def shown(url: str) -> str:
    from sqlalchemy import make_url

    return make_url(url).render_as_string(hide_password=True)


@contextmanager
def opened_session(act: str) -> "Iterator[Session]":
    """A session on the register; what it changed is committed at the end, or nothing is."""
    from sqlalchemy.orm import Session

    from casemgmt.audit import trail

    with opened_engine() as engine, Session(engine) as session:
        trail.act_as(session, actor="dòng lệnh", act=act)
        yield session
        session.commit()


@contextmanager
def reading_only() -> Iterator[Any]:
    from casemgmt.db import reading

    with reading(), opened_engine() as engine, engine.connect() as connection:
        yield connection


FORMAT = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)


def progress() -> Callable[[str, int, int], None] | None:
    """Writes how far a long work is, on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        return None

    def show(stage: str, done: int, total: int) -> None:
        sys.stderr.write(f"\r\033[K{stage}: {done}/{total}" + ("\n" if done >= total else ""))
        sys.stderr.flush()

    return show


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
