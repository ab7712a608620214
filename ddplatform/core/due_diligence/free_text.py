"""Warnings about personal data in free text: of cases, of answers and of files.

The search is by pattern and by lists of names (`person_names`), not by meaning: it finds phone
numbers, dates and most names, but not every nickname. A person still reads the text before others
do.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ddplatform.core.due_diligence.person_names import find_names

LONGEST_TEXT: Final = 280
MOST: Final = 20_000
"""So many characters are searched, and so many of a word: time grows with the text alone."""
MOST_OF_A_WORD: Final = 100


class Trace(StrEnum):
    """A kind of thing by which a person could be found."""

    EMAIL = "email"
    HANDLE = "handle"
    COORDINATES = "coordinates"
    DATE = "date"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    NAME = "name"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A match with its position: `text[start:end] == seen`."""

    trace: Trace
    start: int
    end: int
    seen: str


_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DEGREES: Final = r"\d{1,3}\s*°\s*(?:\d{1,2}\s*['′]\s*)?(?:[\d.]+\s*[\"″]\s*)?[NSEW]?"

_FORMS: Final = (
    (Trace.EMAIL, re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")),
    (Trace.HANDLE, re.compile(r"(?<!\w)@\w{2,}|\b(?:https?://|www\.)\S+", re.I)),
    (
        Trace.COORDINATES,
        re.compile(
            rf"{_DEGREES}(?:[\s,;]*{_DEGREES})?"
            r"|[-+]?\d{1,3}[.]\d{3,}(?:\s*[,;/]\s*|\s+)[-+]?\d{1,3}[.]\d{3,}"
            r"|\b(?:lat|lon|lng|latitude|longitude)\b\W{0,3}[-+]?\d+(?:[.,]\d+)?",
            re.I,
        ),
    ),
    (
        Trace.DATE,
        re.compile(
            r"\b\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b|\b\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})\b"
            rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+\d{{4}})?\b"
            rf"|\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}})?"
            rf"|\b(?:born|birthday|dob)\b\W{{0,3}}(?:(?:in|on|is)\s+)?(?:{_MONTH}\s+)?\d{{4}}\b",
            re.I,
        ),
    ),
    (Trace.PHONE, re.compile(r"(?<![\w.])(?<!\w[-/])\+?\(?\d(?:[\s().\-/]{0,2}\d){6,14}(?![\w])")),
)

_TOO_LONG_A_WORD: Final = re.compile(rf"(\S{{{MOST_OF_A_WORD}}})\S+")
_NUMBERED: Final = re.compile(r"\b[A-Z\d](?:[/-]?[A-Z\d])*\b")
_LEAST_DIGITS: Final = 5
_SEASON: Final = re.compile(r"((?:19|20)\d\d)\s?[-/]\s?((?:19|20)\d\d)")
"""Two years: of a school year or a harvest where one follows the other."""


def traces_in(text: str, known: Collection[str] = ()) -> tuple[str, ...]:
    """The words that may lead to a person, each once, in the order of the text.

    By form and by lists, not by understanding: some name a firm or a place, and some names are
    not seen.
    """
    searched = _TOO_LONG_A_WORD.sub(r"\1", text[:MOST])
    found = (
        one.seen for one in look_for_traces(searched, known) if one.trace is not Trace.TOO_LONG
    )
    return tuple(dict.fromkeys(found))


def look_for_traces(text: str, known: Collection[str] = ()) -> list[Sighting]:
    """All that was seen, in the order of the text; no place is named twice.

    A text over 280 characters is a sighting of its own, over the part that is too much.

    Args:
        known: names of firms and places, in which no name of a person is looked for.
    """
    taken: list[Sighting] = []
    places = bytearray(len(text))
    for sighting in _all_sightings(text, known):
        if not any(places[sighting.start : sighting.end]):
            places[sighting.start : sighting.end] = b"\1" * (sighting.end - sighting.start)
            taken.append(sighting)
    if len(text) > LONGEST_TEXT:
        taken.append(Sighting(Trace.TOO_LONG, LONGEST_TEXT, len(text), text[LONGEST_TEXT:]))
    return sorted(taken, key=lambda one: (one.start, one.end))


def _all_sightings(text: str, known: Collection[str]) -> Iterator[Sighting]:
    for trace, form in _FORMS:
        for match in form.finditer(text):
            if not _is_season(match.group()):
                yield Sighting(trace, match.start(), match.end(), match.group())
    for match in _NUMBERED.finditer(text):
        digits = sum(sign.isdigit() for sign in match.group())
        if digits >= _LEAST_DIGITS and not _is_season(match.group()):
            yield Sighting(Trace.ID_NUMBER, match.start(), match.end(), match.group())
    for start, end in find_names(text, known):
        yield Sighting(Trace.NAME, start, end, text[start:end])


def _is_season(text: str) -> bool:
    years = _SEASON.fullmatch(text)
    return years is not None and int(years[2]) == int(years[1]) + 1
