"""Graph of one issue as JSON ("Risk JSON version 2" of docs/commands.md) under RM-2.0.

The graph is taken as it is: no unknown origin is added for shares that do not reach 1.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from supply_chain.graph.columns import FLOWS
from supply_chain.risk.assessment import ranked_origins
from supply_chain.risk.method import Floats
from supply_chain.risk.problems import Checker, Problem
from supply_chain.risk.propagation_file import is_own_id, read_wanted
from supply_chain.risk.rm2.chain_parameters import CHAIN
from supply_chain.risk.rm2.contributions import Proven, as_proven, origin_contributions
from supply_chain.risk.rm2.network import make_network
from supply_chain.risk.rm2.propagation import exposure, linkage, severity_upstream
from supply_chain.risk.rm2.shares import EVIDENCE_NOT_GIVEN, Links, fill_unknown

UNPROVEN = "unproven:"
GRAPH_KEYS = ("nodes", "links", "contributions_for", "unknown_likelihood")
NODE_KEYS = ("id", "likelihood", "severity")
LINK_KEYS = ("buyer", "supplier", "share", "flow_evidence", "unknown_likelihood")
_EVIDENCE = {flow.value: at for at, flow in enumerate(FLOWS)}


@dataclass(frozen=True)
class RiskGraph:
    """A graph without faults; rows are those of `ids`."""

    ids: tuple[str, ...]
    likelihood: Floats  # (nodes, 1) L_res, unknown filled (11.8)
    severity: Floats | None  # (nodes, 1) S where every node gives it
    links: Links  # the origin of each link is the link itself
    unknown: Floats  # (links, 1) U
    contributions_for: tuple[str, ...]


@dataclass(frozen=True)
class _Node:
    id: str
    likelihood: float | None
    severity: float | None


@dataclass(frozen=True)
class _Link:
    buyer: int
    supplier: int
    share: float | None
    evidence: int
    unknown: float | None


def read_graph(document: Any) -> tuple[RiskGraph | None, list[Problem]]:
    """Read a graph and every problem in it; with problems there is no graph."""
    whole = Checker(None)
    if not isinstance(document, Mapping):
        whole.note("", "The file must hold an object with nodes and links.")
        return None, whole.problems
    _refuse_unknown_keys(document, GRAPH_KEYS, "", whole)
    unknown = whole.number(document.get("unknown_likelihood"), "unknown_likelihood", low=0, high=1)
    nodes = _read_nodes(document.get("nodes"), whole)
    rows = {node.id: at for at, node in enumerate(nodes)}
    links = [
        _read_link(at, raw, rows, whole) for at, raw in whole.items(document.get("links"), "links")
    ]
    wanted = read_wanted(document.get("contributions_for"), rows, whole)
    if whole.problems:
        return None, whole.problems
    default = CHAIN.propagation.unknown_likelihood if unknown is None else unknown
    return _graph(nodes, [link for link in links if link is not None], default, wanted), []


def _refuse_unknown_keys(
    item: Mapping[str, Any], known: Collection[str], at: str, check: Checker
) -> None:
    for key in item:
        if key not in known:
            check.note(
                f"{at}.{key}" if at else key,
                f"The key {key!r} is not known. Known keys: {', '.join(known)}.",
            )


def _read_nodes(raw: Any, whole: Checker) -> list[_Node]:
    nodes: list[_Node] = []
    seen: set[str] = set()
    for at, item in whole.items(raw, "nodes"):
        ref = item.get("id")
        check = Checker(ref if isinstance(ref, str) else None, whole.problems)
        _refuse_unknown_keys(item, NODE_KEYS, at, check)
        likelihood = check.number(item.get("likelihood"), f"{at}.likelihood", low=0, high=1)
        severity = check.number(item.get("severity"), f"{at}.severity", low=1, high=5)
        if is_own_id(ref, at, seen, check):
            nodes.append(_Node(str(ref), likelihood, severity))
    return nodes


def _read_link(
    at: str, item: Mapping[str, Any], rows: Mapping[str, int], whole: Checker
) -> _Link | None:
    _refuse_unknown_keys(item, LINK_KEYS, at, whole)
    buyer, supplier, flow = (item.get(key) for key in ("buyer", "supplier", "flow_evidence"))
    is_known = [
        whole.known(buyer, f"{at}.buyer", "node", rows),
        whole.known(supplier, f"{at}.supplier", "node", rows),
        flow is None or whole.known(flow, f"{at}.flow_evidence", "flow evidence", _EVIDENCE),
    ]
    share, unknown = (
        whole.number(item.get(key), f"{at}.{key}", low=0, high=1)
        for key in ("share", "unknown_likelihood")
    )
    if not all(is_known):
        return None
    evidence = EVIDENCE_NOT_GIVEN if flow is None else _EVIDENCE[str(flow)]
    return _Link(rows[str(buyer)], rows[str(supplier)], share, evidence, unknown)


def _graph(
    nodes: list[_Node], read: list[_Link], default: float, wanted: tuple[str, ...]
) -> RiskGraph:
    links = Links(
        buyer=np.array([link.buyer for link in read], dtype=np.int64),
        supplier=np.array([link.supplier for link in read], dtype=np.int64),
        share=_column([link.share for link in read])[:, 0],
        evidence=np.array([link.evidence for link in read], dtype=np.int8),
        origin=np.arange(len(read)),
    )
    unknown = _column([default if link.unknown is None else link.unknown for link in read])
    severity = _column([node.severity for node in nodes])
    return RiskGraph(
        ids=tuple(node.id for node in nodes),
        likelihood=fill_unknown(
            _column([node.likelihood for node in nodes]),
            links,
            unknown,
            default=np.array([default]),
        ),
        severity=None if np.isnan(severity).any() else severity,
        links=links,
        unknown=unknown,
        contributions_for=wanted,
    )


def _column(values: list[float | None]) -> Floats:
    """(values, 1), NaN where there is none."""
    numbers = [np.nan if value is None else value for value in values]
    return np.array(numbers, dtype=np.float64).reshape(-1, 1)


def propagate_graph(graph: RiskGraph) -> dict[str, Any]:
    """Exposure, linkage and what belongs to them, in the shape of the answer file."""
    network = make_network(len(graph.ids), graph.links, graph.unknown)
    plan = network.plan
    own = plan.to_plan(graph.likelihood)
    exposed = exposure(network, own)
    answer: dict[str, Any] = {
        "method_version": CHAIN.version,
        "exposure": _by_id(graph, plan.from_plan(exposed)),
        "linkage": _by_id(graph, plan.from_plan(linkage(network, own))),
        "scaled": {graph.ids[row]: total for row, total in network.reported.items()},
    }
    if graph.severity is not None and graph.ids:
        upstream = severity_upstream(network, plan.to_plan(graph.severity), exposed)
        answer["severity_chain"] = _by_id(graph, plan.from_plan(upstream))
    rows = {ref: row for row, ref in enumerate(graph.ids)}
    proven = as_proven(network, graph.likelihood[:, 0])
    answer["contributions"] = {
        ref: _contributions(graph, proven, rows[ref]) for ref in graph.contributions_for
    }
    return answer


def _contributions(graph: RiskGraph, proven: Proven, row: int) -> list[dict[str, Any]]:
    found = origin_contributions(proven, row)
    names = (*graph.ids, *(UNPROVEN + ref for ref in graph.ids))
    ranked = ranked_origins(names, np.concatenate([found.origins, found.unproven]))
    return [{"origin": origin, "contribution": part} for origin, part in ranked]


def _by_id(graph: RiskGraph, values: Floats) -> dict[str, float]:
    return dict(zip(graph.ids, values[:, 0].tolist(), strict=True))
