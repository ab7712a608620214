"""Kinds of flow along links: goods, finance, turnover or labour (RM-1.0 11.7)."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise

import numpy as np

from ddplatform.value_chain.graph.queries.study import Spot, Study
from supply_chain.analysis.flow import Arrival
from supply_chain.graph.columns import LINK_KINDS, NODE_KINDS
from supply_chain.risk.method import Ints
from supply_chain.vocabulary import LinkKind, NodeKind


class FlowKind(StrEnum):
    """The kind of flow that is shared out between those who give and those who take."""

    GOODS = "goods"
    FINANCE = "finance"
    TURNOVER = "turnover"
    LABOUR = "labour"


def kind_of_links(study: Study, links: Ints) -> FlowKind:
    """The kind of flow of all of these links; goods where they are of several kinds."""
    graph = study.flow.graph
    kinds = {LINK_KINDS[at] for at in np.unique(graph.links.kind[links]).tolist()}
    if kinds == {LinkKind.FINANCES}:
        return FlowKind.FINANCE
    if kinds == {LinkKind.PROVIDES_LABOUR}:
        return FlowKind.LABOUR
    platforms = graph.nodes.kind[graph.links.buyer[links]] == NODE_KINDS.index(NodeKind.PLATFORM)
    return FlowKind.TURNOVER if len(links) and bool(platforms.all()) else FlowKind.GOODS


def kind_into(study: Study, arrival: Arrival) -> FlowKind:
    """The kind of flow into a node; unknown origins do not count."""
    known = ~study.flow.unknown[study.flow.graph.links.supplier]
    return kind_of_links(study, np.flatnonzero((arrival.links > 0) & known))


def kind_out_of(study: Study, row: int) -> FlowKind:
    """The kind of flow from a node to its buyers."""
    return kind_of_links(study, np.flatnonzero(study.flow.graph.links.supplier == row))


def goods_of_way(study: Study, rows: Sequence[int]) -> tuple[frozenset[str | None], ...]:
    """The goods that flow on each step of a way from the buyer up; None: not stated."""
    return tuple(_goods_between(study, buyer, supplier) for buyer, supplier in pairwise(rows))


def _goods_between(study: Study, buyer: int, supplier: int) -> frozenset[str | None]:
    adjacency, commodity = study.flow.graph.suppliers, study.flow.graph.links.commodity
    run = slice(int(adjacency.starts[buyer]), int(adjacency.starts[buyer + 1]))
    links = adjacency.link[run][adjacency.neighbours[run] == supplier]
    return frozenset(commodity[link] for link in links.tolist())


def spots_of(study: Study, rows: Iterable[int]) -> Mapping[int, Spot]:
    """The nodes that an answer names, by their row."""
    return {row: study.spot(row) for row in set(rows)}
