"""Progress of the first steps of an organisation."""

from uuid import UUID

from sqlalchemy import select

from ddplatform.accounts.founding.models import FirstRun
from ddplatform.infrastructure.db import db
from ddplatform.value_chain.mapping.models import (
    ImportStatus,
    MapImport,
    ValueChain,
)

ON_ITS_WAY = (ImportStatus.READING, ImportStatus.PREVIEWED, ImportStatus.APPLYING)
"""States of a list that has not come in yet and still can."""


def find_first_run() -> FirstRun | None:
    """The first steps of the acting organisation; None where nobody began them."""
    return db.session.scalar(select(FirstRun))


def find_first_map(first_run: FirstRun | None) -> ValueChain | None:
    """The map of the first steps, otherwise the oldest one; None: there is no map yet."""
    if first_run is not None and first_run.chain_id is not None:
        return db.session.get(ValueChain, first_run.chain_id)
    oldest = select(ValueChain).order_by(ValueChain.created_at, ValueChain.id).limit(1)
    return db.session.scalar(oldest)


def find_first_list(first_run: FirstRun | None) -> MapImport | None:
    """The list of the first steps, in whatever state."""
    if first_run is None or first_run.import_id is None:
        return None
    return db.session.get(MapImport, first_run.import_id)


def leads_first_run(import_id: UUID) -> bool:
    """Whether a list is that of the first steps, which go on once it is checked."""
    statement = select(FirstRun.id).where(FirstRun.import_id == import_id)
    return db.session.scalar(statement) is not None
