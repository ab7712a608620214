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
    return not header_forms(header) & words().known_headers and _hold_contacts(values)


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


def _hold_contacts(values: Iterable[str]) -> bool:
    cells = list(values)
    # Most columns have neither sign, and a list may have hundreds of thousands of rows.
    signs = "".join(cells)
    return ("@" in signs or "+" in signs) and _mostly(cells, _is_contact)


def _mostly(values: Iterable[str], is_personal: Callable[[str], bool]) -> bool:
    """Whether at least half of what stands in a column tells of people."""
    cells = list(values)
    found = sum(map(is_personal, cells))
    return found > 0 and found >= _HALF * sum(not is_blank(cell.strip()) for cell in cells)


def _is_contact(cell: str) -> bool:
    if "@" in cell:
        return _EMAIL.fullmatch(cell.strip()) is not None
    return "+" in cell and _PHONE.fullmatch(cell.strip()) is not None


def _is_long_number(cell: str) -> bool:
    return sum(map(str.isdigit, cell)) >= _PHONE_DIGITS
