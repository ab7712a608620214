"""Registrations of returned workbooks with earlier packages."""

from ddplatform.accounts.storage.queries import COUNTED
from ddplatform.evidence.uploads.queries.stored_files import KEEPERS
from ddplatform.supplier_engagement.returned_books.models import ReturnedBook
from ddplatform.supplier_engagement.returned_books.queries import count_used, names_bytes


def register() -> None:
    """Register the files to keep."""
    KEEPERS.add(ReturnedBook.__tablename__, names_bytes)
    COUNTED.add(ReturnedBook.__tablename__, count_used)
