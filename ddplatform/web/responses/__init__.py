"""The supplier's side: questions on a phone, checking, sending, the receipt."""

from ddplatform.web.responses import media, reading, routes, sections, sending, ways
from ddplatform.web.responses.blueprint import bp

__all__ = ["bp", "media", "reading", "routes", "sections", "sending", "ways"]
