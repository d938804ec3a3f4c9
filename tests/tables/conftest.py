"""The register of the signed tables, and its figures."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from casemgmt.db import open_engine
from casemgmt.tables.declared import Declared, read
from casemgmt.tables.definitions import table_named
from casemgmt.tables.figures import Figures, asked, figures
from tests import seed

DATA = Path(__file__).parent.parent / "data"


@pytest.fixture
def sown(session: Session) -> Session:
    """A session on the register behind the signed tables, on each database."""
    seed.sow(session)
    return session


@pytest.fixture(scope="session")
def stand(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Figures]:
    """Figures of that register by table and other choices, taken from one SQLite database."""
    path = tmp_path_factory.mktemp("sown") / "register.db"
    shutil.copyfile(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}")
    with Session(engine) as session:
        seed.sow(session)
        session.commit()

    def take(name: str, **choices: object) -> Figures:
        choices = {"as_of": seed.AS_OF, "unit": seed.DISTRICT} | choices
        with engine.connect() as connection:
            return figures(connection, asked(name, **choices))

    return take


def signed(name: str) -> Declared:
    """A signed table as it was printed."""
    return read((DATA / f"{name}.csv").read_bytes(), table_named(name))


def printed(name: str, text: str) -> Declared:
    """A printed table that a test wrote."""
    return read(text.encode(), table_named(name))
