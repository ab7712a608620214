"""Columns of personal data: names of contacts, telephones, e-mail, papers. None enters the map.

A map is of businesses and sites. The addressee is asked for when a questionnaire is sent, and
personal identifiers are stored nowhere else; so such columns are left out, and a note reports it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from supply_chain.intake.cells import CellFault, is_blank
from supply_chain.intake.heading_parts import is_column_name, names_a_thing, tells_field
from supply_chain.intake.words import header_forms, squeeze, whole_forms, words

_HALF = 0.5
_PHONE_DIGITS, _LOCAL_DIGITS = 7, 9  # a day has eight
_FIRST = 50
_LEAST_OF_ROSTER = 2
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}")
_PHONE = re.compile(r"\+\d[\d\s()./-]{6,20}")
# A telephone as written within a country, and papers that no number of a business looks like:
# CPF of Brazil, CURP of Mexico, the identity number of China with its day of birth.
_LOCAL_PHONE = re.compile(r"(?:\(0?\d{1,4}\)|0\d{1,4})[\s./-]\d{2,4}(?:[\s./-]?\d{2,4}){1,3}")
_PAPERS = re.compile(
    r"\d{3}\.\d{3}\.\d{3}-\d{2}|[A-Z]{4}\d{6}[HM][A-Z]{5}[0-9A-Z]\d"
    r"|[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]"
)
_ADDRESSED = re.compile(
    r"(?:mrs?|ms|miss|mme|mlle|monsieur|madame|herrn?|frau|sra|srta|sig(?:\.ra)?|dott|bapak|ibu"
    r"|smt)\b\.?\s+\S|(?:mrs?|ms|sig)\.\S",
    re.IGNORECASE,
)
_TOKENS = re.compile(r"[^\W_]+")
_JOINED = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_POSSESSIVE = re.compile(r"['’´`]s\b")


def tells_of_people(header: str, values: Iterable[str] = ()) -> bool:
    """Whether a column holds personal data, by its name or, if that is neutral, by its values.

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
    if is_column_name(header):
        return False
    if found & words().words_of_ids:
        # "050-000777-000" below "amfori ID" only looks like a telephone.
        return _mostly(values, _is_address_or_paper)
    return _hold_contacts(values)


def columns_of_roster(header: Iterable[str]) -> frozenset[str]:
    """The personal columns of a list of people, workers or pupils one a row.

    Their names, ages, wages: where at least two columns hold facts that single persons alone have.
    """
    plain = {name: squeeze(name) for name in header}
    found = {name for name, form in plain.items() if form in words().roster_columns}
    if len(found) < _LEAST_OF_ROSTER:
        return frozenset()
    return frozenset(found | {n for n, form in plain.items() if form in words().roster_facts})


def tells_of_papers(header: str) -> bool:
    """Whether a heading names a paper that a person has: "CPF/CNPJ", "NID no."."""
    return bool(_tokens_of(header) & words().personal_papers)


def names_owners(header: str) -> bool:
    """Whether a heading names owners or producers, companies or persons, and no site of theirs."""
    is_site = is_site_of_persons(header) and tells_field(header, "name")
    return bool(_tokens_of(header) & words().owner_words) and not is_site


def is_site_of_persons(header: str) -> bool:
    """Whether a heading names a farm or plot, which persons own: "Nome da fazenda"."""
    names = _tokens_of(header) & words().words_for_name
    found = _tokens_of(header) & words().sites_of_persons
    return bool(found) and (bool(names) or is_column_name(header) or names_a_thing(header))


def names_an_organisation(text: str) -> bool:
    """Whether a name has a word that organisations are named by: "Grupo Bom Futuro"."""
    return bool(_tokens_of(text) & words().words_of_organisations)


def _tokens_of(header: str) -> set[str]:
    return {squeeze(word) for word in _TOKENS.findall(_apart(header))}


def tells_of_person(text: str) -> bool:
    """Whether a line says who wrote or checked a list, or how to reach somebody: "Tel: ..."."""
    label, colon, _ = text.partition(":")
    return bool(colon) and tells_of_people(label.strip())


def left_out(kind: str, name: str) -> CellFault:
    """The remark on a column or attribute with personal data."""
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
    if (found - of_business) & known.people and found & known.words_for_name:
        return True
    whole = squeeze(header)
    return any(part in whole for part in known.personal_parts)


def _hold_contacts(values: Iterable[str]) -> bool:
    cells = list(values)
    # Most columns show in a few cells that they hold none, and a list may have very many rows.
    filled = [cell for cell in cells[:_FIRST] if not is_blank(cell.strip())]
    signs = "".join(cells)
    if "@" in signs or "+" in signs or any(map(_is_contact, filled)):
        return _mostly(cells, _is_contact)
    return False


def _mostly(values: Iterable[str], is_personal: Callable[[str], bool]) -> bool:
    """Whether at least half of the values of a column are personal data."""
    cells = list(values)
    found = sum(map(is_personal, cells))
    return found > 0 and found >= _HALF * sum(not is_blank(cell.strip()) for cell in cells)


def _is_contact(cell: str) -> bool:
    text = cell.strip()
    if "@" in text:
        return _EMAIL.fullmatch(text) is not None
    if text[:1] == "+":
        return _PHONE.fullmatch(text) is not None
    if text[:1].isalpha() and _ADDRESSED.match(text):
        return True
    is_long = len(text) - sum(map(text.count, " ./-()")) >= _LOCAL_DIGITS
    return bool(is_long and _LOCAL_PHONE.fullmatch(text)) or bool(_PAPERS.fullmatch(text))


def _is_address_or_paper(cell: str) -> bool:
    text = cell.strip()
    return _EMAIL.fullmatch(text) is not None or _PAPERS.fullmatch(text) is not None


def _is_long_number(cell: str) -> bool:
    return sum(map(str.isdigit, cell)) >= _PHONE_DIGITS
