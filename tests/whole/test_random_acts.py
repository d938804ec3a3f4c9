"""Ten thousand random acts on each database: the timeline is what the facts make, every cell is
what the fold of the facts gives, opening and flows are the closing.

CASEMGMT_STEPS chooses how many acts there are (default 10,000 on each database)."""

import os

from sqlalchemy.orm import Session

from tests.whole.acting import lived

STEPS = int(os.environ.get("CASEMGMT_STEPS", "10000"))


def test_whatever_is_done_the_register_adds_up(session: Session) -> None:
    actor = lived(session, seed=5, acts=STEPS)
    assert actor.accepted > STEPS / 4, (actor.accepted, actor.refused)
