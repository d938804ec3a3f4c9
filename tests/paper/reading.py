"""What stands on a PDF, read back."""

import io
import unicodedata

from pypdf import PdfReader


def pages(data: bytes) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]


def lines(data: bytes) -> list[str]:
    """The lines of all pages, trimmed."""
    return [line.strip() for page in pages(data) for line in page.splitlines()]


def flat(data: bytes) -> str:
    """All text in one line, so that it does not matter where lines are broken."""
    text = " ".join(" ".join(pages(data)).split())
    assert unicodedata.is_normalized("NFC", text)
    return text
