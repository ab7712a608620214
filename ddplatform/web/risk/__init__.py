"""The register of risks, one risk with all its parts, and what people judge of it."""

from ddplatform.web.risk import judging_routes, routes
from ddplatform.web.risk.blueprint import bp

__all__ = ["bp", "judging_routes", "routes"]
