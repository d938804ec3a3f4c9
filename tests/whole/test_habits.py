"""Habits that no single test shows: where all households may be seen, and what may lead to them."""

import re
from pathlib import Path

from casemgmt.db import Base, Private
from casemgmt.register.models import Household
from casemgmt.schema import WHOLE

PACKAGE = Path(__file__).parents[2] / "casemgmt"

# Who may look at all households, and why.
SEES_ALL = {
    "tables/views.py": "the households behind a cell that are outside one's scope are counted",
    "households/queries.py": "a CCCD that lives elsewhere is counted, never shown",
    "households/moving.py": "a merger of villages moves every stay in them",
}


def test_the_uses_of_the_lens_that_sees_all_are_known() -> None:
    uses = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if re.search(r"Lens\.everyone\(", path.read_text(encoding="utf-8"))
    }
    assert uses == set(SEES_ALL)


def test_no_relationship_leads_to_people_unasked() -> None:
    """Lazy loads pass the lens by: none may lead from a public row to a private one, nor from one
    household to another."""
    assert WHOLE
    leaks = [
        f"{mapper.class_.__name__}.{relation.key}"
        for mapper in Base.registry.mappers
        for relation in mapper.relationships
        if issubclass(relation.mapper.class_, Private)
        and (
            not issubclass(mapper.class_, Private)
            or (mapper.class_ is Household and relation.mapper.class_ is Household)
        )
    ]
    assert leaks == []
