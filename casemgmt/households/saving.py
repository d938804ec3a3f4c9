"""Bộ lọc đã lưu: ways to look at the list of households that an account keeps."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from casemgmt.errors import RuleBroken
from casemgmt.households.models import SavedFilter
from casemgmt.vietnamese import clean, same
from casemgmt.words import _

MOST = 20  # filters of one account: more are not found again at a glance


def filters_of(user: int) -> Select[*tuple[Any, ...]]:
    """The saved filters of an account in the order in which they were saved: id, name, query."""
    return (
        select(SavedFilter.id, SavedFilter.name, SavedFilter.query)
        .where(SavedFilter.user_id == user)
        .order_by(SavedFilter.id)
    )


def save_filter(session: Session, user: int, *, name: str, query: str) -> SavedFilter:
    """Keep the filters of a list (the address's part behind the question mark) under a name that
    the account has not used yet. It must narrow the list to something."""
    name = clean(name)
    if not name:
        raise RuleBroken(_("Hãy đặt tên cho bộ lọc."), field="name")
    if not query:
        raise RuleBroken(_("Chưa có bộ lọc nào để lưu: hãy lọc danh sách trước."))
    before = session.execute(filters_of(user)).all()
    if any(same(one.name) == same(name) for one in before):
        raise RuleBroken(_("Bạn đã có một bộ lọc tên này."), field="name")
    if len(before) >= MOST:
        raise RuleBroken(
            _("Bạn đã lưu {n} bộ lọc: hãy xóa bớt rồi lưu bộ lọc mới.", n=MOST), field="name"
        )
    saved = SavedFilter(user_id=user, name=name, query=query)
    session.add(saved)
    session.flush()
    return saved


def drop_filter(session: Session, saved: SavedFilter) -> None:
    """Keep a filter no longer."""
    session.delete(saved)
    session.flush()
