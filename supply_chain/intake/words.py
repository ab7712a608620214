"""Words of supplier lists: `data/import_words.yaml`, read once, and how text is made plain."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_DATA = Path(__file__).parent.parent / "data"
_BRACKETS = re.compile(r"[(\[（].*?[)\]）]")


# Signs above and below letters that spell nothing of their own: accents of Latin, Greek and
# Cyrillic, vowel points of Hebrew and Arabic, the stretch of Arabic. Other scripts write vowels so.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670]")
_VOWEL_SIGNS = ("Mn", "Mc")
_NO_LETTERS = re.compile(r"[\W_]+", re.ASCII)


@lru_cache(maxsize=65_536)
def squeeze(text: str) -> str:
    """Letters and digits alone: no case, accents, blanks and punctuation.

    Signs that write a vowel or change a letter stay: of the scripts of India, of Thai, of kana.
    """
    if text.isascii():
        return _NO_LETTERS.sub("", text.lower())
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return "".join(c for c in plain if c.isalnum() or unicodedata.category(c) in _VOWEL_SIGNS)


def squeeze_without_brackets(text: str) -> str:
    """As `squeeze`, leaving out what stands in brackets."""
    return squeeze(_BRACKETS.sub("", text))


def header_forms(header: str) -> set[str]:
    """The plain forms by which a column name is looked up: whole, and without brackets."""
    return {squeeze(header), squeeze_without_brackets(header)} - {""}


def clean(text: str) -> str:
    """One line of text: blanks and line breaks become single blanks, control signs go.

    Format signs stay: joiners matter in Persian and in the scripts of India.
    """
    if not text.isprintable():
        text = "".join(
            " " if c.isspace() else c
            for c in text
            if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn")
        )
    return " ".join(text.split())


class Words:
    """The tables of `import_words.yaml`, headers and cells already squeezed."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        self.node_columns = _ranked(tables["node_columns"])
        prefixes = [squeeze(prefix) for prefix in tables["place_prefixes"]]
        for field in tables["place_fields"]:
            _add_prefixed(self.node_columns[field], prefixes)
        self.chain_columns = _ranked(tables["chain_columns"])
        self.link_columns = _ranked(tables["link_columns"])
        self.ignored_columns = frozenset(map(squeeze, tables["ignored_columns"]))
        tables_of_columns = (self.node_columns, self.chain_columns, self.link_columns)
        self.known_headers = frozenset(
            header for table in tables_of_columns for names in table.values() for header in names
        )
        self.blank_words = frozenset(str(word).casefold() for word in tables["blank_words"])
        self.no_names = frozenset(map(squeeze, tables["no_names"]))
        self.node_kinds = _meanings(tables["node_kinds"])
        self.link_kinds = _meanings(tables["link_kinds"])
        self.flow_evidence = _meanings(tables["flow_evidence"])
        self.ownership_relations = frozenset(map(squeeze, tables["ownership_relations"]))
        self.site_words = tuple(map(squeeze, tables["site_words"]))
        self.truth = {squeeze(w): True for w in tables["true_words"]}
        self.truth |= {squeeze(w): False for w in tables["false_words"]}
        self.id_schemes = {
            scheme: re.compile(shape) for scheme, shape in tables["id_schemes"].items()
        }


def _ranked(columns: Mapping[str, list[str]]) -> dict[str, dict[str, int]]:
    return {
        field: {squeeze(header): rank for rank, header in reversed(list(enumerate(headers)))}
        for field, headers in columns.items()
    }


def _add_prefixed(headers: dict[str, int], prefixes: list[str]) -> None:
    """Let "Facility Country" stand for a country, less surely than "Country" does."""
    after_all = len(headers)
    for header, rank in list(headers.items()):
        for prefix in prefixes:
            headers.setdefault(prefix + header, after_all + rank)


def _meanings(table: Mapping[str, list[str]]) -> dict[str, str]:
    return {squeeze(word): meaning for meaning, words in table.items() for word in words}


@lru_cache(maxsize=1)
def words() -> Words:
    """The shipped words."""
    text = (_DATA / "import_words.yaml").read_text(encoding="utf-8")
    # The base loader reads everything as text: "no" is a word here, not a truth value.
    return Words(yaml.load(text, Loader=yaml.BaseLoader))
