"""Network of a map, prepared for propagation once for each version of it (RM-2.0 section 11).

Levels, circles and the order of the nodes are those of `supply_chain.risk.plan`. The value that a
supplier passes on over an *unproven flow* depends on the evidence and on U of the flow, so each
distinct (supplier, evidence, U) has a row of its own behind the rows of the nodes. A link reads
either the row of its supplier or that of its unproven flow, and one sparse product serves both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from supply_chain import lazy
from supply_chain.risk.method import Bools, Floats, Ints
from supply_chain.risk.plan import Level, Places, Plan, make_plan
from supply_chain.risk.rm2.chain_parameters import CHAIN
from supply_chain.risk.rm2.compiled import INSIDE, OTHER, PROVEN, FlowRows
from supply_chain.risk.rm2.folding import Groups, group_links
from supply_chain.risk.rm2.shares import Flows, Links, join_links

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True)
class Unproven:
    """Flows of imperfect proof, one row for each (supplier, evidence, U), by place of supplier."""

    supplier: Places  # place of the supplier
    doubt: Floats  # 1 - f, above 0
    origin: Places  # row of `Network.unknown`
    starts: Places  # (nodes + 1,) where the rows of each place begin

    def __len__(self) -> int:
        return len(self.supplier)


@dataclass(frozen=True)
class Circles:
    """The members of the circles of one level and their links."""

    members: Ints  # places, circle by circle
    starts: Ints  # (circles,) first member of each circle
    outside: csr_array  # (members, sources) weights of links from outside the circles
    inside: csr_array  # (members, members) weights of links between members
    flow: Ints  # (links inside,) row of the unproven flow, -1 where the link is proven


@dataclass(frozen=True)
class Network:
    """A map with its flows, sorted by place of buyer, then of supplier. See `make_network`."""

    plan: Plan
    unproven: Unproven
    source: Places  # (flows,) place of the supplier, or nodes + row of the unproven flow
    role: NDArray[np.int8]  # (flows,) of `supply_chain.risk.rm2.compiled`
    unknown: Floats  # (origins, issues) U
    proven_terms: Groups  # of section 11.3
    other_terms: Groups
    reported: Mapping[int, float]  # row of a buyer -> sum of its shares before the cut, over 1

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.plan.order)

    @property
    def sources(self) -> int:
        """Number of nodes and unproven flows."""
        return self.nodes + len(self.unproven)

    def weights_of(self, run: slice) -> csr_array:
        """(places of `run`, sources) weights, as views."""
        starts = self.plan.weight_starts[run.start : run.stop + 1]
        at = slice(int(starts[0]), int(starts[-1]))
        parts = (self.plan.weight[at], self.source[at], starts - starts[0])
        return lazy.sparse.csr_array(parts, shape=(run.stop - run.start, self.sources))

    def flows_of(self, level: Level) -> slice:
        """Rows of the unproven flows from suppliers of a level."""
        starts = self.unproven.starts
        return slice(int(starts[level.nodes.start]), int(starts[level.nodes.stop]))

    @property
    def flow_rows(self) -> FlowRows:
        """The unproven flows as the compiled loops read them."""
        unproven = self.unproven
        return unproven.supplier, unproven.doubt, unproven.origin, self.unknown

    @cached_property
    def circles(self) -> tuple[Circles | None, ...]:
        """The circles of each level, None where it has none."""
        return tuple(
            _circles(self, level) if len(level.members) else None for level in self.plan.levels
        )

    @cached_property
    def unproven_circles(self) -> Bools:
        """(levels,) whether a link inside a circle of the level is unproven."""
        links = np.flatnonzero((self.role == INSIDE) & (self.source >= self.nodes))
        buyer = np.searchsorted(self.plan.weight_starts, links, side="right") - 1
        found = np.zeros(len(self.plan.level_sets) - 1, dtype=np.bool_)
        found[np.searchsorted(_level_nodes(self.plan), buyer, side="right") - 1] = True
        return found

    @cached_property
    def flow(self) -> Ints:
        """(flows,) row of the unproven flow, -1 where the flow is proven."""
        flow: Ints = np.maximum(self.source.astype(np.int64) - self.nodes, -1)
        return flow


def make_network(count: int, links: Links, unknown: Floats) -> Network:
    """Network of a map with `count` nodes.

    Args:
        links: links as they are recorded, with those to ghosts.
        unknown: (origins, issues) U, 0-1, of sections 5.4 and 11.8.
    """
    return network_of(count, join_links(count, links, unknown))


def network_of(count: int, flows: Flows) -> Network:
    """Network of joined flows whose shares are known."""
    plan = plan_of_flows(count, flows)
    buyer, supplier = plan.place[flows.buyer], plan.place[flows.supplier]
    order = np.argsort(buyer * count + supplier)  # the order of the weights of a plan
    buyer, supplier = buyer[order], supplier[order]
    evidence, origin = flows.evidence[order], flows.origin[order]
    level_nodes = _level_nodes(plan)
    unproven, flow = _unproven(supplier, evidence, origin, len(flows.unknown), count)
    source = np.where(flow < 0, supplier, count + flow).astype(np.int32)
    set_of = _sets(plan)
    between = set_of[buyer] != set_of[supplier]
    proven = CHAIN.propagation.proven[evidence]
    role = np.where(between, np.where(proven, PROVEN, OTHER), INSIDE).astype(np.int8)

    def groups(of_role: int) -> Groups:
        at = np.flatnonzero(role == of_role)
        return group_links(buyer[at], source[at], plan.weight_place[at], level_nodes)

    return Network(
        plan=plan,
        unproven=unproven,
        source=source,
        role=role,
        unknown=flows.unknown,
        proven_terms=groups(PROVEN),
        other_terms=groups(OTHER),
        reported=flows.reported,
    )


def plan_of_flows(count: int, flows: Flows) -> Plan:
    """The plan of the network of these flows; what is not known of their origins is not read."""
    proof = CHAIN.propagation.proof[flows.evidence]
    return make_plan(count, flows.buyer, flows.supplier, flows.weight, proof)


def _level_nodes(plan: Plan) -> Ints:
    """(levels + 1,) first place of each level."""
    return np.append(plan.set_starts, len(plan.order))[plan.level_sets]


def _sets(plan: Plan) -> NDArray[np.int32]:
    """(nodes,) the set of each place."""
    sizes = np.diff(plan.set_starts, append=len(plan.order))
    return np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)


def _unproven(
    supplier: Ints, evidence: NDArray[np.int8], origin: Ints, origins: int, nodes: int
) -> tuple[Unproven, Ints]:
    """The unproven flows, and for each link the row of its own, -1 where it is proven."""
    doubt = 1 - CHAIN.propagation.proof
    at = np.flatnonzero(doubt[evidence] > 0)
    key = (supplier[at] * len(doubt) + evidence[at]) * max(origins, 1) + origin[at]
    keys, rows = np.unique(key, return_inverse=True)
    flow = np.full(len(supplier), -1, dtype=np.int64)
    flow[at] = rows
    kind, of_origin = np.divmod(keys, max(origins, 1))
    place, of_evidence = np.divmod(kind, len(doubt))
    starts = np.searchsorted(place, np.arange(nodes + 1)).astype(np.int32)
    columns = place.astype(np.int32), doubt[of_evidence], of_origin.astype(np.int32)
    return Unproven(*columns, starts), flow


def _circles(network: Network, level: Level) -> Circles:
    starts, members, first = network.plan.weight_starts, level.members, level.nodes.start
    begin, sizes = starts[members], np.diff(starts)[members]
    row = np.repeat(np.arange(len(members)), sizes)
    link = np.repeat(begin - (np.cumsum(sizes) - sizes), sizes) + np.arange(len(row))
    is_inside = network.plan.weight_place[link] >= first  # only members are on the same level
    inner, outer = link[is_inside], link[~is_inside]
    column = np.searchsorted(members, network.plan.weight_place[inner])
    weight, count = network.plan.weight, len(members)
    return Circles(
        members=members,
        starts=np.array([circle.start for circle in level.circles]),
        outside=_rows(
            row[~is_inside], network.source[outer], weight[outer], (count, network.sources)
        ),
        inside=_rows(row[is_inside], column, weight[inner], (count, count)),
        flow=network.flow[inner],
    )


def _rows(
    row: Ints, column: NDArray[np.integer], weight: Floats, shape: tuple[int, int]
) -> csr_array:
    """A sparse array of entries that are sorted by row."""
    starts = np.searchsorted(row, np.arange(shape[0] + 1))
    return lazy.sparse.csr_array((weight, column, starts), shape=shape)


def levels_of(network: Network) -> Iterator[tuple[Level, Circles | None, slice]]:
    """Each level, lowest first, with its circles and the unproven flows from its nodes."""
    for level, circles in zip(network.plan.levels, network.circles, strict=True):
        yield level, circles, network.flows_of(level)
