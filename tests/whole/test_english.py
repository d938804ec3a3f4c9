"""The catalogues: what they hold is what the site reads, and nothing in them breaks a sentence."""

import re
from pathlib import Path

import pytest

from tests.browsing import site
from tests.whole import catalogue

PLACES = re.compile(r"\{\w*\}|%\(\w+\)[sd]|%s")


@pytest.fixture(params=catalogue.files(), ids=lambda file: file.parent.parent.name)
def file(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_what_is_compiled_is_what_is_written(file: Path) -> None:
    """Else: `python -m tests.whole.catalogue`."""
    assert file.with_suffix(".mo").read_bytes() == catalogue.compiled(catalogue.read(file))


def test_a_translation_has_the_places_of_its_sentence(file: Path) -> None:
    for message in catalogue.read(file):
        if isinstance(message.id, str) and message.id and message.string:
            assert sorted(PLACES.findall(message.string)) == sorted(PLACES.findall(message.id))


def test_translated_sentences_hold_no_vietnamese_letter(file: Path) -> None:
    left = [message for message in catalogue.read(file) if message.id and message.string]
    assert len(left) > 300
    assert not [m.string for m in left if catalogue.LETTER.search(str(m.string))]


def test_the_kinds_of_sentences_are_found() -> None:
    found = {message.id for message in catalogue.template()}
    for sentence in (
        "Tên đăng nhập",  # the label of a field
        "Để trống nếu từ trước, không rõ ngày.",  # its hint
        "Cần điền mật khẩu.",  # a validator's message
        "— chọn —",  # the choice of none
        "Hãy chọn loại tổ chức.",  # a rule
        "Đã khóa tài khoản {name}.",  # said after an act
        "Cán bộ xã",  # a table of words
        "Con",  # a word of an enumeration
        "Trang sau",  # a template
        "Dài nhất %(max)d ký tự.",  # WTForms' own
    ):
        assert sentence in found, sentence
    assert "" in found  # the head of the catalogue, and no other empty one


def test_the_site_speaks_english_when_asked(sqlite_url: str) -> None:
    with site(sqlite_url) as made:
        person = made.client("admin")
        assert "Tài khoản" in person.page("/accounts")
        person.send("/language", language="en")
        page = person.page("/accounts/add")
        for words in ('<html lang="en">', "User name", "Commune officer", "First page", "Sign out"):
            assert words in page, words
        wrong = person.post("/accounts/add", name="", role="commune", unit="")
        assert "Fill this in." in wrong.text
        assert "Mend the following" in wrong.text
        refused = person.post("/accounts/add", name="an.b", role="commune", unit="").text
        assert "A commune officer needs a commune." in refused
        person.send("/language", language="vi")
        assert "Tên đăng nhập" in person.page("/accounts/add")
