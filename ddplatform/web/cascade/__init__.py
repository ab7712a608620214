"""Suppliers of suppliers: the pages of who names them, and of the buyer who reads of them."""

from ddplatform.web.cascade import own_routes, proposal_routes
from ddplatform.web.cascade.blueprint import bp

__all__ = ["bp", "own_routes", "proposal_routes"]
