"""Forms: our fields, which keep what was typed, and how a broken rule comes back to its field."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask import abort
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import BooleanField, Field, HiddenField, SelectField, SelectFieldBase, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from casemgmt import typed, vietnamese
from casemgmt.errors import RuleBroken
from casemgmt.web import once
from casemgmt.web.asking import shown_only, spoil
from casemgmt.web.database import db
from casemgmt.web.wording import Vietnamese
from casemgmt.words import N_, _

_WORDING = Vietnamese()
LONGEST_LINE = 300
LONGEST_TEXT = 4000


def required(sentence: str = N_("Cần điền ô này.")) -> InputRequired:
    """The validator of an answer that must be given."""
    return InputRequired(sentence)


def optional() -> Optional:
    """The validator of an answer that may be left blank."""
    return Optional()


def at_most(length: int = LONGEST_LINE) -> Length:
    """The validator of a text's length."""
    return Length(max=length)


class OnceField(HiddenField):
    """The key by which a form counts once; it stays when the form goes back to be mended."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("", **kwargs)

    def __call__(self, **kwargs: Any) -> Markup:
        """The hidden field, without an id: a page may hold several forms."""
        self.data = self.data or once.new_key()
        return once.hidden(self.data)


class Form(FlaskForm):
    """The base of every form that is sent by POST. Its labels, hints and messages are written in
    the language of the source and shown in that of the request."""

    once = OnceField()

    class Meta(FlaskForm.Meta):
        """Vietnamese messages."""

        def get_translations(self, form: object) -> Vietnamese:
            """WTForms' own messages in Vietnamese."""
            return _WORDING

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Field:
            """A field of this request's form."""
            field: Field = super().bind_field(form, unbound_field, options)
            field.label.text = _(field.label.text)
            field.description = _(field.description)
            return field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def is_submitted(self) -> bool:
        """Whether this request sends the form."""
        return bool(super().is_submitted())

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether each answer has its shape."""
        good = bool(super().validate(extra_validators))
        for field in self:
            field.errors = [_(message) for message in field.errors]
        return good

    def sent(self) -> bool:
        """Whether the form was sent and each answer has its shape. A form that goes back to be
        mended leaves nothing behind."""
        if not self.is_submitted() or shown_only():
            return False
        if self.validate():
            return True
        spoil()
        return False

    @contextmanager
    def showing_rules(self) -> Iterator[None]:
        """A RuleBroken inside becomes an error at its field, or on top; nothing is kept."""
        try:
            yield
        except RuleBroken as broken:
            db.session.rollback()
            spoil()
            self.refuse(broken.message, broken.field)

    def refuse(self, message: str, field: str | None = None) -> None:
        """Show an error at a field of this form, or on top where it has no such field."""
        found = self._fields.get(field) if field else None
        message = _(message)
        if found is None or isinstance(found, HiddenField):
            self.form_errors.append(message)
        else:
            found.errors = [*found.errors, message]

    def visible(self) -> Iterator[Field]:
        """The fields that are shown."""
        return (field for field in self if not isinstance(field, HiddenField))


class _TypedField(StringField):
    """A text box whose value is read by `read`; what was typed stays in the box."""

    def __init__(self, label: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(label, *args, **kwargs)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read what was typed; a blank box is None."""
        text = vietnamese.clean(str(valuelist[0])) if valuelist else ""
        self.data = None
        if not text:
            self.raw_data = []  # spaces, and signs that nobody sees, are no answer
            return
        try:
            self.data = self.read(text)
        except ValueError as wrong:
            raise ValueError(sentence(_(str(wrong)))) from wrong

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.show(self.data)

    def read(self, text: str) -> Any:
        """Text → value; ValueError with what was expected."""
        raise NotImplementedError

    def show(self, value: Any) -> str:
        """Value → text."""
        raise NotImplementedError


def sentence(text: str) -> str:
    """`cần số nguyên` → `Cần số nguyên.`"""
    return text[:1].upper() + text[1:].rstrip(".") + "."


class DayField(_TypedField):
    """A day, typed as dd/mm/yyyy."""

    def read(self, text: str) -> date:
        """See `typed.parse_date`."""
        return typed.parse_date(text)

    def show(self, value: date) -> str:
        """dd/mm/yyyy."""
        return typed.show_date(value)


class BirthField(_TypedField):
    """A birth date: a day, a month of a year, or a year alone."""

    def read(self, text: str) -> typed.Birth:
        """See `typed.parse_birth`."""
        return typed.parse_birth(text)

    def show(self, value: typed.Birth) -> str:
        """As precisely as it is known."""
        return value.show()


