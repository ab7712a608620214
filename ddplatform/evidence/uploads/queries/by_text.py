"""Search of documents by name and description; the content of files is not searched."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from ddplatform.evidence.uploads.models import Confidentiality, Evidence
from ddplatform.infrastructure.text_search import Found, Part, Searched, Words, search_question
from ddplatform.infrastructure.together import Question


@dataclass(frozen=True)
class DocumentHit:
    """A document that matches the search in its name or its description."""

    id: UUID
    filename: str
    description: str
    confidentiality: Confidentiality
    created_at: datetime


def select_documents_by_text(
    words: Words, part: Part, *, with_restricted: bool
) -> Question[Found[DocumentHit]]:
    """Documents in use.

    Args:
        with_restricted: whether the reader may see restricted documents.
    """
    statement = (
        select(
            Evidence.id,
            Evidence.filename,
            Evidence.description,
            Evidence.confidentiality,
            Evidence.created_at,
        )
        .select_from(Evidence)
        .where(Evidence.withdrawn_at.is_(None))
    )
    if not with_restricted:
        statement = statement.where(Evidence.confidentiality == Confidentiality.NORMAL)
    searched = Searched(
        Evidence.id, Evidence.filename, (Evidence.description,), (Evidence.created_at.desc(),)
    )
    return search_question(statement, searched, words, part, _document_hit)


def _document_hit(row: Any) -> DocumentHit:
    return DocumentHit(row.id, row.filename, row.description, row.confidentiality, row.created_at)
