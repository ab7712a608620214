"""Spelling of words for the search for names: folding, words with places, scripts."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_LETTERS: Final = str.maketrans(
    {
        "ı": "i",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ɛ": "e",
        "ɔ": "o",
        "ŋ": "n",
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ة": "ه",
        "ؤ": "و",
        "ئ": "ي",
        "ـ": None,
        "’": "'",
        "‘": "'",
        "ʼ": "'",
    }
)
HAN: Final = r"\u3400-\u4dbf\u4e00-\u9fff"
ARABIC: Final = r"\u0620-\u065f\u066e-\u06d3\u06ee-\u06ef\u06fa-\u06fc"
IS_HAN: Final = re.compile(rf"[{HAN}]")
IS_ARABIC: Final = re.compile(rf"[{ARABIC}]")


@lru_cache(maxsize=4096)
def fold(word: str) -> str:
    """A word in small letters without accents; Arabic without vowel signs, alef as one letter.

    The translation is kept for each word: texts repeat their words.
    """
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word.casefold().translate(_LETTERS))
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).translate(_LETTERS)
