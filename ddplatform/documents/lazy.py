"""Deferred imports of PDF and workbook modules, which few pages need (decision 24)."""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

MODULES = {
    "pdf": "ddplatform.documents.paper.pdf",
    "poster": "ddplatform.documents.paper.poster",
    "receipt": "ddplatform.documents.paper.receipt",
    "scripts": "ddplatform.documents.paper.scripts",
    "sheets": "ddplatform.documents.paper.sheets",
    "quoted_cells": "supply_chain.quoted_cells",
}

if TYPE_CHECKING:
    from ddplatform.documents.paper import pdf, poster, receipt, scripts, sheets
    from supply_chain import quoted_cells
else:

    def __getattr__(name: str) -> ModuleType:
        if name not in MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return globals().setdefault(name, import_module(MODULES[name]))
