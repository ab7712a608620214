"""Registrations of returned workbooks with earlier packages."""

from ddplatform.evidence.uploads.queries.stored_files import KEEPERS
from ddplatform.supplier_engagement.returned_books.models import ReturnedBook
from ddplatform.supplier_engagement.returned_books.queries import names_bytes


def register() -> None:
    """Register the files to keep."""
    KEEPERS.add(ReturnedBook.__tablename__, names_bytes)
