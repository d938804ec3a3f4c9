"""Whatever is typed into a field, or stands behind the “?” of an address: an answer in words,
nothing of it taken for part of the page, the same on both databases; and what is accepted is shown
again as it was typed.

CI tries a tenth of all payloads and a quarter of all shapes, drawn by a seed; CASEMGMT_FUZZ=all
tries all of it."""

import os
import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse, encode_multipart

from casemgmt import sealing
from tests.whole.arguments import filled
from tests.whole.found_forms import Field, FoundForm, elements, forms
from tests.whole.payloads import PAYLOADS, as_kept
from tests.whole.principals import Ground
from tests.whole.replica import Replica, differences
from tests.whole.replicated import on_postgresql, on_sqlite

T = TypeVar("T")
ALL = os.environ.get("CASEMGMT_FUZZ") == "all"
SEED = int(os.environ.get("CASEMGMT_FUZZ_SEED", "0"))
PARTS = 4
WHO = ("officer", "neighbour", "union", "reviewer", "signer", "seal", "keeper", "looker")
URLENCODED = "application/x-www-form-urlencoded"
# What the browser fills in by itself; and what ends the session in which we try.
OURS = {"csrf_token", "once"}
SHOWN_ONLY = {"username"}  # for the browser's list of passwords: nothing is asked
LEFT_OUT = {"accounts.sign_in"}  # for nobody who is signed in: test_signing_in
FILES = {"static", "shipped.bootstrap"}
EXTRA = {
    "role": "admin",
    "is_admin": "1",
    "unit_id": "1",
    "commune_id": "1",
    "household_id": "7",
    "organisation_id": "1",
    "signed_at": "2022-01-01",
    "version": "999",
    "active": "1",
    "signs": "1",
}
_BORN = re.compile(r"fuzz", re.IGNORECASE)
_SPLIT = ("\r\n", "\r", "\n")


@dataclass(slots=True)
class Shown:
    """A form as somebody who may has it before them."""

    endpoint: str
    address: str
    who: str
    form: FoundForm

    def told(self) -> list[tuple[str, str]]:
        """A plain answer to every question."""
        answers = self.form.filled()
        return [(name, value) for name, values in answers.items() for value in values]

    def token(self) -> list[tuple[str, str]]:
        """The token alone."""
        return [pair for pair in self.told() if pair[0] == "csrf_token"]

    def typed(self) -> list[Field]:
        """The fields that are tried."""
        return [one for one in self.form.fields.values() if one.name not in OURS]


