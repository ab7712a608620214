"""Protection of possible homes: their coordinates are exported no finer than about a kilometre.

A child who works at home or on the farm of its family can be found by the coordinates of the site.
So every file but the map's own JSON gives such a place rounded; this module alone decides the
places and the rounding (docs/adr/0014).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from supply_chain.intake.drafts import NodeDraft
from supply_chain.reference.release import DATA, load_reference
from supply_chain.search.spelling import bare_words
from supply_chain.yaml_files import read_yaml

DECIMALS = 2
"""Of degrees: 0.01 is 1.1 km, what the questionnaires ask for (SAQ-B02)."""
NOTE = (
    "Coordinates of farms, fisheries, small mines and other sites that may be somebody's home are "
    f"rounded to {DECIMALS} decimals (about 1 km), so that no child can be found by them."
)
_UNSAID = "other"  # an activity of many sectors, which says nothing


@dataclass(frozen=True)
class _Signs:
    sectors: frozenset[str]
    activities: frozenset[str]
    words: re.Pattern[str]


@lru_cache(maxsize=1)
def _signs() -> _Signs:
    told = read_yaml(DATA / "home_places.yaml")
    grown = [one for one in load_reference().sectors.values() if one.is_primary_production]
    return _Signs(
        sectors=frozenset(told["sectors"]) | {one.ref for one in grown},
        activities=frozenset(one.activity for one in grown) - {_UNSAID},
        words=_any_of(told["words"]),
    )


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    """Whole words, with any signs between them: "home-based" is "home based"."""
    said = "|".join(word.replace(" ", r"[\W_]+") for word in words)
    return re.compile(rf"(?<![^\W_])(?:{said})(?![^\W_])")


def _plain(text: str) -> str:
    """Small letters without accents; most texts are ASCII and need no more than their case."""
    return text.lower() if text.isascii() else " ".join(bare_words(text))


def may_be_home(
    *,
    sector: str | None,
    is_origin: bool | None,
    commodities: Sequence[str],
    texts: Iterable[str],
) -> bool:
    """Whether a site may be where somebody lives.

    It may if it is said to be the beginning of the chain, if its sector grows, catches, digs or
    is done at home, if it has no sector and its goods are grown, caught or dug, or if one of its
    texts says so.
    """
    signs = _signs()
    if is_origin or sector in signs.sectors:
        return True
    if sector is None and any(_activity(ref) in signs.activities for ref in commodities):
        return True
    return any(signs.words.search(_plain(text)) for text in texts)


def _activity(ref: str) -> str | None:
    known = load_reference().commodities.get(ref)
    return known.activity if known else None


def coarse(degrees: float) -> float:
    """A coordinate as it leaves the platform where somebody may live."""
    return round(degrees, DECIMALS)


def with_coarse_home(node: NodeDraft, *, is_said_origin: bool = False) -> NodeDraft:
    """A node as it leaves the platform: as it is, or with its place rounded.

    Args:
        is_said_origin: somebody called it an origin, whether or not that was approved.
    """
    if node.latitude is None or node.longitude is None:
        return node
    if not is_said_origin and not _may_be_home(node):
        return node
    return replace(node, latitude=coarse(node.latitude), longitude=coarse(node.longitude))


def is_same_home(kept: NodeDraft, listed: NodeDraft) -> bool:
    """Whether a list gives the place of a node as a file of ours gave it out: no change of it."""
    here, there = (kept.latitude, kept.longitude), (listed.latitude, listed.longitude)
    if None in (*here, *there) or here == there:
        return False
    left = with_coarse_home(kept)
    return (left.latitude, left.longitude) == there


def _may_be_home(node: NodeDraft) -> bool:
    return may_be_home(
        sector=node.sector,
        is_origin=node.origin,
        commodities=node.commodities,
        texts=[node.name, *texts_of(node.attributes.values())],
    )


def texts_of(values: Iterable[object]) -> list[str]:
    """The texts among attributes, tags and groups, those in lists too."""
    found: list[str] = []
    for value in values:
        found += [value] if isinstance(value, str) else []
        found += [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
    return found
