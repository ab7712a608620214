"""Warnings about personal data in the free text of a case.

The search is by pattern, not by meaning: it finds phone numbers, dates and capitals, but not a
nickname in lower case. A person still reads the text before others do.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

import yaml

LONGEST_TEXT: Final = 280
MOST: Final = 20_000
"""So many characters are searched, and so many of a word: time grows with the text alone."""
MOST_OF_A_WORD: Final = 100
FREE_TEXT_FILE: Final = Path(__file__).parent / "data" / "free_text.yaml"


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


ADVICE: Final = {
    Trace.EMAIL: "Leave out the e-mail address.",
    Trace.HANDLE: "Leave out the account or web address.",
    Trace.COORDINATES: "Leave out the coordinates; name the region at most.",
    Trace.DATE: "Leave out the day; write the month, or the age band for an age.",
    Trace.PHONE: "Leave out the phone number.",
    Trace.ID_NUMBER: "Leave out the number of the document.",
    Trace.NAME: "Leave out the name; write the role, for example 'the caregiver'.",
    Trace.TOO_LONG: f"Shorten the text to {LONGEST_TEXT} characters; codes say the rest.",
}


@dataclass(frozen=True, slots=True)
class Sighting:
    """A match with its position: `text[start:end] == seen`."""

    trace: Trace
    start: int
    end: int
    seen: str

    @property
    def advice(self) -> str:
        """A suggested alternative wording."""
        return ADVICE[self.trace]


_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DEGREES: Final = r"\d{1,3}\s*°\s*(?:\d{1,2}\s*['′]\s*)?(?:[\d.]+\s*[\"″]\s*)?[NSEW]?"
_NAME_WORD: Final = r"[^\W\d_a-z][^\W\d_]*(?:['’-][^\W\d_]+){0,5}"

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


def traces_in(text: str) -> tuple[str, ...]:
    """The words that may lead to a person, each once, in the order of the text.

    By form, not by understanding: some name a firm or a place, and some names are not seen.
    """
    searched = _TOO_LONG_A_WORD.sub(r"\1", text[:MOST])
    found = (one.seen for one in look_for_traces(searched) if one.trace is not Trace.TOO_LONG)
    return tuple(dict.fromkeys(found))


def look_for_traces(text: str) -> list[Sighting]:
    """All that was seen, in the order of the text; no place is named twice.

    A text over 280 characters is a sighting of its own, over the part that is too much.
    """
    taken: list[Sighting] = []
    for sighting in _all_sightings(text):
        if all(sighting.end <= one.start or one.end <= sighting.start for one in taken):
            taken.append(sighting)
    if len(text) > LONGEST_TEXT:
        taken.append(Sighting(Trace.TOO_LONG, LONGEST_TEXT, len(text), text[LONGEST_TEXT:]))
    return sorted(taken, key=lambda one: (one.start, one.end))


def _all_sightings(text: str) -> Iterator[Sighting]:
    for trace, form in _FORMS:
        for match in form.finditer(text):
            if not _is_season(match.group()):
                yield Sighting(trace, match.start(), match.end(), match.group())
    for match in _NUMBERED.finditer(text):
        digits = sum(sign.isdigit() for sign in match.group())
        if digits >= _LEAST_DIGITS and not _is_season(match.group()):
            yield Sighting(Trace.ID_NUMBER, match.start(), match.end(), match.group())
    for form in (_name_forms().after_word, _name_forms().run):
        for match in form.finditer(text):
            if not _is_known(match["name"]):
                yield Sighting(Trace.NAME, match.start("name"), match.end("name"), match["name"])


def _is_season(text: str) -> bool:
    years = _SEASON.fullmatch(text)
    return years is not None and int(years[2]) == int(years[1]) + 1


@dataclass(frozen=True, slots=True)
class _NameForms:
    """Patterns with a group `name`, and capitalised words that are no names."""

    after_word: re.Pattern[str]
    run: re.Pattern[str]
    known: frozenset[str]


@cache
def _name_forms() -> _NameForms:
    words = yaml.safe_load(FREE_TEXT_FILE.read_text(encoding="utf-8"))
    before = "|".join(map(re.escape, words["person_words"] + words["naming_words"]))
    titles = "|".join(map(re.escape, words["titles"]))
    run = rf"{_NAME_WORD}(?:\s+{_NAME_WORD})*"
    return _NameForms(
        after_word=re.compile(
            rf"\b(?:(?i:{before})[\s,:'\"]+|(?:{titles})\b\.?\s+)(?P<name>{run})"
        ),
        run=re.compile(
            rf"(?<!\w)(?P<name>{_NAME_WORD}(?:\s+{_NAME_WORD})+|[A-Z]\.(?:\s?[A-Z]\.)+)"
        ),
        known=frozenset(words["known_capitals"]),
    )


def _is_known(run: str) -> bool:
    """Whether a run of capitalised words holds no name: offices, months, abbreviations."""
    known = _name_forms().known
    return all(
        word in known or (len(word) > 1 and word.isalpha() and word.isupper())
        for word in run.split()
    )
