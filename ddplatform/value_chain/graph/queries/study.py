"""Map prepared for questions about its links: cached by version, never walked as objects."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

import numpy as np

from ddplatform.infrastructure.db import is_writing
from ddplatform.value_chain.graph.queries.memory import keep, recall
from ddplatform.value_chain.graph.queries.snapshots import MapSnapshot, load_snapshot
from ddplatform.value_chain.mapping.models import ValueChain
from supply_chain.analysis.dominators import Dominators, dominators
from supply_chain.analysis.flow import Arrival, FlowMap
from supply_chain.reference.release import load_reference
from supply_chain.risk.method import Floats, Ints
from supply_chain.risk.rm2.map_assessment import network_of, with_origins
from supply_chain.risk.rm2.network import Network

KEPT = 3


@dataclass(frozen=True)
class Spot:
    """A node as an answer names it; `key` None: an unknown origin, or a line that sums up."""

    ref: str
    name: str
    country: str | None = None
    key: UUID | None = None
    buyer: UUID | None = None
    """Of an unknown origin: the node in front of it, where it can be mapped."""


@dataclass(frozen=True)
class Study:
    """One version of a map with its weights; rows of the snapshot first, unknown origins last."""

    snapshot: MapSnapshot
    flow: FlowMap

    @cached_property
    def start(self) -> Floats:
        """The nodes at which the input of the business arrives."""
        return self.flow.start_of_business()

    @cached_property
    def arrival(self) -> Arrival:
        """The input of the business from outside."""
        return self.flow.arrival_at_business()

    def arrival_at(self, row: int | None) -> Arrival:
        """The input of one node; None: of the business."""
        return self.arrival if row is None else self.flow.arrival_at(row)

    @cached_property
    def network(self) -> Network:
        """The network along which risk propagates."""
        return network_of(self.flow.graph)

    @cached_property
    def tree(self) -> Dominators:
        """The nodes that cannot be bypassed on the way to the business."""
        return dominators(self.flow, self.start)

    @cached_property
    def countries(self) -> tuple[Ints, Sequence[str]]:
        """(nodes,) position of the country of each node, -1 not known, and the codes."""
        return labels(self.flow.graph.nodes.country)

    @cached_property
    def regions(self) -> tuple[Ints, Sequence[str]]:
        """(nodes,) position of country and region of each node, -1 not known, and their names."""
        known = self.snapshot.regions
        unknown = len(self.flow) - len(known)
        named = [
            f"{region}, {country}" if region and country else region
            for region, country in zip(known, self.snapshot.graph.nodes.country, strict=True)
        ]
        return labels([*named, *[None] * unknown])

    def spot(self, row: int) -> Spot:
        """A node by its row."""
        nodes = self.flow.graph.nodes
        if row < len(self.snapshot.keys):
            name, key = self.snapshot.names[row], self.snapshot.keys[row]
            return Spot(nodes.ids[row], name, nodes.country[row], key)
        buyer = int(self.flow.graph.buyers.of(row)[0])
        name = f"Origin not known, behind {self.snapshot.names[buyer]}"
        return Spot(nodes.ids[row], name, nodes.country[row], None, self.snapshot.keys[buyer])


def labels(values: Sequence[str | None]) -> tuple[Ints, Sequence[str]]:
    """The position of each value among those that occur, -1 for None, and these in order."""
    found = sorted({value for value in values if value})
    place = {value: at for at, value in enumerate(found)}
    positions = (place.get(value or "", -1) for value in values)
    return np.fromiter(positions, dtype=np.int64, count=len(values)), found


_studies: OrderedDict[tuple[UUID, int], Study] = OrderedDict()


def load_study(chain: ValueChain) -> Study:
    """A map made ready; once for each version in a process.

    While this context may hold changes that are not committed, nothing is kept.
    """
    key = (chain.id, chain.version)
    found = recall(_studies, key)
    if found is not None:
        return found
    snapshot = load_snapshot(chain)
    graph = with_origins(snapshot.graph, load_reference())
    found = Study(snapshot, FlowMap.build(graph, snapshot.plan))
    if not is_writing() and snapshot.version == chain.version:
        keep(_studies, key, found, KEPT)
    return found
