"""Sentences in the language of whoever reads them. Vietnamese is the language of the source; the
site names a translator, without one a sentence stays as it is written."""

from collections.abc import Callable

_translator: list[Callable[[str], str]] = []


def translate_with(translator: Callable[[str], str]) -> None:
    """Have sentences looked up with `translator` from now on."""
    _translator[:] = [translator]


def _(sentence: str, /, **values: object) -> str:
    """A sentence as it is read here; `{name}` in it stands for the value of that name."""
    for translate in _translator:
        sentence = translate(sentence)
    return sentence.format(**values) if values else sentence


def N_(sentence: str) -> str:
    """Mark a sentence that is looked up later, where it is shown."""
    return sentence
