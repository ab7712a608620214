"""What a questionnaire is called that is read before anything is answered."""

from collections.abc import Mapping
from uuid import UUID

from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import required
from ddplatform.supplier_engagement.library.models import Questionnaire
from ddplatform.supplier_engagement.library.queries import get_version


def get_title(version_id: UUID, titles: Mapping[str, str], language: str) -> str:
    """What the questionnaire of a version is called in a language. Raises NotFound.

    Args:
        titles: its titles in further languages, by their code.
    """
    kept = get_version(version_id)
    questionnaire = required(db.session.get(Questionnaire, kept.questionnaire_id))
    return titles.get(language) or questionnaire.title
