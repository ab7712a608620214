"""Headings recognised by their words: "Adresse du site de production", "Firmenbezeichnung".

No list of headings is ever complete. An unknown heading identifies a field if each of its
words is a head of that field ("Adresse"), its object ("site", "production"), or a qualifier
("full", "postal"). The words are data: `data/heading_words.yaml`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from supply_chain.intake.words import header_forms, languages_apart, squeeze, words

_DATA = Path(__file__).parent.parent / "data"
_JOINED = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ARTICLE, _LEAST_BEHIND_ARTICLE = "ال", 3
# Letters that join two words of one ("Betrieb-s-name", "Firm-en-sitz").
_LINKING = ("", "s", "n", "en", "es", "e")
_SHORTEST, _SHORT_ENDS = 3, frozenset({"nr", "id"})
_MOST_JOINED = 4  # words of a heading that are one word here: "pin code", "raison sociale"
_LONGEST, _LEAST_HEADING = 60, 2
_LONGEST_NAME = 80
_ELSEWHERE = 100


@dataclass(frozen=True)
class _Field:
    """The words of one field: its heads, and the words allowed beside one."""

    heads: frozenset[str]
    others: frozenset[str]
    needs_thing: bool


@dataclass(frozen=True)
class _Parts:
    joining: frozenset[str]
    things: frozenset[str]
    alone: frozenset[str]
    elsewhere: frozenset[str]
    goods: frozenset[str]
    other_end: frozenset[str]
    fields: dict[str, _Field]
    link_fields: dict[str, _Field]


def rank_of_parts(header: str, field: str, *, in_links: bool = False) -> int | None:
    """Certainty rank of a field by the words of a heading: 0 the surest, None for no match."""
    parts = _parts()
    known = (parts.link_fields if in_links else parts.fields).get(field)
    if known is None or len(header) > _LONGEST:
        return None
    ranks = [_rank(tuple(tokens), field, in_links) for tokens in _readings(header)]
    return min((rank for rank in ranks if rank is not None), default=None)


def tells_field(header: str, field: str) -> bool:
    """Whether a heading is that of a field of nodes, as a whole or by its words."""
    is_known = header_forms(header) & words().node_columns[field].keys()
    return bool(is_known) or rank_of_parts(header, field) is not None


def names_a_thing(header: str) -> bool:
    """Whether a heading is but the word for what a list is of: "Grower", "Raffineur"."""
    parts = _parts()
    others = parts.fields["name"].others
    splits = [_split(tokens, others) for tokens in _readings(header)]
    return any(not parts.alone.isdisjoint(split) for split in splits if split)


@lru_cache(maxsize=16_384)
def is_of_goods(header: str) -> bool:
    """Whether a heading is about goods, not a site: "Country of ingredient"."""
    parts = _parts()
    return any(
        not parts.goods.isdisjoint(run) and parts.things.isdisjoint(run)
        for run in map(_runs, _readings(header))
    )


def is_of_other_end(header: str) -> bool:
    """Whether a heading is about the buyer: "Country of destination"."""
    found = set().union(*map(_runs, _readings(header)))
    return not _parts().other_end.isdisjoint(found)


def _runs(tokens: Sequence[str]) -> set[str]:
    """The words of a heading, alone and each joined with the next."""
    return {*tokens, *map("".join, pairwise(tokens))}


def names_a_company(header: str) -> bool:
    """Whether a column beside the names of sites is one of the companies they belong to."""
    forms = header_forms(header)
    if forms & words().company_columns.keys():
        return True
    return not forms & words().known_headers and rank_of_parts(header, "company") is not None


def names_an_owning_company(header: str) -> bool:
    """Whether a heading says but "company": it runs the site beside it, of whatever kind."""
    heads = _parts().fields["name"].heads
    owning = words().owning_words
    return any(
        bool(owning & set(split))
        for split in (_split(tokens, heads | owning) or () for tokens in _readings(header))
    )


@lru_cache(maxsize=16_384)
def is_column_name(cell: str) -> bool:
    """Whether a cell is a name of a column, as a whole or by its words; a thing alone is none."""
    if not 0 < len(cell) < _LONGEST_NAME:
        return False
    return bool(header_forms(cell) & words().known_headers) or _is_told_by_parts(cell)


def _is_told_by_parts(cell: str) -> bool:
    if len(cell) < _LEAST_HEADING or cell[0].isdigit():
        return False
    parts = _parts()
    node = (rank_of_parts(cell, field) for field in parts.fields if field != "company")
    link = (rank_of_parts(cell, field, in_links=True) for field in parts.link_fields)
    return any(rank is not None for rank in (*node, *link))


def _readings(header: str) -> Iterable[list[str]]:
    """The words of a heading, and of each language in it, without those that only join."""
    joining = _parts().joining
    for text in languages_apart(header):
        tokens = _tokens(text)
        yield [token for token in tokens if token not in joining]


def _tokens(text: str) -> list[str]:
    spaced = _JOINED.sub(" ", text)
    plain = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in spaced)
    return [_bare(squeeze(token)) for token in plain.split()]


def _bare(token: str) -> str:
    """An Arabic word without its article."""
    rest = token.removeprefix(_ARTICLE)
    return rest if len(rest) >= _LEAST_BEHIND_ARTICLE else token


@lru_cache(maxsize=65_536)
def _rank(tokens: tuple[str, ...], field: str, in_links: bool) -> int | None:
    parts = _parts()
    known = (parts.link_fields if in_links else parts.fields)[field]
    split = _split(tokens, known.heads | known.others)
    if not split:
        return None
    heads = sum(part in known.heads for part in split)
    things = sum(part in parts.things for part in split)
    if not heads or (known.needs_thing and not things):
        return None
    is_place = field in words().place_fields
    elsewhere = is_place and any(part in parts.elsewhere for part in split)
    return len(split) - heads + _ELSEWHERE * elsewhere


def _split(tokens: Sequence[str], known: frozenset[str]) -> list[str] | None:
    """The parts of a heading where each is known, None where one is not."""
    found: list[str] = []
    at = 0
    while at < len(tokens):
        for size in range(min(_MOST_JOINED, len(tokens) - at), 0, -1):
            joined = "".join(tokens[at : at + size])
            if joined in known:
                found.append(joined)
                break
        else:
            size, inside = 1, _inside(tokens[at], known)
            if inside is None:
                return None
            found += inside
        at += size
    return found


def _inside(token: str, known: frozenset[str]) -> list[str] | None:
    """The known words that one word is made of: "Firmensitz", 厂商全称."""
    least = _SHORTEST if token.isascii() or token[0] < "\u2e80" else 1
    for end in range(len(token) - 1, least - 1, -1):
        if token[:end] not in known:
            continue
        for linking in _LINKING:
            rest = token[end:].removeprefix(linking)
            if not token[end:].startswith(linking) or not rest:
                continue
            if rest in known and (len(rest) >= least or rest in _SHORT_ENDS):
                return [token[:end], rest]
            further = _inside(rest, known) if len(rest) > 2 * least else None
            if further:
                return [token[:end], *further]
    return None


@lru_cache(maxsize=1)
def _parts() -> _Parts:
    text = (_DATA / "heading_words.yaml").read_text(encoding="utf-8")
    tables = yaml.load(text, Loader=yaml.CBaseLoader)
    joining = frozenset(map(squeeze, tables["joining"]))

    def plain(phrases: Iterable[str]) -> frozenset[str]:
        bare = ((t for t in _tokens(p) if t not in joining) for p in phrases)
        return frozenset("".join(tokens) for tokens in bare) - {""}

    heads_of_names = plain(tables["fields"]["name"]["heads"])
    of_one_word = words().one_word_columns
    things = plain(tables["things"]) | of_one_word["name"] - heads_of_names
    elsewhere = plain(tables["elsewhere"])

    def fields(group: dict[str, dict[str, Any]], *, in_links: bool) -> dict[str, _Field]:
        made = {}
        for field, entry in group.items():
            heads = plain(entry["heads"])
            if field != "name" and not in_links:
                heads |= of_one_word.get(field, frozenset()) - things
            others = plain(entry["beside"])
            if not in_links and entry.get("of_things") != "false":
                others |= things | elsewhere
            made[field] = _Field(heads, others, entry.get("needs_thing") == "true")
        return made

    return _Parts(
        joining,
        things,
        things - plain(tables["never_alone"]),
        elsewhere,
        plain(tables["goods"]),
        plain(tables["other_end"]),
        fields(tables["fields"], in_links=False),
        fields(tables["link_fields"], in_links=True),
    )
