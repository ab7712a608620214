"""Requests of a list that need a second person's approval: confirmed flows and marked origins.

RM-2.0 section 8: until they are approved, such a flow counts as probable at most and such a node
stays as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from supply_chain.intake.drafts import LinkDraft, MapDraft, NodeDraft
from supply_chain.vocabulary import FlowEvidence

LinkKey = tuple[str, str, str, str, str]


def held_flow(now: FlowEvidence | None, wanted: FlowEvidence) -> FlowEvidence:
    """The flow evidence admissible before approval.

    Args:
        now: the current value of the link; None for a new one.
    """
    is_new = wanted is FlowEvidence.CONFIRMED and now is not FlowEvidence.CONFIRMED
    return FlowEvidence.PROBABLE if is_new else wanted


def held_origin(now: bool | None, wanted: bool | None) -> bool | None:
    """Whether a node may be an origin before approval; None: not stated."""
    return now if wanted else wanted


@dataclass(frozen=True, slots=True)
class Held:
    """A list without what needs approval, and what that is."""

    draft: MapDraft
    flows: tuple[LinkKey, ...] = ()
    origins: tuple[str, ...] = ()


def hold_back(nodes: Sequence[NodeDraft], links: Sequence[LinkDraft], draft: MapDraft) -> Held:
    """Remove from a list the changes of its map that need a second person's approval.

    Args:
        nodes, links: the current map.
        draft: the list, under the ids of the map.

    Returns:
        The list with such flows as probable and such origins as they were, and their keys, each
        once, in the order of the list.
    """
    confirmed = {link.key for link in links if link.flow_evidence is FlowEvidence.CONFIRMED}
    origins = {node.id: node.origin for node in nodes}
    flows: dict[LinkKey, None] = {}
    marked: dict[str, None] = {}
    held_links, held_nodes = [], []
    for link in draft.links:
        if link.flow_evidence is FlowEvidence.CONFIRMED and link.key not in confirmed:
            flows[link.key] = None
            held_links.append(replace(link, flow_evidence=FlowEvidence.PROBABLE))
        else:
            held_links.append(link)
    for node in draft.nodes:
        if node.origin and not origins.get(node.id):
            marked[node.id] = None
            held_nodes.append(replace(node, origin=held_origin(origins.get(node.id), True)))
        else:
            held_nodes.append(node)
    if not flows and not marked:
        return Held(draft)
    held = replace(draft, nodes=tuple(held_nodes), links=tuple(held_links))
    return Held(held, tuple(flows), tuple(marked))
