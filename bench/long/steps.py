"""Random acts, two thousand a round on a register of its own: all of it must add up."""

from sqlalchemy.orm import Session

from bench.long.rounds import Ground, Told
from casemgmt.audit import trail
from casemgmt.db import open_engine
from tests.whole.acting import lived

ACTS = 2000


def check(on: Ground, number: int) -> Told:
    """One register, from its making through all acts."""
    told = Told({"acts": ACTS})
    with on.register() as url:
        engine = open_engine(url)
        with Session(engine) as session:
            trail.act_as(session, actor="bench", act="bench")
            try:
                told.figures["accepted"] = lived(session, seed=number, acts=ACTS).accepted
            except AssertionError as broken:
                told.wrong.append(str(broken))
        engine.dispose()
    return told
