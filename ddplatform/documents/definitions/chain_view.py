"""The bounded view of a value chain that a report draws: the riskiest nodes of each tier."""

from collections.abc import Iterable, Mapping, Sequence

from ddplatform.documents.definitions.lookup import Row
from ddplatform.documents.words import band_of, counted
from supply_chain.graph.layout import Box, LaneTitle, Link, View
from supply_chain.vocabulary import FlowEvidence, NodeKind, RiskBand

NOT_ON_PATH = 99
"""Tier of the nodes without a path to the own business, in facts and on the map."""

WORST_FIRST = {None: 4, RiskBand.LOW: 3, RiskBand.MEDIUM: 2, RiskBand.HIGH: 1, RiskBand.CRITICAL: 0}


def chain_view(
    tiers: Iterable[Row], nodes: Iterable[Row], links: Iterable[Row], *, shown: int
) -> View:
    """Limit a map to `shown` nodes per tier; one group box holds the others of the tier.

    Nodes of the kind "unknown_origin" are one dashed box a tier. Keys of the rows stand in
    docs/report-facts.md. A group takes the worst band among its nodes.
    """
    by_tier: dict[int, list[Row]] = {}
    for node in nodes:
        by_tier.setdefault(_tier(node), []).append(node)
    box_of: dict[str, str] = {}
    boxes: list[Box] = []
    for tier in sorted(by_tier):
        for box, members in _tier_boxes(tier, by_tier[tier], shown):
            boxes.append(box)
            box_of |= {_id(member): box.id for member in members}
    lanes = tuple(
        LaneTitle(_tier(row), str(row.get("title") or f"Tier {_tier(row)}"), _lane_sub(row))
        for row in tiers
    )
    return View(tuple(boxes), _links(links, box_of, {box.id for box in boxes if box.group}), lanes)


def _tier(row: Row) -> int:
    """Its tier; a node without one is no own business: it has no path there."""
    tier = row.get("tier")
    return tier if isinstance(tier, int) else NOT_ON_PATH


def _id(row: Row) -> str:
    return str(row.get("id"))


def _lane_sub(row: Row) -> str:
    nodes = row.get("nodes")
    return counted(nodes, "node") if isinstance(nodes, int) else ""


def _worst_first(node: Row) -> tuple[int, float, str]:
    index = node.get("index")
    return (
        WORST_FIRST[band_of(node.get("band"))],
        -index if isinstance(index, int | float) else 0.0,
        _id(node),
    )


def _tier_boxes(tier: int, nodes: Sequence[Row], shown: int) -> list[tuple[Box, Sequence[Row]]]:
    ghosts = [node for node in nodes if node.get("kind") == NodeKind.UNKNOWN_ORIGIN]
    known = sorted((node for node in nodes if node not in ghosts), key=_worst_first)
    cut = shown if len(known) > shown + 1 else len(known)
    boxes: list[tuple[Box, Sequence[Row]]] = [(_node_box(tier, n), (n,)) for n in known[:cut]]
    if rest := known[cut:]:
        boxes.append((_rest_box(tier, rest), rest))
    if ghosts:
        boxes.append((_ghost_box(tier, ghosts), ghosts))
    return boxes


def _ghost_box(tier: int, ghosts: Sequence[Row]) -> Box:
    """The assumption for unknown origins: the worst of them."""
    worst = min(ghosts, key=_worst_first)
    return Box(
        id=f"ghost-{tier}",
        tier=tier,
        title="Origin not known",
        band=band_of(worst.get("band")),
        ghost=True,
    )


def _node_box(tier: int, node: Row) -> Box:
    return Box(
        id=f"node-{_id(node)}",
        tier=tier,
        title=str(node.get("name") or _id(node)),
        sub=str(node.get("place") or node.get("country") or ""),
        band=band_of(node.get("band")),
    )


def _rest_box(tier: int, rest: Sequence[Row]) -> Box:
    countries = {node.get("country") for node in rest if node.get("country")}
    worst = band_of(rest[0].get("band"))
    blank = sum(1 for node in rest if band_of(node.get("band")) is None)
    where = f"{len(countries)} {'country' if len(countries) == 1 else 'countries'}"
    return Box(
        id=f"rest-{tier}",
        tier=tier,
        title=f"{len(rest):,} more",
        sub=f"{where}, {blank:,} not assessed" if blank else where,
        band=worst,
        group=True,
        rest=True,
    )


def _links(links: Iterable[Row], box_of: Mapping[str, str], groups: set[str]) -> tuple[Link, ...]:
    shares: dict[tuple[str, str], list[float]] = {}
    confirmed: set[tuple[str, str]] = set()
    for link in links:
        supplier = box_of.get(str(link.get("supplier")))
        buyer = box_of.get(str(link.get("buyer")))
        if supplier is None or buyer is None or supplier == buyer:
            continue
        known = shares.setdefault((supplier, buyer), [])
        share = link.get("share")
        if isinstance(share, int | float):
            known.append(float(share))
        if link.get("evidence") == FlowEvidence.CONFIRMED:
            confirmed.add((supplier, buyer))
    return tuple(
        Link(
            supplier,
            buyer,
            _share(known, whole=buyer not in groups),
            (supplier, buyer) in confirmed,
        )
        for (supplier, buyer), known in sorted(shares.items())
    )


def _share(known: Sequence[float], *, whole: bool) -> float | None:
    """Shares of one buyer add up; shares of several buyers do not, so the largest is drawn."""
    if not known:
        return None
    return min(1.0, sum(known)) if whole else max(known)
