"""References from rows to stored bytes; unreferenced bytes may be destroyed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute

from ddplatform.accounts.storage.queries import Used
from ddplatform.evidence.uploads.models import Evidence
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.registry import Registry
from ddplatform.infrastructure.tenancy import current_organisation

NamesBytes = Callable[[UUID, str], ColumnElement[bool]]
"""(organisation, sha256) -> whether a row of a table names these bytes in its folder."""
KEEPERS: Registry[NamesBytes] = Registry("rows that name stored files")
"""By the name of the table. A feature that keeps files of its own registers here."""


def list_documents_of_bytes(organisation_id: UUID, sha256: str) -> list[Evidence]:
    """The documents whose file lies in this folder under this name, oldest first."""
    return list(
        db.session.scalars(
            select(Evidence)
            .where(
                Evidence.storage_organisation_id == organisation_id,
                Evidence.sha256 == sha256,
                keeps_bytes(),
            )
            .order_by(Evidence.created_at, Evidence.id)
        )
    )


def count_used(user_id: UUID | None) -> Used:
    """The documents in the folder of the acting organisation, or those that a person added."""
    mine = (
        Evidence.storage_organisation_id == current_organisation()
        if user_id is None
        else Evidence.created_by_id == user_id
    )
    used = select(func.count(), func.coalesce(func.sum(Evidence.size_bytes), 0))
    wanted = used.where(mine, keeps_bytes())
    return Used(*db.session.execute(wanted).one())


def keeps_bytes() -> ColumnElement[bool]:
    """The condition for documents whose file is there: their retention period goes on."""
    return Evidence.content_removed_at.is_(None)


def is_named(organisation_id: UUID, sha256: str) -> bool:
    """Whether any row still needs the bytes of this name in the folder of an organisation."""
    here = (Evidence.storage_organisation_id == organisation_id) & keeps_bytes()
    own = here & (Evidence.sha256 == sha256)
    names = [own, *(names_bytes(organisation_id, sha256) for names_bytes in KEEPERS)]
    return any(db.session.scalar(select(exists().where(name))) for name in names)


def holds(column: InstrumentedAttribute[Any], sha256: str) -> ColumnElement[bool]:
    """Whether the list of a row, kept as JSON, names these bytes."""
    return cast(column, String).contains(sha256)
