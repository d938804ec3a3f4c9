"""Values by the keys of a sheet → the columns of the database, with what is derived from them."""

from collections.abc import Callable, Mapping
from typing import Any

from casemgmt import vietnamese
from casemgmt.exchange import sheets
from casemgmt.exchange.planning import Values
from casemgmt.exchange.standing import Standing
from casemgmt.exchange.stored import Store
from casemgmt.register.models import tail_digest

_BIRTH = ("birth_year", "birth_month", "birth_day")


def columns(store: Store, standing: Standing, values: Mapping[str, Any]) -> Values:
    """The database columns behind these values of one row; codes become ids."""
    found: Values = {}
    for column in store.sheet.columns:
        key = column.key
        if key in values:
            if column.refers:
                found[f"{key}_id"] = standing.ids[column.refers].get(values[key])
            elif key == "birth":
                found.update(_born(values[key]))
            elif key not in ("part", "deprivations"):
                found[key] = values[key]
    derive = _DERIVED.get(store.sheet.name)
    return found | derive(found, standing) if derive else found


def _born(birth: Any) -> Values:
    parts = (birth.year, birth.month, birth.day) if birth else (None, None, None)
    return dict(zip(_BIRTH, parts, strict=True))


def _of_household(values: Values, _standing: Standing) -> Values:
    if "head_name" not in values:
        return {}
    name = values["head_name"]
    return {"head_search": vietnamese.fold(name), "head_order": vietnamese.name_key(name)}


def _of_member(values: Values, standing: Standing) -> Values:
    found: Values = {}
    if "name" in values:
        found["name_search"] = vietnamese.fold(values["name"])
    if "citizen_id" in values:
        number = values["citizen_id"]
        found["citizen_digest"] = standing.digests.get(number) if number else None
        found["tail_digest"] = tail_digest(number) if number else None
    return found


# What the models' validators keep beside a column: they do not run in bulk.
_DERIVED: dict[str, Callable[[Values, Standing], Values]] = {
    sheets.HOUSEHOLDS.name: _of_household,
    sheets.MEMBERS.name: _of_member,
}
