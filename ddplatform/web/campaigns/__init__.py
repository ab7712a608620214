"""Campaigns: many suppliers asked in one go, and how far that is."""

from ddplatform.web.campaigns import planning, routes
from ddplatform.web.campaigns.blueprint import bp

__all__ = ["bp", "planning", "routes"]
