"""A tenth of `python -m bench.long backups`: backups during 50 writes a second come back whole."""

from pathlib import Path

import pytest

from bench.long.backups import check
from bench.long.rounds import Ground

ROUNDS = 3


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_backups_during_writing_come_back(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue("postgresql_server") if kind == "postgresql" else None
    on = Ground(tmp_path, kind, server)
    rounds = [check(on, number) for number in range(ROUNDS)]
    assert [told.wrong for told in rounds] == [[]] * ROUNDS
    assert all(told.figures["written_before"] >= 10 for told in rounds)
    if kind == "sqlite":
        assert sum(told.figures["copies_refused"] for told in rounds) == ROUNDS
