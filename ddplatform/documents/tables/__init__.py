"""Tables of documents as data, as files and on paper."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ddplatform.documents.tables.frames import to_dataframe

__all__ = ["to_dataframe"]


def __getattr__(name: str) -> object:
    """Names that need pandas, loaded on first use (PEP 562, decision 23)."""
    if name in __all__:
        return getattr(import_module("ddplatform.documents.tables.frames"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
