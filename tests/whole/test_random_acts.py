"""Ten thousand random acts on each database: the timeline is what the facts make, every cell is
what the fold of the facts gives, opening and flows are the closing.

CASEMGMT_STEPS chooses how many acts there are (default 10,000 on each database)."""

import os

from sqlalchemy.orm import Session

from casemgmt.register import invariants
from tests.whole.acting import Actor, read_back, stored
from tests.whole.comparing import compare

STEPS = int(os.environ.get("CASEMGMT_STEPS", "10000"))
BETWEEN = 50  # acts from one look at everything to the next


def test_whatever_is_done_the_register_adds_up(session: Session) -> None:
    history = stored(session, seed=5)
    actor = Actor(history, seed=5)
    while (done := actor.accepted + actor.refused) < STEPS:
        actor.step(session)
        if done % BETWEEN == 0:
            read_back(session, history)
            assert list(invariants.derived(session)) == []
            compare(session, history)
    assert actor.accepted > STEPS / 4, (actor.accepted, actor.refused)