class WholeField(_TypedField):
    """A whole number of at least `least`, typed with or without thousands dots."""

    def __init__(
        self, label: str, *args: Any, least: int = 0, most: int = 10**12, **kwargs: Any
    ) -> None:
        super().__init__(label, *args, **kwargs)
        self.least, self.most = least, most

    def read(self, text: str) -> int:
        """1.481 or 1481."""
        number = typed.parse_whole(text)
        if not self.least <= number <= self.most:
            low, high = typed.show_number(self.least), typed.show_number(self.most)
            raise ValueError(_("cần số từ {low} đến {high}", low=low, high=high))
        return number

    def show(self, value: int) -> str:
        """1.481."""
        return typed.show_number(value)


class QuantityField(_TypedField):
    """A number of at least 0 with up to three decimals: 1,5."""

    def read(self, text: str) -> Decimal:
        """See `typed.parse_thousandths`."""
        thousandths = typed.parse_thousandths(text)
        if thousandths < 0:
            raise ValueError(_("cần số không âm"))
        return Decimal(thousandths) / 1000

    def show(self, value: Decimal) -> str:
        """1.481,5."""
        return typed.show_thousandths(int(value * 1000))


class TickField(BooleanField):
    """A box to tick."""

    def __init__(self, label: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(label, *args, **kwargs)


class WordField(SelectField):
    """One word of an enumeration. `without` are words that cannot be chosen here; with `blank`
    the first choice is none (None)."""

    def __init__(
        self,
        label: str,
        words: type[StrEnum],
        *args: Any,
        without: Sequence[StrEnum] = (),
        blank: str | None = None,
        **kwargs: Any,
    ) -> None:
        choices = {} if blank is None else {"": _(blank)}
        choices |= {word.value: word_label(word) for word in words if word not in without}
        kwargs |= {"choices": choices, "coerce": _word(words)}
        super().__init__(label, *args, **kwargs)


def _word(words: type[StrEnum]) -> Callable[[str | None], StrEnum | None]:
    def coerce(value: str | None) -> StrEnum | None:
        return words(value) if value else None

    return coerce


def word_label(word: StrEnum) -> str:
    """How a word of an enumeration is shown."""
    return _(str(getattr(word, "label", None) or word.value))


class PickField(SelectField):
    """One of the choices set when the form is made: (code, name) pairs; "" is None."""

    def __init__(self, label: str, *args: Any, **kwargs: Any) -> None:
        kwargs = {"choices": [], "coerce": _or_none} | kwargs
        super().__init__(label, *args, **kwargs)

    def _choices_from_input(self, choices: Any) -> list[SelectChoice] | None:
        """What can be chosen: names, but for the choice of none."""
        found = super()._choices_from_input(choices)
        return found and [one if one.value else replace(one, label=_(one.label)) for one in found]


def _or_none(value: str | None) -> str | None:
    return value or None


def answers(field: Field) -> list[str]:
    """What a browser would send for an answer, in its plainest form."""
    if isinstance(field, BooleanField):
        return ["y"] if field.data else []
    if isinstance(field, SelectFieldBase):
        return [str(choice.value) for choice in field.iter_choices() if choice.selected]
    if isinstance(field, _TypedField) and field.data is not None:
        return [field.show(field.data)]
    text = str(field._value())  # type: ignore[attr-defined]  # every text field has it
    return ["\n".join(text.strip().splitlines())]


class VersionField(HiddenField):
    """What a form was made from: the version of its row, where the row counts one, and a print of
    each answer as it stood, so that each change made since is found, field by field."""

    def __init__(self, _form: Any = None, **kwargs: Any) -> None:
        super().__init__("", _form=_form, **kwargs)
        self.form = _form
        self.base: dict[str, str] = {}

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read what `_value` wrote."""
        number, _, prints = str(valuelist[0]).partition(":") if valuelist else ("", "", "")
        pairs = (pair.partition("=") for pair in prints.split(";") if pair)
        self.data, self.base = number or None, {name: said for name, _, said in pairs}

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        prints = ";".join(f"{name}={said}" for name, said in self.prints().items())
        return f"{'' if self.data is None else self.data}:{prints}"

    def prints(self) -> dict[str, str]:
        """A print of each answer of the form as it is now."""
        return {field.name: _print(answers(field)) for field in self.form.visible()}


def _print(said: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:10]


def same_version(row_version: int, sent: str | None) -> None:
    """409 where the row has been changed since the form was made."""
    if sent != str(row_version):
        abort(409)
