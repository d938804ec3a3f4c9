"""Rows about a record that was joined into another household's: a warning, and nothing more."""

from sqlalchemy import Connection, select

from casemgmt.exchange import sheets
from casemgmt.exchange.reading import File, Row
from casemgmt.exchange.sheets import HOUSEHOLD
from casemgmt.exchange.stored import CHUNK
from casemgmt.households.models import JoinedRecord
from casemgmt.register.models import Household

_TOLD = "hồ sơ này đã gộp vào hộ {}: dòng này không thay đổi gì"


def leave_joined_alone(connection: Connection, file: File) -> None:
    """Take the rows about joined records out of a file, each with a warning."""
    codes = {code for rows in file.values() for row in rows if (code := household_code(row))}
    if not (led := _joined(connection, sorted(codes))):
        return
    for name, rows in file.items():
        for row in rows:
            if (into := led.get(household_code(row) or "")) is not None:
                row.warn(household_key(row), _TOLD.format(into))
        file[name] = [row for row in rows if household_code(row) not in led]


def household_key(row: Row) -> str:
    """The key of the column that says which household a row is about."""
    return "code" if row.form.sheet is sheets.HOUSEHOLDS else HOUSEHOLD


def household_code(row: Row) -> str | None:
    """The code of the household that a row is about; None where it is about none, or where the
    cell could not be read."""
    code: str | None = row.values.get(household_key(row))
    return code


def _joined(connection: Connection, codes: list[str]) -> dict[str, str]:
    """Which of these codes are of joined records, and the code of the household of each."""
    joined = JoinedRecord.__table__
    own, into = Household.__table__.alias("own"), Household.__table__.alias("into_household")
    query = (
        select(own.c.code, into.c.code)
        .select_from(joined)
        .join(own, own.c.id == joined.c.household_id)
        .join(into, into.c.id == joined.c.into_id)
    )
    found: dict[str, str] = {}
    for start in range(0, len(codes), CHUNK):
        chunk = query.where(own.c.code.in_(codes[start : start + CHUNK]))
        found.update((code, other) for code, other in connection.execute(chunk))
    return found
