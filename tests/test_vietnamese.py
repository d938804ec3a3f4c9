"""Cleaning, search and sort keys, and TCVN3, held against tables made by ICU and iconv."""

import random
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemgmt.vietnamese import (
    clean,
    fold,
    from_tcvn3,
    letter_key,
    looks_like_tcvn3,
    name_key,
    same,
)

DATA = Path(__file__).parent / "data"
LETTERS = "aàảãáạăằâậbcdđeèêệghiìklmnoòôồơợpqrstuùưựvxyỳ ĐÂỘ-–.'\u00a0\u200b\u0323\u0301"
VIETNAMESE = st.text(LETTERS, max_size=30)
# Surrogates too: a JSON body may hold them, and no database takes them.
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=30)


def table(name: str) -> list[list[str]]:
    lines = (DATA / name).read_text("utf-8").removesuffix("\n").split("\n")
    return [line.split("\t") for line in lines if not line.startswith("# ")]


# --- clean ---


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Hồ \t Văn\n\u00a0Đức ", "Hồ Văn Đức"),
        (unicodedata.normalize("NFD", "Hộ nghèo"), "Hộ nghèo"),
        ("\ufeffHộ\u200b\u200e nghèo", "Hộ nghèo"),
        ("a\u200b\u0301", "á"),
        ("Hộ\u3000\u2003nghèo\u2028mới", "Hộ nghèo mới"),
        ("Ðông Hà, \u00f0ội 1", "Đông Hà, đội 1"),
        ("a\x00b\x07c\x7f\x9f", "abc"),
        ("a\ud800b\udfff\ufffe\uffff", "ab"),
        ("B\u00adëi", "B\u00adëi"),
        ("", ""),
        (" \u00a0\u200b ", ""),
    ],
)
def test_clean(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@given(ANY_TEXT | VIETNAMESE)
def test_clean_text_is_clean(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned == " ".join(cleaned.split())
    assert cleaned.encode().decode() == cleaned
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in cleaned)
    assert cleaned.count("\u00ad") == text.count("\u00ad")


# --- fold and same ---


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Bru – Vân Kiều", "bru van kieu"),
        ("Bru-Vân Kiều", "bru van kieu"),
        ("Đặng Thị Hồng Đào", "dang thi hong dao"),
        ("Ðặng", "dang"),
        ("UỶ BAN", "uy ban"),
        ("  H’Mông, (Pa Kô) ", "h mong pa ko"),
        ("ƯỚC Ơ ĂM Ê", "uoc o am e"),
        ("Thôn\u00a01/2", "thon 1 2"),
        ("B\u00ado", "bo"),
        ("…", ""),
        ("", ""),
    ],
)
def test_fold(text: str, key: str) -> None:
    assert fold(text) == key


@given(ANY_TEXT | VIETNAMESE)
def test_fold_does_not_see_how_text_is_encoded(text: str) -> None:
    key = fold(text)
    assert fold(key) == key
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
    assert fold(clean(text)) == key
    assert fold(text * 200) == fold(clean(text * 200))


@given(VIETNAMESE)
def test_fold_of_vietnamese_is_ascii(text: str) -> None:
    assert fold(text).isascii()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoá", "hóa"),
        ("Uỷ ban", "ủy  BAN"),
        ("thuỷ", "thủy"),
        ("Hướng Hoá", "HƯỚNG HÓA"),
        ("(Quý)", "(qúy)"),
        (unicodedata.normalize("NFD", "Thuý Hoà"), "Thúy Hòa"),
    ],
)
def test_same_word(one: str, other: str) -> None:
    assert same(one) == same(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("hoá", "hoà"), ("hoá", "hoa"), ("Hồ", "Ho"), ("đo", "do"), ("Nghèo", "Cận nghèo"),
     ("lá hoa", "la hóa"), ("thôn 1", "thôn 10"), ("a-b", "a b")],
)  # fmt: skip
def test_different_words(one: str, other: str) -> None:
    assert same(one) != same(other)


@given(ANY_TEXT | VIETNAMESE)
def test_same_does_not_see_case_nor_encoding(text: str) -> None:
    assert same(unicodedata.normalize("NFD", text)) == same(unicodedata.normalize("NFC", text))
    assert same(clean(text)) == same(text)
    assert same(text * 200) == same(clean(text * 200))


@given(VIETNAMESE)
def test_same_keeps_letters(text: str) -> None:
    assert same(text.upper()) == same(text)
    assert fold(same(text)) == fold(text)


# --- sort keys ---


