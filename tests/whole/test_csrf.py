"""Nothing is changed by a request that does not come from a page of this session: every address
that takes another method than GET, in each of the ways in which somebody else's page could send
it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from casemgmt import sealing
from tests.browsing import PASSWORD
from tests.whole.arguments import filled
from tests.whole.judging import differences
from tests.whole.principals import Ground
from tests.whole.replica import Replica
from tests.whole.replicated import on_postgresql, on_sqlite

REFUSED = {400, 405, 415}
SAFE = {"GET", "HEAD", "OPTIONS"}
# Who may do it, so that only the token can be what is missing.
WHO = ("officer", "reviewer", "keeper", "union")


@pytest.fixture(params=["sqlite", "postgresql"])
def standing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Ground, Replica]]:
    make = {"sqlite": on_sqlite, "postgresql": on_postgresql}[request.param]
    with make(request, tmp_path) as found:
        yield found
    sealing.forget_keys()


def test_only_a_page_of_this_session_changes_anything(
    standing: tuple[Ground, Replica], record_property: Callable[[str, object], None]
) -> None:
    ground, replica = standing
    assert ground.app.config.get("WTF_CSRF_ENABLED", True)
    before, faults, tried = replica.dump(), [], 0
    rules = [rule for rule in ground.app.url_map.iter_rules() if (rule.methods or set()) - SAFE]
    for rule in rules:
        for method in sorted((rule.methods or set()) - SAFE):
            address = _address(ground, rule)
            for way, send in WAYS.items():
                answer = send(ground, rule, method, address)
                tried += 1
                if not _refused(way, rule, answer):
                    faults.append(f"{method} {address}, {way}: {answer.status_code}")
        changed = differences(before, replica.dump())
        audit = changed.pop("audit_entry", [])
        if changed or any(row[4] != "refused" for row in audit if rule.methods == {"POST"}):
            faults.append(f"{rule}: changed {changed or audit}")
        if changed:
            replica.restore()
    record_property("tried", tried)
    assert tried == len(rules) * 5
    assert faults == [], "\n".join(faults)


def _address(ground: Ground, rule: Rule) -> str:
    one = ground.register.households["own"]
    return str(
        ground.app.url_map.bind("localhost").build(rule.endpoint, filled(rule.endpoint, one, 0))
    )


def _refused(way: str, rule: Rule, answer: TestResponse) -> bool:
    """A page may be asked for by GET, whatever stands behind "?"; it then changes nothing. Where
    the rule takes no GET, another page's may fit the address, and find nothing there."""
    if way == "by GET" and "GET" in (rule.methods or ()):
        return answer.status_code < 500
    return answer.status_code in (REFUSED | {404} if way == "by GET" else REFUSED)


def _send(ground: Ground, rule: Rule, method: str, address: str, **how: Any) -> TestResponse:
    """By the first of those who may: whose answer is no 403."""
    for name in WHO:
        answer = ground.browsers[name].open(address, method=method, **how)
        if answer.status_code != 403:
            return answer
    return answer


def _fields(**more: str) -> dict[str, str]:
    return {"reason": "thử", "password": PASSWORD, **more}


def _without(ground: Ground, rule: Rule, method: str, address: str) -> TestResponse:
    return _send(ground, rule, method, address, data=_fields())


def _anothers(ground: Ground, rule: Rule, method: str, address: str) -> TestResponse:
    token = ground.tokens["looker"]
    return _send(ground, rule, method, address, data=_fields(csrf_token=token))


def _by_get(ground: Ground, rule: Rule, method: str, address: str) -> TestResponse:
    """With a good token behind "?", and the method that is meant in a field and a header."""
    told = _fields(csrf_token=ground.tokens["officer"], _method=method)
    headers = {"X-HTTP-Method-Override": method}
    return _send(ground, rule, "GET", address, query_string=told, headers=headers)


def _as_json(ground: Ground, rule: Rule, method: str, address: str) -> TestResponse:
    return _send(ground, rule, method, address, json=_fields(csrf_token=ground.tokens["officer"]))


def _as_text(ground: Ground, rule: Rule, method: str, address: str) -> TestResponse:
    text = "&".join(f"{k}={v}" for k, v in _fields(csrf_token=ground.tokens["officer"]).items())
    return _send(ground, rule, method, address, data=text, content_type="text/plain")


WAYS: dict[str, Callable[[Ground, Rule, str, str], TestResponse]] = {
    "without a token": _without,
    "with another session's": _anothers,
    "by GET": _by_get,
    "as JSON": _as_json,
    "as text": _as_text,
}
