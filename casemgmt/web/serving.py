"""How the site is served: what the environment says of it, what it does not start with, and the
limits of its server. docs/deploy.md explains the settings to whoever runs the site."""

import ipaddress
import os
import select
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import make_url
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server
from waitress.task import ErrorTask
from werkzeug.middleware.proxy_fix import ProxyFix

from casemgmt import paths, sealing
from casemgmt.errors import RuleBroken
from casemgmt.web import headers
from casemgmt.web.secret import KEY_FILE

MEGABYTE = 1024 * 1024
LARGEST_FILE = 12 * MEGABYTE  # where files are sent; a form alone may hold LARGEST_FORM
LARGEST_FORM = 2 * MEGABYTE
_LOOPBACK = ("localhost", "127.0.0.1")
_YES = frozenset({"1", "yes", "true", "on"})
_NO = frozenset({"", "0", "no", "false", "off"})


@dataclass(frozen=True, slots=True)
class Serving:
    """What the environment says. `hosts` (TRUSTED_HOSTS): the names, beside this machine's own,
    under which the site is reached; `tls_proxies` (TLS_PROXIES): how many proxies of ours stand in
    front, the outermost of which speaks TLS, 0 for none; `insecure_lan` (INSECURE_LAN): plain http
    within a network that is trusted; `require_totp` (REQUIRE_TOTP): a second factor is demanded."""

    hosts: tuple[str, ...] = ()
    tls_proxies: int = 0
    insecure_lan: bool = False
    require_totp: bool = False


def from_environment() -> Serving:
    """The settings of this process. Raises RuleBroken where one cannot be read."""
    proxies = os.environ.get("TLS_PROXIES", "").strip() or "0"
    if not (proxies.isascii() and proxies.isdecimal() and int(proxies) < 10):
        raise RuleBroken(f"TLS_PROXIES phải là số proxy trước trang web, không phải {proxies}.")
    hosts = os.environ.get("TRUSTED_HOSTS", "").replace(",", " ").split()
    return Serving(tuple(hosts), int(proxies), _ticked("INSECURE_LAN"), _ticked("REQUIRE_TOTP"))


def _ticked(name: str) -> bool:
    said = os.environ.get(name, "").strip().lower()
    if said not in _YES | _NO:
        raise RuleBroken(f"{name} phải là 1 hoặc 0, không phải {said}.")
    return said in _YES


def settle(app: Flask, serving: Serving) -> None:
    """Have the application keep to these settings: the names it answers to, its cookie, HSTS, and
    whose word it takes for a client's address."""
    app.config["TRUSTED_HOSTS"] = [*_LOOPBACK, *serving.hosts]
    app.config["REQUIRE_TOTP"] = serving.require_totp
    app.config["TLS"] = serving.tls_proxies > 0
    if serving.tls_proxies:
        app.config["SESSION_COOKIE_NAME"] = f"__Host-{app.config['SESSION_COOKIE_NAME']}"
        app.config["SESSION_COOKIE_SECURE"] = True
        hops = serving.tls_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=0, x_port=0, x_prefix=0
        )


def check_start(app: Flask, serving: Serving, host: str) -> None:
    """Refuse to serve on `host` what must not be served so. Raises RuleBroken with a sentence that
    says what to do."""
    public = not _is_loopback(host)
    if public and app.debug:
        raise RuleBroken("Không mở trang web ra mạng ở chế độ gỡ lỗi: hãy bỏ FLASK_DEBUG.")
    if public and not serving.tls_proxies and not serving.insecure_lan:
        raise RuleBroken(
            f"Không mở trang web ở {host} qua http trần: ai trong mạng cũng đọc được mật khẩu và dữ"
            " liệu. Hãy đặt sau một proxy TLS (TLS_PROXIES=1) hoặc, trong mạng nội bộ tin cậy, đặt"
            " INSECURE_LAN=1 (docs/deploy.md)."
        )
    if (public or serving.tls_proxies) and not serving.hosts:
        raise RuleBroken(
            "Hãy đặt TRUSTED_HOSTS là các tên hoặc địa chỉ mà mọi người dùng để mở trang web, cách"
            " nhau bằng dấu phẩy."
        )
    if (paths.home() / sealing.WAITING_KEY).exists():
        raise RuleBroken(
            "Lần đổi khóa trước chưa xong: hãy chạy lại «casemgmt change-key» rồi mở trang web."
        )
    if exposed := list(_exposed(_secrets(str(app.config["SQLALCHEMY_DATABASE_URI"])))):
        names = " ".join(str(path) for path in exposed)
        raise RuleBroken(f"Người khác trên máy đọc được tệp của sổ: hãy chạy «chmod 600 {names}».")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def database_file(url: str) -> Path | None:
    """The file of a SQLite database; None for another kind, or one in memory."""
    found = make_url(url)
    if found.get_backend_name() != "sqlite" or found.database in (None, "", ":memory:"):
        return None
    return Path(str(found.database))


def _secrets(url: str) -> list[Path]:
    database = database_file(url)
    keys = [paths.home() / KEY_FILE, paths.home() / sealing.KEY_FILE]
    return keys if database is None else [*keys, database]


def _exposed(files: Iterable[Path]) -> Iterable[Path]:
    """The files that others than their owner may read or write. Windows says it otherwise."""
    if os.name != "posix":
        return []
    others = stat.S_IRWXG | stat.S_IRWXO
    return [file for file in files if file.exists() and file.stat().st_mode & others]


def make_server(app: Flask, serving: Serving, host: str, port: int) -> Any:
    """The server, bound and not yet running. Raises OSError where the port is taken.

    A body is refused by its announced length before it is read. What is being received or sent
    stays in memory, never in a temporary file: it is about people. A client that sends slowly takes
    a connection, not a thread, so there are many connections."""
    sockets: dict[int, Any] = {}
    polls = hasattr(select, "poll")
    server: Any = create_server(  # type: ignore[no-untyped-call]
        app,
        map=sockets,
        host=host,
        port=port,
        threads=8,
        ident="",
        connection_limit=800 if polls else 400,
        asyncore_use_poll=polls,
        channel_timeout=60,
        cleanup_interval=10,
        max_request_header_size=MEGABYTE // 16,
        max_request_body_size=LARGEST_FILE + MEGABYTE,
        inbuf_overflow=LARGEST_FILE + 2 * MEGABYTE,
        outbuf_overflow=256 * MEGABYTE,
        clear_untrusted_proxy_headers=not serving.tls_proxies,
        log_socket_errors=False,
    )
    for one in sockets.values():
        if isinstance(one, BaseWSGIServer):
            one.channel_class = _channel(headers.always(app))
    return server


def _channel(carried: dict[str, str]) -> type[HTTPChannel]:
    """Connections whose refusals, made before the site sees the request (too large, no HTTP), carry
    the headers of every answer."""

    class Refusal(ErrorTask):
        def execute(self) -> None:
            error = self.request.error
            body = f"{error.reason}\r\n".encode()
            if error.code == 413:
                body = "Tệp hoặc nội dung gửi lên quá lớn. Hãy chia nhỏ rồi gửi lại.\r\n".encode()
            self.status = f"{error.code} {error.reason}"
            kind = {"Content-Type": "text/plain; charset=utf-8", **carried}
            self.response_headers.extend(kind.items())
            self.set_close_on_finish()
            self.content_length = len(body)  # type: ignore[assignment]
            self.write(body)  # type: ignore[no-untyped-call]

    class Channel(HTTPChannel):
        error_task_class = Refusal

    return Channel
