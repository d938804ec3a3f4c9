"""Two who sign one table at the same moment: one wins, the other is told. On both databases."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from casemgmt.access.models import User
from casemgmt.audit import trail
from casemgmt.errors import RuleBroken
from casemgmt.signed import actions
from casemgmt.signed.models import PreparedTable, Signature, SignedTable
from tests.browsing import PASSWORD
from tests.signed.test_signed import Office, office

__all__ = ["office"]


def test_one_of_two_signers_wins(office: Office, engine: Engine) -> None:
    prepared = office.prepared().id
    office.session.commit()
    together = Barrier(2)

    def sign(name: str) -> str:
        with Session(engine) as session:
            trail.act_as(session, actor=name, act="test")
            told = session.get_one(PreparedTable, prepared)
            user = session.scalars(select(User).where(User.name == name)).one()
            session.rollback()  # nothing is held while the other one comes
            together.wait(30)
            try:
                actions.sign(session, told, user, password=PASSWORD)
                session.commit()
            except RuleBroken as refused:
                return refused.message
            return "signed"

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(sign, ["ky", "ky2"]))
    assert said.count("signed") == 1, said
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(SignedTable)) == 1
        assert session.scalar(select(func.count()).select_from(Signature)) == 1
        assert trail.verify(session.connection())[1] is None
