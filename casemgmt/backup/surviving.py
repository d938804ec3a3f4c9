"""What a restore must not bring back: what opened the register once and opens it no more.

Every table that belongs to an account is named here or in `AS_BACKED_UP`; a test sees to it.

The rule for an account that stands now and in the backup: of the two, the one with the greater
`epoch` is newer, since whatever changes what an account may do makes it grow. Where that is the
account of now, it stays as it is: disabled or not, password, second factor, role and unit. Else it
comes back as backed up, but disabled where it is disabled now. Where the unit or the organisation
of now is not in the backup, the account comes back with the old one and disabled. An account that
stands in one of them only is as in the backup. In every case all sessions end, and a form, a code
or a step that has been used on either side stays used."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    Table,
    TypeDecorator,
    and_,
    delete,
    insert,
    inspect,
    select,
    table,
    update,
)

from casemgmt.access.models import RecoveryCode, SecondFactor, SentForm, User
from casemgmt.access.policy import Act, may
from casemgmt.organisations.models import Organisation
from casemgmt.places.models import Unit

PASSING = {  # not in a backup; whether the rows that stand now stay at a restore
    "open_session": False,
    "job": False,  # its files are made again
    "sign_in_failure": True,  # else a restore would let a guesser begin anew
}
UNITED = ("user_account", "second_factor", "recovery_code", "sent_form")
AS_BACKED_UP = ("saved_filter",)

_OF_NOW = (
    "role",
    "unit_id",
    "organisation_id",
    "signs",
    "active",
    "must_change",
    "password_hash",
    "password_until",
    "second_factor_since",
)


def _as_stored(of: Table) -> Table:
    """A table without what our column types do: sealed values stay as they lie there."""

    def stored(kind: Any) -> Any:
        return kind.impl_instance if isinstance(kind, TypeDecorator) else kind

    columns = (Column(c.name, stored(c.type), primary_key=c.primary_key) for c in of.columns)
    return Table(of.name, MetaData(), *columns)


_USERS, _FACTORS, _CODES, _FORMS = (
    _as_stored(one.__table__) for one in (User, SecondFactor, RecoveryCode, SentForm)
)

Rows = Mapping[Any, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Standing:
    """The rows of accounts at one moment, by their keys."""

    users: Rows
    factors: Rows
    codes: Rows
    forms: Rows


def look(connection: Connection) -> Standing:
    """How the accounts stand."""
    return Standing(*(_by_key(connection, of) for of in (_USERS, _FACTORS, _CODES, _FORMS)))


def _by_key(connection: Connection, of: Table) -> Rows:
    found = connection.execute(select(of)).mappings()
    keys = [column.name for column in of.primary_key]
    return {tuple(row[key] for key in keys): dict(row) for row in found}


def put_back(connection: Connection, now: Standing) -> list[str]:
    """Apply the rule after the rows of a backup have been put in place of those of `now`. Returns
    the names of the accounts that stay as they were before the restore."""
    backed_up = look(connection)
    stayed = []
    for key, old in backed_up.users.items():
        new = now.users.get(key)
        if new is None or new["name"] != old["name"]:
            continue
        if new["epoch"] > old["epoch"]:
            stayed.append(str(new["name"]))
            _stay(connection, old, new)
            _same_codes(connection, key[0], now)
        elif not new["active"]:
            _change(connection, old["id"], active=False)
        _end_sessions(connection, old, new)
    _used_stays_used(connection, now)
    return sorted(stayed)


def _stay(connection: Connection, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    values = {name: new[name] for name in _OF_NOW}
    for of, name in ((Unit.__table__, "unit_id"), (Organisation.__table__, "organisation_id")):
        there = select(of.c.id).where(of.c.id == new[name])
        if new[name] is not None and connection.scalar(there) is None:
            values |= {
                place: old[place] for place in ("role", "unit_id", "organisation_id", "signs")
            }
            values["active"] = False
    _change(connection, old["id"], **values)


def _change(connection: Connection, user: int, **values: Any) -> None:
    connection.execute(update(_USERS).where(_USERS.c.id == user).values(**values))


def _end_sessions(connection: Connection, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    _change(connection, old["id"], epoch=max(old["epoch"], new["epoch"]) + 1)


def _same_codes(connection: Connection, user: int, now: Standing) -> None:
    for of, rows in ((_FACTORS, now.factors), (_CODES, now.codes)):
        connection.execute(delete(of).where(of.c.user_id == user))
        _add(connection, of, (row for row in rows.values() if row["user_id"] == user))


def _used_stays_used(connection: Connection, now: Standing) -> None:
    for row in now.factors.values():
        newer = and_(_FACTORS.c.user_id == row["user_id"], _FACTORS.c.last_step < row["last_step"])
        connection.execute(update(_FACTORS).where(newer).values(last_step=row["last_step"]))
    for row in now.codes.values():
        if row["used_at"] is not None:
            same = and_(_CODES.c.user_id == row["user_id"], _CODES.c.hash == row["hash"])
            connection.execute(update(_CODES).where(same).values(used_at=row["used_at"]))
    users = set(connection.scalars(select(_USERS.c.id)))
    known = set(connection.scalars(select(_FORMS.c.key)))
    _add(
        connection,
        _FORMS,
        (row for row in now.forms.values() if row["user_id"] in users and row["key"] not in known),
    )


def _add(connection: Connection, to: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    if found := [dict(row) for row in rows]:
        connection.execute(insert(to), found)


def clear_passing(connection: Connection) -> None:
    """Take away the rows that end with a restore."""
    present = set(inspect(connection).get_table_names())
    for name, stays in PASSING.items():
        if name in present and not stays:
            connection.execute(delete(table(name)))


def somebody_manages_accounts(connection: Connection) -> bool:
    """Whether an account that is not disabled may manage accounts."""
    roles = connection.scalars(select(_USERS.c.role).where(_USERS.c.active).distinct())
    return any(may(role, Act.MANAGE_ACCOUNTS) for role in roles)
