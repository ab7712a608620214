"""Hypothetical changes of a map: their definition, and the map with them applied.

A closed node delivers nothing and buys nothing. Until other suppliers of its buyers are named,
the input they got there comes from an unknown place like it: same country, trade, goods and
sources, no evidence and no control. So leaving never lowers a risk merely by ending observation.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from supply_chain.graph.columns import FLOWS, NODE_KINDS, LinkColumns, NodeColumns
from supply_chain.graph.graph import ValueChain
from supply_chain.graph.unknown_origins import KnownFlow, lacks_origin
from supply_chain.reference.release import Reference
from supply_chain.risk.evidence import ControlsSeen, Evidence
from supply_chain.risk.method import METHOD, Ints
from supply_chain.risk.rm2.map_assessment import beginnings
from supply_chain.vocabulary import FlowEvidence, NodeKind

MOST = 20  # changes in one what-if
IN_PLACE_OF = "in-place-of:"  # before the id of a closed node: what takes its part
_UNKNOWN = NODE_KINDS.index(NodeKind.UNKNOWN_ORIGIN)


@dataclass(frozen=True)
class CloseNode:
    """A node has no activity any more."""

    node: str


@dataclass(frozen=True)
class AddControl:
    """A node has this control, with this coverage and evidence, verified today (section 9)."""

    node: str
    control: str  # CTL-nn
    coverage: float  # 0-1
    evidence: float  # one of the five levels


@dataclass(frozen=True)
class KnowOrigin:
    """Country and commodity of an unknown origin are known.

    `node` is the buyer whose input has no known origin, or a node kept as an unknown origin.
    """

    node: str
    country: str | None  # ISO 3166-1 alpha-2
    commodity: str | None  # commodity ref


@dataclass(frozen=True)
class ChangeShare:
    """The part of the buyer's input that comes from a supplier; other shares stay as they are."""

    buyer: str
    supplier: str
    share: float  # 0-1


Change: TypeAlias = CloseNode | AddControl | KnowOrigin | ChangeShare
KINDS: dict[str, type[Change]] = {
    "close": CloseNode,
    "control": AddControl,
    "origin": KnowOrigin,
    "share": ChangeShare,
}
_WORD = {kind: word for word, kind in KINDS.items()}


@dataclass(frozen=True)
class Problem:
    """Reason why a change cannot be tried on this map; `place` counts changes from 0."""

    place: int
    text: str


@dataclass(frozen=True)
class Changed:
    """A map and the evidence on it, with changes; the map it was made from is untouched."""

    chain: ValueChain
    evidence: Evidence
    known_flows: dict[str, KnownFlow]


def pack_change(change: Change) -> dict[str, Any]:
    """A change as plain values, to keep or to put into an address."""
    return {"do": _WORD[type(change)], **asdict(change)}


def read_change(values: dict[str, Any]) -> Change:
    """The change that `pack_change` made.

    Raises:
        ValueError: it says something else than a change.
    """
    given = dict(values)
    kind = KINDS.get(str(given.pop("do", "")))
    if kind is None or set(given) != set(kind.__dataclass_fields__):
        raise ValueError("This is no change of a what-if.")
    numbers = {"coverage", "evidence", "share"}
    for name, value in given.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        text = isinstance(value, str) or (value is None and name in ("country", "commodity"))
        if not (number if name in numbers else text):
            raise ValueError(f"The {name} of this change cannot be read.")
    return kind(**given)


def problems_of(
    chain: ValueChain, changes: Sequence[Change], reference: Reference
) -> tuple[Problem, ...]:
    """All changes that cannot be tried on a map, each with the reason and the way out."""
    found = [
        Problem(place, text)
        for place, change in enumerate(changes)
        if (text := _problem(chain, change, reference))
    ]
    bad = {problem.place for problem in found}
    sound = [change for place, change in enumerate(changes) if place not in bad]
    asked = [
        (place, change.node)
        for place, change in enumerate(changes)
        if place not in bad
        and isinstance(change, KnowOrigin)
        and chain.nodes.kind[chain.rows[change.node]] != _UNKNOWN
    ]
    if asked:
        lacks = lacks_origin(_with_links(chain, sound), primary_sectors=beginnings(reference))
        found += [
            Problem(place, f"All that {node} buys has a known source: no origin is missing.")
            for place, node in asked
            if not lacks[chain.rows[node]]
        ]
    return tuple(sorted(found, key=lambda problem: problem.place))


def _problem(chain: ValueChain, change: Change, reference: Reference) -> str:
    named = [change.buyer, change.supplier] if isinstance(change, ChangeShare) else [change.node]
    gone = [ref for ref in named if ref not in chain.rows]
    if gone:
        return f"{gone[0]} is not in this map any more. Take the change out."
    if isinstance(change, CloseNode):
        own = chain.nodes.own_operation[chain.rows[change.node]]
        return "This is your own business. Try a control or another share here." if own else ""
    if isinstance(change, AddControl):
        return _control_problem(change)
    if isinstance(change, KnowOrigin):
        return _origin_problem(change, reference)
    if not 0 <= change.share <= 1:
        return "A share lies between 0 and 1 (0 % and 100 %)."
    if not len(_links_between(chain, change)):
        return f"{change.buyer} does not buy from {change.supplier} in this map."
    return ""


