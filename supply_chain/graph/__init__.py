"""Value chain as columns and adjacency, its picture, its files."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from supply_chain.graph.networks import to_networkx, write_graphml, write_node_link

__all__ = ["to_networkx", "write_graphml", "write_node_link"]


def __getattr__(name: str) -> object:
    """Names that need NetworkX, loaded on first access (PEP 562, decision 23)."""
    if name in __all__:
        return getattr(import_module("supply_chain.graph.networks"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
