"""The database fails at the n-th statement or commit of every act of the site, for every n until
the act goes through (see `tests.whole.faulting`), a tenth of all acts a round."""

from bench.long.rounds import Ground, Told
from tests.whole.faulting import posting, sweep
from tests.whole.replicated import replicated

ROUNDS = 10


def check(on: Ground, number: int) -> Told:
    """One register, every tenth act."""
    with on.register() as url, replicated(url) as (ground, replica):
        swept = sweep(ground, replica, posting(ground)[number::ROUNDS])
    return Told({"acts": swept.acts, "failures": swept.failures}, swept.wrong)
