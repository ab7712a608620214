"""Commodity refs from words for goods, in many languages and spellings, and from HS codes."""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from supply_chain.intake.cells import CellFault
from supply_chain.intake.words import squeeze, words
from supply_chain.reference.names import Catalogue
from supply_chain.reference.release import load_reference

_DATA = Path(__file__).parent.parent / "data"
_OF = re.compile(r"^(?:(?:de|da|do|di|of)\s|d['’])", re.IGNORECASE)
# Letters to change, add, drop or swap, in the length of the longer word.
_ALIKE, _MARGIN, _SHORTEST = 0.75, 0.03, 4


@lru_cache(maxsize=16_384)
def commodity_ref(text: str) -> str | None:
    """The ref of a commodity cell, None where none is meant for certain.

    Takes refs, names and goods of `data/commodities.csv`, HS codes, and the words of
    `data/commodity_words.csv` in other languages, also with a word on their state ("mica flakes").
    """
    found = _named(text)
    return commodity_ref(rest) if found is None and (rest := _without_state(text)) else found


def _without_state(text: str) -> str | None:
    """A name without a word or two on the state of the good: "mica flakes", "algodón en rama"."""
    parts = text.split()
    for count in (1, 2):
        if len(parts) <= count:
            return None
        if squeeze("".join(parts[:count])) in words().goods_qualifiers:
            return _OF.sub("", " ".join(parts[count:]))
        if squeeze("".join(parts[-count:])) in words().goods_qualifiers:
            return " ".join(parts[:-count])
    return None


def _named(text: str) -> str | None:
    catalogue = _catalogue()
    if text in catalogue.commodities:
        return text
    found = catalogue.find(text)
    if found:
        return found.ref
    key = squeeze(text)
    # Lists in Arabic write goods with and without the article: القطن, قطن.
    return _other_names().get(key) or _other_names().get(f"ال{key}")


@lru_cache(maxsize=16_384)
def commodity_doubt(text: str) -> CellFault:
    """Message on an unknown commodity: the nearest ones, for a person to choose."""
    names = _all_names()
    key = squeeze(text)
    near = process.extract(
        key, names.keys(), scorer=OSA.normalized_similarity, score_cutoff=_ALIKE, limit=5
    )
    near = [entry for entry in near if entry[1] >= near[0][1] - _MARGIN and len(key) >= _SHORTEST]
    refs = dict.fromkeys(names[name] for name, _, _ in near)
    commodities = _catalogue().commodities
    hint = " or ".join(f"{commodities[ref].name} ({ref})" for ref in refs)
    return CellFault(
        f"The commodity “{text}” is none that we have figures for; it is kept as it is.",
        f"Did you mean {hint}?" if hint else "Choose one of our commodities, or give its HS code.",
    )


def _catalogue() -> Catalogue:
    return load_reference().catalogue


@lru_cache(maxsize=1)
def _other_names() -> dict[str, str]:
    with (_DATA / "commodity_words.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {squeeze(name): row["ref"] for row in rows for name in row["names"].split("|")}


@lru_cache(maxsize=1)
def _all_names() -> dict[str, str]:
    own = {squeeze(name): ref for name, ref in _catalogue().names.items()}
    return {**_other_names(), **own}


def commodity_names() -> dict[str, str]:
    """Every name of a good, in all languages that are known, as it is written -> its ref."""
    own = dict(_catalogue().names)
    with (_DATA / "commodity_words.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {name: row["ref"] for row in rows for name in row["names"].split("|")} | own
