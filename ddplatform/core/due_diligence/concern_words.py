"""Words of a concern that ask for another answer first: danger now, pictures of abuse.

By lists, not by meaning: they decide only what a page shows first. What is not seen is not safe
for that reason: every page of the door names the contacts.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

import yaml

FILE: Final = Path(__file__).parent / "data" / "concern_words.yaml"
REPORTING_BODIES: Final = "https://www.inhope.org/EN#hotlineReferral"
"""The directory of bodies that lawfully receive reports of abuse material (INHOPE)."""
_LATIN: Final = re.compile(r"[\u0000-\u024f\u1e00-\u1eff]+\Z")
_MOST: Final = 20_000


class Alarm(StrEnum):
    """What a text seems to speak of."""

    DANGER = "danger"
    ABUSE_MATERIAL = "abuse_material"


def alarms_in(text: str) -> frozenset[Alarm]:
    """What a text seems to speak of, in whichever of the languages it is written."""
    searched = " ".join(text[:_MOST].casefold().split())
    return frozenset(alarm for alarm, form in _forms().items() if form.search(searched))


def read_words(data: Mapping[str, Mapping[str, Iterable[str]]]) -> dict[Alarm, re.Pattern[str]]:
    """The search for each alarm, from alarm -> language -> beginnings of words.

    Raises:
        ValueError: an unknown alarm, or one without words.
    """
    found: dict[Alarm, re.Pattern[str]] = {}
    for alarm, languages in data.items():
        words = [word.casefold() for listed in languages.values() for word in listed]
        if not words:
            raise ValueError(f"'{alarm}' has no words.")
        found[Alarm(alarm)] = re.compile("|".join(_form(word) for word in words))
    return found


def _form(word: str) -> str:
    # Words of Latin letters begin where a word begins; others stand without blanks, or take
    # syllables in front.
    quoted = re.escape(word)
    return rf"\b{quoted}" if _LATIN.match(word) else quoted


@cache
def _forms() -> Mapping[Alarm, re.Pattern[str]]:
    return read_words(yaml.safe_load(FILE.read_text(encoding="utf-8")))
