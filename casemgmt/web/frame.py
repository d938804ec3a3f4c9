"""What stands around every page: who is signed in, the menu, the day, notices. One value, worked
out once for a page, because a template that asks for each thing by itself takes longer over the
frame than over its content."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from flask import Flask, request

from casemgmt import typed
from casemgmt.access.policy import Act, Role, may
from casemgmt.web import asking
from casemgmt.web.language import languages
from casemgmt.web.signing import signed_in


@dataclass(frozen=True, slots=True)
class Item:
    """A place in the menu, shown to those who may do `act`."""

    label: str
    endpoint: str
    act: Act


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the menu as a page shows it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of one page; all of it text. `here`: the menu's place under which the page lies;
    `own_today`: the register's own day; `another_day`: the day looked at, where it is not
    `today`; `kept`: what keeps that day in an address."""

    user: str
    role: str
    menu: Sequence[Place]
    here: str
    kept: str
    today: str
    own_today: str
    another_day: str
    unit_ended: bool
    languages: Sequence[str]


def offer(app: Flask, items: Sequence[Item]) -> None:
    """Give the templates `frame()`. The menu's addresses are built once."""
    addresses = app.url_map.bind("")
    places = [(item.act, Place(item.label, addresses.build(item.endpoint))) for item in items]

    @cache
    def menu(role: Role) -> list[Place]:
        return [place for act, place in places if may(role, act)]

    def frame() -> Frame:
        user = signed_in()
        if user is None:
            return Frame("", "", (), "", "", "", "", "", False, languages())
        own, another = asking.own_today(), asking.another_day()
        shown = menu(user.role)
        return Frame(
            user=user.name,
            role=user.role.label,
            menu=shown,
            here=_under(shown),
            kept=f"?as_of={typed.show_date(another)}" if another else "",
            today=typed.show_date(asking.today()) if another else "",
            own_today=typed.show_date(own) if own else "",
            another_day=typed.show_date(another) if another else "",
            unit_ended=asking.unit_ended(),
            languages=languages(),
        )

    app.jinja_env.globals["frame"] = frame


def _under(places: Sequence[Place]) -> str:
    path = request.path
    for place in places:
        if path == place.url or path.startswith(f"{place.url}/"):
            return place.url
    return ""
