"""Lists of names, ordinary words and cues, read when they are first needed.

The lists are made by `scripts/write_person_names.py`; sources: `data/names/SOURCES.md`.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml

DATA: Final = Path(__file__).parent.parent / "data"
NAMES: Final = DATA / "names"
CUES_FILE: Final = DATA / "person_names.yaml"


@dataclass(frozen=True, slots=True)
class Names:
    """Folded names in Latin and Arabic letters; those that are words or places too stand apart."""

    given: frozenset[str]
    given_also_words: frozenset[str]
    family: frozenset[str]
    family_also_words: frozenset[str]
    words: frozenset[str]
    """Ordinary words of our own texts in eight languages."""
    towns: frozenset[str]
    turkish_words: frozenset[str]
    """Turkish words without their endings: where a sentence ends with a Turkish verb, its first
    word is one of these more often than a name that no list has."""


@dataclass(frozen=True, slots=True)
class HanNames:
    """Chinese family names, given names whole, the signs of these, and words that begin alike."""

    family: frozenset[str]
    given: frozenset[str]
    signs: frozenset[str]
    words: frozenset[str]


@cache
def names() -> Names:
    """The names and words in letters."""
    return Names(*(_read(field) for field in Names.__slots__))


@cache
def han_names() -> HanNames:
    """The names and words in Chinese signs."""
    return HanNames(*(_read(f"han_{field}") for field in HanNames.__slots__))


@cache
def cues(kind: str, language: str = "") -> frozenset[str]:
    """The cues of one kind, in all languages or in one; words of one cue are joined by "_"."""
    found = _cue_file()[kind]
    lines = [found.get(language, "")] if language else found.values()
    return frozenset(word for words in lines for word in words.split())


@cache
def _cue_file() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = yaml.safe_load(CUES_FILE.read_text(encoding="utf-8"))
    return found


def _read(name: str) -> frozenset[str]:
    return frozenset((NAMES / f"{name}.txt").read_text(encoding="utf-8").split())
