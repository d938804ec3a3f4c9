"""Acts that go through only after others, with a file, or for somebody else than the first who may
have their page: what is done first, and the form that is sent then."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from html import unescape
from io import BytesIO
from typing import Any

import pyotp
from PIL import Image
from werkzeug.test import TestResponse

from casemgmt.signed.drift_views import SEEN
from tests.browsing import PASSWORD, TOKEN, hidden
from tests.exchange.commune_books import Page, written
from tests.whole.arguments import filled
from tests.whole.found_forms import forms
from tests.whole.marked import One
from tests.whole.principals import Ground
from tests.whole.rightful import plain, that_sends_to

_KEY = re.compile(r'class="second-factor-key">([^<]+)<')
_NOTE = re.compile(r'name="(note\|[^"]*)"')
_TITLES = ("Mã hộ", "Chủ hộ", "Điện thoại")
_TABLE = "unit,poor,poor_rate\nA1,454,0.0304\n"


@dataclass
class File:
    """A file that is sent."""

    name: str
    content: bytes


@dataclass
class Form:
    """A form that somebody has before them, filled in."""

    ground: Ground
    who: str
    address: str
    told: dict[str, Any]

    def send(self) -> TestResponse:
        """Send it, the same each time."""
        told = {name: _sent(value) for name, value in self.told.items()}
        return self.ground.browsers[self.who].post(self.address, data=told)


def _sent(value: Any) -> Any:
    return (BytesIO(value.content), value.name) if isinstance(value, File) else value


@dataclass
class Desk:
    """Where one act about a household is made ready."""

    ground: Ground
    endpoint: str
    one: One

    def at(self, endpoint: str, **named: object) -> str:
        """An address about the household."""
        bound = self.ground.app.url_map.bind("localhost")
        return str(bound.build(endpoint, {**filled(endpoint, self.one, 0), **named}))

    def form(self, who: str, address: str, page: str = "", **answers: object) -> Form:
        """The form that is sent to an address, as it stands there or on another page, with a plain
        answer to every question but these."""
        text = page or self.ground.browsers[who].get(address).text
        found = that_sends_to(forms(text), address.partition("?")[0])
        told = {**hidden(text), **plain(found)} if found else {}
        token = TOKEN.search(text)
        ours = {"csrf_token": token[1] if token else self.ground.tokens[who]}
        return Form(
            self.ground, who, address, {**told, **ours, "confirmed": "y", SEEN: "1", **answers}
        )

    def ready(self, who: str, page: str = "", **answers: object) -> Form:
        """The form of the act itself."""
        return self.form(who, self.at(self.endpoint), page, **answers)

    def done(self, who: str, address: str, page: str = "", **answers: object) -> TestResponse:
        """Another act goes through first."""
        answer = self.form(who, address, page, **answers).send()
        assert answer.status_code < 400, (address, answer.status_code, answer.text)
        return answer

    def numbered(self, answer: TestResponse, name: str) -> None:
        """From here on it is about what an act has made."""
        found = re.search(r"/(\d+)(?:\?|$)", answer.location)
        assert found
        self.one = replace(self.one, **{name: int(found[1])})


def _plainly(who: str, desk: Desk, **answers: object) -> Form:
    """Nothing has to be done first."""
    return desk.ready(who, **answers)


def _of(key: str, who: str, desk: Desk) -> Form:
    return replace(desk, one=desk.ground.register.households[key]).ready(who)


# --- One's own account ----------------------------------------------------------------------------


def _factor(desk: Desk) -> dict[str, str]:
    """The code of the second factor that the page of the officer sets up."""
    page = desk.ground.browsers["officer"].get(desk.at("own.set_up")).text
    key = _KEY.search(page)
    assert key
    return {"page": page, "code": pyotp.TOTP(key[1].replace(" ", "")).now()}


def _set_up(desk: Desk) -> Form:
    return desk.ready("officer", **_factor(desk))


def _take_off(who: str, desk: Desk) -> Form:
    told = desk.done("officer", desk.at("own.set_up"), **_factor(desk)).text
    code = re.search(r"<li><code>([^<]+)", told)
    assert code
    return desk.ready(who, code=code[1])


# --- A household ----------------------------------------------------------------------------------


def _come_back(desk: Desk) -> Form:
    desk.done("officer", desk.at("moving.move_out"), last_day="10/10/2022")
    return desk.ready("officer", on="15/10/2022", village=f"{desk.one.commune}V2")


def _join(desk: Desk) -> Form:
    other = desk.ground.register.households["next"].code
    return desk.form("officer", f"{desk.at(desk.endpoint)}?other={other}")


def _assign_many(desk: Desk) -> Form:
    free = desk.ground.register.households["free"].code
    return desk.form("officer", f"{desk.at(desk.endpoint)}?codes={free}")


def _plan(desk: Desk) -> Form:
    desk.done("officer", desk.at("plans.remove"))
    return desk.ready("officer")


def _ask_to_lead(desk: Desk) -> Form:
    free = replace(desk, one=desk.ground.register.households["free"])
    free.done("union", free.at("requests.withdraw"))
    return free.ready("union")


def _extend(desk: Desk) -> Form:
    added = desk.done("officer", desk.at("data_requests.add"), received_on="20/10/2022")
    desk.numbered(added, "data_request")
    return desk.ready("officer", until="05/11/2022")


# --- Reviews --------------------------------------------------------------------------------------


def _add_to_review(desk: Desk) -> Form:
    told = {"head_name": "Hồ Thị Mới", "village": f"{desk.one.commune}V1", "starts": "01/09/2022"}
    told |= {"citizen_id": "", "code": "MOI"}
    desk.done("officer", desk.at("household.add"), **told)
    return desk.ready("officer", code="MOI")


def _close(desk: Desk) -> Form:
    for key in ("own", "away"):  # those that wait for a decision
        one = replace(desk, one=desk.ground.register.households[key])
        one.done("reviewer", one.at("deciding.return_"))
    return desk.ready("reviewer")


# --- Files ----------------------------------------------------------------------------------------


def _picture() -> File:
    content = BytesIO()
    Image.new("RGB", (8, 8), "white").save(content, "JPEG")
    return File("giấy.jpg", content.getvalue())


def _book(*titles: str) -> File:
    rows = [list(titles), ["QZOWNMAX", "Hồ Thị Mới", "0905000333"]]
    return File("sổ.xlsx", written([Page("Hộ", rows)]))


def _sent_file(desk: Desk, *titles: str) -> str:
    """A workbook has been sent and looked at: its page."""
    desk.numbered(desk.done("officer", desk.at("imports.index"), file=_book(*titles)), "waiting")
    page = desk.at("imports.show", number=desk.one.waiting)
    return desk.ground.browsers["officer"].get(page).text


def _waiting(desk: Desk) -> Form:
    return desk.ready("officer", _sent_file(desk, *_TITLES))


def _columns(desk: Desk) -> Form:
    _sent_file(desk, "Số hiệu", "Tên", "ĐT")
    keys = {"column-0-0": "code", "column-0-1": "head_name", "column-0-2": "phone"}
    return desk.ready("officer", **{"sheet-0": "Hộ", **keys})


def _job(desk: Desk) -> Form:
    desk.numbered(desk.done("officer", desk.at("jobs.ask")), "job")
    return desk.ready("officer")


def _accept_finding(desk: Desk) -> Form:
    held = {"unit": "A1", "year": "2022", "map_date": "", "supersedes": "", "text": _TABLE}
    page = desk.done("reviewer", desk.at("declared.compare"), **held).text
    note = _NOTE.search(page)
    assert note
    return desk.ready("reviewer", page, **held, **{unescape(note[1]): "đã hỏi xã"})


def _withdraw_table(desk: Desk) -> Form:
    address = f"{desk.at('signed.prepare')}?unit={desk.one.commune}"
    made = desk.done("signer", address, stage="official", year="2022")
    desk.numbered(made, "prepared")
    return desk.ready("signer")


READY: Mapping[str, Callable[[Desk], Form]] = {
    "accounts.sign_in": partial(_plainly, "nobody", username="officer", password=PASSWORD),
    "accounts.take_off": partial(_take_off, "keeper"),
    "data_requests.extend": _extend,
    "declared.compare": partial(
        _plainly, "officer", unit="A1", year="2022", text=_TABLE, supersedes="", keep="1"
    ),
    "findings.accept": _accept_finding,
    "household.come_back": _come_back,
    "imports.apply": _waiting,
    "imports.columns": _columns,
    "imports.drop": _waiting,
    "imports.index": partial(_plainly, "officer", file=_book(*_TITLES)),
    "jobs.stop": _job,
    "joining.join": _join,
    "many.assign": _assign_many,
    "own.set_up": _set_up,
    "own.take_off": partial(_take_off, "officer"),
    "plans.make": _plan,
    "proposal_papers.add": partial(_plainly, "officer", photo=_picture()),
    "proposals.show": partial(_of, "next", "officer"),
    "requests.ask": _ask_to_lead,
    "reviews.add": _add_to_review,
    "reviews.close": _close,
    "reviews.open_round": partial(
        _plainly, "reviewer", kind="monthly", starts="15/10/2022", last_day="29/10/2022"
    ),
    "signed.withdraw": _withdraw_table,
}
