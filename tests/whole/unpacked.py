"""All that an answer says, as text: its headers, its page, the parts of a workbook, the words of a
paper."""

import io
import zipfile
from html import unescape
from urllib.parse import unquote

from pypdf import PdfReader
from werkzeug.test import TestResponse


def unpacked(answer: TestResponse) -> str:
    """The text of an answer, small letters only."""
    headers = unquote("\n".join(f"{name}: {value}" for name, value in answer.headers))
    return f"{headers}\n{content(answer.data)}".casefold()


def content(data: bytes) -> str:
    """The text of a page, of every part of a workbook or archive, of a paper without its spaces;
    and of whatever it is, the bytes as letters."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return "\n".join(content(packed.read(name)) for name in packed.namelist())
    if data.startswith(b"%PDF"):
        pages = PdfReader(io.BytesIO(data)).pages
        return "".join("".join(page.extract_text() for page in pages).split())
    return unescape(data.decode("utf-8", "replace"))
