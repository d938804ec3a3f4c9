"""A million entries of the audit trail (a tenth of them where `on.tenth`): how long it takes to
verify them."""

import resource
import time

from bench.long.rounds import Ground, Told
from casemgmt.audit import trail
from casemgmt.audit.models import What
from casemgmt.db import open_engine

ENTRIES, AT_ONCE, MOST_SECONDS = 1_000_000, 10_000, 60


def check(on: Ground, number: int) -> Told:
    """Write them as the product does, then verify."""
    told, entries_made = Told(), ENTRIES // 10 if on.tenth else ENTRIES
    with on.register() as url:
        engine = open_engine(url)
        with engine.begin() as connection:
            for start in range(0, entries_made, AT_ONCE):
                trail.record_on(
                    connection,
                    [
                        trail.Change(
                            What.CHANGED,
                            "household",
                            {"id": entry},
                            {"address": ["Xóm Trên", f"Xóm {entry}"]},
                            entry % 15_000,
                        )
                        for entry in range(start, start + AT_ONCE)
                    ],
                    actor="bench",
                    act="edit_household",
                )
        begun = time.perf_counter()
        with engine.connect() as connection:
            entries, broken = trail.verify(connection)
        seconds = time.perf_counter() - begun
        engine.dispose()
    if broken is not None or entries != entries_made:
        told.wrong.append(f"{entries} entries hold, {broken}")
    if seconds > MOST_SECONDS:
        told.wrong.append(f"verified in {seconds:.1f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told.figures = {
        "entries": entries,
        "most_verify_seconds": round(seconds, 1),
        "most_mb": round(peak),
    }
    return told