@dataclass(slots=True)
class Tries:
    """What came of each try, by form, field and payload; and what is wrong."""

    ground: Ground
    replica: Replica
    outcomes: dict[tuple[str, str, str], int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    compared: int = 0

    def open(self, rule: Rule, who: str, place: int = 0) -> Shown | None:
        """The form at an address, for somebody."""
        one = self.ground.register.households["own"]
        bound = self.ground.app.url_map.bind("localhost")
        address = str(bound.build(rule.endpoint, filled(rule.endpoint, one, place)))
        asked = f"{address}?{urlencode({'codes': one.code, 'unit': one.commune})}"
        answer = self.ground.browsers[who].get(asked)
        if answer.status_code != 200:
            return None
        for form in forms(answer.text):
            if urlsplit(form.action).path in ("", address) and not form.files:
                return Shown(rule.endpoint, asked, who, form)
        return None

    def send(self, shown: Shown, told: list[tuple[str, str]], **how: Any) -> TestResponse:
        """Send the form with these answers, whatever letters they hold."""
        body = urlencode(told, errors="surrogatepass")
        how = {"data": body, "content_type": URLENCODED, **how}
        return self.ground.browsers[shown.who].post(shown.address, **how)

    def put_back(self) -> None:
        """The database as it stood, and everybody in the session in which they signed in."""
        self.replica.restore()
        self.ground.sit_down_again()

    def judge(self, shown: Shown, what: str, payload: str, answer: TestResponse) -> None:
        """Whether the answer is sound."""
        where = f"{shown.endpoint} ({shown.who}), {what}"
        if answer.status_code >= 500:
            self.faults.append(f"{where}: {answer.status_code}")
        if "fuzz" in answer.headers.get("Set-Cookie", ""):
            self.faults.append(f"{where}: a header of its own")
        if answer.mimetype == "text/html" and answer.status_code not in (301, 302, 303):
            self.faults += [f"{where}: {one}" for one in born(answer.text, payload)]


Shape = Callable[[Tries, Shown], TestResponse]


def born(page: str, payload: str) -> list[str]:
    """What of a page is of the payload's making, and is not text."""
    found = []
    for tag, told in elements(page):
        if _BORN.search(tag) or (tag == "script" and "src" not in told):
            found.append(f"<{tag}>")
        for name, value in told.items():
            leads = name in ("href", "src", "action", "formaction") and value
            strange = leads and "".join(str(value).split()).casefold()
            ours = told.get("class") == "error-summary"  # it takes the focus
            if name.startswith("on") or _BORN.search(name) or (name == "autofocus" and not ours):
                found.append(f"<{tag} {name}>")
            elif strange and strange.startswith(("javascript:", "data:", "//", "fuzz")):
                found.append(f"<{tag} {name}={value}>")
    if "71*79" in payload and "5609" in page:
        found.append("a template's value")
    return found


@pytest.fixture(scope="module")
def keys_of(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home that holds the keys of the marked registers."""
    return tmp_path_factory.mktemp("fuzzed")


@pytest.fixture(autouse=True)
def keys(home: Path, keys_of: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their keys, in place of those of a test's home."""
    assert home != keys_of
    monkeypatch.setenv("CASEMGMT_HOME", str(keys_of))
    sealing.forget_keys()


@pytest.fixture(scope="module")
def both(
    request: pytest.FixtureRequest, keys_of: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, tuple[Ground, Replica]]]:
    """The marked ground on each database."""
    folder = tmp_path_factory.mktemp("fuzz")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASEMGMT_HOME", str(keys_of))
        patch.setenv("CASEMGMT_FONTS", "embedded")
        sealing.forget_keys()
        with on_sqlite(request, folder) as one, on_postgresql(request, folder) as other:
            yield {"sqlite": one, "postgresql": other}
    sealing.forget_keys()


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_is_typed(
    both: Mapping[str, tuple[Ground, Replica]],
    part: int,
    record_property: Callable[[str, object], None],
) -> None:
    tries = {name: _tried(*standing, part) for name, standing in both.items()}
    _held_together(tries, record_property)


def test_whatever_is_asked(
    both: Mapping[str, tuple[Ground, Replica]], record_property: Callable[[str, object], None]
) -> None:
    tries = {name: _asked(*standing) for name, standing in both.items()}
    _held_together(tries, record_property)


def _held_together(
    tries: Mapping[str, Tries], record_property: Callable[[str, object], None]
) -> None:
    """Nothing is wrong on either database, and each answers as the other does."""
    faults = [f"{name}: {fault}" for name, one in tries.items() for fault in one.faults]
    one, other = (found.outcomes for found in tries.values())
    faults += [
        f"{key}: {one.get(key)} on SQLite, {other.get(key)} on PostgreSQL"
        for key in sorted(one.keys() | other.keys())
        if one.get(key) != other.get(key)
    ]
    record_property("tried", sum(len(found.outcomes) for found in tries.values()))
    record_property("shown again", sum(found.compared for found in tries.values()))
    assert faults == [], "\n".join(faults)
    assert len(one) > 100


def _asked(ground: Ground, replica: Replica) -> Tries:
    """Every page, with each payload as each of its questions."""
    tries = Tries(ground, replica)
    for endpoint, (who, address, names) in sorted(_questions(ground).items()):
        shown = Shown(endpoint, address, who, FoundForm(""))
        for name in sorted(names):
            for label, payload in _drawn(f"{endpoint}?{name}", PAYLOADS, 10):
                asked = urlencode({name: payload}, errors="surrogatepass")
                answer = ground.browsers[who].get(f"{address}?{asked}")
                tries.judge(shown, f"?{name} = {label}", payload, answer)
                tries.outcomes[endpoint, name, label] = answer.status_code
    return tries


def _questions(ground: Ground) -> dict[str, tuple[str, str, set[str]]]:
    """By endpoint: who may open it, its address, and the names behind the “?” in the links and
    forms that lead there."""
    bound = ground.app.url_map.bind("localhost")
    one = ground.register.households["own"]
    found: dict[str, tuple[str, str, set[str]]] = {}
    for rule in ground.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in LEFT_OUT | FILES:
            continue
        address = bound.build(rule.endpoint, filled(rule.endpoint, one, 0))
        for who in WHO:
            page = ground.browsers[who].get(address)
            if page.status_code == 200 and page.mimetype == "text/html":
                for path, names in _leading(page.text, address):
                    endpoint = bound.match(path, method="GET")[0]
                    found.setdefault(endpoint, (who, path, set()))[2].update(names)
                break
    return found


def _leading(page: str, address: str) -> Iterator[tuple[str, set[str]]]:
    """Where the links and forms of a page lead on this site, and the names of what they ask
    there."""
    action = None
    for tag, told in elements(page):
        led = urlsplit(told.get("href") or "")
        if tag == "form":
            gets = (told.get("method") or "get").casefold() == "get"
            action = urlsplit(told.get("action") or address).path if gets else None
        elif tag == "a" and not (led.scheme or led.netloc):
            yield led.path or address, set(parse_qs(led.query, keep_blank_values=True))
        elif action and told.get("name"):
            yield action, {str(told["name"])}


def _tried(ground: Ground, replica: Replica, part: int) -> Tries:
    tries = Tries(ground, replica)
    rules = sorted(ground.app.url_map.iter_rules(), key=lambda rule: rule.rule)
    posted = [rule for rule in rules if {"GET", "POST"} <= (rule.methods or set())]
    for rule in posted[part::PARTS]:
        if rule.endpoint in LEFT_OUT:
            continue
        who, shown = _first(tries, rule)
        if shown is None:
            continue
        _each_field(tries, rule, who, shown)
        _misshapen(tries, rule, who, shown)
        tries.put_back()
    return tries


def _first(tries: Tries, rule: Rule) -> tuple[str, Shown | None]:
    for who in WHO:
        if (shown := tries.open(rule, who)) is not None:
            return who, shown
    return "", None


def _each_field(tries: Tries, rule: Rule, who: str, shown: Shown) -> None:
    """Every field × every payload. A form that was accepted is opened anew; where that does not go
    any more, the database is put back."""
    fields = [one.name for one in shown.typed()]
    for name in fields:
        for label, payload in _drawn(f"{shown.endpoint} {name}", PAYLOADS, 10):
            told = [pair for pair in shown.told() if pair[0] != name]
            answer = tries.send(shown, [*told, (name, payload)])
            tries.judge(shown, f"{name} = {label}", payload, answer)
            tries.outcomes[shown.endpoint, name, label] = answer.status_code
            if answer.status_code in (302, 303):
                shown = _anew(tries, rule, who, shown, name, payload)


def _drawn(key: str, of: Mapping[str, T], part: int) -> list[tuple[str, T]]:
    """All, or the part of them that the name of what is tried and the seed draw."""
    if ALL:
        return list(of.items())
    return random.Random(f"{SEED} {key}").sample(sorted(of.items()), max(1, len(of) // part))


def _anew(tries: Tries, rule: Rule, who: str, shown: Shown, name: str, payload: str) -> Shown:
    again = tries.open(rule, who)
    if again is not None and again.form.fields.keys() == shown.form.fields.keys():
        _compare(tries, shown, again, name, payload)
        return again
    tries.put_back()
    again = tries.open(rule, who)
    assert again is not None, (shown.endpoint, name)
    return again


def _compare(tries: Tries, before: Shown, again: Shown, name: str, payload: str) -> None:
    """A field that held something, and was accepted with another text, holds that now."""
    one = again.form.fields[name]
    if one.kind not in ("text", "textarea") or one.hint or name in SHOWN_ONLY:
        return
    if not before.form.fields[name].values:
        return
    shown, meant = " ".join("".join(one.values).split()), as_kept(payload)
    if name == "phone":  # one that has lost its first 0 gets it back
        shown = shown.removeprefix("0") if not meant.startswith("0") else shown
    tries.compared += 1
    if meant and shown != meant:
        tries.faults.append(f"{before.endpoint}, {name}: typed {meant!r}, shown {shown!r}")


def _misshapen(tries: Tries, rule: Rule, who: str, shown: Shown) -> None:
    """The form in other shapes than a browser would give it."""
    before = tries.replica.dump()
    names = [one.name for one in shown.typed()]
    shapes = _shapes(names if ALL else names[:2])
    for what, send in _drawn(f"{shown.endpoint} shapes", shapes, 4):
        answer = send(tries, shown)
        tries.judge(shown, what, "", answer)
        tries.outcomes[shown.endpoint, "", what] = answer.status_code
        if answer.status_code in (302, 303):
            changed = differences(before, tries.replica.dump())
            if "user_account" in changed and not shown.endpoint.startswith(("account", "own")):
                tries.faults.append(f"{shown.endpoint}, {what}: an account was changed")
            tries.put_back()
            again = tries.open(rule, who)
            assert again is not None, shown.endpoint
            shown = again


def _shapes(names: list[str]) -> dict[str, Shape]:
    def told(*more: tuple[str, str], **how: Any) -> Shape:
        return lambda tries, shown: tries.send(shown, [*shown.told(), *more], **how)

    many = {f"part{number}": "x" for number in range(2500)}
    huge = "x" * 10_000_000
    shapes: dict[str, Shape] = {
        "fields of others": told(*EXTRA.items()),
        "nothing but the token": lambda tries, shown: tries.send(shown, shown.token()),
        "an empty body": told(data=b""),
        "2500 fields": told(*many.items()),
        "2500 parts": lambda tries, shown: _in_parts(tries, shown, many),
        "10 MB": lambda tries, shown: tries.send(shown, [*shown.token(), ("reason", huge)]),
        "10 MB in parts": lambda tries, shown: _in_parts(tries, shown, {"reason": huge}),
    }
    for kind in ("application/json", "text/xml", "multipart/form-data", "", "image/png"):
        shapes[f"as {kind}"] = told(content_type=kind)
    for name in names:
        shapes[f"without {name}"] = partial(_without, name)
        shapes[f"{name} twice"] = told((name, "khác"))
        shapes[f"{name} as an array"] = partial(_as_array, name)
    return shapes


def _without(name: str, tries: Tries, shown: Shown) -> TestResponse:
    return tries.send(shown, [pair for pair in shown.told() if pair[0] != name])


def _as_array(name: str, tries: Tries, shown: Shown) -> TestResponse:
    value = dict(shown.told())[name]
    rest = [pair for pair in shown.told() if pair[0] != name]
    array = [(f"{name}[]", value), (f"{name}[0]", value), (f"{name}[a][b]", value)]
    return tries.send(shown, [*rest, *array])


def _in_parts(tries: Tries, shown: Shown, more: dict[str, str]) -> TestResponse:
    """As a form with files is sent. (The test client's own way leaves a temporary file open.)"""
    boundary, body = encode_multipart({**dict(shown.told()), **more})
    kind = f"multipart/form-data; boundary={boundary}"
    return tries.send(shown, [], data=body, content_type=kind)
