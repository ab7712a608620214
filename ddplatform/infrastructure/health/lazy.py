"""Deferred import of the metrics library: only where metrics are switched on (decision 24)."""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

MODULES = {"prometheus_client": "prometheus_client"}

if TYPE_CHECKING:
    import prometheus_client
else:

    def __getattr__(name: str) -> ModuleType:
        if name not in MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return globals().setdefault(name, import_module(MODULES[name]))
