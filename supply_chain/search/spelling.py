"""Normalised spelling of texts: without differences of case, accents, signs and script."""

import re
import unicodedata

from anyascii import anyascii

_WORDS = re.compile(r"[^\W_]+")


def latin(text: str) -> str:
    """A text of any script in small Latin letters, digits and marks, all of them ASCII."""
    return anyascii(unicodedata.normalize("NFKC", text)).lower()


def bare_words(text: str) -> tuple[str, ...]:
    """Words without case, accents and marks: "Bas-Sassandra" gives "bas" and "sassandra".

    Letters of other scripts stay as they are.
    """
    # Case goes first: the Greek iota below a letter is a mark in small letters, a letter in
    # capitals. The Turkish i without a dot is a plain I in capitals.
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return tuple(_WORDS.findall(letters.casefold().replace("ı", "i")))
