"""Registrations of supplier engagement with earlier packages, one function per feature."""

from collections.abc import Callable

from ddplatform.supplier_engagement import jobs
from ddplatform.supplier_engagement.campaigns import registration as campaigns
from ddplatform.supplier_engagement.cascade import registration as cascade
from ddplatform.supplier_engagement.library import registration as library
from ddplatform.supplier_engagement.offline import registration as offline
from ddplatform.supplier_engagement.requests import registration as requests
from ddplatform.supplier_engagement.responses import registration as responses
from ddplatform.supplier_engagement.returned_books import registration as returned_books

FEATURES: tuple[Callable[[], None], ...] = (
    library.register,
    requests.register,
    responses.register,
    campaigns.register,
    cascade.register,
    offline.register,
    returned_books.register,
    jobs.register,
)
