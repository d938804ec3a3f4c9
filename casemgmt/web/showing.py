"""How values look: the filters and the few functions that every template may use."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from flask import Flask, request
from markupsafe import Markup

from casemgmt import typed
from casemgmt.access.policy import Act
from casemgmt.clock import VIETNAM
from casemgmt.db import FOREVER, SINCE_ALWAYS
from casemgmt.web import asking
from casemgmt.web.forms import word_label
from casemgmt.web.language import spoken
from casemgmt.web.signing import signed_in
from casemgmt.words import _


def day(value: date | None) -> str:
    """15/02/2022; nothing for None and for a start that was left blank."""
    if value is None or value in (SINCE_ALWAYS, FOREVER):
        return ""
    return typed.show_date(value)


def moment(value: datetime) -> str:
    """When something was recorded, in Viet Nam: 15/02/2022 14:05."""
    there = value.astimezone(VIETNAM)
    return f"{typed.show_date(there.date())} {there:%H:%M}"


def number(value: int | None) -> str:
    """14.905; nothing for None."""
    return "" if value is None else typed.show_number(value)


def quantity(value: Decimal | None) -> str:
    """Up to three decimals: 1.481,5."""
    return "" if value is None else typed.show_thousandths(int(value * 1000))


def rate(value: Decimal | None) -> str:
    """3,04 (the sign % stands in the column's head); nothing for None."""
    return "" if value is None else typed.show_rate(value, sign=False)


def cell(value: int | Decimal | None) -> str:
    """A cell of a table: a whole number or a rate."""
    return rate(value) if isinstance(value, Decimal) else number(value)


def dong(value: int | None) -> str:
    """1.500.000 đồng; nothing for None."""
    return "" if value is None else _("{amount} đồng", amount=typed.show_number(value))


def here(**changes: Any) -> str:
    """This page's address with some parameters changed; None takes one out."""
    kept = request.args.to_dict(flat=False) | {
        name: [] if value is None else [str(value)] for name, value in changes.items()
    }
    query = urlencode([(name, value) for name, values in kept.items() for value in values])
    return f"{request.path}?{query}" if query else request.path


def attributes(values: Mapping[str, object]) -> Markup:
    """HTML attributes; those that are None or False are left out, True stands alone."""
    parts = (
        Markup(" {}").format(name) if value is True else Markup(' {}="{}"').format(name, value)
        for name, value in values.items()
        if value is not None and value is not False
    )
    return Markup("").join(parts)


def teach(app: Flask) -> None:
    """Give the templates these filters and functions."""
    environment = app.jinja_env
    environment.filters.update(
        day=day,
        moment=moment,
        number=number,
        quantity=quantity,
        rate=rate,
        cell=cell,
        dong=dong,
        word=word_label,
        said=_,
        attributes=attributes,
    )
    environment.globals.update(
        Act=Act,
        can=asking.can,
        me=signed_in,
        here=here,
        spoken=spoken,
        own_today=asking.own_today,
        today=asking.today,
        another_day=asking.another_day,
    )
