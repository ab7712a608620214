"""Vocabulary of supplier lists, `data/import_words.yaml`, read once, and normalisation of text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_DATA = Path(__file__).parent.parent / "data"
_NUMBERING = re.compile(r"^\s*(?:\d{1,2}|[A-Za-z])\s*[.)]\s*(?=\S)")
# Blanks and brackets are counted: looked for without end, a cell of 30,000 of them takes seconds.
_SCRIPTS = re.compile(
    r"(?<=[a-zA-Z.)])\s{0,20}/?\s{0,20}(?=[\u0370-\u1dff\u2e80-\uffef])"
    r"|(?<=[\u0370-\u1dff\u2e80-\uffef])\s{0,20}/?\s{0,20}(?=[a-zA-Z(])"
)
_LANGUAGES = re.compile(r"\s{0,20}[\n|]\s{0,20}|\s{1,20}[/–—-]\s{1,20}|" + _SCRIPTS.pattern)
_WORDS = re.compile(r"[^\W_]+")
_PARTING = re.compile(r"[,;|/،、，；]")
# Words that only join others in the name of a column.
_JOINING = frozenset(
    re.findall(
        r"\w+",
        "of the a an for de del la le les l d du des der die das den el los las do da dos di della"
        " dell van",
    )
)
_BRACKETS = re.compile(r"[(\[（][^)\]）\n]{0,300}[)\]）]")


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
    # In its own script: two names that only sound alike are two, and ids made of it must stay.
    if text.isascii():
        return _NO_LETTERS.sub("", text.lower())
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return "".join(c for c in plain if c.isalnum() or unicodedata.category(c) in _VOWEL_SIGNS)


def squeeze_without_brackets(text: str) -> str:
    """As `squeeze`, without the text in brackets."""
    return squeeze(_BRACKETS.sub("", text))


def scripts_apart(text: str) -> list[str]:
    """A text in two scripts as its parts: "China 中国" gives "China" and "中国"."""
    return _SCRIPTS.split(text)


@lru_cache(maxsize=16_384)
def header_forms(header: str) -> frozenset[str]:
    """The plain forms by which a column name is looked up.

    Whole; without brackets; without a number before it; each of two languages or lines in it;
    and its words in any order ("Name of the factory" is "Factory name").
    """
    texts = languages_apart(header)
    return frozenset({*map(squeeze, texts), *map(_any_order, texts)} - {""})


def languages_apart(header: str) -> list[str]:
    """A column name unchanged, without brackets and numbering, and each language in it."""
    # "1. Kademe Tedarikçi (Kumaş)": here the number is no numbering.
    plain = _BRACKETS.sub("", header)
    bare = _NUMBERING.sub("", plain)
    return [header, plain, bare, *_LANGUAGES.split(bare)]


def whole_forms(header: str) -> frozenset[str]:
    """The plain forms of a column name as a whole: unchanged, and its words in any order."""
    return frozenset({squeeze(header), _any_order(header)} - {""})


def _any_order(header: str) -> str:
    """The words of a column name in the order of the alphabet, without those that only join."""
    found = _WORDS.findall(header.casefold())
    telling = [word for word in map(squeeze, found) if word not in _JOINING]
    return "~" + " ".join(sorted(telling)) if len(telling) > 1 else ""


def parts_of(text: str) -> tuple[str, ...]:
    """The parts of a cell between commas, semicolons, bars and slashes of any script."""
    return tuple(filter(None, map(str.strip, _PARTING.split(text))))


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
        languages = tables["other_languages"].values()
        self.one_word_columns = _of_one_word([tables["node_columns"], *languages])
        prefixes = [squeeze(prefix) for prefix in tables["place_prefixes"]]
        self.place_prefixes = tuple(prefixes)
        for language in languages:
            for field, headers in _ranked(language).items():
                for header, rank in headers.items():
                    known = self.node_columns[field].get(header, _LAST)
                    self.node_columns[field][header] = min(known, rank + _OTHER_LANGUAGE)
        self.place_fields = frozenset(tables["place_fields"])
        self.words_for_name = frozenset(map(squeeze, tables["words_for_name"]))
        self.named_otherwise = frozenset(map(squeeze, tables["named_otherwise"]))
        for field in self.place_fields:
            _add_prefixed(self.node_columns[field], prefixes)
        self.chain_columns = _ranked(tables["chain_columns"])
        self.link_columns = _ranked(tables["link_columns"])
        self.purchase_shares = _ranked({"": tables["purchase_shares"]})[""]
        self.tier_facts = {
            fact: frozenset(map(squeeze, names)) for fact, names in tables["tier_facts"].items()
        }
        self.tiers = _tiers(tables["tier_words"], self.tier_facts)
        self.ignored_columns = frozenset(map(squeeze, tables["ignored_columns"]))
        self._read_people(tables)
        self._read_mistakable(tables)
        tables_of_columns = (self.node_columns, self.chain_columns, self.link_columns)
        self.known_headers = frozenset(
            header for table in tables_of_columns for names in table.values() for header in names
        ) | frozenset(self.tiers)
        self.blank_words = frozenset(str(word).casefold() for word in tables["blank_words"])
        self.note_words = frozenset(map(squeeze, tables["note_words"]))
        self.note_sheets = self.note_words | frozenset(map(squeeze, tables["note_sheets"]))
        self.total_words = frozenset(map(squeeze, tables["total_words"]))
        self.no_names = frozenset(map(squeeze, tables["no_names"]))
        self.node_kinds = _meanings(tables["node_kinds"])
        self.vague_kinds = frozenset(map(squeeze, tables["vague_kinds"]))
        self.link_kinds = _meanings(tables["link_kinds"])
        self.flow_evidence = _meanings(tables["flow_evidence"])
        self.ownership_relations = frozenset(map(squeeze, tables["ownership_relations"]))
        self.site_words = tuple(map(squeeze, tables["site_words"]))
        self.raw_site_words = tuple(map(squeeze, tables["raw_site_words"]))
        self.company_columns = _ranked({"": tables["company_columns"]})[""]
        self.raw_buyers = _ranked({"": tables["raw_buyers"]})[""]
        self.owning_words = frozenset(map(squeeze, tables["owning_words"]))
        self.truth = {squeeze(w): True for w in tables["true_words"]}
        self.truth |= {squeeze(w): False for w in tables["false_words"]}
        self.id_schemes = {
            scheme: re.compile(shape) for scheme, shape in tables["id_schemes"].items()
        }

    def _read_mistakable(self, tables: Mapping[str, Any]) -> None:
        """Columns that are one of our fields in some lists alone."""
        self.grid_columns = {
            kind: frozenset(forms) for kind, forms in _ranked(tables["grid_columns"]).items()
        }
        self.source_headings = frozenset(map(squeeze, tables["source_headings"]))
        self.sector_headings = frozenset(map(squeeze, tables["sector_headings"]))
        self.own_business = frozenset(map(squeeze, tables["own_business"]))
        self.goods_qualifiers = frozenset(map(squeeze, tables["goods_qualifiers"]))
        self.sector_places = frozenset(map(squeeze, tables["sector_places"]))
        self.sector_is_place_beside = frozenset(map(squeeze, tables["sector_is_place_beside"]))
        self.sector_is_place_in = frozenset(tables["sector_is_place_in"])
        self.receiving_words = frozenset(map(squeeze, tables["receiving_words"]))

    def _read_people(self, tables: Mapping[str, Any]) -> None:
        self.personal_columns = frozenset(
            form for header in tables["personal_columns"] for form in whole_forms(header)
        )
        self.personal_words = frozenset(map(squeeze, tables["personal_words"]))
        self.personal_parts = tuple(map(squeeze, tables["personal_parts"]))
        self.people = frozenset(map(squeeze, tables["people"]))
        self.owner_words = frozenset(map(squeeze, tables["owner_words"]))
        self.sites_of_persons = frozenset(map(squeeze, tables["sites_of_persons"]))
        self.words_of_organisations = frozenset(map(squeeze, tables["words_of_organisations"]))
        self.personal_papers = frozenset(map(squeeze, tables["personal_papers"]))
        self.words_of_ids = frozenset(map(squeeze, tables["words_of_ids"]))
        self.roster_columns = frozenset(map(squeeze, tables["roster_columns"]))
        self.roster_facts = frozenset(
            squeeze(word) for key in ("roster_facts", "roster_names") for word in tables[key]
        )
        self.personal_unless = {
            word: frozenset(map(squeeze, others))
            for word, others in tables["personal_unless"].items()
        }
        self.personal_with_long_numbers = frozenset(tables["personal_with_long_numbers"])


# A word of another language may mean something else in this one: "site", "region", "plant".
_OTHER_LANGUAGE = 3
_LAST = 1_000


def _ranked(columns: Mapping[str, list[str]]) -> dict[str, dict[str, int]]:
    return {
        field: {
            form: rank
            for rank, header in reversed(list(enumerate(headers)))
            for form in (_any_order(header.replace("_", " ")), squeeze(header))
            if form
        }
        for field, headers in columns.items()
    }


def _of_one_word(tables: Iterable[Mapping[str, list[str]]]) -> dict[str, frozenset[str]]:
    """Field -> its names of columns that are one word, in all languages."""
    found: dict[str, set[str]] = {}
    for columns in tables:
        for field, headers in columns.items():
            alone = {squeeze(header) for header in headers if len(_WORDS.findall(header)) == 1}
            found.setdefault(field, set()).update(alone - {""})
    return {field: frozenset(forms) for field, forms in found.items()}


_MOST_TIERS = 8
_ORDINALS = {1: ("1st", "first"), 2: ("2nd", "second"), 3: ("3rd", "third"), 4: ("4th", "fourth")}
_CHINESE_NUMBERS = " 一二三四五六七八"


def _tiers(
    patterns: list[str], facts: Mapping[str, frozenset[str]]
) -> dict[str, tuple[int, str | None]]:
    """Name of a column -> the tier of its company, or of the company that it describes."""
    tiers: dict[str, tuple[int, str | None]] = {}
    for number in range(1, _MOST_TIERS + 1):
        for spelled in (str(number), *_ORDINALS.get(number, ()), _CHINESE_NUMBERS[number]):
            for pattern in patterns:
                base = squeeze(pattern.replace("#", spelled))
                tiers.setdefault(base, (number, None))
                for fact, names in facts.items():
                    tiers.update({base + name: (number, fact) for name in names})
                    tiers.update({name + base: (number, fact) for name in names})
    return tiers


def _add_prefixed(headers: dict[str, int], prefixes: list[str]) -> None:
    """Let "Facility Country" mean a country, less certainly than "Country" does."""
    after_all = len(headers)
    for header, rank in list(headers.items()):
        if not header.startswith("~"):
            for prefix in prefixes:
                headers.setdefault(prefix + header, after_all + rank)
                headers.setdefault("~" + " ".join(sorted((prefix, header))), after_all + rank)


def _meanings(table: Mapping[str, list[str]]) -> dict[str, str]:
    return {squeeze(word): meaning for meaning, words in table.items() for word in words}


@lru_cache(maxsize=1)
def words() -> Words:
    """The shipped words."""
    text = (_DATA / "import_words.yaml").read_text(encoding="utf-8")
    # The base loader reads everything as text: "no" is a word here, not a truth value.
    return Words(yaml.load(text, Loader=yaml.CBaseLoader))
