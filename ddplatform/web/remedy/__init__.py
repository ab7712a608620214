"""Remediation cases: one page a case for who is assigned, suppressed counts for the rest."""

from ddplatform.web.remedy import routes, visits
from ddplatform.web.remedy.blueprint import bp

__all__ = ["bp", "routes", "visits"]
