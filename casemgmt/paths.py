"""Where things are: what the package ships, the home of a register, and its database."""

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """The folder `templates`, `static` or `migrations`: inside the package where it is
    installed from a wheel, beside it in a checkout."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def home() -> Path:
    """The folder of the embedded database, keys and attachments: CASEMGMT_HOME, else
    `instance/` of the checkout, else `.casemgmt` in the user's own folder."""
    if chosen := os.environ.get("CASEMGMT_HOME"):
        return Path(chosen).expanduser().resolve()
    checkout = _PACKAGE.parent
    if (checkout / "pyproject.toml").is_file():
        return checkout / "instance"
    return Path.home() / ".casemgmt"


def made_home() -> Path:
    """`home()`, made (readable by its owner alone) if it is not there yet."""
    folder = home()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def database_url(*, owner: bool = False) -> str:
    """DATABASE_URL with the driver that we ship, else the embedded SQLite file of `home()`.
    `owner`: DATABASE_OWNER_URL where it is set (migrations and restore on PostgreSQL)."""
    url = (owner and os.environ.get("DATABASE_OWNER_URL")) or os.environ.get("DATABASE_URL")
    if not url:
        return f"sqlite:///{home() / 'casemgmt.db'}"
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
