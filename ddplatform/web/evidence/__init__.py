"""Documents and what they are used for."""

from ddplatform.web.evidence import redaction, routes
from ddplatform.web.evidence.routes import bp

__all__ = ["bp", "redaction", "routes"]
