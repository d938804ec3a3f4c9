"""Random acts, two thousand a round on a register of its own: all of it must add up."""

from sqlalchemy.orm import Session

from bench.long.rounds import Ground, Told
from casemgmt.audit import trail
from casemgmt.db import open_engine
from casemgmt.register import invariants
from tests.whole.acting import Actor, read_back, stored
from tests.whole.comparing import compare

STEPS = 2000
BETWEEN = 50  # acts from one look at everything to the next


def check(on: Ground, number: int) -> Told:
    """One register, from its making through all acts."""
    told = Told()
    with on.register() as url:
        engine = open_engine(url)
        with Session(engine) as session:
            trail.act_as(session, actor="bench", act="bench")
            history = stored(session, seed=number)
            actor = Actor(history, seed=number)
            for step in range(1, STEPS + 1):
                actor.step(session)
                if step % BETWEEN == 0:
                    read_back(session, history)
                    told.wrong += [found.sentence for found in invariants.derived(session)]
                    compare(session, history)
                    session.commit()
        engine.dispose()
    told.figures = {"acts": STEPS, "accepted": actor.accepted, "looked": STEPS / BETWEEN}
    return told
