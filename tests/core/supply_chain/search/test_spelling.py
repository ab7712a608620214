"""One text, however it was written."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.search.spelling import bare_words, latin
from tests.sampling import examples


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Coopérative Espoir", "cooperative espoir"),
        ("ΜΥΛΟΣ", "mylos"),
        ("Лагуне", "lagune"),
        ("鴻海", "honghai"),
        ("ＡＢＣ ㌔", "abc kiro"),  # wide letters and signs that hold several
    ],
)
def test_a_text_of_any_script_becomes_small_latin_letters(text: str, plain: str):
    assert latin(text) == plain


@examples(50)
@given(st.text(max_size=20))
def test_latin_is_ascii_and_the_same_however_accents_were_typed(text: str):
    plain = latin(text)

    assert plain.isascii()
    assert plain == plain.lower()
    assert latin(unicodedata.normalize("NFD", text)) == latin(unicodedata.normalize("NFC", text))


def test_bare_words_lose_case_accents_and_marks_and_keep_other_scripts():
    assert bare_words("Côte-d’Or") == ("cote", "d", "or")
    assert bare_words("date_of birth") == ("date", "of", "birth")
    assert bare_words("新疆") == ("新疆",)
    assert bare_words("--") == ()


def test_bare_words_of_every_character_are_those_of_its_capital():
    every = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]

    apart = [char for char in every if bare_words(char.upper()) != bare_words(char.lower())]

    assert apart == []
