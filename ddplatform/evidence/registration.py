"""Registrations of evidence with earlier packages, one function per feature."""

from collections.abc import Callable

from ddplatform.accounts.storage.queries import COUNTED
from ddplatform.evidence import jobs
from ddplatform.evidence.uploads.models import Evidence
from ddplatform.evidence.uploads.queries.stored_files import count_used


def _count_documents() -> None:
    COUNTED.add(Evidence.__tablename__, count_used)


FEATURES: tuple[Callable[[], None], ...] = (jobs.register, _count_documents)
