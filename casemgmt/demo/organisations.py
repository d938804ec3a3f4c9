"""The organisations of the demonstration: the unions and associations of the district and of each
commune, some offices, and invented businesses and donors."""

from functools import cache

from casemgmt.demo import places
from casemgmt.demo.reading import Row, table
from casemgmt.organisations.models import Kind

_KINDS = {kind.label: kind for kind in Kind if kind is not Kind.NONE}


def organisations() -> list[Row]:
    """The sheet `Tổ chức`; those of the communes lie under those of the district."""
    rows: list[Row] = []
    for row in table("organisations"):
        if row["unit"] != "each":
            rows.append(_row(row["code"], row["name"], row["kind"], row["unit"], None))
            continue
        district = f"{row['code']}-{places.DISTRICT}"
        name = f"{row['name']} huyện Cam Lộ"
        rows.append(_row(district, name, row["kind"], places.DISTRICT, None))
        for commune in table("communes"):
            where = places.commune_name(commune["code"])
            name = f"{row['name']} {where[0].lower()}{where[1:]}"
            code = f"{row['code']}-{commune['code']}"
            rows.append(_row(code, name, row["kind"], commune["code"], district))
    return rows


def _row(code: str, name: str, kind: str, unit: str, parent: str | None) -> Row:
    return {"Mã": code, "Tên": name, "Loại": kind, "Mã đơn vị": unit, "Mã cấp trên": parent}


@cache
def of_kind(kind: Kind, commune: str) -> tuple[str, ...]:
    """The codes of the organisations of a kind that work in a commune: its own one where it has
    one, else those of the district."""
    found = [row for row in organisations() if _KINDS[str(row["Loại"])] is kind]
    own = [str(row["Mã"]) for row in found if row["Mã đơn vị"] == commune]
    return tuple(own or [str(row["Mã"]) for row in found])
