"""Value chain as plain arrays and back: the form of a map in a snapshot."""

from typing import Any

from supply_chain.graph.columns import LinkColumns, NodeColumns
from supply_chain.graph.graph import Adjacency, ValueChain
from supply_chain.graph.stored_columns import Arrays, CodedColumn, Kept, TextColumn

_NODE_ARRAYS = ("kind", "own_operation", "origin", "closed")
_LINK_ARRAYS = ("buyer", "supplier", "share", "flow", "kind")
_ADJACENCY = ("starts", "neighbours", "link")


def arrays_of(chain: ValueChain) -> Arrays:
    """Every column of a chain, its adjacency and its tiers, by name."""
    nodes, links = chain.nodes, chain.links
    return {
        **TextColumn.arrays("id", nodes.ids),
        **{name: getattr(nodes, name) for name in _NODE_ARRAYS},
        **CodedColumn.arrays("country", nodes.country),
        **CodedColumn.arrays("sector", nodes.sector),
        **CodedColumn.arrays("commodities", nodes.commodities),
        **{f"link_{name}": getattr(links, name) for name in _LINK_ARRAYS},
        **CodedColumn.arrays("link_commodity", links.commodity),
        **{f"suppliers_{name}": getattr(chain.suppliers, name) for name in _ADJACENCY},
        **{f"buyers_{name}": getattr(chain.buyers, name) for name in _ADJACENCY},
        "tiers": chain.tiers,
    }


def chain_of(kept: Kept) -> ValueChain:
    """The chain that gave these arrays; nothing is copied, checked or counted again.

    Raises:
        KeyError: an array is missing.
    """
    nodes: dict[str, Any] = {name: kept[name] for name in _NODE_ARRAYS}
    links: dict[str, Any] = {name: kept[f"link_{name}"] for name in _LINK_ARRAYS}
    chain = ValueChain.of_indexed(
        NodeColumns(
            ids=TextColumn.of("id", kept),
            country=CodedColumn.of("country", kept),
            sector=CodedColumn.of("sector", kept),
            commodities=CodedColumn.of("commodities", kept),
            **nodes,
        ),
        LinkColumns(commodity=CodedColumn.of("link_commodity", kept), **links),
        *(_adjacency(kept, side) for side in ("suppliers", "buyers")),
    )
    vars(chain)["tiers"] = kept["tiers"]
    return chain


def _adjacency(kept: Kept, side: str) -> Adjacency:
    parts: list[Any] = [kept[f"{side}_{name}"] for name in _ADJACENCY]
    return Adjacency(*parts)
