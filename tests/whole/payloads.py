"""What is typed into every field of every form: letters in both shapes, marks that databases and
pages take for more than letters, numbers and days that are none."""

import re
import unicodedata
from urllib.parse import quote

_RIGHT_TO_LEFT, _ISOLATE, _ZERO, _NO_BREAK = "\u202e", "\u2066", "\u200b", "\u00a0"

# Named, so that what fails can be said.
PAYLOADS: dict[str, str] = {
    # Letters
    "plain": "Nguyễn Thị Ánh",
    "nfd": unicodedata.normalize("NFD", "Nguyễn Thị Ánh Đào"),
    "capitals": "ĐẶNG THỊ ÁNH",
    "icelandic": "Ðặng ðá",
    "double": "Ho\u0302\u0300 Va\u0306n",
    "flood": "e" + "\u0301" * 300,
    "emoji": "Hộ \U0001f468\u200d\U0001f469\u200d\U0001f467 nghèo",
    "astral": "\U00020000\U0010fffd",
    "wide": "ＨỘ　１２３",
    "bidi": f"An {_RIGHT_TO_LEFT}hnìB{_ISOLATE} nĂv",
    "zero width": f"A{_ZERO}n\ufeff Bình",
    "no break": f"An{_NO_BREAK}Bình",
    "line end": "An\r\nBình\rCúc\nDũng",
    "other line ends": "An\u2028Bình\u2029Cúc\x85Dũng",
    "tab": "An\tBình",
    "nul": "An\x00Bình",
    "controls": "An\x01\x08\x0b\x1b[31mBình\x7f",
    "surrogate": "An\ud800Bình",
    "not a character": "An\ufffe\uffffBình",
    # Nothing, much
    "empty": "",
    "spaces": "   ",
    "unseen": f"{_ZERO}\u200d{_RIGHT_TO_LEFT}",
    "one": "x",
    "299": "x" * 299,
    "301": "x" * 301,
    "4001": "y" * 4001,
    "long": "Ủ" * 100_000,
    # Pages
    "script": "<script>fuzz()</script>",
    "image": '"><img src=fuzz onerror=fuzz()>',
    "quote": "' onfocus=fuzz() autofocus x='",
    "unquoted": "x onmouseover=fuzz()",
    "svg": "<svg/onload=fuzz()>",
    "closing": "</textarea></title></option></select><script>fuzz()</script>",
    "comment": "--><script>fuzz()</script><!--",
    "javascript": "javascript:fuzz()",
    "data": "data:text/html,<script>fuzz()</script>",
    "entity": "&lt;script&gt;&#60;b&#62;&amp;amp;",
    "template": "{{71*79}}{% raw %}",
    "dollar": "${71*79}#{71*79}<%= 71*79 %>",
    "braces": "{n} {0} {name!r} %(n)s %s %d %",
    # Databases
    "or": "' OR 1=1 --",
    "drop": "x'); DROP TABLE household; --",
    "percent": "%",
    "underscore": "_",
    "backslash": "\\",
    "backquote": '`"[]',
    # Spreadsheets
    "equals": '=HYPERLINK("http://example.org","x")',
    "plus": "+1+1",
    "minus": "-1+1",
    "at": "@SUM(1)",
    "wide equals": "＝1+1",
    "led by a tab": "\t=1+1",
    "led by a return": "\r=1+1",
    "pipe": "|cmd",
    # Headers, paths
    "header": "x\r\nSet-Cookie: fuzz=1\r\n\r\n<b>",
    "path": "../../etc/passwd",
    "elsewhere": "//example.org/fuzz",
    # Days
    "no such day": "31/02/2022",
    "leap": "29/02/2021",
    "year 0": "01/01/0000",
    "year 9999": "31/12/9999",
    "future": "01/01/2090",
    "before": "01/01/1800",
    "day": "15/10/2022",
    "iso": "2022-10-15",
    # Numbers
    "minus one": "-1",
    "nought": "0",
    "huge": "1e999",
    "nan": "NaN",
    "infinite": "-Infinity",
    "31 bits": "2147483648",
    "63 bits": "9223372036854775808",
    "many digits": "9" * 5000,
    "grouped": "1.000.000,5",
    "arabic": "١٢٣",
    "fraction": "0,0000001",
    "true": "true",
    # Identity numbers
    "12 digits": "045170123456",
    "9 digits": "123456789",
    "11 digits": "04517012345",
    "another sex": "045070000123",
    "spaced": "045 170 123 457",
}


_HALF = re.compile("[\ud800-\udfff]")


def as_kept(text: str) -> str:
    """What is left of a text that was accepted: NFC, without what cannot be seen, single spaces.
    Half a sign is no text: its bytes stay as they were sent."""
    text = _HALF.sub(lambda half: quote(half[0], errors="surrogatepass"), text)
    unseen = {"Cc", "Cf", "Cn"}
    seen = (
        " " if sign in "\t\r\n\x85\u2028\u2029" else sign
        for sign in unicodedata.normalize("NFC", text)
        if sign in "\t\r\n\x85" or unicodedata.category(sign) not in unseen
    )
    return " ".join("".join(seen).replace("Ð", "Đ").replace("ð", "đ").split())
