"""Changes tried on a map without touching it."""

from ddplatform.web.what_if import routes, waiting
from ddplatform.web.what_if.blueprint import bp

__all__ = ["bp", "routes", "waiting"]
