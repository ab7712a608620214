"""Questions about the links of a map: where risk comes from, on whom one depends, what is dark."""

from ddplatform.web.analysis.routes import bp

__all__ = ["bp"]
