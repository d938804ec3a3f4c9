"""Who reads and who writes what, by real requests: every address × every method × everybody × one's
own and other people's households. Judged by words of which each is about one household (see
`marked`), not by status: a page that says 200 may give nothing away, an error page may."""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus, urlencode
from zlib import crc32

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from casemgmt import sealing
from casemgmt.access.policy import Act
from casemgmt.web.asking import act_of
from tests.exchange.books import write
from tests.whole.arguments import ARGUMENTS, OF_ONE, QUERIES, about_one, filled
from tests.whole.found_forms import forms
from tests.whole.judging import Judge, logged
from tests.whole.marked import MET, One
from tests.whole.principals import NAMED, PRINCIPALS, SCOPES, Ground, Principal
from tests.whole.replica import Replica, differences
from tests.whole.replicated import on_postgresql, on_sqlite
from tests.whole.rightful import plain, that_sends_to, to_send
from tests.whole.unpacked import unpacked

ALL = os.environ.get("CASEMGMT_MATRIX") == "all"
LEAST = 4000
# On PostgreSQL, where a database is put back a hundred times as slowly, a part of it all.
SOME = ("ended", "officer", "union", "stranger")
SOME_SCOPES = ("own", "far")
OPEN = {"static", "shipped.bootstrap", "health.check"}  # the same for everybody
SAFE = {"GET", "HEAD", "OPTIONS"}
# What an administrator does is about no household.
KEEPING = {act for act in Act if act.value.startswith("manage_")}


@dataclass(slots=True)
class Matrix:
    """The ground, what judges it, and the database behind it."""

    ground: Ground
    judge: Judge
    replica: Replica
    whole: bool
    tried: int = 0

    def principals(self, endpoint: str, place: int) -> Sequence[Principal]:
        """Those who try. Whoever sees no household at all tries each address in one scope alone,
        unless all is to be tried."""
        if not self.whole:
            return [NAMED[name] for name in SOME]
        turn = crc32(endpoint.encode()) % len(SCOPES)
        return [one for one in PRINCIPALS if ALL or turn == place or (one.sees and not one.ends)]

    def scopes(self) -> Iterator[tuple[int, One]]:
        """The households that are tried."""
        for place, key in enumerate(SCOPES):
            if self.whole or key in SOME_SCOPES:
                yield place, self.ground.register.households[key]

    def rules(self) -> list[Rule]:
        """Every rule of the site."""
        return sorted(self.ground.app.url_map.iter_rules(), key=lambda rule: rule.rule)

    def address(self, endpoint: str, one: One, place: int) -> str:
        """The address of an endpoint about a household."""
        return str(
            self.ground.app.url_map.bind("localhost").build(endpoint, filled(endpoint, one, place))
        )

    def get(self, principal: Principal, address: str) -> TestResponse:
        """Ask for a page."""
        self.tried += 1
        return self.ground.browsers[principal.name].get(address)

    def send(
        self, principal: Principal, method: str, address: str, fields: dict[str, Any]
    ) -> TestResponse:
        """Send a form, with one's own token."""
        self.tried += 1
        told = {**fields, "csrf_token": self.ground.tokens[principal.name]}
        answer = self.ground.browsers[principal.name].open(address, method=method, data=told)
        self.ground.sit_down_again(principal.name)
        return answer


