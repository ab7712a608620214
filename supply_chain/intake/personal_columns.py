"""Columns that tell of people: names of contacts, telephones, e-mail, papers. None enters the map.

A map is of businesses and sites. Whom to write to is asked when a questionnaire is sent, and what
identifies a person is kept nowhere else; so such columns are left out, and a note says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from supply_chain.intake.cells import is_blank
from supply_chain.intake.words import header_forms, squeeze, words

_HALF = 0.5
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}")
_PHONE = re.compile(r"\+\d[\d\s()./-]{6,20}")
_TOKENS = re.compile(r"[^\W_]+")


def tells_of_people(header: str, values: Iterable[str] = ()) -> bool:
    """Whether a column tells of people, by its name or, where that says nothing, by its values.

    Args:
        header: the name of the column, or of the group above it.
        values: all cells of the column; those that say nothing do not count.
    """
    if header_forms(header) & words().personal_columns:
        return True
    if words().personal_words & {squeeze(word) for word in _TOKENS.findall(header)}:
        return True
    whole = squeeze(header)
    if any(part in whole for part in words().personal_parts):
        return True
    return not header_forms(header) & words().known_headers and _are_contacts(values)


def _are_contacts(values: Iterable[str]) -> bool:
    found, texts = 0, 0
    for value in values:
        text = value.strip()
        if not is_blank(text):
            texts += 1
            found += _is_contact(text)
    return texts > 0 and found >= _HALF * texts


def _is_contact(text: str) -> bool:
    # Most cells have neither sign, and a list may have hundreds of thousands.
    if "@" in text:
        return _EMAIL.fullmatch(text) is not None
    return text[0] == "+" and _PHONE.fullmatch(text) is not None
