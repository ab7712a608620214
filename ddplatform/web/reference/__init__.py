"""Pages of the reference data: the sets, and the atlas of countries and goods."""

from ddplatform.web.reference import country_pages, downloads, good_pages, routes
from ddplatform.web.reference.blueprint import bp

__all__ = ["bp", "country_pages", "downloads", "good_pages", "routes"]
