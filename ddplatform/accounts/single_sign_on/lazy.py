"""Deferred import of the libraries for OpenID Connect: only where it is used (decision 24)."""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

MODULES = {
    "claims": "authlib.oidc.core.claims",
    "errors": "joserfc.errors",
    "httpx": "httpx",
    "jwk": "joserfc.jwk",
    "jwt": "joserfc.jwt",
    "proof_key": "authlib.oauth2.rfc7636",
}

if TYPE_CHECKING:
    import httpx
    from authlib.oauth2 import rfc7636 as proof_key
    from authlib.oidc.core import claims
    from joserfc import errors, jwk, jwt
else:

    def __getattr__(name: str) -> ModuleType:
        if name not in MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return globals().setdefault(name, import_module(MODULES[name]))
