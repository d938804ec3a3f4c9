"""The demonstration, built into a database for the tests."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from casemgmt import demo, sealing
from casemgmt.audit import trail
from casemgmt.db import open_engine


def build(url: str, home: Path) -> list[demo.Account]:
    """Build it into an empty, migrated database; its keys lie in `home`."""
    engine = open_engine(url)
    with pytest.MonkeyPatch.context() as patch, Session(engine) as session:
        patch.setenv("CASEMGMT_HOME", str(home))
        sealing.forget_keys()
        trail.act_as(session, actor="test", act="demo")
        accounts = demo.build(session)
        session.commit()
    engine.dispose()
    return accounts
