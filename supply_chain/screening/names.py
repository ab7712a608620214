"""Names of a list's entry: the name itself, other names, and the additions of the list."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ALIAS_NOTE = re.compile(
    r"\(\s*(?:(?:and|including)\s+)?(?:(?P<count>[a-z]+)\s+)?"
    r"(?:alias(?:es)?\s*:|(?:also|formerly)\s+known\s+as\b:?|a/?k/?a\b\.?|f/?k/?a\b\.?"
    r"|a\.\s?k\.\s?a\.|f\.\s?k\.\s?a\.)",
    re.IGNORECASE,
)
_ALSO = re.compile(r"[,;]?\s+(?:a/k/a|f/k/a|(?:also|formerly)\s+known\s+as)\s+", re.IGNORECASE)
_BETWEEN = re.compile(
    r";\s*(?:and\s+)?(?:formerly\s+known\s+as\s+)?|,?\s+and\s+formerly\s+known\s+as\s+",
    re.IGNORECASE,
)
# A comma before a legal form belongs to the name.
_COMMAS = re.compile(
    r",\s+(?:and\s+)?(?!(?:co|ltd|limited|inc|llc|corp|corporation|company|gmbh|s\.a|pvt|sdn)\b)",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r",?\s+and\s+(?:its\s+|their\s+)?(?:[a-z]+\s+)?(?:\w+-based\s+)?"
    r"(?:subordinate\s+and\s+affiliated\s+entities|subordinates?|subsidiar(?:y|ies))\b"
    r"(?:\s+and\s+joint\s+ventures)?"
    r"(?:(?:,?\s+(?:which\s+include|including)|(?<=subsidiary))\s+(?P<members>\S.*))?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Names:
    """`name` and `others` are compared with a map; `note` is what the list adds, as it says it."""

    name: str
    others: tuple[str, ...] = ()
    note: str = ""


def split_names(cell: str) -> Names:
    """The names in one cell, in the notations of official lists.

    "A Co., Ltd. (including one alias: B) and subsidiaries" is A, also B, with a note; a semicolon
    separates names. A cell that is written otherwise is one name.
    """
    text, others = _without_alias_notes(" ".join(cell.split()))
    first, *more = (one for part in _ALSO.split(text) for one in part.split(";"))
    group = _GROUP.search(first)
    note = group.group().lstrip(", ").strip() if group else ""
    if group is not None:
        first = first[: group.start()]
        others += _parts(group["members"] or "", commas=True)
    others += [one for part in more for one in _parts(part)]
    name = first.strip(" ,;")
    if not name:
        return Names(cell.strip())
    known = dict.fromkeys(one for one in others if one != name)
    return Names(name, tuple(known), note)


def _without_alias_notes(text: str) -> tuple[str, list[str]]:
    """The text without its parentheses of other names, and these names."""
    found: list[str] = []
    start = 0
    while (note := _ALIAS_NOTE.search(text, start)) is not None:
        end = _closing(text, note.start())
        if end is None:
            break
        told = text[note.end() : end]
        is_pair = (note["count"] or "").casefold() == "two"
        found += _parts(told, commas="alias" not in note.group().casefold(), is_pair=is_pair)
        text = f"{text[: note.start()].rstrip()}{text[end + 1 :]}"
        start = note.start()
    return text, found


def _closing(text: str, opening: int) -> int | None:
    """Position of the closing parenthesis for the one that opens here."""
    depth = 0
    for at in range(opening, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return at
    return None


def _parts(text: str, *, commas: bool = False, is_pair: bool = False) -> list[str]:
    parts = _BETWEEN.split(text)
    if commas:
        parts = [one for part in parts for one in _COMMAS.split(part)]
    if len(parts) == 1 and is_pair and text.count(" and ") == 1:
        parts = text.split(" and ")
    return list(_cleaned(parts))


def _cleaned(parts: list[str]) -> Iterator[str]:
    for part in parts:
        bare = re.sub(r"^and\s+", "", part.strip(" ,;"), flags=re.IGNORECASE).strip()
        if bare:
            yield bare
