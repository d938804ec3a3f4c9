"""What is sent to an address by one who may: the form of its page as that person has it before
them, with a plain answer to every question."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode, urlsplit

from werkzeug.routing import Rule

from casemgmt.access.policy import may
from casemgmt.web.asking import act_of
from tests.browsing import PASSWORD
from tests.whole.found_forms import WORDS, FoundForm, forms
from tests.whole.marked import One
from tests.whole.principals import NAMED, Ground

# Whose form is taken to be sent: the first who may open it.
RIGHTFUL = ("officer", "neighbour", "farmost", "union", "reviewer", "stranger", "signer", "seal",
            "keeper", "looker")  # fmt: skip
# Whose they are where the first who may open the page may not send its form.
WHO = {
    "classifying.classify": "reviewer",
    "classifying.correct": "reviewer",
    "classifying.withdraw": "reviewer",
    "deciding.accept": "reviewer",
    "deciding.return_": "reviewer",
    "reviews.open_round": "reviewer",
    "signed.countersign": "seal",
    "signed.prepared": "signer",
}
# Another household in the scope of the same people.
NEXT_TO = {"own": "next", "next": "own", "away": "other", "far": "farfree"}
_NEW = "nắng sớm mưa chiều 33"
# What a plain answer gets wrong. None: not sent at all. In brackets, what a marked household has
# (see marked.One); `beside`: the code of one next to it.
ANSWERS: dict[str, dict[str, str | None]] = {
    "accounts.add": {"name": "nguoi.moi", "unit": "{commune}", "organisation": ""},
    "accounts.password": {"password": _NEW, "again": _NEW},
    "accounts.speak": {"language": "vi"},
    "classifying.classify": {"score_b2": "20", "class_": "near_poor"},
    "classifying.correct": {"score_b1": "77", "score_b2": "20"},
    "deciding.accept": {
        "decision_number": "15/QĐ-UBND",
        "decision_date": "20/10/2022",
        "starts": "20/10/2022",
    },
    "declared.compare": {"supersedes": "", "year": "2022", "text": None},
    "household.add": {"citizen_id": "", "code": ""},
    "lists.add_organisation": {"unit": "{commune}", "parent": "", "code": "MOI1"},
    "lists.add_unit": {
        "level": "thôn",
        "parent": "{commune}",
        "official_code": "",
        "code": "MOI2",
    },
    "lists.edit_organisation": {"name": "Tổ chức đổi tên", "parent": ""},
    "lists.merge": {"old": "{village}", "new": "{commune}V2"},
    "many.assign": {"codes": "{free}"},
    "members.add": {"relation": "Con", "citizen_id": ""},
    "members.edit": {"citizen_id": "", "last_day": ""},
    "moving.move": {"village": "{commune}V2", "other_village": ""},
    "paper_visits.enter": {"code": "{code}", "next_on": "01/12/2022"},
    "parting.dissolve": {"members_to": "{beside}"},
    "parting.merge": {"into": "{beside}"},
    "parting.split": {"new_code": ""},
    "programme.register": {"year": "2023", "code": "{beside}"},
    "reviews.add": {"code": "{free}"},
    "signed.countersign": {"password": PASSWORD},
    "signed.prepare": {"stage": "official"},
    "sponsorship.add_supporter": {"organisation": "phu1"},
    "sponsorship.lead": {"reason": "Đổi người đỡ đầu"},
    "standards.add": {
        "code": "S2031",
        "least_b2": "30",
        "starts": "01/01/2031",
        "last_day": "31/12/2035",
    },
    "standards.edit": {"name": "Chuẩn đổi tên"},
    "visits.add": {"next_on": ""},
}


def to_send(ground: Ground, rule: Rule, one: One, address: str) -> tuple[dict[str, Any], str]:
    """What would be sent there by one who may, and who that is."""
    more = _answers(ground, rule.endpoint, one)
    able = [WHO[rule.endpoint]] if rule.endpoint in WHO else RIGHTFUL
    if "GET" in (rule.methods or ()):
        for name in able:
            asked = f"{address}?{urlencode({'codes': one.code})}"
            answer = ground.browsers[name].get(asked)
            there = forms(answer.text) if answer.status_code == 200 else []
            found = that_sends_to(there, address)
            if found is not None:
                told = {**plain(found), **more}
                return {key: value for key, value in told.items() if value is not None}, name
    act = act_of(ground.app, rule.endpoint)
    able = [name for name in able if act is None or may(NAMED[name].role, act)]
    return dict(more), next((name for name in able if NAMED[name].reaches(one.key)), able[0])


def _answers(ground: Ground, endpoint: str, one: One) -> dict[str, str | None]:
    households = ground.register.households
    names = {**asdict(one), "beside": households[NEXT_TO.get(one.key, "own")].code}
    names["free"] = households["free"].code
    told = ANSWERS.get(endpoint, {}).items()
    return {key: value and value.format(**names) for key, value in told}


def that_sends_to(found: Sequence[FoundForm], address: str) -> FoundForm | None:
    """The form among these that is sent to this address."""
    for form in found:
        if urlsplit(form.action).path in ("", address):
            return form
    return None


def plain(form: FoundForm) -> dict[str, Any]:
    """What is sent: what the form holds, a choice where there is none, and something new in what is
    written freely."""
    new: dict[str, Any] = {}
    for name, one in form.fields.items():
        if one.kind == "textarea":
            new[name] = WORDS
        elif one.kind in ("select", "radio") and not any(one.values):
            new[name] = next((choice for choice in one.choices if choice), "")
        elif name == "birth":
            new[name] = one.values or "1980"
    told = {**form.filled(), **new}
    return {name: value for name, value in told.items() if name not in ("csrf_token", "once")}
