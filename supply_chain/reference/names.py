"""Commodity lookup by free text or HS code."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from supply_chain.reference.types import Commodity
from supply_chain.search.spelling import bare_words

HS_CODE = re.compile(r"(?:HS)?[\s:]*(\d[\d\s.]*)", re.IGNORECASE)
# A shorter code is a chapter: too wide to guess one commodity within it.
HEADING_DIGITS = 4


def name_key(text: str) -> str:
    """A name without accents, case and punctuation, for comparing."""
    return " ".join(bare_words(text))


def _singular(key: str) -> str:
    return " ".join(word.removesuffix("s") if len(word) > 3 else word for word in key.split())


@dataclass(frozen=True)
class Catalogue:
    """The commodities with an index of their names."""

    commodities: Mapping[str, Commodity]
    names: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", _name_index(self.commodities))

    def find(self, text: str) -> Commodity | None:
        """The commodity that a name or an HS code means; `None` where that is not clear."""
        code = HS_CODE.fullmatch(text.strip())
        if code:
            return self._by_hs(re.sub(r"\D", "", code[1]))
        key = name_key(text)
        # "Pepper" and "peppers" are two goods, so the name as written goes before its singular.
        ref = self.names.get(key) or self.names.get(_singular(key))
        return self.commodities[ref] if ref else None

    def _by_hs(self, digits: str) -> Commodity | None:
        heads = [
            (len(code), item)
            for item in self.commodities.values()
            for code in item.hs_codes
            if digits.startswith(code)
        ]
        if heads:
            longest = max(length for length, _ in heads)
            return _narrowest([item for length, item in heads if length == longest])
        within = [
            item
            for item in self.commodities.values()
            if len(digits) >= HEADING_DIGITS
            and any(code.startswith(digits) for code in item.hs_codes)
        ]
        return within[0] if len(within) == 1 else None


def _narrowest(items: list[Commodity]) -> Commodity | None:
    """The one that covers fewest goods, `None` where two cover as few."""
    items = sorted(items, key=lambda item: len(item.goods))
    if len(items) > 1 and len(items[0].goods) == len(items[1].goods):
        return None
    return items[0]


def _name_index(commodities: Mapping[str, Commodity]) -> dict[str, str]:
    """Own names first, then goods of the list at the commodity that covers fewest."""
    found: dict[str, str] = {}
    for item in commodities.values():
        for name in (item.ref, item.name, *item.also_named):
            found.setdefault(name_key(name), item.ref)
    for item in sorted(commodities.values(), key=lambda item: len(item.goods)):
        for good in item.goods:
            found.setdefault(name_key(good), item.ref)
    for key, ref in list(found.items()):
        found.setdefault(_singular(key), ref)
    return found
