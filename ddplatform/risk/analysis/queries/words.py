"""Right words for what flows: goods, finance, turnover, labour (RM-1.0 11.7)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ddplatform.value_chain.graph.queries.study import Study
from supply_chain.analysis.flow import Arrival
from supply_chain.graph.columns import LINK_KINDS, NODE_KINDS
from supply_chain.reference.release import load_reference
from supply_chain.risk.method import Ints
from supply_chain.vocabulary import LinkKind, NodeKind

NOT_STATED = "not stated"


@dataclass(frozen=True)
class FlowWords:
    """What is shared out, who gives it and who takes it."""

    whole: str
    source: str
    sources: str
    taker: str
    takers: str


GOODS = FlowWords("input", "supplier", "suppliers", "buyer", "buyers")
FINANCE = FlowWords("portfolio", "investee", "investees", "financier", "financiers")
TURNOVER = FlowWords("turnover", "seller", "sellers", "platform", "platforms")
LABOUR = FlowWords(
    "labour", "labour provider", "labour providers", "user of labour", "users of labour"
)


def words_of_links(study: Study, links: Ints) -> FlowWords:
    """The words that fit all of these links; those of goods where they are of several kinds."""
    graph = study.flow.graph
    kinds = {LINK_KINDS[at] for at in np.unique(graph.links.kind[links]).tolist()}
    if kinds == {LinkKind.FINANCES}:
        return FINANCE
    if kinds == {LinkKind.PROVIDES_LABOUR}:
        return LABOUR
    platforms = graph.nodes.kind[graph.links.buyer[links]] == NODE_KINDS.index(NodeKind.PLATFORM)
    return TURNOVER if len(links) and bool(platforms.all()) else GOODS


def words_into(study: Study, arrival: Arrival) -> FlowWords:
    """The words for what arrives; unknown origins have no say."""
    known = ~study.flow.unknown[study.flow.graph.links.supplier]
    return words_of_links(study, np.flatnonzero((arrival.links > 0) & known))


def words_out_of(study: Study, row: int) -> FlowWords:
    """The words for what a node gives to its buyers."""
    return words_of_links(study, np.flatnonzero(study.flow.graph.links.supplier == row))


def good_name(ref: str | None) -> str:
    """A commodity as people call it."""
    if ref is None:
        return NOT_STATED
    commodity = load_reference().commodities.get(ref)
    return commodity.name if commodity else ref


def hs_codes(ref: str | None) -> str | None:
    """The prefixes of HS 2022 codes that a commodity covers; None where there are none."""
    commodity = load_reference().commodities.get(ref or "")
    return ", ".join(commodity.hs_codes) or None if commodity else None


def goods_of_way(study: Study, rows: Sequence[int]) -> str:
    """What flows along a way, step by step from the buyer, equal neighbours once."""
    steps = [_goods_between(study, b, s) for b, s in pairwise(rows)]
    named = [step for step in steps if step != NOT_STATED] or steps[:1]
    told = [step for at, step in enumerate(named) if at == 0 or step != named[at - 1]]
    return " ← ".join(told)


def _goods_between(study: Study, buyer: int, supplier: int) -> str:
    adjacency, commodity = study.flow.graph.suppliers, study.flow.graph.links.commodity
    run = slice(int(adjacency.starts[buyer]), int(adjacency.starts[buyer + 1]))
    links = adjacency.link[run][adjacency.neighbours[run] == supplier]
    return joined({good_name(commodity[link]) for link in links.tolist()})


def joined(names: Iterable[str]) -> str:
    """Names in their order, as one text; what is not stated last."""
    return ", ".join(sorted(names, key=lambda name: (name == NOT_STATED, name)))
