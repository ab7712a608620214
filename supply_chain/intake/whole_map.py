"""Checks across all rows of a draft: shares over 1, circles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from supply_chain import lazy
from supply_chain.intake.drafts import LinkDraft, NodeDraft, RowProblem
from supply_chain.intake.link_rows import LinkRow
from supply_chain.intake.node_rows import NodeRow

LinkKey = tuple[str, str, str, str, str]
_SHOWN_NODES = 5
_ROUNDING = 1e-6


def share_notes(
    nodes: Mapping[str, NodeDraft],
    links: Mapping[LinkKey, LinkDraft],
    places: Mapping[LinkKey, LinkRow | NodeRow],
) -> list[RowProblem]:
    """One note for each buyer whose shares add up to more than 1 (scaled when risk is assessed)."""
    sums: dict[str, float] = defaultdict(float)
    last: dict[str, LinkKey] = {}
    for key, link in links.items():
        if link.share is not None:
            sums[link.buyer] += link.share
            last[link.buyer] = key
    return [
        _note(
            places[last[buyer]],
            "share",
            f"{total:g}",
            f"The shares of {_name(nodes, buyer)} add up to {total:g}; they will be scaled to 1.",
            "Check the shares: together they cannot be more than the buyer's whole input.",
        )
        for buyer, total in sums.items()
        if total > 1 + _ROUNDING
    ]


def circle_notes(
    nodes: Mapping[str, NodeDraft],
    links: Mapping[LinkKey, LinkDraft],
    places: Mapping[LinkKey, LinkRow | NodeRow],
) -> list[RowProblem]:
    """One note for each set of nodes that supply each other in a circle."""
    ids = list(dict.fromkeys(end for link in links.values() for end in (link.supplier, link.buyer)))
    if not ids:
        return []
    number = {node_id: place for place, node_id in enumerate(ids)}
    suppliers = np.array([number[link.supplier] for link in links.values()])
    buyers = np.array([number[link.buyer] for link in links.values()])
    graph = lazy.sparse.coo_array(
        (np.ones(len(suppliers)), (suppliers, buyers)), shape=(len(ids), len(ids))
    )
    _, labels = lazy.csgraph.connected_components(graph.tocsr(), directed=True, connection="strong")
    members: dict[int, list[str]] = defaultdict(list)
    for node_id, label in zip(ids, labels.tolist(), strict=True):
        members[label].append(node_id)
    inside = {label for label, group in members.items() if len(group) > 1}
    first: dict[int, LinkKey] = {}
    for key, supplier, buyer in zip(links, suppliers.tolist(), buyers.tolist(), strict=True):
        if labels[supplier] == labels[buyer] and labels[supplier] in inside:
            first.setdefault(int(labels[supplier]), key)
    return [_circle(nodes, members[label], places[key]) for label, key in first.items()]


def operator_circles(nodes: Mapping[str, NodeDraft]) -> list[list[str]]:
    """The circles of nodes that operate each other, or one itself; each in the order of ids."""
    walked: set[str] = set()
    circles: list[list[str]] = []
    for start in nodes:
        way: dict[str, None] = {}
        at: str | None = start
        while at is not None and at in nodes and at not in walked:
            walked.add(at)
            way[at] = None
            at = nodes[at].operated_by
        if at is not None and at in way:
            ids = list(way)
            circles.append(sorted(ids[ids.index(at) :]))
    return circles


def operator_circle_note(
    nodes: Mapping[str, NodeDraft], group: list[str], place: NodeRow | None
) -> RowProblem:
    """Note at the first row of a circle that its nodes have no operator."""
    names = [_name(nodes, node_id) for node_id in group[:_SHOWN_NODES]]
    rest = f" and {len(group) - _SHOWN_NODES} more" if len(group) > _SHOWN_NODES else ""
    said = "is said to run itself" if len(group) == 1 else "are said to run each other in a circle"
    return RowProblem(
        place.file if place else "",
        place.sheet if place else None,
        place.row if place else None,
        (place.operator_column if place else None) or "operated_by",
        ", ".join(group[:_SHOWN_NODES]) + rest,
        f"{', '.join(names)}{rest} {said}; they are read as run by nobody.",
        "Say who runs them, and leave the field empty for the company at the top.",
    )


def _circle(
    nodes: Mapping[str, NodeDraft], group: list[str], place: LinkRow | NodeRow
) -> RowProblem:
    names = [_name(nodes, node_id) for node_id in group[:_SHOWN_NODES]]
    rest = f" and {len(group) - _SHOWN_NODES} more" if len(group) > _SHOWN_NODES else ""
    return _note(
        place,
        None,
        ", ".join(names) + rest,
        f"{len(group)} suppliers supply each other in a circle: {', '.join(names)}{rest}.",
        "That can be true (recycling, tolling). Check the direction of the links if it is not.",
    )


def _name(nodes: Mapping[str, NodeDraft], node_id: str) -> str:
    return nodes[node_id].name if node_id in nodes else node_id


def _note(
    place: LinkRow | NodeRow, column: str | None, value: str, problem: str, advice: str
) -> RowProblem:
    return RowProblem(place.file, place.sheet, place.row, column, value, problem, advice)
