"""The main menu: at most seven places, those that the one who asks may open."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask, request

from casemgmt import typed
from casemgmt.access.policy import Act
from casemgmt.web import asking


@dataclass(frozen=True, slots=True)
class Item:
    """A place in the menu, shown to those who may do `act`."""

    label: str
    endpoint: str
    act: Act


@dataclass(frozen=True, slots=True)
class Shown:
    """A place as a page shows it; `here`: the page lies under it."""

    label: str
    url: str
    here: bool


def offer(app: Flask, items: Sequence[Item]) -> None:
    """Give the templates `menu()`. Addresses are built once, not with every page."""
    addresses = app.url_map.bind("")
    built = [(item, addresses.build(item.endpoint)) for item in items]

    def menu() -> list[Shown]:
        day = asking.another_day()
        kept = f"?as_of={typed.show_date(day)}" if day else ""
        path = request.path
        return [
            Shown(item.label, url + kept, path == url or path.startswith(f"{url.rstrip('/')}/"))
            for item, url in built
            if asking.can(item.act)
        ]

    app.jinja_env.globals["menu"] = menu
