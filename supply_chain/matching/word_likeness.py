"""Similarity of two words: mistyped, spelled by the sound, or shortened ("mfg", "univ")."""

import re
from functools import lru_cache

from rapidfuzz.distance import OSA

from supply_chain.intake.countries import country_code
from supply_chain.matching.sounds import sounded

KEPT = 1 << 17  # as many pairs of words are kept at a time
NEARLY = 0.75  # of the letters; from here on it is a typing mistake
ALIKE = 0.9  # of words shortened or of one sound
SHORTEST, LONGEST_SHORT = 3, 5
CODE_LETTERS = 2
_VOWELS = frozenset("aeiou")
# Arabic, Hebrew and Persian are written without most vowels; their long ones become "w" and "y".
_CONSONANTS = str.maketrans("qczv", "kksf", "aeiouywh")
_ARTICLE = "l"
SHORTEST_SKELETON = 2
_DOUBLED = re.compile(r"(.)\1+")


@lru_cache(maxsize=KEPT)
def likeness(one: str, other: str) -> float:
    """Certainty that two plain words are one, 0 to 1; numbers are never nearly one."""
    if one.isdigit() or other.isdigit():
        return float(one == other)
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    if len(short) == CODE_LETTERS and _is_code_of(short, long):
        return ALIKE
    has_one_sound = len(short) > SHORTEST and _sound(one) == _sound(other)
    if one != other and (has_one_sound or _shortens(short, long) or _lacks_vowels(short, long)):
        return ALIKE
    found = float(OSA.normalized_similarity(one, other))
    return found if found >= NEARLY else 0.0


def _shortens(short: str, long: str) -> bool:
    """Whether a word begins another, or keeps its first letter and a few more in their order."""
    if len(short) < SHORTEST or len(short) == len(long) or short[0] != long[0]:
        return False
    if long.startswith(short):
        return True
    if len(short) > LONGEST_SHORT or len(long) < len(short) + 2:
        return False
    letters = iter(long)
    is_inside = all(letter in letters for letter in short)
    return is_inside and (long[-1] == short[-1] or _VOWELS.isdisjoint(short[1:]))


def _lacks_vowels(bare: str, spelled: str) -> bool:
    """Whether a word is another without its vowels: "krchy" (کراچی) of "karachi"."""
    if len(bare) < SHORTEST or not _VOWELS.isdisjoint(bare) or _VOWELS.isdisjoint(spelled):
        return False
    wanted, found = _skeleton(spelled), _skeleton(bare)
    if len(wanted) < SHORTEST_SKELETON:
        return False
    return found in (wanted, _ARTICLE + wanted)


def _skeleton(word: str) -> str:
    return _DOUBLED.sub(r"\1", word.translate(_CONSONANTS))


def _is_code_of(code: str, word: str) -> bool:
    """Whether a word is the code of the country that the other names: "VN" of "Vietnam"."""
    return len(word) > SHORTEST and country_code(word) == code.upper()


@lru_cache(maxsize=KEPT)
def _sound(word: str) -> str:
    return sounded([word])[0]
