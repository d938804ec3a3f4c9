"""A tenth of `python -m bench.long faults`: the database fails at every statement of every tenth
act of the site."""

from pathlib import Path

import pytest

from bench.long.faults import check
from bench.long.rounds import Ground


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_act_is_kept_whole_or_not_at_all(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue("postgresql_server") if kind == "postgresql" else None
    told = check(Ground(tmp_path, kind, server), 0)
    assert told.wrong == []
    assert told.figures["acts"] >= 10
    assert told.figures["failures"] > 100
