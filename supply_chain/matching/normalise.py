"""Normalisation of names and addresses: one alphabet, no legal forms, numbers as digits.

Each text has three forms (docs/matching.md): its words, the same without spaces (lists split and
join words at will), and the set of its numbers.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from supply_chain.matching.address_words import with_plain_address_words
from supply_chain.matching.legal_forms import legal_forms
from supply_chain.matching.parts import is_of_unit, unit_number
from supply_chain.matching.plain_words import plain_words
from supply_chain.matching.town_names import with_known_towns

_ROMAN = re.compile(r"x{0,3}(?:ix|iv|v?i{0,3})")
_ROMAN_DIGITS = {"i": 1, "v": 5, "x": 10}
KEPT = 1 << 17  # as many names are kept plain at a time


@dataclass(frozen=True, slots=True)
class Forms:
    """One text in its three forms; `words` of a name are without its `legal` forms."""

    words: tuple[str, ...]
    squeezed: str
    numbers: frozenset[str]
    legal: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """The words with blanks between them."""
        return " ".join(self.words)


@lru_cache(maxsize=KEPT)
def name_forms(name: str) -> Forms:
    """The forms of a company's or site's name, legal forms taken out and roman numerals read."""
    text, inside = _without_inside_forms(unicodedata.normalize("NFKC", name))
    words, legal = legal_forms().split(plain_words(text))
    return _forms(_numerals_read(words), legal | inside)


@lru_cache(maxsize=KEPT)
def address_forms(address: str) -> Forms:
    """The forms of an address."""
    return forms_of_words(with_plain_address_words(with_known_towns(plain_words(address))))


def forms_of_words(words: tuple[str, ...]) -> Forms:
    """The forms of a text whose plain words are known."""
    return _forms(words, frozenset())


def normalise(name: str) -> str:
    """A name in plain words: "PT. Sawit Jaya II" is "sawit jaya 2"; other scripts in Latin."""
    return name_forms(name).text


def _without_inside_forms(name: str) -> tuple[str, frozenset[str]]:
    if name.isascii():
        return name, frozenset()  # those forms are of other scripts
    found = set()
    for form, canonical in legal_forms().inside.items():
        rest = name.replace(form, " ")
        if rest != name and rest.strip():
            name = rest
            found.add(canonical)
    return name, frozenset(found)


def _numerals_read(words: tuple[str, ...]) -> tuple[str, ...]:
    """Roman numerals up to 39 and words for numbers as digits.

    One letter alone and a word only at the end or behind a word like "plant" ("Plant V Sur").
    """
    return tuple(_numeral(words, place) for place in range(len(words)))


def _numeral(words: tuple[str, ...], place: int) -> str:
    word = words[place]
    if place > 0 and _ROMAN.fullmatch(word) and (len(word) > 1 or is_of_unit(words, place)):
        return str(_roman(word))
    return unit_number(words, place) or word


def _roman(word: str) -> int:
    values = [_ROMAN_DIGITS[letter] for letter in word]
    return sum(
        -value if value < following else value
        for value, following in zip(values, [*values[1:], 0], strict=True)
    )


def _forms(words: tuple[str, ...], legal: frozenset[str]) -> Forms:
    numbers = frozenset(word for word in words if word.isdigit())
    return Forms(words, "".join(words), numbers, legal)
