"""Contributions to the exposure of a node (RM-2.0 section 11.1).

With `c = sum(w g)` over the flows of a buyer, E is also the exposure of a map where all flows are
proven, with the likelihood `L_res + (1 - L_res) c` and the weights `w (1 - g) / (1 - c)`. That map
is decomposed, and each part divided between the node and its unproven flows.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from supply_chain.risk.method import Floats
from supply_chain.risk.plan import Plan
from supply_chain.risk.propagation import origin_contributions as plain_contributions
from supply_chain.risk.rm2.network import Network
from supply_chain.risk.rm2.propagation import proof_gap


@dataclass(frozen=True)
class Proven:
    """A map where all flows are proven, with the same E of one issue; in the order of the map."""

    plan: Plan  # with the weights `w (1 - g) / (1 - c)`
    residual: Floats  # (nodes,) L_res, 0-1
    unproven: Floats  # (nodes,) c, 0-1

    @cached_property
    def certain(self) -> Floats:
        """(nodes,) `L_res + (1 - L_res) c`."""
        return self.residual + (1 - self.residual) * self.unproven


class Contributions(NamedTuple):
    """Contributions to E of one node; all >= 0, together E."""

    origins: Floats  # (nodes,) of each node as an origin
    unproven: Floats  # (nodes,) of unproven flows, at the buyer


def as_proven(network: Network, residual: Floats, *, issue: int = 0) -> Proven:
    """The map with proven flows that has the same E.

    Args:
        residual: (nodes,) L_res of one issue, in the order of the map.
        issue: column of `network.unknown` of that issue.
    """
    plan, own = network.plan, network.plan.to_plan(residual)
    of_issue = replace(network, unknown=network.unknown[:, issue : issue + 1])
    gaps = proof_gap(of_issue, own[:, None], slice(0, len(network.unproven)))[:, 0]
    gap = np.append(gaps, 0.0)[network.flow]  # proven flows, -1, read the last one
    buyer = np.repeat(np.arange(network.nodes), np.diff(plan.weight_starts))
    missing = np.bincount(buyer, plan.weight * gap, minlength=network.nodes)
    unproven: Floats = np.minimum(missing, 1.0)
    rest = 1 - unproven[buyer]
    weight = np.divide(plan.weight * (1 - gap), rest, out=np.zeros(len(gap)), where=rest > 0)
    return Proven(replace(plan, weight=weight), residual, plan.from_plan(unproven))


def origin_contributions(proven: Proven, row: int) -> Contributions:
    """Contributions to E of the node at `row` of the map, in the order of the map."""
    certain = proven.certain
    found = plain_contributions(proven.plan, certain, row)
    part = np.divide(proven.residual, certain, out=np.ones(len(certain)), where=certain > 0)
    return Contributions(found * part, found * (1 - part))
