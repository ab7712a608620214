"""Ghost suppliers of unknown origin, which make unmapped flow visible (RM-1.0 section 11.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from supply_chain.graph.columns import FLOWS, LINK_KINDS, NODE_KINDS, LinkColumns, NodeColumns
from supply_chain.graph.graph import ValueChain
from supply_chain.risk.method import METHOD
from supply_chain.vocabulary import FlowEvidence, LinkKind, NodeKind

PREFIX = "unknown-origin:"
_GHOST = NODE_KINDS.index(NodeKind.UNKNOWN_ORIGIN)


@dataclass(frozen=True)
class KnownFlow:
    """Known attributes of a missing flow although its origin is unknown."""

    country: str | None = None  # ISO 3166-1 alpha-2
    commodity: str | None = None  # commodity ref


_NOTHING = KnownFlow()  # one for all: a large map has as many ghosts as nodes


def with_unknown_origins(
    chain: ValueChain,
    *,
    primary_sectors: frozenset[str] = frozenset(),
    known_flows: Mapping[str, KnownFlow] | None = None,
) -> ValueChain:
    """The same map, with a ghost supplier wherever input is not mapped.

    Args:
        primary_sectors: sector refs whose nodes are known as origins (farm, fishery, forest,
            mine, recycling point).
        known_flows: buyer id -> what is known of its missing flow.

    Returns:
        The nodes and links of `chain` in their order, then the ghosts, named
        `unknown-origin:<buyer id>`, in the order of their buyers.
    """
    share = _missing_share(chain, _origins(chain.nodes, primary_sectors))
    has_ghost = ~np.isnan(share)
    buyers = np.flatnonzero(has_ghost)
    if not len(buyers):
        return chain
    known = known_flows or {}
    ids = list(compress(chain.nodes.ids, has_ghost.tolist()))
    ghosts = [known.get(ref, _NOTHING) for ref in ids]
    nodes = _more_nodes(chain.nodes, ids, ghosts)
    links = _more_links(chain.links, buyers, share[buyers], ghosts, first=len(chain))
    return ValueChain.build(nodes=nodes, links=links)


def lacks_origin(
    chain: ValueChain, *, primary_sectors: frozenset[str] = frozenset()
) -> NDArray[np.bool_]:
    """(nodes,) whether a node has a ghost supplier."""
    return ~np.isnan(_missing_share(chain, _origins(chain.nodes, primary_sectors)))


def are_same_origins(
    chain: ValueChain,
    rows: NDArray[np.int64],
    now: NodeColumns,
    *,
    primary_sectors: frozenset[str] = frozenset(),
) -> bool:
    """Whether a map has the same ghosts once some nodes have other facts and no link changed.

    Args:
        now: of `rows`.
    """
    before = chain.nodes.take(rows)
    if ((before.kind == _GHOST) != (now.kind == _GHOST)).any():
        return False
    unlinked = np.diff(chain.suppliers.starts)[rows] == 0  # for others the shares of links decide
    other = _origins(before, primary_sectors) != _origins(now, primary_sectors)
    return not (other & unlinked).any()


def _origins(nodes: NodeColumns, primary_sectors: frozenset[str]) -> NDArray[np.bool_]:
    kinds = [NODE_KINDS.index(kind) for kind in METHOD.origin_kinds]
    primary = np.array([sector in primary_sectors for sector in nodes.sector], np.bool_)
    marked = nodes.origin
    by_nature = np.isin(nodes.kind, kinds) | primary
    return np.asarray(np.where(marked < 0, by_nature, marked == 1), dtype=np.bool_)


def _missing_share(chain: ValueChain, origins: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Share of the ghost of each node: NaN none, infinity one of unknown share."""
    links, count = chain.links, len(chain)
    real = links.buyer != links.supplier
    buyer, share = links.buyer[real], links.share[real]
    unknown = np.isnan(share)
    known = np.bincount(buyer, np.where(unknown, 0.0, share), minlength=count)
    rest = np.round(1 - known, METHOD.policy.decimals)
    linked = np.bincount(buyer, minlength=count) > 0
    asked = np.bincount(buyer, unknown, minlength=count) > 0
    ghost = np.where(linked, rest > 0, ~origins)
    ghost &= ~chain.nodes.closed & (chain.nodes.kind != _GHOST)
    return np.where(ghost, np.where(asked, np.inf, 1 - known), np.nan)


def _more_nodes(nodes: NodeColumns, ids: list[str], ghosts: list[KnownFlow]) -> NodeColumns:
    count = len(ids)
    no = np.zeros(count, dtype=np.bool_)
    return NodeColumns(
        ids=(*nodes.ids, *(PREFIX + ref for ref in ids)),
        kind=np.append(nodes.kind, np.full(count, _GHOST, np.int8)),
        country=(*nodes.country, *(ghost.country for ghost in ghosts)),
        sector=(*nodes.sector, *(None for _ in ids)),
        commodities=(
            *nodes.commodities,
            *((ghost.commodity,) if ghost.commodity else () for ghost in ghosts),
        ),
        own_operation=np.append(nodes.own_operation, no),
        origin=np.append(nodes.origin, np.ones(count, np.int8)),
        closed=np.append(nodes.closed, no),
    )


def _more_links(
    links: LinkColumns,
    buyers: NDArray[np.int64],
    share: NDArray[np.float64],
    ghosts: list[KnownFlow],
    *,
    first: int,
) -> LinkColumns:
    count = len(buyers)
    unmapped, supplies = FLOWS.index(FlowEvidence.UNMAPPED), LINK_KINDS.index(LinkKind.SUPPLIES)
    return LinkColumns(
        buyer=np.append(links.buyer, buyers),
        supplier=np.append(links.supplier, np.arange(first, first + count)),
        share=np.append(links.share, np.where(np.isinf(share), np.nan, share)),
        flow=np.append(links.flow, np.full(count, unmapped, np.int8)),
        kind=np.append(links.kind, np.full(count, supplies, np.int8)),
        commodity=(*links.commodity, *(ghost.commodity for ghost in ghosts)),
    )
