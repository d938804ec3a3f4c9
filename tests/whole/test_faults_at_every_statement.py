"""The database fails at the n-th statement or commit of an act, for every n until the act goes
through: the answer is one that the reader understands, and all of the act is kept or none."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from casemgmt import schema
from casemgmt.register import invariants
from casemgmt.web.database import db
from tests.browsing import Person, Site, site

# What a request may leave whatever becomes of it: what was looked at or refused, the form sent.
LEFT = {"audit_entry", "sign_in_failure", "sent_form"}
ACTS = (
    ("/add-household", {"head_name": "Hồ Văn Thử", "village": "CT-TT", "starts": "01/09/2022"}),
    ("/households/H1/edit", {"head_name": "Đặng Thị Ước", "address": "Xóm mới"}),
    ("/households/H1/members/add", {"name": "Đặng Thị Út", "relation": "Con", "birth": "05/2010"}),
    ("/households/H3/class", {"starts": "01/09/2022", "class_": "not_poor"}),
    ("/households/H2/lead", {"organisation": "HPN", "starts": "01/03/2022"}),
    ("/households/H2/lead/end", {"last_day": "30/09/2022", "reason": "đã thoát nghèo"}),
    ("/households/H1/supporters/add", {"organisation": "HPN", "starts": "01/03/2022"}),
    ("/households/H1/support/add", {"on": "01/09/2022", "kind": "Quà Tết", "value": "300.000"}),
    ("/households/H1/move", {"on": "01/09/2022", "village": "CT-BC"}),
    ("/households/H3/move-out", {"last_day": "30/09/2022", "reason": "đi nơi khác"}),
)


class Failing:
    """Lets the database fail once, at a certain statement or commit from now on."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.left = engine, 0
        event.listen(engine, "do_execute", self._statement)
        event.listen(engine, "commit", self._commit)

    @contextmanager
    def at(self, number: int) -> Iterator[None]:
        """Fail at this statement or commit, the first being 1."""
        self.left = number
        yield
        self.left = 0

    def _due(self) -> bool:
        self.left -= 1
        return self.left == 0

    def _statement(self, *_told: object) -> None:
        if self._due():
            raise self.engine.dialect.loaded_dbapi.OperationalError("disk I/O error")

    def _commit(self, _connection: object) -> None:
        if self._due():
            raise OperationalError("COMMIT", {}, Exception("disk I/O error"))


def test_an_act_is_kept_whole_or_not_at_all(url: str) -> None:
    with site(url) as register:
        commune = register.client("commune")
        failing = _failing(register.app)
        tried = sum(_swept(register, commune, failing, path, told) for path, told in ACTS)
        with register.session() as session:
            assert _broken(session) == []
        register.close()
    assert tried > 150, tried


def _failing(app: Flask) -> Failing:
    with app.app_context():
        return Failing(db.engine)


def _swept(
    register: Site, commune: Person, failing: Failing, path: str, told: dict[str, str]
) -> int:
    """How many times an act failed before it went through."""
    before = _held(register)
    for number in range(1, 400):
        form = commune.hidden(path) | told
        with failing.at(number):
            answer = commune.browser.post(path, data=form)
        assert answer.status_code in (303, 503), (path, number, answer.status_code, answer.text)
        after = _held(register)
        if answer.status_code == 303 or after != before:
            # 503 although it was kept: what the request leaves behind could not be written.
            assert after != before, path
            again = commune.browser.post(path, data=form)
            assert again.status_code == 303, (path, number, again.text)
            assert _held(register) == after, (path, number)
            return number
    raise AssertionError(f"{path} never went through")


def _held(register: Site) -> dict[str, list[str]]:
    """All that the register holds."""
    with register.engine.connect() as connection:
        return {
            table.name: sorted(str(tuple(row)) for row in connection.execute(table.select()))
            for table in schema.metadata().sorted_tables
            if table.name not in LEFT
        }


def _broken(session: Session) -> list[str]:
    connection = session.connection()
    return [
        found.sentence
        for found in (
            *invariants.pointing_somewhere(connection),
            *invariants.chained(connection),
            *invariants.derived(session),
            *invariants.keyed(connection),
        )
    ]
