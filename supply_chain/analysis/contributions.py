"""Contributions to the exposure of one node: by origin and by path, adding up to it (11.1)."""

from dataclasses import dataclass

import numpy as np

from supply_chain.analysis.flow import FlowMap
from supply_chain.analysis.walks import Search, Walk, best_onward, best_walks
from supply_chain.risk.method import METHOD, Floats
from supply_chain.risk.plan import Plan
from supply_chain.risk.rm2.contributions import Proven, as_proven, origin_contributions
from supply_chain.risk.rm2.network import Network

EXACT = 2**53


@dataclass(frozen=True)
class IssueFlow:
    """Propagation of the risk of one issue through a map."""

    proven: Proven
    flow: FlowMap  # by the weights of `proven`

    @classmethod
    def of(cls, flow: FlowMap, network: Network, residual: Floats, issue: int) -> "IssueFlow":
        """The flow of an issue.

        Args:
            network: of the graph of `flow`.
            residual: (nodes,) L_res of the issue, 0-1, in the order of the map.
            issue: its column in `network.unknown`.
        """
        proven = as_proven(network, residual, issue=issue)
        return cls(proven, FlowMap.build(flow.graph, proven.plan))


@dataclass(frozen=True)
class Part:
    """Contribution of one origin to the exposure."""

    row: int
    value: float
    is_unproven: bool = False
    """The origin is not the node but what the unproven flows to it count as."""


@dataclass(frozen=True)
class Contributions:
    """The exposure of one node taken apart, twice.

    `origins` and `origins_rest` add up to `exposure`, `paths` and `paths_rest` as well; `value`
    of a path is the product of (1 - L_res), share and proof of each step, times what the node at
    its end adds: L_res, and what its unproven flows count as.
    """

    row: int
    exposure: float
    each: Floats  # (nodes,) what each node adds
    unproven: Floats  # (nodes,) what the unproven flows to each node add; together the exposure
    origins: tuple[Part, ...]  # largest first
    origins_left: int  # number of origins in the rest
    origins_rest: float
    paths: tuple[Walk, ...]  # largest first
    paths_left: int | None  # None: flow circles, or more than can be counted exactly
    paths_rest: float


def contributions(of_issue: IssueFlow, row: int, *, most: int, most_paths: int) -> Contributions:
    """Take the exposure of the node at `row` apart.

    Args:
        most, most_paths: how many origins and paths are named; the others are added up.
    """
    proven, nodes = of_issue.proven, len(of_issue.flow)
    parts = origin_contributions(proven, row)
    values = np.concatenate([parts.origins, parts.unproven])
    whole = float(values.sum())
    found = np.flatnonzero(values > 0)
    order = found[np.lexsort((found, -np.round(values[found], METHOD.policy.decimals)))]
    origins = tuple(
        Part(at % nodes, float(values[at]), is_unproven=at >= nodes) for at in order[:most].tolist()
    )
    paths = _paths(of_issue, row, most_paths)
    total = _count(proven.plan, proven.certain, row)
    named = sum(path.value for path in paths)
    complete = total == len(paths)
    return Contributions(
        row=row,
        exposure=whole,
        each=parts.origins,
        unproven=parts.unproven,
        origins=origins,
        origins_left=len(order) - len(origins),
        origins_rest=_rest(whole, sum(part.value for part in origins), len(order) > most),
        paths=paths,
        paths_left=None if total is None else total - len(paths),
        paths_rest=_rest(whole, named, not complete),
    )


def _rest(whole: float, named: float, is_some: bool) -> float:
    return max(0.0, whole - named) if is_some else 0.0


def _paths(of_issue: IssueFlow, row: int, most: int) -> tuple[Walk, ...]:
    flow, certain = of_issue.flow, of_issue.proven.certain
    keeps = 1 - certain
    onward = best_onward(flow.plan, certain, keeps)
    everywhere = np.ones(len(flow), dtype=np.bool_)
    search = Search(flow, certain, keeps, onward, everywhere, simple=False)
    return best_walks(search, row, most=most).walks


def _count(plan: Plan, certain: Floats, row: int) -> int | None:
    """Number of paths that carry exposure to a node; None if circular or too many."""
    own = plan.to_plan(certain)
    paths = np.zeros(len(own))
    for level in plan.levels:
        carrying = level.weights.copy()
        carrying.eliminate_zeros()
        carrying.data = np.ones(carrying.nnz)
        onward = carrying @ paths[: level.nodes.stop]
        open_ = own[level.nodes] < 1
        paths[level.nodes] = (own[level.nodes] > 0) + np.where(open_, onward, 0.0)
        paths[level.members] = np.inf
    total = paths[plan.place[row]]
    return int(total) if total < EXACT else None
