"""What stands around every page: who is signed in and for which unit, the menu, the day, the search
box, notices. One value, worked out once for a page, because a template that asks for each thing by
itself takes longer over the frame than over its content."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from flask import Flask, request

from casemgmt import typed
from casemgmt.access.models import User
from casemgmt.access.policy import Act, Role, may
from casemgmt.places.queries import named, unit_on
from casemgmt.web import asking, backups
from casemgmt.web.asking import act_of, while_unchanged
from casemgmt.web.database import session
from casemgmt.web.language import languages
from casemgmt.web.signing import signed_in
from casemgmt.words import _

MOST = 7  # places in a menu: more are not taken in at a glance


@dataclass(frozen=True, slots=True)
class Item:
    """A place in the menu of those whose work `of` is: shown to who may do `of` and may open the
    page, and not to who may do one of `but`. `which`: what the page's address says."""

    label: str
    endpoint: str
    of: Act
    but: Sequence[Act] = ()
    which: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the menu as a page shows it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of one page; all of it text. `serves`: the unit or organisation of the account;
    `searches`: whether there is a search box; `here`: the menu's place under which the page lies;
    `own_today`: the register's own day; `another_day`: the day looked at, where it is not
    `today`; `kept`: what keeps that day in an address; `no_backup`: that the last backup is old."""

    user: str
    role: str
    serves: str
    searches: bool
    menu: Sequence[Place]
    here: str
    kept: str
    today: str
    own_today: str
    another_day: str
    unit_ended: bool
    no_backup: str
    languages: Sequence[str]


def offer(app: Flask, items: Sequence[Item]) -> None:
    """Give the templates `frame()`. The menu's addresses are built once; RuntimeError where a role
    would get more places than a menu has."""
    addresses = app.url_map.bind("")
    places = [
        (item, Place(item.label, addresses.build(item.endpoint, dict(item.which))))
        for item in items
    ]

    @cache
    def menu(role: Role) -> list[Place]:
        return [place for item, place in places if shown(app, role, item)]

    for role in Role:
        if len(menu(role)) > MOST:
            raise RuntimeError(f"the menu of {role} has more than {MOST} places")

    def frame() -> Frame:
        user = signed_in()
        if user is None:
            return Frame("", "", "", False, (), "", "", "", "", "", False, "", languages())
        own, another = asking.own_today(), asking.another_day()
        shown = menu(user.role)
        return Frame(
            user=user.name,
            role=_(user.role.label),
            serves=serves(user),
            searches=may(user.role, Act.SEE_HOUSEHOLDS),
            menu=shown,
            here=_under(shown),
            kept=f"?as_of={typed.show_date(another)}" if another else "",
            today=typed.show_date(asking.today()),
            own_today=typed.show_date(own) if own else "",
            another_day=typed.show_date(another) if another else "",
            unit_ended=asking.unit_ended(),
            no_backup=backups.late(),
            languages=languages(),
        )

    app.jinja_env.globals["frame"] = frame


def shown(app: Flask, role: Role, item: Item) -> bool:
    """Whether a role's menu has this place."""
    opens = act_of(app, item.endpoint)
    return (
        may(role, item.of)
        and (opens is None or may(role, opens))
        and not any(may(role, act) for act in item.but)
    )


def serves(user: User) -> str:
    """The unit or organisation that an account serves, as it is called today; "" for none."""
    key = ("serves", user.unit_id, user.organisation_id, asking.today())
    return while_unchanged(key, lambda: _served_by(user))


def _served_by(user: User) -> str:
    if user.organisation is not None:
        return user.organisation.name
    if user.unit_id is None:
        return ""
    unit = session().execute(unit_on(user.unit_id, asking.today())).first()
    return named(unit.level, unit.name) if unit else ""


def _under(places: Sequence[Place]) -> str:
    """The place of the menu under which this page lies: the nearest one, home for home alone."""
    path = request.path
    found = [place.url for place in places if path == place.url or path.startswith(f"{place.url}/")]
    return max(found, key=len, default="")
