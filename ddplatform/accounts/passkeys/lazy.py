"""Deferred import of the library for passkeys: only where one is added or used (decision 24)."""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

MODULES = {
    "webauthn": "webauthn",
    "structs": "webauthn.helpers.structs",
    "exceptions": "webauthn.helpers.exceptions",
}

if TYPE_CHECKING:
    import webauthn
    from webauthn.helpers import exceptions, structs
else:

    def __getattr__(name: str) -> ModuleType:
        if name not in MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return globals().setdefault(name, import_module(MODULES[name]))
