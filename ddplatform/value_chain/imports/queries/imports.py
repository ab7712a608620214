"""Imports of lists into a map."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import undefer

from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.one_row import get_one
from ddplatform.value_chain.mapping.models import ImportStatus, MapImport


def get_import(import_id: UUID, *, with_preview: bool = False) -> MapImport:
    """An import, or NotFound; its long preview is read only when asked for."""
    statement = select(MapImport).where(MapImport.id == import_id)
    if with_preview:
        statement = statement.options(undefer(MapImport.preview))
    return get_one(statement)


def get_import_for_change(import_id: UUID) -> MapImport:
    """The same, held until the end of the unit of work and read anew."""
    return get_one(select(MapImport).where(MapImport.id == import_id), for_change=True)


def list_imports(chain_id: UUID, *, limit: int = 50) -> Sequence[MapImport]:
    """The imports of a map, newest first."""
    return db.session.scalars(
        select(MapImport)
        .where(MapImport.chain_id == chain_id)
        .order_by(MapImport.created_at.desc(), MapImport.id)
        .limit(limit)
    ).all()


def get_applied_import(import_id: UUID, chain_id: UUID) -> MapImport:
    """An import that was applied to this map and not undone, or NotFound."""
    row = get_import(import_id)
    if row.chain_id != chain_id or row.status is not ImportStatus.APPLIED:
        raise NotFound()
    return row


def list_applied(chain_id: UUID, *, limit: int = 50) -> Sequence[MapImport]:
    """The imports that were applied to a map and not undone, newest first."""
    return db.session.scalars(
        select(MapImport)
        .where(MapImport.chain_id == chain_id, MapImport.status == ImportStatus.APPLIED)
        .order_by(MapImport.applied_at.desc(), MapImport.id)
        .limit(limit)
    ).all()


def list_applied_headings(chain_id: UUID) -> list[tuple[UUID, list[str]]]:
    """Ids and column names of the applied imports of a map that have columns, newest first."""
    return [(row.id, row.headings) for row in list_applied(chain_id) if row.headings]


def load_listed(import_id: UUID) -> frozenset[str]:
    """The external ids of all nodes that an applied list named."""
    listed = db.session.scalar(select(MapImport.listed).where(MapImport.id == import_id))
    return frozenset(listed or ())
