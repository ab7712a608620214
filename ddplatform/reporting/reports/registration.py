"""Registrations of reports with earlier packages."""

from ddplatform.evidence.uploads.queries.stored_files import KEEPERS
from ddplatform.reporting.reports.models import Report
from ddplatform.reporting.reports.queries import names_bytes


def register() -> None:
    """Register the files to keep."""
    KEEPERS.add(Report.__tablename__, names_bytes)
