"""The glossary of the help page: terms of `data/glossary.yaml`, checked when they are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import yaml

from ddplatform.infrastructure.text_search import NOWHERE, Words

GLOSSARY_FILE: Final = Path(__file__).parent / "data" / "glossary.yaml"


@dataclass(frozen=True, slots=True)
class Term:
    """One entry.

    Attributes:
        id: anchor of the entry, and what the macro `term` of `components/ui.html` asks for.
        meaning: one to three sentences; the five grades of evidence take one each.
        source: clause of a standard or a law, or section of our own documentation.
        page: key of `PAGES` in `views.py`, where the term leads to a page; else empty.
    """

    id: str
    term: str
    meaning: str
    source: str
    page: str = ""

    def place(self, words: Words) -> int:
        """How well the entry fits, as `Words.place` grades it."""
        return words.place(self.term, self.meaning)


@cache
def load_glossary() -> Mapping[str, Term]:
    """The entries by id, in alphabetical order of the terms; read once."""
    return read_terms(yaml.safe_load(GLOSSARY_FILE.read_text(encoding="utf-8")))


def read_terms(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Term]:
    """The entries by id.

    Raises:
        ValueError: a field is missing, empty or not known, or an id stands twice.
    """
    terms = sorted((_read(row) for row in rows), key=lambda one: one.term.lower())
    found = {one.id: one for one in terms}
    if len(found) < len(terms):
        ids = [one.id for one in terms]
        twice = ", ".join(sorted({one for one in ids if ids.count(one) > 1}))
        raise ValueError(f"Ids that stand twice in the glossary: {twice}. Give each term its own.")
    return MappingProxyType(found)


def _read(row: Mapping[str, Any]) -> Term:
    known = [one.name for one in fields(Term)]
    needed = [name for name in known if name != "page"]
    texts = {name: str(value or "").strip() for name, value in row.items()}
    faults = [name for name in needed if not texts.get(name)] + [n for n in texts if n not in known]
    if faults:
        about = texts.get("id") or texts.get("term") or "a term without id"
        raise ValueError(
            f"Fields of {about} in the glossary that are missing or not known: {', '.join(faults)}."
        )
    return Term(**texts)


def find_terms(words: Words) -> list[Term]:
    """The entries that hold all the words in term or meaning, the best fit first."""
    placed = [(one.place(words), one) for one in load_glossary().values()]
    fitting = [(place, one) for place, one in placed if place < NOWHERE]
    return [one for _place, one in sorted(fitting, key=lambda pair: pair[0])]
