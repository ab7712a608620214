"""References from rows to stored bytes; unreferenced bytes may be destroyed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, exists, select
from sqlalchemy.orm import InstrumentedAttribute

from ddplatform.evidence.uploads.models import Evidence
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.registry import Registry

NamesBytes = Callable[[UUID, str], ColumnElement[bool]]
"""(organisation, sha256) -> whether a row of a table names these bytes in its folder."""
KEEPERS: Registry[NamesBytes] = Registry("rows that name stored files")
"""By the name of the table. A feature that keeps files of its own registers here."""


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
    here = Evidence.storage_organisation_id == organisation_id
    own = here & (Evidence.sha256 == sha256)
    names = [own, *(names_bytes(organisation_id, sha256) for names_bytes in KEEPERS)]
    return any(db.session.scalar(select(exists().where(name))) for name in names)


def holds(column: InstrumentedAttribute[Any], sha256: str) -> ColumnElement[bool]:
    """Whether the list of a row, kept as JSON, names these bytes."""
    return cast(column, String).contains(sha256)
