"""Columns that tell of people: names of contacts, telephones, e-mail, papers. None enters the map.

A map is of businesses and sites. Whom to write to is asked when a questionnaire is sent, and what
identifies a person is kept nowhere else; so such columns are left out, and a note says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from supply_chain.intake.words import header_forms, squeeze, words

_SAMPLE = 200
_HALF = 0.5
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}")
_PHONE = re.compile(r"\+\d[\d\s()./-]{6,20}")
_TOKENS = re.compile(r"[^\W_]+")


def tells_of_people(header: str, values: Sequence[str] = ()) -> bool:
    """Whether a column tells of people, by its name or, where that says nothing, by its values.

    Args:
        header: the name of the column, or of the group above it.
        values: cells of the column; the first two hundred are looked at.
    """
    if header_forms(header) & words().personal_columns:
        return True
    if words().personal_words & {squeeze(word) for word in _TOKENS.findall(header)}:
        return True
    whole = squeeze(header)
    if any(part in whole for part in words().personal_parts):
        return True
    return not header_forms(header) & words().known_headers and _are_contacts(values)


def _are_contacts(values: Sequence[str]) -> bool:
    texts = [text for value in values[:_SAMPLE] if (text := value.strip())]
    found = sum(1 for text in texts if _EMAIL.fullmatch(text) or _PHONE.fullmatch(text))
    return bool(texts) and found >= _HALF * len(texts)
