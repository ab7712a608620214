"""Registrations of answer files with earlier packages."""

from ddplatform.accounts.storage.queries import COUNTED
from ddplatform.evidence.uploads.queries.stored_files import KEEPERS
from ddplatform.supplier_engagement.offline.models import AnswerIntake
from ddplatform.supplier_engagement.offline.queries import count_used, names_bytes


def register() -> None:
    """Register the files to keep."""
    KEEPERS.add(AnswerIntake.__tablename__, names_bytes)
    COUNTED.add(AnswerIntake.__tablename__, count_used)
