"""Whatever somebody could try to guess, a password or a code, may fail only so often."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from math import ceil

from casemgmt.access import throttle
from casemgmt.errors import RuleBroken
from casemgmt.web.asking import afterwards
from casemgmt.web.database import session
from casemgmt.web.signing import attempt
from casemgmt.words import _


@contextmanager
def slowed(name: str) -> Iterator[None]:
    """What is tried inside for the account of a name is not even looked at where it has failed too
    often (RuleBroken); a throttle.Wrong inside is one failure more."""
    tried = attempt(name)
    if pause := throttle.wait(session(), tried):
        minutes = ceil(pause.total_seconds() / 60)
        raise RuleBroken(
            _("Đã thử sai nhiều lần. Hãy đợi {minutes} phút rồi thử lại.", minutes=minutes)
        )
    try:
        yield
    except throttle.Wrong:
        afterwards(partial(throttle.note_failure, attempt=tried))
        raise


def forgiven(name: str) -> None:
    """All of it was right: the failures before it count no more."""
    afterwards(partial(throttle.forget, attempt=attempt(name)))
