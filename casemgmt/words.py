"""Sentences in the language of whoever reads them. Vietnamese is the language of the source; the
site names a translator, without one a sentence stays as it is written."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_translator: list[Callable[[str], str]] = []
_written: ContextVar[bool] = ContextVar("as written", default=False)


def translate_with(translator: Callable[[str], str]) -> None:
    """Have sentences looked up with `translator` from now on."""
    _translator[:] = [translator]


def _(sentence: str, /, **values: object) -> str:
    """A sentence as it is read here; `{name}` in it stands for the value of that name."""
    for translate in () if _written.get() else _translator:
        sentence = translate(sentence)
    return sentence.format(**values) if values else sentence


@contextmanager
def as_written() -> Iterator[None]:
    """Inside, sentences stay in Vietnamese: papers and files are in it whoever asks for them."""
    token = _written.set(True)
    try:
        yield
    finally:
        _written.reset(token)


def N_(sentence: str) -> str:
    """Mark a sentence that is looked up later, where it is shown."""
    return sentence