@pytest.fixture(scope="module")
def keys_of(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home that holds the keys of the marked register."""
    return tmp_path_factory.mktemp("marked")


@pytest.fixture(autouse=True)
def keys(home: Path, keys_of: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its keys, in place of those of a test's home."""
    assert home != keys_of
    monkeypatch.setenv("CASEMGMT_HOME", str(keys_of))
    sealing.forget_keys()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def matrix(
    request: pytest.FixtureRequest, keys_of: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Matrix]:
    """The ground, which each test leaves as it found it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASEMGMT_HOME", str(keys_of))
        patch.setenv("CASEMGMT_FONTS", "embedded")
        sealing.forget_keys()
        make = {"sqlite": on_sqlite, "postgresql": on_postgresql}[request.param]
        with make(request, tmp_path_factory.mktemp("matrix")) as (found, replica):
            yield Matrix(found, Judge(found.register), replica, whole=request.param == "sqlite")
    sealing.forget_keys()


def test_every_address_is_tried(matrix: Matrix) -> None:
    """And every argument of it."""
    known = {rule.endpoint: rule.arguments for rule in matrix.rules()}
    assert {endpoint: set(told) for endpoint, told in ARGUMENTS.items()} == known


def test_nobody_reads_what_is_anothers(
    matrix: Matrix, record_property: Callable[[str, object], None]
) -> None:
    before = matrix.replica.dump()
    faults: list[str] = []
    statuses: Counter[int] = Counter()
    with logged() as said:
        for rule in matrix.rules():
            if "GET" in (rule.methods or ()):
                for place, one in matrix.scopes():
                    faults += _read_by_all(matrix, rule.endpoint, one, place, statuses)
    record_property("tried", matrix.tried)
    record_property("statuses", str(statuses))
    assert faults == [], "\n".join(faults)
    assert statuses[200] > matrix.tried / 5  # it is not that nothing was shown
    assert matrix.judge.personal("\n".join(said)) == []
    assert set(differences(before, matrix.replica.dump())) <= {"audit_entry"}
    matrix.replica.restore()


def _read_by_all(
    matrix: Matrix, endpoint: str, one: One, place: int, statuses: Counter[int]
) -> list[str]:
    """Everybody asks for the page about this household; where its address names nothing, ids of
    the household stand behind "?"."""
    faults = []
    for address in _addresses(matrix, endpoint, one, place):
        for principal in matrix.principals(endpoint, place):
            status, found = _read(matrix, principal, address, endpoint)
            faults += found
            statuses[status] += 1
    return faults


def _addresses(matrix: Matrix, endpoint: str, one: One, place: int) -> list[str]:
    address = matrix.address(endpoint, one, place)
    if about_one(endpoint) or endpoint in OPEN:
        return [address]
    asked = [(name, getattr(one, field)) for name, fields in QUERIES.items() for field in fields]
    queries = [f"{address}?{urlencode([pair])}" for pair in asked]
    if ALL:
        return [address, *queries]
    turn = crc32(endpoint.encode()) + place
    return [queries[turn % len(queries)] if place or not matrix.whole else address]


def _read(
    matrix: Matrix, principal: Principal, address: str, endpoint: str
) -> tuple[int, list[str]]:
    answer = matrix.get(principal, address)
    where = f"{principal.name} GET {address}"
    said, sent = unpacked(answer), unquote_plus(address)
    answer.close()
    shown = matrix.judge.leaks(principal, said, sent, f"GET {endpoint}")
    faults = [f"{where}: {word}" for word in shown]
    if answer.status_code >= 500:
        faults.append(f"{where}: {answer.status_code}")
    return answer.status_code, faults


# --- Writing --------------------------------------------------------------------------------------


def test_nobody_writes_about_what_is_anothers(
    matrix: Matrix, record_property: Callable[[str, object], None]
) -> None:
    before, tried = matrix.replica.dump(), matrix.tried
    faults: list[str] = []
    written: dict[str, bool] = {}
    with logged() as said:
        for rule in matrix.rules():
            for method in sorted((rule.methods or set()) - SAFE):
                for place, one in matrix.scopes():
                    address = matrix.address(rule.endpoint, one, place)
                    fields, rightful = to_send(matrix.ground, rule, one, address)
                    if matrix.replica.changed():  # that somebody opened the form is written down
                        matrix.replica.restore()
                    for principal in matrix.principals(rule.endpoint, place):
                        foreign = _foreign(matrix, rule.endpoint, principal, one)
                        answer = matrix.send(principal, method, address, fields)
                        where = f"{principal.name} {method} {address}"
                        faults += _judged(matrix, principal, answer, where, fields, rule.endpoint)
                        wrote = matrix.replica.changed()
                        if wrote:
                            after = matrix.replica.dump()
                            faults += [
                                f"{where}: wrote {what}"
                                for what in matrix.judge.written(
                                    principal, before, after, foreign=foreign
                                )
                            ]
                            matrix.replica.restore()
                        if principal.name == rightful:
                            did = wrote and set(differences(before, after)) - {"audit_entry"}
                            written[rule.endpoint] = written.get(rule.endpoint, False) or bool(did)
    record_property("tried", matrix.tried - tried)
    record_property("not written by whom it is for", [e for e, did in written.items() if not did])
    assert faults == [], "\n".join(faults)
    assert matrix.judge.personal("\n".join(said)) == []
    assert sum(written.values()) > len(written) / 3  # it is not that nobody could write


def _judged(
    matrix: Matrix,
    principal: Principal,
    answer: TestResponse,
    where: str,
    fields: dict[str, Any],
    endpoint: str,
) -> list[str]:
    said, sent = unpacked(answer), unquote_plus(f"{where} {fields}")
    shown = matrix.judge.leaks(principal, said, sent, f"POST {endpoint}")
    faults = [f"{where}: {word}" for word in shown]
    if answer.status_code >= 500:
        faults.append(f"{where}: {answer.status_code}")
    return faults


def _foreign(matrix: Matrix, endpoint: str, principal: Principal, one: One) -> bool:
    """Whether what this address names is somebody else's, so that nothing may come of a try."""
    if principal.ends or principal.role is None:
        return endpoint not in ("accounts.speak",)
    if act_of(matrix.ground.app, endpoint) in KEEPING:
        return principal.name != "keeper"
    named = set(ARGUMENTS[endpoint].values())
    if named & OF_ONE:
        return not principal.reaches(one.key)
    if named & {"saved", "job"}:
        return principal.of != one.key
    if named & {"batch", "waiting"}:
        return principal.serves != one.commune
    if named & {"round", "commune", "prepared", "signed", "finding", "declared"}:
        return principal.serves not in (one.commune, one.district)
    return False


# --- Ids of others in fields and files, and what is not there -------------------------------------


def test_a_foreign_id_in_a_field_does_nothing(
    matrix: Matrix, record_property: Callable[[str, object], None]
) -> None:
    """On a page of their own, somebody puts another's id where a choice or a hidden id stands."""
    before, tried, faults = matrix.replica.dump(), matrix.tried, []
    own, far = (matrix.ground.register.households[key] for key in ("own", "far"))
    values = _names_of(matrix, far)
    for rule in matrix.rules():
        if not {"GET", "POST"} <= (rule.methods or set()):
            continue
        address = matrix.address(rule.endpoint, own, 0)
        for name in ("officer", "union", "reviewer") if matrix.whole else ("officer",):
            answer = matrix.ground.browsers[name].get(f"{address}?codes={own.code}")
            found = that_sends_to(forms(answer.text), address)
            if answer.status_code != 200 or found is None:
                continue
            for one in found.fields.values():
                if one.name in ("csrf_token", "once") or one.kind not in NAMING:
                    continue
                for value in values if ALL else _turned(values, f"{address} {one.name}"):
                    fields = {**plain(found), one.name: value}
                    answer = matrix.send(NAMED[name], "POST", address, fields)
                    where = f"{name} POST {address} {one.name}={value}"
                    faults += _judged(matrix, NAMED[name], answer, where, fields, rule.endpoint)
                    if matrix.replica.changed():
                        after = matrix.replica.dump()
                        wrote = matrix.judge.written(NAMED[name], before, after, foreign=False)
                        faults += [f"{where}: wrote {what}" for what in wrote]
                        matrix.replica.restore()
    record_property("tried", matrix.tried - tried)
    assert faults == [], "\n".join(faults)


def _turned(values: list[str], key: str) -> list[str]:
    """Two of all, other ones for each key."""
    turn = crc32(key.encode()) % len(values)
    return [*values[turn:], *values[:turn]][:2]


NAMING = {"select", "radio", "checkbox", "hidden", "text"}


def _names_of(matrix: Matrix, one: One) -> list[str]:
    """What names a household, and what is about it, in fields."""
    numbers = (one.id, one.member, one.visit, one.promise, one.attachment, *one.numbers)
    return [one.code, *map(str, numbers), one.village, one.organisation, one.action]


def test_a_file_with_rows_of_another_commune(matrix: Matrix, tmp_path: Path) -> None:
    before, faults = matrix.replica.dump(), []
    register = matrix.ground.register
    for name in ("officer", "neighbour", "stranger"):
        foreign = [one for one in register.households.values() if not NAMED[name].reaches(one.key)]
        sheets: dict[str, list[dict[str, Any]]] = {
            "Hộ": [{"Mã hộ": one.code, "Chủ hộ": "Hồ Văn Khác"} for one in foreign],
            "Hỗ trợ": [
                {"Mã hoạt động": one.action, "Mã hộ": one.code, "Ngày": MET, "Loại": "Quà Tết"}
                for one in foreign
            ],
            "Thành viên": [
                {"Mã hộ": one.code, "Họ và tên": "Hồ Văn Khác", "Quan hệ với chủ hộ": "Con"}
                for one in foreign
            ],
        }
        content = write(tmp_path / f"{name}.xlsx", sheets).read_bytes()
        sent = f"{[one.code for one in foreign]} {[one.action for one in foreign]}"
        browser, token = matrix.ground.browsers[name], matrix.ground.tokens[name]
        told = {"csrf_token": token, "file": (BytesIO(content), "tep.xlsx")}
        answer = browser.post("/import", data=told)
        assert answer.status_code == 303, answer.text
        shown = answer.headers["Location"]
        page = browser.get(shown)
        answers = [page, browser.get(f"{shown}/faults.xlsx"), browser.get(shown + "?show=all")]
        seen = re.search(r'name="seen"[^>]* value="(\w+)"', page.text)
        told = {"csrf_token": token, "seen": seen[1] if seen else ""}
        answers.append(browser.post(f"{shown}/apply", data=told))
        for answer in answers:
            faults += matrix.judge.leaks(NAMED[name], unpacked(answer), sent)
        after = matrix.replica.dump()
        faults += matrix.judge.written(NAMED[name], before, after, foreign=False)
        matrix.replica.restore()
    assert faults == []


def test_what_is_anothers_and_what_is_not_there_answer_alike(
    matrix: Matrix, record_property: Callable[[str, object], None]
) -> None:
    far = matrix.ground.register.households["far"]
    absent = replace(far, **{name: 999_999 for name in OF_ONE - {"code", "action"}})
    absent.code, absent.action = "QZKHONGCOMAX", "QZKHONGCOMAHOTROX"
    pairs, faults = 0, []
    for rule in matrix.rules():
        if not about_one(rule.endpoint):
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            for name in ("officer", "union", "reviewer"):
                theirs, none = (
                    matrix.send(NAMED[name], method, matrix.address(rule.endpoint, one, 0), {})
                    for one in (far, absent)
                )
                pairs += 1
                if (theirs.status_code, _bare(theirs)) != (none.status_code, _bare(none)):
                    told = f"{theirs.status_code} and {none.status_code}"
                    faults.append(f"{name} {method} {rule.rule}: {told}")
    matrix.replica.restore()
    record_property("pairs", pairs)
    assert faults == [], "\n".join(faults)
    assert pairs > 300


def _bare(answer: TestResponse) -> str:
    """A page without what is new each time, and without its own address."""
    return re.sub(r'value="[^"]{20,}"|next=[^"]*|/(households|departed)/[^"]*', "", answer.text)
