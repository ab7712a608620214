"""Graph of one issue as JSON ("Risk JSON" of docs/commands.md): reading, validation, propagation.

The graph is taken as it is: no ghost is added for shares that do not reach 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from supply_chain.risk.assessment import ranked_origins
from supply_chain.risk.method import METHOD, Floats, Ints
from supply_chain.risk.plan import make_plan
from supply_chain.risk.problems import Checker, Problem
from supply_chain.risk.propagation import (
    exposure,
    linkage,
    origin_contributions,
    severity_upstream,
)
from supply_chain.vocabulary import FlowEvidence

_FLOWS = {kind.value: kind for kind in FlowEvidence}


@dataclass(frozen=True)
class RiskGraph:
    """A graph without faults; rows are those of `ids`."""

    ids: tuple[str, ...]
    likelihood: Floats  # (nodes,) L_res, unknown filled (11.8)
    severity: Floats | None  # (nodes,) S where every node gives it
    buyer: Ints
    supplier: Ints
    share: Floats  # NaN unknown
    flow: Floats
    contributions_for: tuple[str, ...]


def read_graph(document: Any) -> tuple[RiskGraph | None, list[Problem]]:
    """Read a graph and every problem in it; with problems there is no graph."""
    whole = Checker(None)
    if not isinstance(document, Mapping):
        whole.note("", "The file must hold an object with nodes and links.")
        return None, whole.problems
    nodes = _read_nodes(document.get("nodes"), whole)
    rows = {ref: at for at, (ref, _, _) in enumerate(nodes)}
    links = [_read_link(at, raw, rows, whole) for at, raw in whole.items(document.get("links"),
                                                                        "links")]  # fmt: skip
    wanted = read_wanted(document.get("contributions_for"), rows, whole)
    if whole.problems:
        return None, whole.problems
    known = [link for link in links if link is not None]
    severity = np.array([np.nan if s is None else s for _, _, s in nodes], dtype=np.float64)
    unknown = METHOD.policy.likelihood_unknown
    graph = RiskGraph(
        ids=tuple(ref for ref, _, _ in nodes),
        likelihood=np.array([unknown if p is None else p for _, p, _ in nodes], dtype=np.float64),
        severity=None if np.isnan(severity).any() else severity,
        buyer=np.array([link[0] for link in known], dtype=np.int64),
        supplier=np.array([link[1] for link in known], dtype=np.int64),
        share=np.array([link[2] for link in known], dtype=np.float64),
        flow=np.array([link[3] for link in known], dtype=np.float64),
        contributions_for=wanted,
    )
    return graph, []


def _read_nodes(raw: Any, whole: Checker) -> list[tuple[str, float | None, float | None]]:
    nodes: list[tuple[str, float | None, float | None]] = []
    seen: set[str] = set()
    for at, item in whole.items(raw, "nodes"):
        ref = item.get("id")
        check = Checker(ref if isinstance(ref, str) else None, whole.problems)
        likelihood = check.number(item.get("likelihood"), f"{at}.likelihood", low=0, high=1)
        severity = check.number(item.get("severity"), f"{at}.severity", low=1, high=5)
        if is_own_id(ref, at, seen, check):
            nodes.append((str(ref), likelihood, severity))
    return nodes


def is_own_id(ref: Any, at: str, seen: set[str], check: Checker) -> bool:
    """Whether a node has an id of its own, which `seen` then holds; faults go to `check`."""
    if not isinstance(ref, str) or not ref:
        check.note(f"{at}.id", "A node needs an id, a text that is not empty.")
        return False
    if ref in seen:
        check.note(f"{at}.id", f"The node {ref!r} is listed more than once.")
        return False
    seen.add(ref)
    return True


def _read_link(
    at: str, item: Mapping[str, Any], rows: Mapping[str, int], whole: Checker
) -> tuple[int, int, float, float] | None:
    buyer, supplier = item.get("buyer"), item.get("supplier")
    known = [
        whole.known(buyer, f"{at}.buyer", "node", rows),
        whole.known(supplier, f"{at}.supplier", "node", rows),
    ]
    share = whole.number(item.get("share"), f"{at}.share", low=0, high=1)
    flow = item.get("flow_evidence")
    if flow is None:
        flow = FlowEvidence.UNMAPPED.value
    known.append(whole.known(flow, f"{at}.flow_evidence", "flow evidence", _FLOWS))
    if not all(known):
        return None
    factor = METHOD.policy.flow[_FLOWS[str(flow)]]
    return rows[str(buyer)], rows[str(supplier)], np.nan if share is None else share, factor


def read_wanted(raw: Any, rows: Mapping[str, int], whole: Checker) -> tuple[str, ...]:
    """The nodes whose contributions are asked for; faults go to `whole`."""
    if raw is None:
        return ()
    if not isinstance(raw, list):
        whole.note("contributions_for", "Give a list of node ids.")
        return ()
    for at, ref in enumerate(raw):
        whole.known(ref, f"contributions_for[{at}]", "node", rows)
    return tuple(ref for ref in raw if isinstance(ref, str))


def propagate_graph(graph: RiskGraph) -> dict[str, Any]:
    """Exposure, linkage and what belongs to them, in the shape of the answer file."""
    plan = make_plan(len(graph.ids), graph.buyer, graph.supplier, graph.share, graph.flow)
    own = plan.to_plan(graph.likelihood[:, None])
    exposed = exposure(plan, own)
    answer: dict[str, Any] = {
        "exposure": _by_id(graph, plan.from_plan(exposed)),
        "linkage": _by_id(graph, plan.from_plan(linkage(plan, own))),
        "scaled": {graph.ids[row]: total for row, total in plan.scaled.items()},
    }
    if graph.severity is not None and graph.ids:
        upstream = severity_upstream(plan, plan.to_plan(graph.severity[:, None]), exposed)
        answer["severity_chain"] = _by_id(graph, plan.from_plan(upstream))
    answer["contributions"] = {
        ref: [
            {"origin": origin, "contribution": part}
            for origin, part in ranked_origins(
                graph.ids, origin_contributions(plan, graph.likelihood, graph.ids.index(ref))
            )
        ]
        for ref in graph.contributions_for
    }
    return answer


def _by_id(graph: RiskGraph, values: Floats) -> dict[str, float]:
    return dict(zip(graph.ids, values[:, 0].tolist(), strict=True))
