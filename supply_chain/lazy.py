"""Lazy imports of heavy libraries that few pages need (decision 24)."""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

MODULES = {
    "csgraph": "scipy.sparse.csgraph",
    "etree": "lxml.etree",
    "linalg": "scipy.sparse.linalg",
    "sparse": "scipy.sparse",
    "sparse_dot_topn": "sparse_dot_topn",
    "spatial": "scipy.spatial",
    "quoted_cells": "supply_chain.quoted_cells",
}

if TYPE_CHECKING:
    import sparse_dot_topn
    from lxml import etree
    from scipy import sparse, spatial
    from scipy.sparse import csgraph, linalg

    from supply_chain import quoted_cells
else:

    def __getattr__(name: str) -> ModuleType:
        if name not in MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return globals().setdefault(name, import_module(MODULES[name]))
