"""Columns that tell of people: names of contacts, telephones, e-mail, papers. None enters the map.

A map is of businesses and sites. Whom to write to is asked when a questionnaire is sent, and what
identifies a person is kept nowhere else; so such columns are left out, and a note says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from supply_chain.intake.cells import CellFault, is_blank
from supply_chain.intake.words import header_forms, squeeze, whole_forms, words

_HALF = 0.5
_PHONE_DIGITS = 7
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}")
_PHONE = re.compile(r"\+\d[\d\s()./-]{6,20}")
_TOKENS = re.compile(r"[^\W_]+")
_JOINED = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_POSSESSIVE = re.compile(r"['’´`]s\b")


def tells_of_people(header: str, values: Iterable[str] = ()) -> bool:
    """Whether a column tells of people, by its name or, where that says nothing, by its values.

    Args:
        header: the name of the column, or of the group above it.
        values: all cells of the column; those that say nothing do not count.
    """
    if whole_forms(header) & words().known_headers:
        return False
    plain = _apart(header)
    found = {squeeze(word) for word in _TOKENS.findall(plain)}
    if _is_personal_name(header, plain, found):
        return True
    if found & words().personal_with_long_numbers:
        return _mostly(values, _is_long_number)
    return not header_forms(header) & words().known_headers and _mostly(values, _is_contact)


def left_out(kind: str, name: str) -> CellFault:
    """The remark on a column or attribute that tells of people."""
    return CellFault(
        f"The {kind} “{name}” tells of people and was left out.",
        "A map is of businesses and sites: whom to write to is asked where a questionnaire is sent."
        f" Give the {kind} another name if it tells of no person.",
    )


def _apart(header: str) -> str:
    """A name with its words apart: "ContactName", "Mother's name"."""
    return _JOINED.sub(" ", _POSSESSIVE.sub("", header))


def _is_personal_name(header: str, plain: str, found: set[str]) -> bool:
    known = words()
    of_business = {word for word, others in known.personal_unless.items() if found & others}
    forms = header_forms(header) | header_forms(plain)
    if forms & known.personal_columns and not found & of_business:
        return True
    if (found - of_business) & known.personal_words:
        return True
    whole = squeeze(header)
    return any(part in whole for part in known.personal_parts)


def _mostly(values: Iterable[str], is_personal: Callable[[str], bool]) -> bool:
    """Whether at least half of what stands in a column tells of people."""
    found, texts = 0, 0
    for value in values:
        text = value.strip()
        if not is_blank(text):
            texts += 1
            found += is_personal(text)
    return texts > 0 and found >= _HALF * texts


def _is_contact(text: str) -> bool:
    # Most cells have neither sign, and a list may have hundreds of thousands.
    if "@" in text:
        return _EMAIL.fullmatch(text) is not None
    return text[0] == "+" and _PHONE.fullmatch(text) is not None


def _is_long_number(text: str) -> bool:
    return sum(map(str.isdigit, text)) >= _PHONE_DIGITS