def _control_problem(change: AddControl) -> str:
    if change.control not in METHOD.control_index:
        return f"{change.control} is no control of the method. Choose one of the list."
    if not 0 <= change.coverage <= 1:
        return "A coverage lies between 0 and 1 (0 % and 100 %)."
    if change.evidence not in METHOD.policy.evidence_levels:
        return "The evidence of a control is one of the five levels of the method."
    return ""


def _origin_problem(change: KnowOrigin, reference: Reference) -> str:
    if not change.country and not change.commodity:
        return "Say the country, the commodity, or both."
    if change.country and change.country not in reference.countries:
        return f"{change.country} is no country code of the reference data."
    if change.commodity and change.commodity not in reference.commodities:
        return f"{change.commodity} is no commodity of the reference data."
    return ""


def apply_changes(chain: ValueChain, evidence: Evidence, changes: Sequence[Change]) -> Changed:
    """The map with changes that `problems_of` found nothing against, one after the other."""
    flows = {
        change.node: KnownFlow(change.country, change.commodity)
        for change in changes
        if isinstance(change, KnowOrigin)
    }
    for change in changes:
        if isinstance(change, AddControl):
            evidence = replace(evidence, controls=_with_control(evidence.controls, chain, change))
    return Changed(_with_links(chain, changes), evidence, flows)


def _touches(chain: ValueChain, change: Change) -> bool:
    """Whether the nodes or links of the map themselves are other with a change."""
    if isinstance(change, KnowOrigin):
        return bool(chain.nodes.kind[chain.rows[change.node]] == _UNKNOWN)
    return not isinstance(change, AddControl)


def _with_links(chain: ValueChain, changes: Sequence[Change]) -> ValueChain:
    """Nodes and links with closures, shares and known origins; the map itself without any."""
    if not any(_touches(chain, change) for change in changes):
        return chain
    nodes, links = chain.nodes, chain.links
    closed, share = nodes.closed.copy(), links.share.copy()
    country, goods = list(nodes.country), list(nodes.commodities)
    for change in changes:
        if isinstance(change, CloseNode):
            closed[chain.rows[change.node]] = True
        elif isinstance(change, ChangeShare):
            between = _links_between(chain, change)
            share[between] = 0.0
            share[between[0]] = change.share  # parallel links add up (11.1)
        elif isinstance(change, KnowOrigin) and nodes.kind[chain.rows[change.node]] == _UNKNOWN:
            row = chain.rows[change.node]
            country[row] = change.country or country[row]
            goods[row] = (change.commodity,) if change.commodity else goods[row]
    shut = np.flatnonzero(closed & ~nodes.closed)
    nodes = replace(nodes, closed=closed, country=tuple(country), commodities=tuple(goods))
    links = replace(links, share=share)
    return ValueChain.build(
        nodes=_with_stand_ins(nodes, shut), links=_moved(links, shut, len(nodes))
    )


def _with_stand_ins(nodes: NodeColumns, shut: Ints) -> NodeColumns:
    """After the nodes of the map, one like each closed node, of which nothing else is known."""
    rows = shut.tolist()
    return NodeColumns(
        ids=(*nodes.ids, *(IN_PLACE_OF + nodes.ids[row] for row in rows)),
        kind=np.append(nodes.kind, nodes.kind[shut]),
        country=(*nodes.country, *(nodes.country[row] for row in rows)),
        sector=(*nodes.sector, *(nodes.sector[row] for row in rows)),
        commodities=(*nodes.commodities, *(nodes.commodities[row] for row in rows)),
        own_operation=np.append(nodes.own_operation, np.zeros(len(rows), dtype=np.bool_)),
        origin=np.append(nodes.origin, nodes.origin[shut]),
        closed=np.append(nodes.closed, np.zeros(len(rows), dtype=np.bool_)),
    )


def _moved(links: LinkColumns, shut: Ints, count: int) -> LinkColumns:
    """Links of closed nodes lead to and from what takes their part; that it exists is assumed."""
    to = np.arange(count)
    to[shut] = count + np.arange(len(shut))
    assumed = to[links.supplier] != links.supplier
    unmapped = FLOWS.index(FlowEvidence.UNMAPPED)
    return replace(
        links,
        buyer=to[links.buyer],
        supplier=to[links.supplier],
        flow=np.where(assumed, unmapped, links.flow).astype(links.flow.dtype),
    )


def _links_between(chain: ValueChain, change: ChangeShare) -> np.ndarray[Any, np.dtype[np.int64]]:
    buyer, supplier = chain.rows[change.buyer], chain.rows[change.supplier]
    return np.flatnonzero((chain.links.buyer == buyer) & (chain.links.supplier == supplier))


def _with_control(seen: ControlsSeen, chain: ValueChain, change: AddControl) -> ControlsSeen:
    """One control of a kind a node: it replaces earlier evidence on it, not its design credit."""
    node, control = chain.rows[change.node], METHOD.control_index[change.control]
    same = (seen.node == node) & (seen.control == control)
    design = seen.design[same][0] if same.any() else np.nan
    rest = ~same
    return ControlsSeen(
        node=np.append(seen.node[rest], node),
        control=np.append(seen.control[rest], control),
        coverage=np.append(seen.coverage[rest], change.coverage),
        evidence=np.append(seen.evidence[rest], change.evidence),
        design=np.append(seen.design[rest], design),
        verified_months=np.append(seen.verified_months[rest], 0.0),
    )
