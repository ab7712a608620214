"""Tiers stated by lists ("T1", "tier 2", "1st tier", "N-2"), beside those of the links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from supply_chain.intake.cells import CellFault
from supply_chain.intake.drafts import LinkDraft, NodeDraft

STATED_TIER = "stated_tier"
"""The attribute that keeps the tier of a list, a whole number from 0 on."""
_MOST = 12
_WORDS = (
    "tier|t|level|lvl|l|stage|rank|rang|niveau|n|nivel|nível|grado|kademe|seviye|katman|stufe|ebene"
    "|cấp|bậc|tầng|tingkat|tahap"
    "|daraja la|daraja|ngazi ya|ngazi|kiwango|المستوى|مستوى|第|层级|层|级"
)
_STATED = re.compile(
    rf"(?:(?:{_WORDS})[\s.:_-]{{0,3}})?(\d{{1,2}}|[ivx]{{1,4}}|[一二三四五六七八九])"
    rf"(?:st|nd|rd|th|º|ª|er|e|\.)?\s?(?:{_WORDS}|级供应商|supplier|suppliers)?",
    re.IGNORECASE,
)
_ORDINALS = {
    word: number
    for number, words in enumerate(
        (
            "first|direct|erste|premier|primer|primero|primeiro|birinci|الأول|kwanza",
            "second|zweite|deuxième|segundo|ikinci|الثاني|pili",
            "third|dritte|troisième|tercero|tercer|terceiro|üçüncü|الثالث|tatu",
            "fourth|vierte|quatrième|cuarto|quarto|dördüncü|الرابع|nne",
        ),
        start=1,
    )
    for word in words.split("|")
}
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8}
_CHINESE = {sign: number for number, sign in enumerate("一二三四五六七八九", start=1)}
_TIER_WORD = re.compile(rf"\b(?:{_WORDS}|supplier|suppliers|tier)\b", re.IGNORECASE)


@lru_cache(maxsize=4_096)
def parse_tier(text: str) -> int | None:
    """The tier that a cell states, or None: "T1", "tier1" and "1st tier" are 1, "N-2" is 2."""
    plain = text.strip().casefold()
    found = _STATED.fullmatch(plain)
    if found:
        number = found[1]
        value = _ROMAN.get(number) or _CHINESE.get(number) or _whole(number)
        return value if value is not None and value <= _MOST else None
    return _ORDINALS.get(_TIER_WORD.sub("", plain).strip())


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def tier_contradictions(
    nodes: Mapping[str, NodeDraft], links: Iterable[LinkDraft], link_to: str | None
) -> list[tuple[str, CellFault]]:
    """Nodes whose stated tier is not that of their links, with the message.

    Where the business of the map is known its tier is 0 and each supplier is one above its
    nearest buyer; else a supplier must at least be above its buyers.
    """
    stated = {
        ref: tier
        for ref, node in nodes.items()
        if isinstance(tier := node.attributes.get(STATED_TIER), int)
    }
    if not stated:
        return []
    pairs = [(link.supplier, link.buyer) for link in links]
    own = {ref for ref, node in nodes.items() if node.own_operation} | ({link_to} - {None})
    if own:
        tiers = _tiers(pairs, {str(ref) for ref in own})
        return [
            (ref, _differs(nodes[ref], tier, tiers[ref]))
            for ref, tier in stated.items()
            if ref in tiers and tiers[ref] != tier
        ]
    wrong = {
        supplier: buyer
        for supplier, buyer in pairs
        if supplier in stated and buyer in stated and stated[supplier] <= stated[buyer]
    }
    return [
        (ref, _is_above(nodes[ref], nodes[buyer], stated[ref], stated[buyer]))
        for ref, buyer in wrong.items()
    ]


def _tiers(pairs: Iterable[tuple[str, str]], own: set[str]) -> dict[str, int]:
    suppliers: dict[str, list[str]] = {}
    for supplier, buyer in pairs:
        suppliers.setdefault(buyer, []).append(supplier)
    tiers, reached, tier = dict.fromkeys(own, 0), list(own), 0
    while reached:
        tier += 1
        found = {one for buyer in reached for one in suppliers.get(buyer, ()) if one not in tiers}
        tiers.update(dict.fromkeys(found, tier))
        reached = list(found)
    return tiers


def _differs(node: NodeDraft, stated: int, tier: int) -> CellFault:
    return CellFault(
        f"“{node.name}” is stated as tier {stated}; by its links it is tier {tier}.",
        "Check the tier and who buys from it; the map goes by the links.",
    )


def _is_above(node: NodeDraft, buyer: NodeDraft, stated: int, of_buyer: int) -> CellFault:
    return CellFault(
        f"“{node.name}” is stated as tier {stated} and supplies “{buyer.name}”, stated as tier"
        f" {of_buyer}.",
        "Check the tiers and who buys from whom; the map goes by the links.",
    )
