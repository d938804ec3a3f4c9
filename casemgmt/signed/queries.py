"""Finding signed tables."""

from sqlalchemy import Select, select

from casemgmt.signed.models import PreparedTable, SignedTable


def waiting() -> Select[PreparedTable]:
    """Tables that wait for their first signature, oldest first."""
    signed = select(SignedTable.prepared_id)
    return (
        select(PreparedTable)
        .where(PreparedTable.withdrawn_at.is_(None), PreparedTable.id.not_in(signed))
        .order_by(PreparedTable.id)
    )


def signed_tables() -> Select[SignedTable]:
    """All signed tables, newest first."""
    return select(SignedTable).order_by(SignedTable.id.desc())


def in_force() -> Select[SignedTable]:
    """Those that no newer version supersedes, oldest first."""
    newer = select(SignedTable.supersedes_id).where(SignedTable.supersedes_id.is_not(None))
    return select(SignedTable).where(SignedTable.id.not_in(newer)).order_by(SignedTable.id)


def superseded_by(signed: SignedTable) -> Select[SignedTable]:
    """The version that supersedes one, where there is one."""
    return select(SignedTable).where(SignedTable.supersedes_id == signed.id)
