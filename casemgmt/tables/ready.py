"""Statements that are compiled once and held ready as text.

To find the compiled form of a statement again, to fit its values and to wrap its rows, SQLAlchemy
takes about as long as a database takes to count a district. So the statements of the tables are
compiled once for each kind of database and then sent as they are, straight through the driver."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.exc import DBAPIError

_Sent = tuple[str, Any]  # the text, and its values as the driver takes them


class Ready:
    """A SELECT whose values all have names. Its rows hold what the driver gives: it is for
    columns of whole numbers and text."""

    def __init__(self, query: Select[Any]) -> None:
        self._query: Select[Any] = query
        self._senders: dict[str, Callable[[Mapping[str, Any]], _Sent]] = {}

    def rows(self, connection: Connection, bound: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        """The rows, in the connection's transaction. `bound` may hold more than it needs."""
        text, values = self.sent(connection.dialect, bound)
        if not connection.in_transaction():
            connection.begin()
        cursor = connection.connection.cursor()
        try:
            cursor.execute(text, values)
            return cursor.fetchall()
        except connection.dialect.loaded_dbapi.Error as failure:
            raise _in_our_terms(connection, cursor, text, failure) from failure
        finally:
            cursor.close()

    def sent(self, dialect: Dialect, bound: Mapping[str, Any]) -> _Sent:
        """What goes to the driver."""
        if dialect.name not in self._senders:
            self._senders[dialect.name] = _sender(self._query, dialect)
        return self._senders[dialect.name](bound)


def _in_our_terms(connection: Connection, cursor: Any, text: str, failure: Any) -> BaseException:
    """What the driver says, as SQLAlchemy says it. A connection that is lost is given up."""
    dialect = connection.dialect
    lost = dialect.is_disconnect(failure, connection.connection.dbapi_connection, cursor)
    if lost:
        connection.invalidate(failure)
    told: BaseException = DBAPIError.instance(
        text,
        None,
        failure,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=dialect,
    )
    return told


def _sender(query: Select[Any], dialect: Dialect) -> Callable[[Mapping[str, Any]], _Sent]:
    """The compiled statement: from values by name to what goes to the driver."""
    compiled = query.compile(dialect=dialect)
    text = str(compiled)
    fits = {
        name: parameter.type.dialect_impl(dialect).bind_processor(dialect) or _as_it_is
        for name, parameter in compiled.binds.items()
    }

    def by_name(bound: Mapping[str, Any]) -> _Sent:
        return text, {name: fit(bound[name]) for name, fit in fits.items()}

    if compiled.positiontup is None:
        return by_name
    order = tuple(compiled.positiontup)

    def by_place(bound: Mapping[str, Any]) -> _Sent:
        values = by_name(bound)[1]
        return text, tuple([values[name] for name in order])

    return by_place


def _as_it_is(value: Any) -> Any:
    return value
