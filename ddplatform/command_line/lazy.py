"""Deferred imports at the start of commands and of the web server (decision 24)."""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

MODULES = {"factory": "ddplatform.factory", "migrations": "flask_migrate.cli"}

if TYPE_CHECKING:
    from flask_migrate import cli as migrations

    from ddplatform import factory
else:

    def __getattr__(name: str) -> ModuleType:
        if name not in MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return globals().setdefault(name, import_module(MODULES[name]))