def test_letter_key_sorts_as_icu() -> None:
    ordered = [line[0] for line in table("collation.tsv")]
    assert len(ordered) >= 1500
    keys = [letter_key(text) for text in ordered]
    wrong = [(a, b) for a, b in pairwise(ordered) if letter_key(a) >= letter_key(b)]
    assert wrong == []
    shuffled = random.Random(7).sample(ordered, len(ordered))
    assert sorted(shuffled, key=letter_key) == ordered
    assert [letter_key(unicodedata.normalize("NFD", text)) for text in ordered] == keys


def test_letter_key_on_the_places_that_matter() -> None:
    for ordered in (
        ["An", "Ánh", "Ăn", "Ân", "Bình", "Dung", "Đông Hà", "Đức", "Thanh An"],
        ["ma", "mà", "mả", "mã", "má", "mạ"],
        ["Hồ An Tú", "Hồ Anh Tú"],
        ["Thôn 1", "Thôn 10", "Thôn 2", "thôn cũ"],
        ["1", "a", "z", "Ω", "中"],
    ):
        assert sorted(reversed(ordered), key=letter_key) == ordered


def test_name_key_sorts_as_icu_does_name_by_name() -> None:
    lines = table("names.tsv")
    assert len(lines) >= 500
    keys = []
    for equal in lines:
        assert len({name_key(name) for name in equal}) == 1
        keys.append(name_key(equal[0]))
    assert keys == sorted(set(keys))


def test_a_roll_goes_by_given_then_family_then_middle_names() -> None:
    roll = ["An", "Hồ An", "Hồ Văn An", "Hồ Vân An", "Lê An", "Lê Ánh", "Hồ Thị Ăn", "Trần Đức"]
    assert sorted(reversed(roll), key=name_key) == roll


@given(ANY_TEXT, ANY_TEXT)
def test_sort_keys_are_keys_of_the_cleaned_text(one: str, other: str) -> None:
    for key in (letter_key, name_key):
        assert key(one) == key(clean(one)) == key(unicodedata.normalize("NFD", one))
        assert key(one * 100) == key(clean(one * 100))
    if letter_key(one) == letter_key(other):
        assert fold(one) == fold(other) or not (one.isalpha() and other.isalpha())


@given(VIETNAMESE, st.text("abcđê ", min_size=1))
def test_a_prefix_sorts_first(text: str, more: str) -> None:
    word = text.strip() + "a"
    assert letter_key(word) <= letter_key(word + more)


# --- TCVN3 ---


def test_from_tcvn3_knows_every_letter() -> None:
    letters = table("tcvn3.tsv")
    assert len(letters) == 74
    for byte, letter in letters:
        assert from_tcvn3(bytes.fromhex(byte).decode("latin-1")) == letter
    assert dict(letters)["AD"] == "ư"


def test_from_tcvn3_reads_what_iconv_wrote() -> None:
    for raw, text in table("tcvn3_texts.tsv"):
        shown = bytes.fromhex(raw).decode("latin-1")
        assert from_tcvn3(shown) == text
        assert looks_like_tcvn3(shown)
        assert not looks_like_tcvn3(text)


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("Hé nghÌo", "Hộ nghèo"),
        ("Hä vµ tªn", "Họ và tên"),
        ("NguyÔn ThÞ B\u00adëi", "Nguyễn Thị Bưởi"),
        ("§«ng Hµ", "Đông Hà"),
        ("MÑ vµ em BÐ", "Mẹ và em Bé"),
        ("huyÖn", "huyện"),
        ("khuûu", "khuỷu"),
    ],
)
def test_tcvn3_text_survives_cleaning(shown: str, text: str) -> None:
    for seen in (shown, clean(shown)):
        assert looks_like_tcvn3(seen)
        assert from_tcvn3(seen) == text


@pytest.mark.parametrize(
    "text",
    ["", "Cam Lo", "Hà", "Lê Thanh Hà", "Trần Văn Thành", "LÊ THÀNH", "là", "QĐ", "CĐ 12", "Đ", "Ð",
     "Hộ nghèo", "5 µg", "Café", "Müller", "garçon", "§ 12", "«Hà»", "25 °C", "São Paulo", "½",
     "Hồ Văn Đức §«ng Hµ"],
)  # fmt: skip
def test_what_is_not_tcvn3(text: str) -> None:
    assert not looks_like_tcvn3(text)
    assert not looks_like_tcvn3(unicodedata.normalize("NFD", text))


def test_unicode_words_of_the_order_table_do_not_look_like_tcvn3() -> None:
    signs = set("§«»·")
    words = [line[0] for line in table("collation.tsv") if not signs & set(line[0])]
    assert [word for word in words if looks_like_tcvn3(word)] == []
