"""Codes that Office works out by itself: fields of a document, formulas of a workbook.

Sources: ECMA-376 part 1, 17.16.5 (fields) and 18.17 (formulas); a word that is no field is read by
Word as the name of a bookmark.
"""

import re
from typing import Final

from ddplatform.infrastructure.file_checks.office_rules import is_elsewhere, is_safe_address
from ddplatform.infrastructure.file_checks.refusals import (
    ACTIVE,
    CONNECTIONS,
    DDE,
    EMBEDDED,
    EXTERNAL,
    IMPORTED,
    LINK,
    MACROS,
)

_FIELDS: Final = {
    **dict.fromkeys(("DDE", "DDEAUTO"), DDE),
    **dict.fromkeys(("INCLUDETEXT", "INCLUDE", "INCLUDEPICTURE", "IMPORT", "LINK"), EXTERNAL),
    "EMBED": EMBEDDED,
    "RD": IMPORTED,
    "DATABASE": CONNECTIONS,
    "MACROBUTTON": MACROS,
    **dict.fromkeys(("PRINT", "CONTROL", "HTMLCONTROL", "HTMLACTIVEX", "OCX"), ACTIVE),
}
_WORD: Final = re.compile(r'\s*"?([^\s"\\]*)')
_ARGUMENT: Final = re.compile(r'\s*"?HYPERLINK"?\s*(?:"([^"]*)"|([^\s"\\][^\s"]*))?', re.IGNORECASE)

_TEXT: Final = re.compile(r'"(?:[^"]|"")*"')
_SHEET_NAME: Final = re.compile(r"'(?:[^']|'')*'")
_OTHER_BOOK: Final = re.compile(r"\[(?!0\])[^\[\]]*\][^\[\]'\"!:]*'!|\[(?!0\])[^\[\]']*\][\w.]+!")
_COLUMN: Final = re.compile(r"\[[^\[\]]*\]")
_FUNCTIONS: Final = {
    **dict.fromkeys(("WEBSERVICE", "IMAGE", "STOCKHISTORY", "SQL.REQUEST"), EXTERNAL),
    **dict.fromkeys(("RTD", "DDE"), DDE),
    **dict.fromkeys(("CALL", "REGISTER", "REGISTER.ID", "EXEC", "EVALUATE", "PY"), MACROS),
}
_CALLED: Final = re.compile(r"([A-Z_][\w.]*)\s*\(", re.IGNORECASE)
_PREFIX: Final = re.compile(r"^(?:_xl[a-z]+\.)+", re.IGNORECASE)
_LINKED: Final = re.compile(r'HYPERLINK\s*\(\s*"((?:[^"]|"")*)"', re.IGNORECASE)


def fault_of_field(code: str, *, is_composed: bool = False) -> str | None:
    """Why the code of a field refuses the file; None where it does not.

    Args:
        is_composed: other fields stand in it, whose results are part of the code.
    """
    found = _WORD.match(code)
    name = found[1].upper() if found else ""
    if not name:
        return ACTIVE if is_composed else None  # what it does would be known at opening alone
    if name == "HYPERLINK":
        given = _ARGUMENT.match(code)
        address = (given[1] or given[2] or "") if given else ""
        return LINK if is_elsewhere(address) and not is_safe_address(address) else None
    return _FIELDS.get(name)


def fault_of_formula(formula: str) -> str | None:
    """Why a formula refuses the file; None where it does not."""
    for address in _LINKED.findall(formula):
        if is_elsewhere(address) and not re.match(r"\s*(?:https?://|mailto:)", address, re.I):
            return LINK
    plain = _TEXT.sub('""', formula)
    if _OTHER_BOOK.search(plain):
        return EXTERNAL
    for name in _CALLED.findall(plain):
        if reason := _FUNCTIONS.get(_PREFIX.sub("", name).upper()):
            return reason
    bare = _SHEET_NAME.sub("", plain)
    while _COLUMN.search(bare):
        bare = _COLUMN.sub("", bare)
    return DDE if "|" in bare else None
