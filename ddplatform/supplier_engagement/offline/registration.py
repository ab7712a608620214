"""Registrations of answer files with earlier packages."""

from ddplatform.evidence.uploads.queries.stored_files import KEEPERS
from ddplatform.supplier_engagement.offline.models import AnswerIntake
from ddplatform.supplier_engagement.offline.queries import names_bytes


def register() -> None:
    """Register the files to keep."""
    KEEPERS.add(AnswerIntake.__tablename__, names_bytes)
