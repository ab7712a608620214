"""Saved views of a map, by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from ddplatform.accounts.organisations.models import User
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.one_row import get_one, get_row
from ddplatform.infrastructure.text_search import Found, Part, Searched, Words, search_question
from ddplatform.infrastructure.together import Question
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.saved_views.models import SavedView, ViewKind

MOST = 200
"""Most views that one map keeps, so that all of them stand on one page."""


@dataclass(frozen=True)
class ViewRow:
    """A saved view as lists name it."""

    id: UUID
    chain_id: UUID
    kind: ViewKind
    name: str
    address: list[list[str]]
    created_at: datetime
    created_by: str


def list_views(chain_id: UUID) -> Sequence[ViewRow]:
    """The views of a map by name, `MOST` at most; one statement."""
    rows = db.session.execute(
        _columns()
        .where(SavedView.chain_id == chain_id)
        .order_by(SavedView.name, SavedView.id)
        .limit(MOST)
    ).all()
    return [ViewRow(**row._mapping) for row in rows]


def get_view_row(view_id: UUID) -> ViewRow:
    """One view, or NotFound: there is none, or it was removed."""
    row = get_row(_columns().where(SavedView.id == view_id))
    return ViewRow(**row._mapping)


def get_view(view_id: UUID) -> SavedView:
    """The row itself, to change it, or NotFound."""
    return get_one(
        select(SavedView).where(SavedView.id == view_id, SavedView.archived_at.is_(None))
    )


def get_chain_with_views(chain_id: UUID) -> tuple[ValueChain, Sequence[ViewRow]]:
    """A map and its views as above, for the pages that show both; one statement.

    Raises:
        NotFound: no such map.
    """
    rows = db.session.execute(
        select(ValueChain, *_OF_VIEW)
        .outerjoin(
            SavedView, (SavedView.chain_id == ValueChain.id) & SavedView.archived_at.is_(None)
        )
        .outerjoin(User, User.id == SavedView.created_by_id)
        .where(ValueChain.id == chain_id)
        .order_by(SavedView.name, SavedView.id)
        .limit(MOST)
    ).all()
    if not rows:
        raise NotFound()
    chain, first, *_ = rows[0]
    return chain, [] if first is None else [ViewRow(*row[1:]) for row in rows]


@dataclass(frozen=True)
class ViewHit:
    """A saved view that holds what was looked for in its name or that of its map."""

    id: UUID
    name: str
    chain_name: str


def select_views_by_text(words: Words, part: Part) -> Question[Found[ViewHit]]:
    """Saved views of all maps, without those that were removed."""
    statement = (
        select(SavedView.id, SavedView.name, ValueChain.name.label("chain_name"))
        .select_from(SavedView)
        .join(ValueChain, ValueChain.id == SavedView.chain_id)
        .where(SavedView.archived_at.is_(None))
    )
    searched = Searched(SavedView.id, SavedView.name, (ValueChain.name,), (SavedView.name,))
    return search_question(statement, searched, words, part, _view_hit)


def _view_hit(row: Any) -> ViewHit:
    return ViewHit(row.id, row.name, row.chain_name)


_OF_VIEW = (
    SavedView.id,
    SavedView.chain_id,
    SavedView.kind,
    SavedView.name,
    SavedView.address,
    SavedView.created_at,
    User.name.label("created_by"),
)


def _columns() -> Select[*tuple[Any, ...]]:
    return (
        select(*_OF_VIEW)
        .join(User, User.id == SavedView.created_by_id)
        .where(SavedView.archived_at.is_(None))
    )
