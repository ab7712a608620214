"""Repeated import of a list a year later: unchanged, moved and renamed sites.

Lists without ids identify a site by name, country and place, so a site that moved or was renamed
looks like one that is gone and one that is new. Here such pairs become one again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, replace
from math import cos, hypot, radians

from supply_chain.intake.compare import NodeChange
from supply_chain.intake.drafts import LinkDraft, MapDraft, NodeDraft
from supply_chain.intake.node_rows import MADE
from supply_chain.intake.words import squeeze

MOVED_KM = 1.0
"""Coordinates that differ by less are the same place, measured more exactly."""
KM_PER_DEGREE = 111.2
_SHORT_ADDRESS = 8
ALIKE_HEADINGS = 0.6

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recognised:
    """A node of the map that the list names in another way, and what both have in common."""

    known_id: str
    drafted_id: str
    reason: str


def recognise(
    existing: Sequence[NodeDraft],
    draft: MapDraft,
    *,
    listed: frozenset[str],
    apart: frozenset[tuple[str, str]] = frozenset(),
) -> tuple[MapDraft, tuple[Recognised, ...]]:
    """Give nodes of a list that were in the list before the ids they have in the map.

    A pair needs something in common that no other node of either side has: an id of a registry;
    name, country and address; name and country; country and address, in this order. Nodes that
    a list gave ids of its own are paired by ids of registries alone.

    Args:
        listed: ids of the nodes that the earlier list named.
        apart: pairs (id in the map, id in the list) that a person said are two different ones.

    Returns:
        The draft under the ids of the map, and the pairs.
    """
    drafted = {node.id for node in draft.nodes}
    known_ids = {node.id for node in existing}
    gone = {
        node.id: node
        for node in existing
        if node.id in listed and node.id not in drafted and not node.own_operation
    }
    new = {node.id: node for node in draft.nodes if node.id not in known_ids}
    found: list[Recognised] = []
    for reason, keys in _RULES:
        for known_id, drafted_id in _unique_pairs(gone, new, keys):
            if (known_id, drafted_id) not in apart and known_id in gone and drafted_id in new:
                found.append(Recognised(known_id, drafted_id, reason))
                del gone[known_id], new[drafted_id]
    return _under_known_ids(draft, {one.drafted_id: one.known_id for one in found}), tuple(found)


def _unique_pairs(
    gone: MappingOf[str, NodeDraft],
    new: MappingOf[str, NodeDraft],
    keys: Callable[[NodeDraft], Iterator[Key]],
) -> list[tuple[str, str]]:
    left, right = _by_key(gone, keys), _by_key(new, keys)
    return [
        (ids[0], right[key][0])
        for key, ids in left.items()
        if len(ids) == 1 and len(right.get(key, ())) == 1
    ]


def _by_key(
    nodes: MappingOf[str, NodeDraft], keys: Callable[[NodeDraft], Iterator[Key]]
) -> dict[Key, list[str]]:
    found: dict[Key, list[str]] = defaultdict(list)
    for node in nodes.values():
        for key in keys(node):
            found[key].append(node.id)
    return found


def _registry_ids(node: NodeDraft) -> Iterator[Key]:
    for scheme, value in node.external_ids.items():
        yield scheme, squeeze(value)


def _name_and_address(node: NodeDraft) -> Iterator[Key]:
    if node.id.startswith(MADE) and node.country and node.address:
        yield node.kind.value, squeeze(node.name), node.country, squeeze(node.address)


def _name_and_country(node: NodeDraft) -> Iterator[Key]:
    if node.id.startswith(MADE) and node.country:
        yield node.kind.value, squeeze(node.name), node.country


def _country_and_address(node: NodeDraft) -> Iterator[Key]:
    address = squeeze(node.address or "")
    if node.id.startswith(MADE) and node.country and len(address) >= _SHORT_ADDRESS:
        yield node.kind.value, address, node.country


_RULES = (
    ("the same id of a registry", _registry_ids),
    ("the same name, country and address", _name_and_address),
    ("the same name in the same country", _name_and_country),
    ("the same address in the same country", _country_and_address),
)


def _under_known_ids(draft: MapDraft, known: MappingOf[str, str]) -> MapDraft:
    if not known:
        return draft
    links: dict[tuple[str, str, str, str, str], LinkDraft] = {}
    for link in draft.links:
        ends = known.get(link.supplier, link.supplier), known.get(link.buyer, link.buyer)
        moved = replace(link, supplier=ends[0], buyer=ends[1])
        links.setdefault(moved.key, moved)
    nodes = (
        replace(
            node,
            id=known.get(node.id, node.id),
            operated_by=known.get(node.operated_by or "", node.operated_by),
        )
        for node in draft.nodes
    )
    return replace(draft, nodes=tuple(nodes), links=tuple(links.values()))


def is_renamed(change: NodeChange) -> bool:
    """Whether the name is another one, not only written in another way."""
    return squeeze(change.before.name) != squeeze(change.after.name)


def is_moved(change: NodeChange) -> bool:
    """Whether country, address or coordinates are others; what becomes known is no move."""
    before, after = change.before, change.after
    if before.country and before.country != after.country:
        return True
    if before.address and squeeze(before.address) != squeeze(after.address or ""):
        return True
    return _distance_km(before, after) > MOVED_KM


def _distance_km(before: NodeDraft, after: NodeDraft) -> float:
    """Distance of two places on a flat piece of the earth; 0 where one is not known."""
    if before.latitude is None or before.longitude is None:
        return 0.0
    assert after.latitude is not None  # what is known is never erased by a list
    assert after.longitude is not None
    north = after.latitude - before.latitude
    east = (after.longitude - before.longitude) * cos(radians(before.latitude))
    return hypot(north, east) * KM_PER_DEGREE


def likeness(headings: Sequence[str], others: Sequence[str]) -> float:
    """Similarity of the columns of two lists, 0..1: shared ones as a part of all."""
    left, right = set(map(squeeze, headings)), set(map(squeeze, others))
    return len(left & right) / len(left | right) if left | right else 0.0
