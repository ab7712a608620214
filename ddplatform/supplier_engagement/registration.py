"""Registrations of supplier engagement with earlier packages, one function per feature."""

from collections.abc import Callable

from ddplatform.accounts.storage.queries import COUNTED
from ddplatform.supplier_engagement import jobs
from ddplatform.supplier_engagement.campaigns import registration as campaigns
from ddplatform.supplier_engagement.cascade import registration as cascade
from ddplatform.supplier_engagement.library import registration as library
from ddplatform.supplier_engagement.library.models import OwnFormDraft
from ddplatform.supplier_engagement.offline import registration as offline
from ddplatform.supplier_engagement.own_forms.queries.media import count_used
from ddplatform.supplier_engagement.requests import registration as requests
from ddplatform.supplier_engagement.responses import registration as responses
from ddplatform.supplier_engagement.returned_books import registration as returned_books


def _count_media() -> None:
    """Own forms are as many files as a feature may be, so that this stands here."""
    COUNTED.add(OwnFormDraft.__tablename__, count_used)


FEATURES: tuple[Callable[[], None], ...] = (
    library.register,
    requests.register,
    responses.register,
    campaigns.register,
    cascade.register,
    offline.register,
    returned_books.register,
    _count_media,
    jobs.register,
)
