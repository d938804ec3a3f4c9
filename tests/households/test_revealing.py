"""A whole CCCD is shown for a reason, and not often."""

from collections.abc import Iterator

import pytest

from casemgmt.households import revealing
from tests.browsing import CITIZEN, MASKED, Person, Site, site


@pytest.fixture
def register(url: str) -> Iterator[Site]:
    with site(url) as found:
        yield found
        found.close()


def _address(register: Site) -> str:
    with register.session() as session:
        member = register.household(session, "H1").members[0]
        return f"/households/H1/members/{member.id}/citizen-id"


def _ask(person: Person, path: str, reason: str) -> str:
    return person.post(path, reason=reason).text


def test_the_number_is_shown_to_a_post_with_a_reason_and_that_is_written_down(
    register: Site,
) -> None:
    commune, path = register.client("commune"), _address(register)
    assert MASKED in commune.page("/households/H1")
    assert CITIZEN not in commune.page(path)
    assert CITIZEN not in _ask(commune, path, "")
    answer = commune.post(path, reason="đối chiếu với công an xã")
    assert CITIZEN in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    told = commune.page("/audit?household=H1&what=read&actor=commune")
    assert "đối chiếu với công an xã" in told
    assert CITIZEN not in told


def test_others_are_not_shown_it(register: Site) -> None:
    path = _address(register)
    assert register.client("town").get(path).status_code == 404
    for name in ("hoi", "viewer", "admin"):
        assert register.client(name).get(path).status_code == 403


def test_not_more_than_so_many_in_an_hour(register: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revealing, "MOST", 2)
    commune, path = register.client("commune"), _address(register)
    assert [CITIZEN in _ask(commune, path, "đối chiếu") for _ in range(3)] == [True, True, False]
    assert CITIZEN in _ask(register.client("district"), path, "đối chiếu")
