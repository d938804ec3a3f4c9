"""The sentences of the product and their catalogues. `python -m tests.whole.catalogue` reads all
sentences out of the code and the templates, brings each catalogue up to date with them and compiles
it; what has no translation yet is counted on the screen.

In Python a sentence is: what `_`, `N_` and their like are given; labels, descriptions and messages
of form fields; what a RuleBroken says; the words of an enumeration; and the tables of words at the
top of a module, which are known by their letters."""

import ast
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from casemgmt import paths
from casemgmt.web.language import CATALOGUES

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "casemgmt"
# A terminal, a workbook, papers, an alphabet: these are Vietnamese whoever reads them. The pages
# of the import, of a commune's report and of long jobs are not.
SHOWN = (
    *("exchange/import_", "exchange/batch", "exchange/undoing", "exchange/previewing"),
    *(
        "exchange/declar",
        "papers/commune_f",
        "papers/commune_r",
        "papers/commune_v",
        "papers/job",
        "papers/worker",
    ),
)
WITHOUT = ("demo/", "cli/", "exchange/", "paper/", "papers/", "tables/papers.py", "vietnamese.py")
LETTER = re.compile(r"[À-ɏ\u0300-\u036fḀ-ỿ]")
_CALLS = {"_", "N_", "gettext", "required", "optional", "reason_field", "EqualTo", "RuleBroken"}
_SAID = {"description", "blank", "message", "label", "sentence"}
_OPTIONS = {"extensions": "jinja2.ext.do", "silent": "false"}


class Sentences(ast.NodeVisitor):
    """The sentences of one module: (line, text)."""

    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []

    def visit_Module(self, node: ast.Module) -> None:
        """Tables of words stand at the top of a module."""
        for statement in node.body:
            if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value:
                self._table(statement.value)
        self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """The words of an enumeration."""
        if any(isinstance(base, ast.Name) and base.id == "StrEnum" for base in node.bases):
            members = [one.value for one in node.body if isinstance(one, ast.Assign)]
            if any(LETTER.search(ast.unparse(member)) for member in members):
                for member in members:
                    self._take(member)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """What functions of sentences are given."""
        name = ast.unparse(node.func).rpartition(".")[2]
        if (name in _CALLS or name.endswith("Field")) and node.args:
            self._take(node.args[1] if name == "EqualTo" and len(node.args) > 1 else node.args[0])
        for keyword in node.keywords:
            if keyword.arg in _SAID:
                self._take(keyword.value)
        self.generic_visit(node)

    def _take(self, node: ast.expr) -> None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.strip():
            self.found.append((node.lineno, node.value))

    def _table(self, node: ast.expr) -> None:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Constant) and LETTER.search(str(inner.value)):
                self._take(inner)


def of_code(file: Path) -> Iterator[tuple[int, str]]:
    """The sentences of a Python file."""
    visitor = Sentences()
    visitor.visit(ast.parse(file.read_text(encoding="utf-8")))
    yield from visitor.found


def of_template(file: Path) -> Iterator[tuple[int, str | tuple[str, ...]]]:
    """The sentences of a template."""
    with file.open("rb") as stream:
        for line, _function, text, _comments in babel_extract(
            stream, ("_", "gettext", "ngettext"), (), _OPTIONS
        ):
            parts = [part for part in ([text] if isinstance(text, str) else text or ()) if part]
            if parts:
                yield line, parts[0] if len(parts) == 1 else tuple(parts)


def template() -> Catalog:
    """All sentences of the product, each with the files that say it."""
    found = Catalog(project="casemgmt", charset="utf-8", fuzzy=False)
    for file in sorted(PACKAGE.rglob("*.py")):
        name = file.relative_to(PACKAGE).as_posix()
        if name.startswith(SHOWN) or not name.startswith(WITHOUT):
            for _line, text in of_code(file):
                _add(found, text, file)
    for file in sorted(paths.shipped("templates").rglob("*.html")):
        for _line, texts in of_template(file):
            _add(found, texts, file)
    return found


def _add(found: Catalog, text: str | tuple[str, ...], file: Path) -> None:
    found.add(text, locations=[(file.relative_to(ROOT).as_posix(), None)])


def files() -> list[Path]:
    """The catalogues."""
    return sorted(CATALOGUES.glob("*/LC_MESSAGES/messages.po"))


def read(file: Path) -> Catalog:
    """A catalogue."""
    with file.open("rb") as stream:
        return read_po(stream, locale=file.parent.parent.name)


def compiled(catalogue: Catalog) -> bytes:
    """A catalogue as the site reads it."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def updated(file: Path, sentences: Catalog) -> Catalog:
    """A catalogue with each sentence of the product and no other; translations stay."""
    before = read(file)
    after = Catalog(
        locale=before.locale,
        project="casemgmt",
        version="1",
        msgid_bugs_address="-",
        creation_date=before.creation_date,
        revision_date=before.creation_date,
        last_translator="-",
        language_team="-",
        fuzzy=False,
    )
    after.header_comment = "# The sentences of casemgmt; Vietnamese is the language of the source."
    for message in sentences:
        if message.id:
            known = before.get(message.id if isinstance(message.id, str) else message.id[0])
            after.add(message.id, known.string if known else None, locations=message.locations)
    return after


def write(file: Path, catalogue: Catalog) -> None:
    """Write a catalogue, and compile it."""
    with file.open("wb") as stream:
        write_po(stream, catalogue, width=100, sort_output=True)
    file.with_suffix(".mo").write_bytes(compiled(catalogue))


def missing(catalogue: Catalog) -> list[str]:
    """The sentences that have no translation."""
    return [str(message.id) for message in catalogue if message.id and not _said(message.string)]


def _said(text: object) -> bool:
    return all(text) if isinstance(text, tuple) else bool(text)


def main() -> None:
    """Bring all catalogues up to date."""
    sentences = template()
    for file in files():
        catalogue = updated(file, sentences)
        write(file, catalogue)
        left = len(missing(catalogue))
        sys.stdout.write(f"{file.parent.parent.name}: {left} without translation\n")


if __name__ == "__main__":
    main()
