"""Which requests of data subjects there are."""

from datetime import timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from casemgmt.privacy.models import DataRequest
from casemgmt.register.lens import Lens

SOON = timedelta(days=7)


def requests(lens: Lens, *, waiting: bool = False) -> Select[DataRequest]:
    """The requests about households in scope, that which is due first at the top, answered ones
    last; `waiting`: only those not answered."""
    query = (
        select(DataRequest)
        .options(joinedload(DataRequest.household))
        .order_by(DataRequest.answered_on.is_not(None), DataRequest.due_on, DataRequest.id)
    )
    if waiting:
        query = query.where(DataRequest.answered_on.is_(None))
    return lens.scoped(query, DataRequest.household_id)


def urgent(lens: Lens) -> Select[DataRequest]:
    """Those not answered whose last day is past or within a week."""
    return requests(lens, waiting=True).where(DataRequest.due_on <= lens.as_of + SOON)


def by_number(lens: Lens, number: int) -> Select[DataRequest]:
    """The request of a number, in scope."""
    return requests(lens).where(DataRequest.id == number)
