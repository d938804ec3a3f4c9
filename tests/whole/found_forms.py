"""The forms of a page, as a browser reads them: fields, their choices, what they hold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests.browsing import PASSWORD

SENDS = ("submit", "button", "image", "reset")


@dataclass(slots=True)
class Field:
    """One field. `values`: what it holds; `choices`: what may be chosen; `kind`: its type."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)
    hint: str = ""


@dataclass(slots=True)
class FoundForm:
    """One form that is sent by POST."""

    action: str
    fields: dict[str, Field] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    def filled(self) -> dict[str, list[str]]:
        """A plain answer to every question: what the form holds, and something where it holds
        nothing."""
        answers = {}
        for one in self.fields.values():
            answers[one.name] = one.values or [_some(one)]
        return answers


DAY, WORDS = "20/10/2022", "Chữ thử"


def _some(one: Field) -> str:
    if one.choices:
        return next((choice for choice in one.choices if choice), "")
    if one.kind == "password":
        return PASSWORD
    if one.hint == "dd/mm/yyyy":
        return DAY
    if one.hint in ("numeric", "decimal"):
        return "1"
    return WORDS


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[FoundForm] = []
        self.form: FoundForm | None = None
        self.open: Field | None = None  # a select or textarea

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            posts = told.get("method", "get").casefold() == "post"
            self.form = FoundForm(told.get("action", "")) if posts else None
            if self.form is not None:
                self.forms.append(self.form)
        elif self.form is not None and tag in _READERS:
            _READERS[tag](self, self.form, told)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag in ("select", "textarea"):
            if self.open is not None and tag == "select" and not self.open.values:
                self.open.values = [one for one in self.open.choices[:1] if one]
            self.open = None

    def handle_data(self, data: str) -> None:
        if self.open is not None and self.open.kind == "textarea":
            text = "".join([*self.open.values, data])
            self.open.values = [text] if text.strip("\r\n") else []

    def add(self, form: FoundForm, told: dict[str, str], kind: str) -> Field | None:
        name = told.get("name")
        if not name:
            return None
        hint = told.get("placeholder") or told.get("inputmode", "")
        return form.fields.setdefault(name, Field(name, kind, hint=hint))


def _input(reader: _Reader, form: FoundForm, told: dict[str, str]) -> None:
    kind = told.get("type", "text")
    if kind == "file":
        form.files.append(told.get("name", ""))
        return
    if kind in SENDS and "name" not in told:
        return
    one = reader.add(form, told, kind)
    if one is None:
        return
    value = told.get("value", "on" if kind in ("checkbox", "radio") else "")
    if kind in ("checkbox", "radio"):
        one.choices.append(value)
        if "checked" in told:
            one.values.append(value)
    elif kind not in SENDS and value:
        one.values.append(value)


def _select(reader: _Reader, form: FoundForm, told: dict[str, str]) -> None:
    reader.open = reader.add(form, told, "select")


def _option(reader: _Reader, _form: FoundForm, told: dict[str, str]) -> None:
    if reader.open is not None:
        reader.open.choices.append(told.get("value", ""))
        if "selected" in told:
            reader.open.values.append(told.get("value", ""))


def _textarea(reader: _Reader, form: FoundForm, told: dict[str, str]) -> None:
    reader.open = reader.add(form, told, "textarea")


_READERS = {"input": _input, "select": _select, "option": _option, "textarea": _textarea}


def forms(page: str) -> Sequence[FoundForm]:
    """The forms of a page that are sent by POST."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.forms


def elements(page: str) -> Iterator[tuple[str, dict[str, str | None]]]:
    """Every element of a page, with its attributes."""
    found: list[tuple[str, dict[str, str | None]]] = []

    class Elements(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, dict(attrs)))

    reader = Elements()
    reader.feed(page)
    reader.close()
    yield from found
