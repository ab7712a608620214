"""Which rows name bytes in the store. Bytes that no row names may be destroyed."""

from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from ddplatform.evidence.uploads.models import Evidence
from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.offline.models import AnswerIntake
from ddplatform.supplier_engagement.returned_books.models import ReturnedBook
from ddplatform.value_chain.mapping.models import MapImport


def list_documents_of_bytes(organisation_id: UUID, sha256: str) -> list[Evidence]:
    """The documents whose file lies in this folder under this name, oldest first."""
    return list(
        db.session.scalars(
            select(Evidence)
            .where(Evidence.storage_organisation_id == organisation_id, Evidence.sha256 == sha256)
            .order_by(Evidence.created_at, Evidence.id)
        )
    )


def is_named(organisation_id: UUID, sha256: str) -> bool:
    """Whether any row still needs the bytes of this name in the folder of an organisation."""
    names = (
        (Evidence.storage_organisation_id == organisation_id) & (Evidence.sha256 == sha256),
        (AnswerIntake.organisation_id == organisation_id)
        & or_(AnswerIntake.sha256 == sha256, _holds(AnswerIntake.attachments, sha256)),
        (ReturnedBook.organisation_id == organisation_id) & (ReturnedBook.sha256 == sha256),
        (MapImport.organisation_id == organisation_id)
        & or_(_holds(MapImport.files, sha256), _holds(MapImport.corrections, sha256)),
    )
    return any(db.session.scalar(select(exists().where(name))) for name in names)


def _holds(column: InstrumentedAttribute[list[object]], sha256: str) -> ColumnElement[bool]:
    return cast(column, String).contains(sha256)
